import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { pack } from './packs.ts';
import type { Playground } from './playground.ts';
import { browserSuite, type Suite } from './suite.ts';

/** Takes the completion that is shown: for a moment after it has come, keys are still for the text. */
async function accept({ page }: Playground) {
  await page.waitForTimeout(200);
  await page.keyboard.press('Enter');
}

/** A pack of a small lib. */
async function packLib(site: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-lib-'));
  fs.mkdirSync(path.join(folder, 'lib'));
  fs.writeFileSync(path.join(folder, 'lib/default.nix'), '{ strings = { toUpper = x: x; toLower = x: x; }; }');
  await pack(folder, path.join(site, 'pack'));
  fs.rmSync(folder, { recursive: true });
}

const specs = ({ page }: Suite) => {
  page('completes builtins with their descriptions, and names of the file', async (playground) => {
    await playground.write('let favourite = 1; in ');
    await playground.page.keyboard.type('builtins.genericCl');
    await playground.sees('.cm-tooltip-autocomplete', 'genericClosure');
    await playground.sees('.cm-completionInfo', 'operator');
    await accept(playground);
    await playground.sees('.cm-content', 'builtins.genericClosure');
    await playground.write('let favourite = 1; in ');
    await playground.page.keyboard.type('favo');
    await playground.sees('.cm-tooltip-autocomplete', 'favourite');
    await accept(playground);
    await playground.seesValue('1');
  });

  page('describes builtins where the pointer rests', async (playground) => {
    await playground.evaluate('builtins.attrNames { }');
    await playground.page.getByText('attrNames').first().hover();
    await playground.sees('.cm-tooltip-hover', 'builtins.attrNames: takes one argument');
  });

  page('underlines parse errors without evaluating', async (playground) => {
    await playground.evaluate('"before"');
    await playground.seesValue('"before"');
    await playground.page.getByRole('button', { name: 'Settings' }).click();
    await playground.page.getByLabel('Evaluate while writing').uncheck();
    await playground.page.getByRole('button', { name: 'Close' }).click();
    await playground.write('{ a = 1 }');
    await playground.page.locator('.cm-lintRange-error').waitFor();
    await playground.write('undefinedName');
    await playground.sees('.cm-lintRange-error', 'undefinedName');
    await playground.seesValue('"before"');
  });

  page('completes what is in lib, once something of nixpkgs was fetched', async (playground) => {
    await playground.evaluate('import <nixpkgs/lib>');
    await playground.sees('.status', 'a set');
    await playground.sees('.pack', 'nixpkgs');
    await playground.write('with import <nixpkgs/lib>; lib.strings.to');
    await playground.page.keyboard.press('Control+Space');
    await playground.sees('.cm-tooltip-autocomplete', 'toUpper');
  });

  page('closes brackets and indents', async (playground) => {
    await playground.write('');
    await playground.page.keyboard.type('{ a = [');
    await playground.page.keyboard.press('Enter');
    await playground.page.keyboard.type('1');
    expect(await playground.page.locator('.cm-line').allTextContents()).toEqual(['{ a = [', '  1', ']}']);
  });
};

browserSuite('the editor', specs, packLib);

// nixpkgs in the page: a pack beside it, of a small tree, and of nixpkgs where there is one.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, missingChromium, named } from './chromium.ts';
import { pack, packByCommand, top } from './packs.ts';
import { Playground } from './playground.ts';
import { openSite, type Site } from './site.ts';

function writeTree(folder: string, files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
}

const small = {
  'lib/.version': '1.2',
  'lib/default.nix': '{ twice = x: 2 * x; version = builtins.readFile ./.version; }',
  'default.nix': '{ }: { hello = derivation { name = "hello"; system = builtins.currentSystem; builder = ./build.sh; }; }',
  'build.sh': 'echo hello',
};

let folder: string;
let browser: Browser;

beforeAll(async () => {
  if (missingChromium) return;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-page-pack-'));
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(missingChromium)(named('a pack beside the page'), () => {
  let site: Site;

  beforeAll(async () => {
    writeTree(path.join(folder, 'small'), small);
    site = await openSite((files) => packByCommand(path.join(folder, 'small'), path.join(files, 'pack')));
  });
  afterAll(() => site?.remove());

  test('is <nixpkgs>, and nothing of it is fetched before it is asked for', async () => {
    const playground = await Playground.open(browser, site.url);
    await playground.evaluate('1 + 1');
    await playground.seesValue('2');
    expect(site.requests.filter((name) => name.startsWith('pack/'))).toEqual([]);
    await playground.evaluate('let lib = import <nixpkgs/lib>; in lib.version + toString (lib.twice 4)');
    await playground.seesValue('"1.28"');
    await playground.sees('.pack', 'nixpkgs 1.2');
    await playground.evaluate('(import <nixpkgs> { }).hello.drvPath');
    await playground.seesValue(/"\/nix\/store\/[a-z0-9]{32}-hello\.drv"/);
    // What was fetched once is kept.
    site.requests.length = 0;
    await playground.page.reload();
    await playground.evaluate('(import <nixpkgs/lib>).version');
    await playground.seesValue('"1.2"');
    expect(site.requests.filter((name) => name.startsWith('pack/'))).toEqual(['pack/pack.json']);
    await playground.close();
  });

  test('that lacks a block, or has another one in its place, is an error that says so', async () => {
    const blocks = path.join(site.folder, 'pack/blocks');
    for (const name of fs.readdirSync(blocks)) fs.writeFileSync(path.join(blocks, name), 'something else');
    const playground = await Playground.open(browser, site.url);
    await playground.evaluate('import <nixpkgs/lib>');
    await playground.sees('.outcome', 'the pack is damaged');
    for (const name of fs.readdirSync(blocks)) fs.rmSync(path.join(blocks, name));
    await playground.evaluate('import <nixpkgs/lib>  ');
    await playground.sees('.outcome', 'lacks blocks/');
    expect(playground.errors.splice(0).every((error) => error.includes('404'))).toBe(true);
    await playground.evaluate('"next"');
    await playground.seesValue('"next"');
    await playground.close();
  });
});

describe.skipIf(missingChromium)(named('without a pack'), () => {
  test('<nixpkgs> says how to make one', async () => {
    const site = await openSite();
    const playground = await Playground.open(browser, site.url);
    await playground.evaluate('import <nixpkgs> { }');
    await playground.sees('.outcome', 'npm run playground:pack');
    await playground.close();
    await site.remove();
  });
});

const nixpkgs = process.env['VIXEN_NIXPKGS'];
const missing = missingChromium ?? (nixpkgs === undefined ? 'VIXEN_NIXPKGS names no nixpkgs' : undefined);

describe.skipIf(missing)(`nixpkgs in the page${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let site: Site;
  let bytes = 0;

  beforeAll(async () => {
    site = await openSite((files) => pack(nixpkgs!, path.join(files, 'pack')));
  }, 300_000);
  afterAll(() => site?.remove());

  test('lib is at hand in 0.3 MB, hello in 2 MB', async () => {
    const playground = await Playground.open(browser, site.url);
    playground.page.on('response', async (response) => {
      if (response.url().includes('/pack/'))
        bytes += Number(fs.statSync(path.join(site.folder, new URL(response.url()).pathname.slice('/some/where/'.length))).size);
    });
    await playground.evaluate('(import <nixpkgs/lib>).version');
    await playground.seesValue(/"\d/);
    expect(bytes).toBeLessThan(300_000);
    await playground.evaluate('(import <nixpkgs> { }).hello.drvPath');
    await playground.seesValue(/"\/nix\/store\/[a-z0-9]{32}-hello-[\d.]+\.drv"/);
    expect(bytes).toBeLessThan(2_000_000);
    console.log(`hello in the page: ${bytes} bytes, ${await playground.status.textContent()}`);
    const value = await playground.page.locator('pre.value').textContent();
    const vixen = execFileSync(
      process.execPath,
      ['host/bin/vixen.cjs', 'eval', '--impure', '--expr', '(import <nixpkgs> { system = "x86_64-linux"; }).hello.drvPath'],
      {
        cwd: top,
        encoding: 'utf8',
        env: { ...process.env, NIX_PATH: `nixpkgs=${nixpkgs}` },
      },
    );
    expect(value?.trim()).toBe(vixen.trim());
    await playground.close();
  });
});

import fs from 'node:fs';
import { expect } from 'vitest';
import { Playground } from './playground.ts';
import { browserSuite } from './suite.ts';

const fileMenu = async ({ page }: Playground, action: string) => {
  await page.getByRole('button', { name: 'File', exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
};

const create = async (playground: Playground, name: string) => {
  await playground.page.getByRole('button', { name: 'New file' }).click();
  await playground.page.getByRole('textbox', { name: 'Name of the new file' }).fill(name);
  await playground.page.getByRole('button', { name: 'OK' }).click();
  await playground.page.getByRole('tab', { name, exact: true, selected: true }).waitFor();
};

const names = ({ page }: Playground) => page.getByRole('tablist', { name: 'Files' }).getByRole('tab').allTextContents();

browserSuite('files', ({ page }) => {
  page('import each other, and are kept', async (playground) => {
    await create(playground, 'lib/twice.nix');
    await playground.page.keyboard.insertText('x: 2 * x');
    await playground.page.getByRole('tab', { name: 'default.nix' }).click();
    await playground.evaluate('import ./lib/twice.nix 21');
    await playground.seesValue('42');
    await playground.page.waitForTimeout(600);
    await playground.page.reload();
    await playground.ready();
    expect(await names(playground)).toEqual(['default.nix', 'lib/twice.nix']);
    await playground.seesValue('42');
  });

  page('of two pages are not written over unseen', async (playground) => {
    const other = new Playground(await playground.context.newPage(), playground.context);
    await other.page.goto(playground.page.url());
    await other.ready();
    await playground.evaluate('"of the first"');
    await playground.page.waitForTimeout(600);
    await other.evaluate('"of the second"');
    await other.sees('.notice', 'Another page');
    await other.page.getByRole('button', { name: 'Take the others' }).click();
    await other.seesValue('"of the first"');
    await other.evaluate('"of both"');
    await other.page.waitForTimeout(600);
    await playground.page.reload();
    await playground.seesValue('"of both"');
    expect(other.errors).toEqual([]);
  });

  page('are renamed and deleted', async (playground) => {
    await create(playground, 'b.nix');
    await playground.page.keyboard.type('1');
    await fileMenu(playground, 'Rename…');
    const name = playground.page.getByRole('textbox', { name: 'New name of b.nix' });
    await name.fill('default.nix');
    await playground.page.getByRole('button', { name: 'OK' }).click();
    await playground.sees('.complaint', 'already');
    await name.fill('c.nix');
    await playground.page.keyboard.press('Enter');
    await playground.page.getByRole('tab', { name: 'c.nix', selected: true }).waitFor();
    await playground.page.getByRole('tab', { name: 'default.nix' }).focus();
    await playground.page.keyboard.press('ArrowRight');
    await playground.page.keyboard.press('Delete');
    await playground.page.getByRole('button', { name: 'Delete' }).click();
    await playground.page.getByRole('tab', { name: 'c.nix' }).waitFor({ state: 'detached' });
    expect(await names(playground)).toEqual(['default.nix']);
  });

  page('are uploaded, dropped and downloaded', async (playground) => {
    const chooser = playground.page.waitForEvent('filechooser');
    await fileMenu(playground, 'Upload files…');
    await (await chooser).setFiles([{ name: 'up.nix', mimeType: 'text/plain', buffer: Buffer.from('"up"') }]);
    await playground.seesValue('"up"');
    await playground.page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['"dropped"'], 'dropped.nix'));
      document
        .querySelector('.cm-content, .editor')!
        .dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true }));
    });
    await playground.seesValue('"dropped"');
    const downloaded = playground.page.waitForEvent('download');
    await fileMenu(playground, 'Download all');
    const tar = fs.readFileSync(await (await downloaded).path(), 'utf8');
    expect(tar).toContain('"dropped"');
    expect(tar).toContain('up.nix');
  });
});

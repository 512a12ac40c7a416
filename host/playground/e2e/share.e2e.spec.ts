import { expect, test } from 'vitest';
import { encodeShare } from '../src/state/share.ts';
import { Playground } from './playground.ts';
import { browserSuite } from './suite.ts';

const shared = {
  files: [
    { name: 'default.nix', contents: 'import ./other.nix + 1' },
    { name: 'other.nix', contents: '41' },
  ],
  active: 'default.nix',
};

browserSuite('share links and examples', (suite) => {
  suite.page(
    'a link is made, and opened elsewhere',
    async (playground) => {
      await playground.evaluate('{ link = "shared"; }');
      await playground.page.getByRole('button', { name: 'Share' }).click();
      await playground.sees('.notice', 'in the clipboard');
      const link = await playground.page.evaluate(() => navigator.clipboard.readText());
      expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/some\/where\/#v1=/);
      const other = await Playground.open(suite.browser, link);
      await other.sees('.notice', 'came with a link');
      await other.seesValue('link = "shared";');
      await other.close();
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  );

  test('opening a link never overwrites own files; a copy goes beside them', async () => {
    const playground = await Playground.open(suite.browser, suite.site.url);
    await playground.evaluate('"my own"');
    await playground.seesValue('"my own"');
    await playground.page.waitForTimeout(600);
    const fragment = await encodeShare(shared);
    await playground.page.evaluate((hash) => {
      location.hash = hash;
    }, fragment);
    await playground.seesValue('42');
    await playground.write('"changed"');
    await playground.seesValue('"changed"');
    await playground.page.getByRole('button', { name: 'Back to my files' }).click();
    await playground.seesValue('"my own"');
    await playground.page.goBack();
    await playground.seesValue('42');
    await playground.page.getByRole('button', { name: 'Keep a copy' }).click();
    await playground.page.getByRole('tab', { name: 'copy/default.nix', selected: true }).waitFor();
    await playground.seesValue('42');
    await playground.page.reload();
    await playground.ready();
    await playground.page.getByRole('tab', { name: 'default.nix', exact: true }).click();
    await playground.seesValue('"my own"');
    await playground.close();
  });

  suite.page('an example shows the view that it is about, for this once', async (playground) => {
    const isShown = (name: string) => playground.page.getByRole('tab', { name, selected: true }).waitFor();
    await isShown('Printed');
    await playground.page.getByRole('button', { name: 'Examples' }).click();
    await playground.page.getByRole('menuitem', { name: 'Laziness' }).click();
    await isShown('Tree');
    await playground.page.getByRole('button', { name: 'Back to my files' }).click();
    await isShown('Printed');
  });

  suite.page('where there is no clipboard, the link is shown', async (playground) => {
    await playground.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await playground.page.getByRole('button', { name: 'Share' }).click();
    expect(await playground.page.getByRole('textbox', { name: 'The link' }).inputValue()).toContain('#v1=');
  });

  suite.page('a damaged link says so', async (playground) => {
    await playground.page.evaluate(() => {
      location.hash = '#v1=AAAA';
    });
    await playground.sees('.notice', 'damaged');
  });

  suite.page('examples open beside own files', async (playground) => {
    await playground.page.getByRole('button', { name: 'Examples' }).click();
    await playground.page.getByRole('menuitem', { name: 'Several files' }).click();
    await playground.sees('.notice', 'Example: Several files');
    await playground.seesValue('pi = 3.14159;');
  });
});

import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './axe.ts';
import { browserSuite } from './suite.ts';

/** VIXEN_SCREENSHOTS names a folder for pictures to look at. */
async function picture(page: Page, name: string) {
  const folder = process.env.VIXEN_SCREENSHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

const failing = 'let\n  # a comment\n  f = x: x.y;\n  text = "${toString 1} and ${./path}";\nin f { inherit text; }';

browserSuite('the page', (suite) => {
  const looks = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
    ['phone-dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
  ] as const;
  for (const [name, options] of looks) {
    suite.page(
      `has nothing that axe-core finds fault with: ${name}`,
      async (playground) => {
        const { page } = playground;
        await picture(page, name);
        expect(await violations(page)).toEqual([]);
        await playground.evaluate(failing);
        await playground.sees('.outcome', 'missing');
        await picture(page, `${name}-error`);
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button', { name: 'Examples' }).click();
        await picture(page, `${name}-menu`);
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Settings' }).click();
        await picture(page, `${name}-settings`);
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await playground.editor.click();
        await page.keyboard.press('Control+f');
        await page.keyboard.press('Control+Home');
        await page.locator('.cm-search').waitFor();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await playground.write('builtins.');
        await page.keyboard.press('Control+Space');
        await playground.sees('.cm-tooltip-autocomplete', 'abort');
        await picture(page, `${name}-completion`);
        expect(await violations(page)).toEqual([]);
        const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(width, 'nothing is wider than the window').toBe(0);
      },
      options,
    );
  }

  suite.page(
    'the theme can be switched, and stays',
    async ({ page }) => {
      const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
      await page.getByRole('button', { name: 'Light or dark' }).click();
      expect(await scheme()).toBe('dark');
      await page.reload();
      expect(await scheme()).toBe('dark');
    },
    { colorScheme: 'light' },
  );

  suite.page('everything is reached by the keyboard, and Escape leaves the editor', async (playground) => {
    const { page } = playground;
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Evaluate');
    await page.getByRole('tab', { name: 'Printed' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    expect(await page.getByRole('tablist', { name: 'Views' }).getByRole('tab').last().getAttribute('aria-selected')).toBe('true');
    await playground.editor.click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('editor');
  });
});

// The views: the value as a tree, and how it came about.
import path from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { violations } from './axe.ts';
import type { Playground } from './playground.ts';
import { browserSuite } from './suite.ts';

/** VIXEN_SCREENSHOTS names a folder for pictures to look at. */
async function picture(page: Page, name: string) {
  const folder = process.env.VIXEN_SCREENSHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `view-${name}.png`) });
}

// Measured on a machine with nothing else to do there is no task above 50 ms. Loaded ones are slower, and count what others do.
const longest = 400;

/** Counts the tasks of the page that take more than 50 ms from now on; what it gives tells how long the longest was. */
async function longTasks(page: Page, what: string): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      entryTypes: ['longtask'],
    });
    Object.assign(globalThis, { tasks });
  });
  return async () => {
    await page.waitForTimeout(200);
    const tasks = await page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks);
    console.log(`${what}: long tasks: ${tasks.map(Math.round).join(', ') || 'none'}`);
    return Math.max(0, ...tasks);
  };
}

const item = ({ page }: Playground, name: string | RegExp) => page.getByRole('treeitem', { name });
const shown = async (playground: Playground, name: string | RegExp) => item(playground, name).first().waitFor();

const drvs = `let
  a = derivation { name = "a"; system = "x86_64-linux"; builder = "/bin/sh"; };
  b = derivation { name = "b"; system = "x86_64-linux"; builder = "\${a}/x"; text = "<script>alert(1)</script>"; };
in { inherit a b; n = 1 + 1; }`;

browserSuite('the views', (suite) => {
  suite.page('a node of the tree is evaluated when it is opened, and what fails stays there', async (playground) => {
    // The printed value would be evaluated whole.
    await playground.choose('Tree');
    await playground.evaluate('{ sum = 20 + 22; bad = throw "<b>no</b>"; deep = { x = [ 1 (2 + 3) ]; }; }');
    await shown(playground, 'sum = «thunk»');
    await item(playground, 'sum = «thunk»').click();
    await shown(playground, 'sum = 42 int');
    await item(playground, /^bad/).click();
    await shown(playground, 'bad = «error: <b>no</b>»');
    await playground.sees('.details', 'Problem');
    await item(playground, /^deep/).click();
    await item(playground, /^x =/).click();
    await shown(playground, '[1] = «thunk»');
    await item(playground, '[1] = «thunk»').click();
    await shown(playground, '[1] = 5 int');
    await playground.sees('.details', 'deep.x.1');
    await shown(playground, 'sum = 42 int');
  });

  suite.page('the tree begins where a path leads', async (playground) => {
    const { page } = playground;
    await playground.choose('Tree');
    await playground.evaluate('{ a."b c" = [ { d = 1 + 1; } ]; }');
    await shown(playground, /^a =/);
    await page.getByLabel('Attribute path').fill('a."b c".0');
    await page.keyboard.press('Enter');
    await item(playground, 'd = «thunk»').click();
    await shown(playground, 'd = 2 int');
    await playground.sees('.details', 'a."b c".0.d');
    await page.getByLabel('Attribute path').fill('a.e');
    await page.keyboard.press('Enter');
    await playground.sees('.details', "there is nothing at 'e'");
  });

  suite.page('large files and graphs are shown without a pause', async (playground) => {
    const { page } = playground;
    const elements = Array.from({ length: 5000 }, (_, i) => `(x: x + ${i})`).join(' ');
    await playground.choose('Output');
    await playground.evaluate(`[ ${elements} ]`);
    await playground.sees('.status', 'a list');
    await page.waitForTimeout(500);
    const long = await longTasks(page, 'syntax and bytecode of a large file');
    await playground.choose('Syntax');
    await shown(playground, /element Lambda/);
    await playground.choose('Bytecode');
    await playground.sees('.bodies', 'function');
    expect(await long()).toBeLessThan(longest);
    const graph = `let d = n: derivation { name = "d\${toString n}"; system = "s"; builder = "b"; inputs = builtins.genList (i: d (n - i - 1)) (if n < 6 then n else 6); };
      in d 40`;
    await playground.evaluate(graph.replace('d = n:', 'all = builtins.genList make 100; d = builtins.elemAt all; make = n:'));
    await playground.sees('.status', 'a derivation');
    await page.waitForTimeout(500);
    const second = await longTasks(page, 'a large graph');
    await playground.choose('Derivation');
    await page.getByRole('img', { name: 'Graph of inputs: 41 nodes' }).waitFor();
    expect(await second()).toBeLessThan(longest);
  });

  suite.page('the tree is walked by keys', async (playground) => {
    const { page } = playground;
    await playground.evaluate('{ a = { b = 1 + 1; }; c = 3; }');
    await playground.choose('Tree');
    await shown(playground, 'c = 3 int');
    await page.keyboard.press('Tab');
    await item(playground, /^\{ … 2 \}/).focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'Enter']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(100);
    }
    await shown(playground, 'b = 2 int');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('End');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('c = 3 int');
  });

  suite.page('a long list comes in pages, and the page stays quick', async (playground) => {
    const { page } = playground;
    await playground.choose('Tree');
    await shown(playground, /./);
    await page.waitForTimeout(300);
    const long = await longTasks(page, 'a long list');
    await playground.evaluate('builtins.genList (i: { n = i; }) 100000');
    await shown(playground, /^\[0\]/);
    await item(playground, '99900 more').click();
    await shown(playground, /^\[150\]/);
    await item(playground, /^\[150\]/).click();
    await shown(playground, 'n = 150 int');
    expect(await long()).toBeLessThan(longest);
  });

  suite.page(
    'a value is copied as Nix and as JSON',
    async (playground) => {
      const { page } = playground;
      await playground.evaluate('{ a = [ 1 (1 + 1) ]; }');
      await playground.choose('Tree');
      await shown(playground, /^a =/);
      const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
      await page.getByRole('button', { name: 'Copy as JSON' }).click();
      await playground.sees('.details', 'Copied');
      expect(await clipboard()).toBe('{"a":[1,2]}');
      await page.getByRole('button', { name: 'Copy as Nix' }).click();
      await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith('{ a'));
      expect(await clipboard()).toBe('{ a = [ 1 2 ]; }');
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  );

  suite.page('a derivation is shown with the graph of its inputs', async (playground) => {
    const { page } = playground;
    await playground.evaluate(drvs);
    await playground.choose('Derivation');
    await playground.sees('.view', 'no derivation');
    await playground.choose('Tree');
    await item(playground, /^b =/).click();
    await page.getByRole('button', { name: 'Show derivation' }).click();
    await playground.sees('h2', 'b');
    await playground.sees('.view', '<script>alert(1)</script>');
    await page.getByRole('img', { name: 'Graph of inputs: 2 nodes, 1 edges' }).waitFor();
    await page.getByText('.drv text', { exact: true }).click();
    await playground.sees('pre', 'Derive([("out"');
    await page.locator('#derivation-path').fill('a');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('img', { name: 'Graph of inputs: 1 nodes' }).waitFor();
    await picture(page, 'derivation');
  });

  suite.page('the syntax tree and the source are linked both ways', async (playground) => {
    const { page } = playground;
    await playground.evaluate('let f = x: x + 1; in f 41');
    await playground.choose('Syntax');
    await shown(playground, /body Call/);
    await item(playground, /body Call/).click();
    await item(playground, /argument Int 41/).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('editor');
    await page.keyboard.press('Home');
    for (let i = 0; i < 11; i++) await page.keyboard.press('ArrowRight');
    await page.locator('[role=treeitem][aria-selected=true]', { hasText: /Variable x/ }).waitFor();
    await picture(page, 'syntax');
  });

  suite.page('views of how it came about', async (playground) => {
    const { page } = playground;
    await playground.evaluate('let a = b + 1; b = 2 * 3; in { x = a; }.x');
    await playground.choose('Bytecode');
    await playground.sees('.bodies', 'thunk a');
    await playground.sees('table', 'RetThunk');
    await playground.choose('Forcing');
    await playground.sees('table', 'In the order of forcing');
    const rows = await page.locator('table', { hasText: 'In the order of forcing' }).locator('tbody tr').allTextContents();
    // x is a variable: its value is that of a, with no thunk of its own.
    expect(rows.map((text) => text.slice(0, 7))).toEqual(['1thunka', '2thunkb']);
    await playground.evaluate('{ x = 1 + 2; }');
    await playground.sees('.view', '0 values were forced');
    await page.getByRole('button', { name: 'Evaluate all of the value' }).click();
    await playground.sees('.view', '1 values were forced');
    await playground.choose('Time and memory');
    await playground.sees('dl', 'Thunks');
    await page.getByRole('img', { name: 'Memory over time' }).waitFor();
    await playground.choose('Printed');
    await playground.sees('pre.value', 'x = 3;');
  });

  suite.page('what cannot be parsed has no tree, and the next text has', async (playground) => {
    await playground.choose('Syntax');
    await playground.evaluate('{ a = ');
    await playground.sees('.view', 'syntax error');
    await playground.choose('Tree');
    await playground.sees('.view', 'There is no value');
    await playground.evaluate('{ a = 1; }');
    await shown(playground, 'a = 1 int');
  });

  for (const [name, options] of [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const) {
    suite.page(
      `axe-core finds no fault with the views: ${name}`,
      async (playground) => {
        const { page } = playground;
        await playground.evaluate(drvs);
        for (const view of ['Tree', 'Derivation', 'Syntax', 'Bytecode', 'Forcing', 'Time and memory']) {
          await playground.choose(view);
          if (view === 'Tree') await item(playground, /^b =/).click();
          if (view === 'Derivation') await page.locator('#derivation-path').fill('b');
          if (view === 'Derivation') await page.getByRole('button', { name: 'Show', exact: true }).click();
          await page.waitForTimeout(300);
          await picture(page, `${name}-${view.toLowerCase().replaceAll(' ', '-')}`);
          expect(await violations(page), view).toEqual([]);
        }
        const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(width, 'nothing is wider than the window').toBe(0);
      },
      options,
    );
  }
});

// How fast the page is there, and that it stays free while the worker works.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, missingChromium, named } from './chromium.ts';
import { pack } from './packs.ts';
import { Playground } from './playground.ts';
import { openSite, type Site } from './site.ts';

/** Milliseconds. A task this long is what the browser calls a long one (W3C Long Tasks, section 2). */
const longTask = 50;
const nixpkgs = process.env.VIXEN_NIXPKGS;
/** Other work on the machine makes everything slow now and then: one good attempt shows what the page can do. */
const attempts = 3;

interface Watch {
  /** When the first value was shown, since navigation; 0 before. */
  shown: number;
  tasks: { begin: number; length: number }[];
}
type Globals = { vixenWatch: Watch };

/** Runs in the page before everything else. */
function watch() {
  const watched: Watch = { shown: 0, tasks: [] };
  (globalThis as unknown as Globals).vixenWatch = watched;
  const tasks = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) watched.tasks.push({ begin: startTime, length: duration });
  });
  tasks.observe({ type: 'longtask', buffered: true });
  const look = () => {
    const status = document.querySelector('.status')?.textContent ?? '';
    const isReady = document.querySelector('.cm-content, [data-editor]') !== null || document.querySelector('#editor')?.shadowRoot != null;
    if (isReady && status !== '' && !/Loading|Evaluating/.test(status)) watched.shown = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const watchOf = (playground: Playground) => playground.page.evaluate(() => (globalThis as unknown as Globals).vixenWatch);

describe.skipIf(missingChromium)(named('the page is fast'), () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([openSite(nixpkgs ? (folder) => pack(nixpkgs, `${folder}/pack`) : undefined), launch()]);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await site?.remove();
  });

  async function opened(): Promise<Playground> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
    context.setDefaultTimeout(30_000);
    await context.addInitScript(watch);
    const playground = new Playground(await context.newPage(), context);
    await playground.page.goto(site.url);
    await expect.poll(async () => (await watchOf(playground)).shown).toBeGreaterThan(0);
    return playground;
  }

  /** The smallest of some measurements, or the first that is below `enough`. */
  async function best(enough: number, measure: () => Promise<number>): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < attempts && least >= enough; i++) least = Math.min(least, await measure());
    return least;
  }

  test('the first value is there within a second', async () => {
    const time = await best(1000, async () => {
      const playground = await opened();
      const { shown } = await watchOf(playground);
      await playground.close();
      return shown;
    });
    console.log(`first value after ${Math.round(time)} ms`);
    expect(time).toBeLessThan(1000);
  });

  /** As a reader does who has the text from elsewhere: inserting long texts key by key is slow in the browser itself. */
  async function paste(playground: Playground, text: string) {
    await playground.write('');
    await playground.editor.evaluate((editor, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** The longest task of the page's thread while a text is evaluated. */
  async function longest(text: string, value: RegExp): Promise<number> {
    const playground = await opened();
    await playground.choose('Printed');
    const begin = await playground.page.evaluate(() => performance.now());
    await paste(playground, text);
    await playground.page.keyboard.press('Control+Enter');
    await playground.seesValue(value);
    await playground.page.waitForTimeout(200);
    const { tasks } = await watchOf(playground);
    await playground.close();
    const lengths = tasks.filter((task) => task.begin >= begin).map(({ length }) => length);
    return Math.max(0, ...lengths);
  }

  const work =
    "let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in builtins.foldl' (a: b: a + fib 19) 0 (builtins.genList (n: n) 100)";
  const talk = 'builtins.length (builtins.genList (n: builtins.trace "message ${toString n}" n) 20000)';
  const say = 'builtins.foldl\' (a: n: builtins.trace "message ${toString n}" (a + n)) 0 (builtins.genList (n: n) 20000)';

  test.for([
    ['long work', work, /^418100/],
    ['many messages', say, /^199990000/],
    ['messages of a list', talk, /^20000/],
    ['printing a large value', 'builtins.genList (n: { inherit n; s = "x${toString n}"; }) 20000', /x0/],
    ['printing a long string', 'builtins.concatStringsSep "\\n" (builtins.genList (n: "line ${toString n}") 100000)', /line 0/],
    ['reading a long source', `[ ${Array.from({ length: 2000 }, (_, i) => `{ a${i} = "x${i}"; }`).join('\n')} ]`, /x0/],
  ] as const)('the page stays free during %s', async ([, text, value]) => {
    expect(await best(longTask, () => longest(text, value))).toBeLessThan(longTask);
  });

  test.skipIf(nixpkgs === undefined)(
    `and while hello is evaluated${nixpkgs ? '' : ' (skipped: VIXEN_NIXPKGS names no nixpkgs)'}`,
    async () => {
      const length = await best(longTask, () => longest('(import <nixpkgs> { }).hello.drvPath', /"\/nix\/store/));
      console.log(`longest task of the page during hello: ${Math.round(length)} ms`);
      expect(length).toBeLessThan(longTask);
    },
  );
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, missingChromium, named } from './chromium.ts';
import { Playground } from './playground.ts';
import { openSite, type Site } from './site.ts';

// Two calls each, sixty deep: little memory, and no end.
const endless = 'let f = n: if n == 0 then 0 else f (n - 1) + f (n - 1); in f 60';

describe.skipIf(missingChromium)(named('evaluation in the page'), () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([openSite(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.remove();
  });

  const using = async (work: (playground: Playground) => Promise<void>) => {
    const playground = await Playground.open(browser, site.url);
    await work(playground);
    await playground.close();
  };

  test('what is typed is evaluated', () =>
    using(async (playground) => {
      await playground.write('{ answer = 6 * 7; }');
      await playground.seesValue('answer = 42;');
      await playground.evaluate('"<b>bold</b>"');
      await playground.seesValue('"<b>bold</b>"');
    }));

  test('an error is underlined, with its trace beside, and the next run works', () =>
    using(async (playground) => {
      await playground.evaluate('let\n  f = x: x.y;\nin f { }');
      await playground.sees('.outcome', "attribute 'y' missing");
      await playground.sees('.outcome', 'default.nix:2:10');
      await playground.sees('.trace', "while calling 'f'");
      expect(await playground.page.locator('.cm-lintRange-error').textContent()).toBe('x');
      await playground.page.getByRole('button', { name: 'default.nix:3:4' }).click();
      await playground.evaluate('1 + 1');
      await playground.seesValue('2');
      await playground.page.locator('.outcome').waitFor({ state: 'hidden' });
    }));

  test('derivations are computed in the page', () =>
    using(async (playground) => {
      await playground.evaluate('(derivation { name = "a"; system = "b"; builder = "c"; }).drvPath');
      await playground.seesValue('/nix/store/ncvzg25n0l41lmwbnxc7fcrkrajq3pvw-a.drv');
    }));

  test('an endless loop is cancelled at once', () =>
    using(async (playground) => {
      await playground.evaluate(endless);
      await playground.sees('.status', 'Evaluating…');
      const cancel = playground.page.getByRole('button', { name: 'Cancel' });
      const started = performance.now();
      await cancel.click();
      await playground.sees('.outcome', 'stopped');
      expect(performance.now() - started).toBeLessThan(2000);
      await playground.evaluate('"next"');
      await playground.seesValue('"next"');
    }));

  test('time and memory have limits, and the next run works', () =>
    using(async (playground) => {
      await playground.page.evaluate(() =>
        localStorage.setItem('vixen-playground-preferences', JSON.stringify({ limits: { time: 2, memory: 32 } })),
      );
      await playground.page.reload();
      await playground.evaluate(endless);
      await playground.sees('.outcome', 'time limit of 2 s');
      await playground.evaluate('builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; }');
      await playground.sees('.outcome', 'out of memory');
      // One long step of the machine, which sees neither: the worker is ended and replaced.
      await playground.evaluate('builtins.length (builtins.genList (x: x) 2000000000)');
      await playground.sees('.outcome', /limit/);
      await playground.evaluate('"next"');
      await playground.seesValue('"next"');
    }));
});

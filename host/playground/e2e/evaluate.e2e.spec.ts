import { expect } from 'vitest';
import { browserSuite } from './suite.ts';

// Two calls each, sixty deep: little memory, and no end.
const endless = 'let f = n: if n == 0 then 0 else f (n - 1) + f (n - 1); in f 60';

browserSuite('evaluation in the page', ({ page }) => {
  page('what is typed is evaluated', async (playground) => {
    await playground.write('{ answer = 6 * 7; }');
    await playground.seesValue('answer = 42;');
    await playground.evaluate('"<b>bold</b>"');
    await playground.seesValue('"<b>bold</b>"');
  });

  page('an error is underlined, with its trace beside, and the next run works', async (playground) => {
    await playground.evaluate('let\n  f = x: x.y;\nin f { }');
    await playground.sees('.outcome', "attribute 'y' missing");
    await playground.sees('.outcome', 'default.nix:2:10');
    await playground.sees('.trace', "while calling 'f'");
    expect(await playground.page.locator('.cm-lintRange-error').textContent()).toBe('x');
    await playground.page.getByRole('button', { name: 'default.nix:3:4' }).click();
    await playground.evaluate('1 + 1');
    await playground.seesValue('2');
    await playground.page.locator('.outcome').waitFor({ state: 'hidden' });
  });

  page('derivations are computed in the page', async (playground) => {
    await playground.evaluate('(derivation { name = "a"; system = "b"; builder = "c"; }).drvPath');
    await playground.seesValue('/nix/store/ncvzg25n0l41lmwbnxc7fcrkrajq3pvw-a.drv');
  });

  page('what takes long is printed to its first level, all of it when asked to', async (playground) => {
    await playground.evaluate('let f = n: if n < 2 then 1 else f (n - 1) + f (n - 2); in { a = { b = 1; }; c = { d = f 34; }; }');
    await playground.seesValue('c = { ... };');
    await playground.page.getByRole('button', { name: 'Print everything' }).click();
    await playground.seesValue('d = 9227465;');
  });

  page('what evaluation says is on Output', async (playground) => {
    await playground.evaluate('builtins.trace "here" 1');
    await playground.page.getByRole('tab', { name: 'Output (1)' }).waitFor();
    await playground.choose('Output');
    await playground.sees('.output', 'trace: here');
  });

  page('an endless loop is cancelled at once', async (playground) => {
    await playground.evaluate(endless);
    await playground.sees('.status', 'Evaluating…');
    const started = performance.now();
    await playground.page.getByRole('button', { name: 'Cancel' }).click();
    await playground.sees('.outcome', 'stopped');
    expect(performance.now() - started).toBeLessThan(2000);
    await playground.evaluate('"next"');
    await playground.seesValue('"next"');
  });

  page('time and memory have limits, and the next run works', async (playground) => {
    await playground.page.evaluate(() =>
      localStorage.setItem('vixen-playground-preferences', JSON.stringify({ limits: { time: 2, memory: 32 } })),
    );
    await playground.page.reload();
    await playground.ready();
    await playground.evaluate(endless);
    await playground.sees('.outcome', 'time limit of 2 s');
    await playground.evaluate('builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; }');
    await playground.sees('.outcome', 'out of memory');
    // One long step of the machine, which sees neither: the worker is ended and replaced.
    await playground.evaluate('builtins.length (builtins.genList (x: x) 2000000000)');
    await playground.sees('.outcome', /limit/);
    await playground.evaluate('"next"');
    await playground.seesValue('"next"');
  });
});

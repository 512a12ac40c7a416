import { expect, test } from 'vitest';
import { NumberSetting } from '../core/machine-settings.ts';
import { newEvaluator } from '../node/wasm.ts';
import { statistics } from './stats.ts';

async function counted(text: string) {
  const machine = newEvaluator();
  machine.setOption(NumberSetting.ReadOnly, 1);
  machine.setOption(NumberSetting.CountCalls, 1);
  machine.evalString({ text, base: '/' });
  await machine.drive({ answer: () => expect.fail('nothing is asked') });
  return statistics(machine.stats(), true);
}

test('calls are counted by function, builtin and attribute', async () => {
  const stats = await counted('let f = x: y: x + y; s.a = 1; in f s.a 2 + f 3 (builtins.length [ ])');
  expect(stats.functions).toHaveLength(2);
  expect(stats.functions).toContainEqual({ count: 2, name: 'f', line: 1, column: 9 });
  expect(stats.functions).toContainEqual({ count: 2, name: 'f', line: 1, column: 12 });
  expect(stats.primops).toEqual({ length: 1 });
  expect(stats.attributes).toContainEqual({ count: 1, line: 1, column: 22 });
});

test("operators are calls of builtins, and the evaluator's own files have a name", async () => {
  const stats = await counted(
    'let d = derivation { name = "d"; system = "s"; builder = toString (3 - 1); }; in if 1 < 2 then d.drvPath else 2 * 1',
  );
  expect(stats.primops).toMatchObject({ sub: 1, lessThan: 1 });
  expect(stats.primops).not.toHaveProperty('mul');
  expect(stats.functions).toContainEqual(expect.objectContaining({ file: '«nix-internal»/derivation-internal.nix' }));
});

test('collections are timed', async () => {
  const machine = newEvaluator();
  machine.setOption(NumberSetting.Statistics, 1);
  let now = 0;
  machine.clock = () => (now += 5);
  // More than the first collection waits for.
  machine.evalString({
    text: "builtins.foldl' (n: i: builtins.length (builtins.genList (x: i) 100000)) 0 (builtins.genList (x: x) 100)",
    base: '/',
  });
  await machine.drive({ answer: () => expect.fail('nothing is asked') });
  const { gc, time } = statistics(machine.stats(), false) as { gc: { cycles: number }; time: { gc: number } };
  expect(gc.cycles).toBeGreaterThan(0);
  expect(time.gc).toBeCloseTo(gc.cycles * 0.005);
});

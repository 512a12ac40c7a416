import { expect, test } from 'vitest';
import { NumberSetting } from '../core/machine-settings.ts';
import { newEvaluator } from '../node/wasm.ts';
import { statistics } from './stats.ts';

async function counted(text: string) {
  const machine = newEvaluator();
  machine.setOption(NumberSetting.CountCalls, 1);
  machine.evalString({ text, base: '/' });
  await machine.drive({ answer: () => expect.fail('nothing is asked') });
  return statistics(machine.stats(), true);
}

test('calls are counted by function, builtin and attribute', async () => {
  const stats = await counted('let f = x: y: x + y; s.a = 1; in f s.a 2 + f 3 (builtins.length [ ])');
  expect(stats.functions).toEqual([
    { count: 2, name: 'f', line: 1, column: 9 },
    { count: 2, name: 'f', line: 1, column: 12 },
  ]);
  expect(stats.primops).toEqual({ length: 1 });
  expect(stats.attributes).toContainEqual({ count: 1, line: 1, column: 22 });
});

import { expect, test } from 'vitest';
import { defaults, limitsFor, readPreferences } from './preferences.ts';

test('what was stored is read again', () => {
  const stored = { theme: 'dark', live: false, limits: { time: 5, memory: 64 }, panel: 'output' } as const;
  expect(readPreferences(JSON.stringify(stored))).toEqual(stored);
});

test.each([
  null,
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"theme":"pink","live":1,"limits":7,"panel":{}}',
  '{"limits":{"time":0,"memory":1e9}}',
  '{"limits":{"time":"5"}}',
])('%s is the defaults', (text) => expect(readPreferences(text)).toEqual(defaults));

test('what came with a link has limits of its own, never higher ones', () => {
  expect(limitsFor({ time: 3600, memory: 4096 }, true)).toEqual({ time: 10, memory: 512 });
  expect(limitsFor({ time: 2, memory: 64 }, true)).toEqual({ time: 2, memory: 64 });
  expect(limitsFor({ time: 3600, memory: 4096 }, false)).toEqual({ time: 3600, memory: 4096 });
});

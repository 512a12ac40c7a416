import { expect, test } from 'vitest';
import { defaults, readPreferences } from './preferences.ts';

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

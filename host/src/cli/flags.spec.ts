import { expect, test } from 'vitest';
import { type Flag, parseArguments } from './flags.ts';

function parsed(args: string[]): string[] {
  const seen: string[] = [];
  const note = (name: string, labels: string[] = []): Flag => ({
    names: [`--${name}`, `-${name[0]}`],
    labels,
    help: '',
    run: (...values) => void seen.push([name, ...values].join(' ')),
  });
  const flags = [note('quiet'), note('jobs', ['n']), note('arg', ['name', 'expr'])];
  const setting = (name: string, value: string) => void seen.push(`${name} = ${value}`);
  parseArguments(args, { flags, positional: (value) => void seen.push(value), setting }, true);
  return seen;
}

test('flags, values, words', () => {
  expect(parsed(['--quiet', 'x', '--arg', 'a', '-1', '-', '--', '-q'])).toEqual(['quiet', 'x', 'arg a -1', '-', '-q']);
});

test('short flags stand together, a value may follow at once', () => {
  expect(parsed(['-qj4', '-qq'])).toEqual(['quiet', 'jobs 4', 'quiet', 'quiet']);
});

test('settings are flags', () => {
  expect(parsed(['--cores', '2', '--restrict-eval', '--no-sandbox-fallback', '--extra-nix-path', 'x'])).toEqual([
    'cores = 2',
    'restrict-eval = true',
    'sandbox-fallback = false',
    'extra-nix-path = x',
  ]);
});

test.each([
  [['--quite'], "unrecognised flag '\x0e--quite\x0f'. Did you mean '\x0e--quiet\x0f'?"],
  [['-x'], "unrecognised flag '\x0e-x\x0f'"],
  [['--arg', 'a'], "flag '\x0e--arg\x0f' requires \x0e2\x0f argument(s), but only \x0e1\x0f were given"],
])('%j', (args, message) => expect(() => parsed(args)).toThrow(message));

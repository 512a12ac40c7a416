// Traces and profiles of calls. What is expected was written by Nix 2.34.8.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));

let dir = '';
beforeAll(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-calls-')));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

function evaluate(expression: string, ...args: string[]) {
  const all = [launcher, 'nix-instantiate', '--eval', '--strict', '-E', expression, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

test('calls are traced as they begin and end', () => {
  const { stdout, stderr } = evaluate('let f = x: y: x + y; in map (f 1) [ 1 (2 - 1) (builtins.length [ ]) ]', '--trace-function-calls');
  expect(stdout).toBe('[ 2 2 1 ]\n');
  const lines = stderr.trimEnd().split('\n');
  const times = lines.map((line) => BigInt(/ at (\d+)$/.exec(line)![1]!));
  expect(times).toEqual([...times].sort());
  expect(Number(times[0]! / 1_000_000n)).toBeGreaterThan(Date.now() - 60_000);
  expect(lines.map((line) => line.replace(/^function-trace (.*) at \d+$/, '$1'))).toEqual(
    [
      'entered 1:25',
      'entered 1:30',
      'exited 1:30',
      'exited 1:25',
      'entered 1:12',
      'exited 1:12',
      'entered 1:12',
      'entered 1:42',
      'exited 1:42',
      'exited 1:12',
      'entered 1:12',
      'entered 1:48',
      'exited 1:48',
      'exited 1:12',
    ].map((line) => line.replace(' ', ' «string»:')),
  );
});

test('a call that fails has ended, too', () => {
  const { status, stderr } = evaluate('(x: throw x) "boom"', '--trace-function-calls');
  expect(status).toBe(1);
  const lines = stderr.split('\n').filter((line) => line.startsWith('function-trace'));
  expect(lines.map((line) => line.split(' ').slice(1, 3).join(' '))).toEqual([
    'entered «string»:1:1',
    'entered «string»:1:5',
    'exited «string»:1:5',
    'exited «string»:1:1',
  ]);
});

test('a profile counts stacks of calls', () => {
  const profile = path.join(dir, 'out.profile');
  const { stdout } = evaluate(
    "let fib = n: if n < 2 then n else fib (n - 1); in fib 2 + (builtins.foldl' (a: b: a + b) 0 [ 1 2 3 ])",
    '--eval-profiler',
    'flamegraph',
    '--eval-profiler-frequency',
    '0',
    '--eval-profile-file',
    profile,
  );
  expect(stdout).toBe('7\n');
  const at = (column: number, name: string) => `«string»:1:${column}${name}`;
  expect(fs.readFileSync(profile, 'utf8').trimEnd().split('\n').sort()).toEqual(
    [
      `${at(51, ':fib')} 1`,
      `${at(51, ':fib')};${at(19, ':primop lessThan')} 1`,
      `${at(51, ':fib')};${at(35, ':fib')} 1`,
      `${at(51, ':fib')};${at(35, ':fib')};${at(19, ':primop lessThan')} 1`,
      `${at(51, ':fib')};${at(35, ':fib')};${at(19, ':primop lessThan')};${at(42, ':primop sub')} 1`,
      `${at(60, ":primop foldl'")} 1`,
      `${at(60, ":primop foldl'")};${at(77, '')} 3`,
    ].sort(),
  );
});

test('a profile by time has some samples', () => {
  const profile = path.join(dir, 'time.profile');
  evaluate(
    'let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in fib 22',
    '--eval-profiler',
    'flamegraph',
    '--eval-profile-file',
    profile,
  );
  expect(fs.readFileSync(profile, 'utf8')).toMatch(/^«string»:1:65:fib(;\S+)* \d+$/m);
});

test('bad settings are told', () => {
  expect(evaluate('1', '--eval-profiler', 'flames').stderr).toContain("option 'eval-profiler' has invalid value 'flames'");
  const { status, stderr } = evaluate('1', '--eval-profiler', 'flamegraph', '--eval-profile-file', '/nonexistent/x');
  expect([status, stderr]).toEqual([1, expect.stringContaining("opening file '/nonexistent/x': No such file or directory")]);
});

// `vixen eval --debugger`, its input from a pipe.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));

function debug(expression: string, lines: string[], { flags = [] as string[], env = {} } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'eval', '--debugger', ...flags, '-E', expression], {
    encoding: 'utf8',
    input: lines.map((line) => `${line}\n`).join(''),
    env: { ...process.env, NO_COLOR: '1', ...env },
    timeout: 30_000,
  });
  return { status, stdout, stderr, shown: stdout.split('\n').filter((line) => line !== '') };
}

const program = 'let f = x: let y = x + 1; in if y > 2 then throw "boom ${toString y}" else builtins.break y; in f 1 + f 5';

describe.each([
  ['', {}],
  [' with a collection at every step', { VIXEN_GC_STRESS: '1' }],
])('the debugger%s', (_, env) => {
  test('stops at break and at errors, where all that is in scope can be used', () => {
    const { status, shown, stderr } = debug(program, ['y + 10', 'x', 'f 0', ':c', '[ x y ]', ':c'], { env });
    expect(shown).toEqual(['12', '1', '1', '[', '  5', '  6', ']']);
    expect(stderr).toMatch(/info: breakpoint reached[\s\S]*error: boom 6[\s\S]*error: boom 6/);
    expect(status).toBe(1);
  });

  test('goes on with the value of break', () => {
    const { status, shown } = debug('let a = 20; in builtins.break (a + 1) * 2', ['a', 'a = 1', 'a', ':c'], { env });
    expect([status, shown]).toEqual([0, ['20', '1', '42']]);
  });

  test('errors of what is typed are shown, and change nothing', () => {
    const { status, shown, stderr } = debug('builtins.break 7', ['throw "inner"', 'nothing', '{ a = ', ' 1; }.a', ':c'], { env });
    expect([status, shown]).toEqual([0, ['1', '7']]);
    expect(stderr).toMatch(/error: inner[\s\S]*undefined variable 'nothing'/);
  });
});

test('the stack of calls, its places and scopes', () => {
  const { stdout } = debug(program, [':bt', ':st 2', ':env', 'f', ':q']);
  expect(stdout).toContain('0: while calling a function\n«string»:1:76\n');
  expect(stdout).toContain("1: while calling 'f'\n«string»:1:9\n");
  expect(stdout).toContain('2: while calling a function\n«string»:1:97\n');
  expect(stdout).toContain('Env level 0\nstatic: f\n\nEnv level 1\nbuiltins\n');
  expect(stdout).toContain('«lambda f @ «string»:1:9»');
});

test('names of `with` are in scope once the set is evaluated; others hide them', () => {
  const { shown } = debug('with { a = 1; b = 2; }; let b = 3; in seq a (builtins.break 0)'.replace('seq', 'builtins.seq'), [
    'a',
    'b',
    ':c',
  ]);
  expect(shown).toEqual(['1', '3', '0']);
});

test('quitting ends the program: quietly at a break, with the error at an error', () => {
  expect(debug('builtins.break 1', [':q'])).toMatchObject({ status: 0, stdout: '' });
  expect(debug('throw "x"', [':q'])).toMatchObject({ status: 1, stderr: expect.stringMatching(/error: x[\s\S]*error: x/) });
  expect(debug('throw "x"', [])).toMatchObject({ status: 1 });
});

test('steps stop again and again', () => {
  const { status, shown } = debug('let f = n: n + 1; in f (builtins.break 1) + f 2', [':s', ':s', ':s', ':c']);
  expect([status, shown]).toEqual([0, ['5']]);
});

test('errors inside of tryEval stop, unless --ignore-try says otherwise', () => {
  const expression = '(builtins.tryEval (throw "x")).success';
  expect(debug(expression, [':c']).stderr).toContain("This exception occurred in a 'tryEval' call. Use --ignore-try to skip these.");
  expect(debug(expression, [], { flags: ['--ignore-try'] })).toMatchObject({ status: 0, stdout: 'false\n', stderr: '' });
});

test('traces and warnings stop where the settings say so', () => {
  expect(debug('builtins.trace "t" 5', [':c'], { flags: ['--debugger-on-trace'] }).stderr).toMatch(/trace: t\n[\s\S]*breakpoint reached/);
  expect(debug('builtins.warn "w" 5', [':c'], { flags: ['--debugger-on-warn'] }).stderr).toMatch(/warning: w\n[\s\S]*breakpoint reached/);
});

test('without the debugger, break is the identity', () => {
  const { stdout } = spawnSync(process.execPath, [launcher, 'eval', '-E', 'builtins.break 5'], { encoding: 'utf8' });
  expect(stdout).toBe('5\n');
});

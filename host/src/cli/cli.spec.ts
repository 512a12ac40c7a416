// The built command line, as people call it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));

let dir = '';
beforeAll(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-cli-')));
  const drv = (name: string, more = '') => `derivation { name = "${name}"; system = "x"; builder = "b"; ${more} }`;
  const packages = `{ x ? 1 }: {
    inherit x;
    list = [ 1 { "b.c" = 2; } ];
    d = ${drv('d', 'outputs = [ "out" "dev" ];')};
    more = { recurseForDerivations = true; e = ${drv('e')}; };
    hidden = { f = ${drv('f')}; };
  }`;
  fs.writeFileSync(path.join(dir, 'a.nix'), packages);
  fs.writeFileSync(path.join(dir, 'bad.nix'), '{ a = 1; b = a');
  fs.writeFileSync(path.join(dir, 'text'), 'from a file');
  fs.mkdirSync(path.join(dir, 'flake'));
  fs.writeFileSync(path.join(dir, 'flake/flake.nix'), '{ outputs = { self }: { packages.x86_64-linux.default = "p"; y = 1; }; }');
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
}

function vixen(args: string[], { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const { NODE_EXTRA_CA_CERTS: _, NIX_PATH: _path, NIX_CONFIG: _config, ...inherited } = process.env;
    const own = { HOME: dir, XDG_DATA_HOME: `${dir}/data`, XDG_CACHE_HOME: `${dir}/cache`, NO_COLOR: '1', NIX_CONF_DIR: dir };
    const child = spawn(process.execPath, [launcher, ...args], { cwd: dir, env: { ...inherited, ...own, ...env } });
    const result: Result = { status: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      result.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      result.stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ ...result, status }));
    child.stdin.end(input);
  });
}

const instantiate = (args: string[], options?: Parameters<typeof vixen>[1]) => vixen(['nix-instantiate', ...args], options);

describe('nix-instantiate prints', () => {
  const cases: [name: string, args: string[], stdout: string][] = [
    ['a value', ['--eval', '-E', '{ a = 1 + 1; }'], '{ a = <CODE>; }\n'],
    ['all of a value', ['--eval', '--strict', '-E', '{ a = 1 + 1; }'], '{ a = 2; }\n'],
    ['JSON', ['--eval', '--json', '--strict', '-E', '{ a = [ 1.5 null ]; }'], '{"a":[1.5,null]}\n'],
    ['a string as it is', ['--eval', '--raw', '-E', '"a\nb"'], 'a\nb'],
    ['an attribute', ['--eval', '-A', 'list.1."b.c"', 'a.nix'], '2\n'],
    ['several attributes', ['--eval', '-A', 'x', '-A', 'list.0', 'a.nix'], '1\n1\n'],
    ['with an argument', ['--eval', '--arg', 'x', '2 + 3', '-A', 'x', 'a.nix'], '5\n'],
    ['with a text', ['--eval', '--argstr', 'x', '2', '-A', 'x', 'a.nix'], '"2"\n'],
    ['with a file', ['--eval', '--arg-from-file', 'x', 'text', '-A', 'x', 'a.nix'], '"from a file"\n'],
    ['several expressions', ['--eval', '-E', '1', '2'], '1\n2\n'],
    ['the syntax tree', ['--parse', '-E', 'a: a + 1'], '(a: (a + 1))\n'],
    ['where a name leads', ['-I', `n=${os.tmpdir()}`, '--find-file', 'n'], `${fs.realpathSync(os.tmpdir())}\n`],
    ['its version', ['--version'], 'nix-instantiate (Nix) 2.34.8\n'],
  ];
  test.each(cases)('%s', async (_, args, stdout) => expect(await instantiate(args)).toEqual({ status: 0, stdout, stderr: '' }));

  test('what is given to it on stdin', async () => {
    expect(await instantiate(['--eval', '-'], { input: '1 + 2' })).toEqual({ status: 0, stdout: '3\n', stderr: '' });
    const text = await instantiate(['--eval', '--arg-from-stdin', 'x', '-A', 'x', 'a.nix'], { input: 'typed' });
    expect(text.stdout).toBe('"typed"\n');
  });

  test('derivations, and those of sets that ask for it', async () => {
    const { status, stdout, stderr } = await instantiate(['a.nix', '--dry-run']);
    expect(stdout).toMatch(/^\/nix\/store\/\S+-d\.drv\n\/nix\/store\/\S+-e\.drv\n$/);
    expect(stderr).toContain("you did not specify '--add-root'");
    expect(status).toBe(0);
    expect((await instantiate(['a.nix', '-A', 'd.dev', '--dry-run'])).stdout).toMatch(/-d\.drv!dev\n$/);
  });

  test('derivations into a store, with a root', async () => {
    const store = path.join(dir, 'store');
    const { stdout } = await instantiate(['--store', store, '--add-root', 'root', '-A', 'd', 'a.nix']);
    expect(stdout).toBe(`${dir}/root\n`);
    const drv = fs.readlinkSync(path.join(dir, 'root'));
    expect(fs.readFileSync(drv, 'utf8')).toMatch(/^Derive\(/);
  });
});

describe('nix-instantiate refuses', () => {
  const cases: [name: string, args: string[], message: string][] = [
    ['an unknown flag', ['--evla', '-E', '1'], "unrecognised flag '--evla'\nTry 'nix-instantiate --help' for more information."],
    ['a flag without its value', ['-A'], "'-A' requires an argument"],
    ['a missing file', ['--eval', 'gone.nix'], "gone.nix' does not exist"],
    ['a folder without default.nix', ['--eval', '.'], "default.nix' does not exist"],
    ['bad syntax', ['--eval', 'bad.nix'], 'syntax error, unexpected end of file'],
    ['an attribute that is not there', ['--eval', '-A', 'lst', 'a.nix'], "attribute 'lst' in selection path 'lst' not found"],
    ['an index that is too large', ['--eval', '-A', 'list.7', 'a.nix'], 'is out of range'],
    ['other files in restricted mode', ['--eval', '--restrict-eval', 'a.nix'], 'is forbidden in restricted mode'],
    ['files in pure mode', ['--eval', '--pure-eval', '-E', 'import ./a.nix'], 'is forbidden in pure evaluation mode'],
    ['a value of the wrong kind for a setting', ['--eval', '--lint-url-literals', 'x', '-E', '1'], 'has invalid value'],
    [
      'what needs too much memory',
      ['--eval', '--memory-limit', '64M', '-E', "builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 10000000)"],
      'memory',
    ],
    ['calls that are too deep', ['--eval', '--max-call-depth', '10', '-E', 'let f = x: f x; in f 1'], 'max-call-depth exceeded'],
  ];
  test.each(cases)('%s', async (_, args, message) => {
    const { status, stdout, stderr } = await instantiate(args);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([1, '']);
  });

  test('a name that is nearly right gets a hint', async () => {
    expect((await instantiate(['--eval', '-A', 'lst', 'a.nix'])).stderr).toContain('Did you mean list?');
  });
});

test('configuration: files, variables, flags, in this order', async () => {
  const value = 'builtins.currentSystem';
  const conf = path.join(dir, 'user.conf');
  fs.writeFileSync(conf, 'system = from-file\nnonsense = 1\n');
  const env = { NIX_USER_CONF_FILES: conf };
  const run = (args: string[], more = {}) => instantiate(['--eval', '-E', value, ...args], { env: { ...env, ...more } });
  expect(await run([])).toMatchObject({ stdout: '"from-file"\n', stderr: "warning: unknown setting 'nonsense'\n" });
  expect(await run([], { NIX_CONFIG: 'system = from-variable' })).toMatchObject({ stdout: '"from-variable"\n' });
  expect(await run(['--system', 'from-flag'], { NIX_CONFIG: 'system = from-variable' })).toMatchObject({ stdout: '"from-flag"\n' });
});

test('traces and warnings go to stderr', async () => {
  const { stdout, stderr } = await instantiate(['--eval', '-E', 'builtins.trace "a" (builtins.warn "b" 1)']);
  expect([stdout, stderr]).toEqual(['1\n', 'trace: a\nevaluation warning: b\n']);
});

test('statistics', async () => {
  const file = path.join(dir, 'stats.json');
  const expression = 'let a = 1; c = [ a "x" ]; d = { inherit a; e = 2; }; f = x: y: x; in [ (f a 2) d.e c (x: x) ]';
  await instantiate(['--eval', '--strict', '-E', expression], { env: { NIX_SHOW_STATS: '1', NIX_SHOW_STATS_PATH: file } });
  const stats = JSON.parse(fs.readFileSync(file, 'utf8'));
  const keys = 'cpuTime envs gc list nrAvoided nrExprs nrFunctionCalls nrLookups nrOpUpdateValuesCopied nrOpUpdates nrPrimOpCalls nrThunks';
  expect(Object.keys(stats)).toEqual([...keys.split(' '), 'sets', 'sizes', 'symbols', 'time', 'values']);
  // what Nix 2.34.8 counts, too
  expect(stats).toMatchObject({ nrAvoided: 8, nrLookups: 1 });
  expect(stats.nrExprs).toBeGreaterThan(20);
});

test('a reader that goes away is no error', async () => {
  const script = `"${process.execPath}" "${launcher}" nix-instantiate --eval --strict -E 'builtins.genList (x: x) 100000' | head -c 1; echo " \${PIPESTATUS[0]}"`;
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  expect(output).toBe('[ 0\n');
});

describe('vixen', () => {
  test('its version, its overview, a word that is no command', async () => {
    expect((await vixen(['--version'])).stdout).toMatch(/^vixen \d/);
    expect((await vixen([])).stdout).toContain('Usage: vixen COMMAND');
    expect(await vixen(['evla'])).toMatchObject({ status: 1, stderr: expect.stringContaining("Did you mean 'eval'?") });
  });

  const cases: [name: string, args: string[], stdout: string][] = [
    ['an expression', ['-E', '{ a = 1 + 1; }'], '{ a = 2; }\n'],
    ['an attribute of a file', ['a.nix', 'x'], '1\n'],
    ['a file and an attribute by flags', ['-f', 'a.nix', '-A', 'x', '--json'], '1\n'],
    ['a function applied', ['-E', '{ b = 1; }', '--apply', 'builtins.attrNames'], '[ "b" ]\n'],
    ['a string as it is', ['--raw', '-E', '"x"'], 'x'],
    ['a flake', ['./flake'], '"p"\n'],
    ['an attribute of a flake', ['./flake#y'], '1\n'],
  ];
  test.each(cases)('eval: %s', async (_, args, stdout) => {
    expect(await vixen(['eval', '--system', 'x86_64-linux', ...args])).toEqual({ status: 0, stdout, stderr: '' });
  });

  test('eval prints in one way', async () => {
    const both = await vixen(['eval', '--raw', '--json', '-E', '1']);
    expect(both).toMatchObject({ status: 1, stderr: expect.stringContaining("'--raw' and '--json' are mutually exclusive") });
  });

  test('eval --write-to', async () => {
    await vixen(['eval', '-E', '{ a = "1"; b.c = "2"; }', '--write-to', 'out']);
    expect(fs.readFileSync(path.join(dir, 'out/a'), 'utf8') + fs.readFileSync(path.join(dir, 'out/b/c'), 'utf8')).toBe('12');
    expect(await vixen(['eval', '-E', '"x"', '--write-to', 'out'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('already exists'),
    });
  });

  test('link', async () => {
    await vixen(['link', 'bin']);
    const link = path.join(dir, 'bin/nix-instantiate');
    expect(fs.realpathSync(link)).toBe(fs.realpathSync(launcher));
  });

  test('help names every flag', async () => {
    for (const command of ['eval', 'instantiate', 'parse', 'repl', 'nix-instantiate']) {
      const { status, stdout } = await vixen([command, '--help']);
      expect(status).toBe(0);
      expect(stdout).toContain('Examples:');
      expect(stdout).toContain('--argstr');
    }
  });

  test('the repl', async () => {
    const input = [
      'x = 1',
      'y = x + 1',
      'y',
      "z = ''",
      '  two',
      "''",
      'z',
      '{ a = { b = 1; }; }',
      ':p { a = { b = 1; }; }',
      ':p let s = builtins.intersectAttrs { a = 1; } { b = 1; }; in [ { } s s (removeAttrs { a = 1; } [ "a" ]) { } ]',
      ':t y',
      ':t map 1',
      ':doc /** It is *known*. */ f: f',
      ':doc y',
      ':nope',
      ':q',
      'y',
    ];
    const { status, stdout, stderr } = await vixen(['repl'], { input: `${input.join('\n')}\n` });
    const shown = stdout.split('\n').filter((line) => line !== '');
    expect(shown).toEqual([
      '2',
      '"two\\n"',
      '{',
      '  a = { ... };',
      '}',
      '{',
      '  a = { b = 1; };',
      '}',
      '[',
      '  { }',
      '  { }',
      '  «repeated»',
      '  { }',
      '  «repeated»',
      ']',
      'an integer',
      "the partially applied built-in function 'map'",
      'Function defined at «string»:1:23',
      'It is known.',
    ]);
    expect(stderr).toContain('value does not have documentation');
    expect(stderr).toContain("unknown command ':nope'");
    expect(status).toBe(0);
  });
});

// Input that is meant to break an evaluator: each is answered, by a value as Nix prints it or by an error with a position.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));

let dir = '';
beforeAll(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-bad-')));
  fs.mkdirSync(path.join(dir, 'folder'));
  fs.symlinkSync('loop-b', path.join(dir, 'loop-a'));
  fs.symlinkSync('loop-a', path.join(dir, 'loop-b'));
  fs.symlinkSync('nowhere', path.join(dir, 'dangling'));
  fs.writeFileSync(path.join(dir, 'nul.txt'), 'a\0b');
  fs.writeFileSync(path.join(dir, 'late.nix'), 'import ./gone.nix');
  fs.writeFileSync(path.join(dir, 'secret.nix'), '1', { mode: 0 });
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

interface Result {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

function start(args: string[]) {
  const env = { ...process.env, HOME: dir, NO_COLOR: '1', NIX_CONFIG: '', NIX_PATH: '' };
  return spawn(process.execPath, [launcher, 'nix-instantiate', '--eval', ...args], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function run(args: string[], started = start(args)): Promise<Result> {
  return new Promise((resolve, reject) => {
    const result: Result = { status: null, signal: null, stdout: '', stderr: '' };
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      result.stdout += text;
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      result.stderr += text;
    });
    started.on('error', reject);
    started.on('close', (status, signal) => resolve({ ...result, status, signal }));
  });
}

test('a home folder that cannot be looked at has no channels', () => {
  const home = path.join(dir, 'home');
  fs.mkdirSync(home);
  fs.symlinkSync('.nix-defexpr', path.join(home, '.nix-defexpr'));
  const args = [launcher, 'nix-instantiate', '--eval', '-E', '1 + 1'];
  expect(execFileSync(process.execPath, args, { cwd: dir, env: { ...process.env, HOME: home }, encoding: 'utf8' })).toBe('2\n');
});

let files = 0;
function file(text: string | Uint8Array): string {
  files += 1;
  const name = `input-${files}.nix`;
  fs.writeFileSync(path.join(dir, name), text);
  return `./${name}`;
}

const withoutExcerpts = (text: string) => text.replace(/^ *\d*\|.*\n/gm, '');

async function fails(args: string[], ...lines: string[]) {
  const { status, stdout, stderr } = await run(args);
  const text = withoutExcerpts(stderr);
  for (const line of lines) expect(text).toContain(line);
  expect(stdout).toBe('');
  expect(status).toBe(1);
}

async function prints(args: string[], text: string) {
  const { status, stdout, stderr } = await run(args);
  expect(stderr.slice(0, 1000)).toBe('');
  expect(stdout.slice(0, 1000)).toBe(text);
  expect(status).toBe(0);
}

const deep = 100_000;
const times = (text: string, count = deep) => text.repeat(count);

describe('nested deep', () => {
  const values: [name: string, source: string, value: string][] = [
    ['lists', times('[', 200_000) + times(']', 200_000), '[ <CODE> ]'],
    ['parentheses', `${times('(', 200_000)}1${times(')', 200_000)}`, '1'],
    ['let', `${times('let a = 1; in ')}a`, '1'],
    ['let in bindings', `${times('let a = ')}1${times('; in a')}`, '1'],
    ['if', `${times('if true then ')}1${times(' else 2')}`, '1'],
    ['else', `${times('if false then 1 else ')}2`, '2'],
    ['conditions', `${times('if ')}true${times(' then true else false')}`, 'true'],
    ['with', `${times('with { }; ')}1`, '1'],
    ['assert', `${times('assert true; ')}1`, '1'],
    ['functions', `${times('x: ')}x`, '<LAMBDA>'],
    ['formals', `${times('{ a }: ')}a`, '<LAMBDA>'],
    ['defaults', `${times('{ a ? ')}1${times(' }: 1')}`, '<LAMBDA>'],
    ['selections', `${times('{ a = ')}1${times('; }')}${times('.a')}`, '1'],
    ['or', `${times('{ }.a or ')}1`, '1'],
    ['!', `${times('!')}true`, 'true'],
    ['-', `${times('-', 10_000)}1`, '1'],
    ['+', `${times('1 + ')}1`, '100001'],
    ['++', `${times('[ ] ++ ')}[ ]`, '[ ]'],
    ['//', `${times('{ } // ')}{ }`, '{ }'],
    ['->', `${times('true -> ')}true`, 'true'],
    ['sets', `${times('{ a = ')}1${times('; }')}`, '{ a = <CODE>; }'],
    ['attribute paths', `{ ${times('a.')}a = 1; }`, '{ a = <CODE>; }'],
    ['inherit', `${times('{ inherit (')}{ }${times(') a; }')}`, '{ a = <CODE>; }'],
    ['interpolation', `${times('"${')}"x"${times('}"')}`, '"x"'],
    ['interpolation in indented strings', `${times("''${")}"x"${times("}''")}`, '"x"'],
  ];
  test.for(values)('%s', ([, source, value]) => prints([file(source)], `${value}\n`));

  test('calls', () => fails([file(`let f = x: x; in ${times('f (')}1${times(')')}`)], 'max-call-depth exceeded', ':1:'));
  test('dynamic names', () => fails([file(`${times('{ ${')}"a"${times('} = 1; }')}`)], 'expected a string but found a set'));
  const open: [string, string][] = ['[', '(', '{ a = ', '"${', "''${", '!'].map((text) => [text, times(text, 200_000)]);
  test.for(open)('%s without its end', ([, source]) => fails([file(source)], 'syntax error, unexpected end of file', ':1:'));
});

describe('without end', () => {
  const e = (text: string) => ['-E', text];
  const depth = 'stack overflow; max-call-depth exceeded';
  const errors: [name: string, args: string[], ...lines: string[]][] = [
    ['a function', e('let f = x: f (x + 1); in f 0'), depth, 'at «string»:1:12'],
    ['a value', e('let a = a; in a'), 'infinite recursion encountered', 'at «string»:1:9'],
    ['equal sets', e('let s = { inherit s; }; t = { s = t; }; in s == t'), depth],
    ['ordered lists', e('let a = [ a ]; b = [ b ]; in a < b'), depth],
    ['JSON', e('let s = { inherit s; }; in builtins.toJSON s'), depth],
    ['XML', e('let s = [ s ]; in builtins.toXML s'), depth],
    ['toString', e('let s = [ s ]; in toString s'), depth],
    ['calls beyond the setting', ['--option', 'max-call-depth', '100', ...e('let f = x: f x; in f 1')], depth],
  ];
  test.for(errors)('%s', ([, args, ...lines]) => fails(args, ...lines));

  test('a set that contains itself, printed', () =>
    prints(['--strict', ...e('let s = { a = 1; inherit s; }; in s')], '{ a = 1; s = «repeated»; }\n'));
  test('a set that contains itself, compared', () => prints(e('let s = { inherit s; }; in s == s'), 'true\n'));
  test('a list that contains itself, forced', () => prints(e('let s = [ s ]; in builtins.deepSeq s 1'), '1\n'));
  test('a regular expression that backtracks', () => prints(e(`builtins.match "(x+x+)+y" "${times('x', 30)}"`), 'null\n'));
  test('a set that contains itself, forced, as XML', () =>
    fails(['--strict', '--xml', '--max-call-depth', '500', ...e('let s = { inherit s; }; in s')], depth, 'at «string»:1:'));
  test('a set that contains itself, as JSON', () => fails(['--json', ...e('let s = { inherit s; }; in s')], depth, 'at «string»:1:'));
  test('calls beyond the flag', () => fails(['--max-call-depth', '100', ...e('let f = x: f x; in f 1')], depth, 'at «string»:1:'));
});

describe('an interrupt ends at once', () => {
  /** 100 million characters or so, and one more so that nothing is found in a cache. */
  const text =
    "builtins.foldl' (s: _: s + s) (builtins.substring 0 100 (toString (builtins.genList (x: 1) 60)) + toString i) (builtins.genList (x: x) 20)";
  const numbers = 'builtins.genList (n: builtins.bitAnd (n * 7919) 1048575) 1000000 ++ [ i ]';
  const again = (expression: string) => `map (i: ${expression}) (builtins.genList (i: i) 1000)`;
  const long: [name: string, expression: string][] = [
    ['calls', again("let f = n: if n == 0 then 0 else f (n - 1); in builtins.foldl' (a: b: f 9000) 0 (builtins.genList (x: x) 10000000)")],
    ['match', again(`builtins.match "(1| )*(x?)" (${text})`)],
    ['split', again(`builtins.length (builtins.split "(1)" (${text}))`)],
    ['replaceStrings', again(`builtins.replaceStrings [ "2" "1x" ] [ "" "" ] (${text})`)],
    ['fromJSON', again(`builtins.fromJSON ("\\"" + ${text} + "\\"")`)],
    ['fromTOML', again(`builtins.fromTOML ("a = \\"" + ${text} + "\\"")`)],
    ['toJSON', again(`builtins.toJSON (${text})`)],
    ['hashString', again(`builtins.hashString "sha512" (${text})`)],
    ['splitVersion', again(`builtins.length (builtins.splitVersion (${text}))`)],
    ['sort', again(`builtins.length (builtins.sort builtins.lessThan (${numbers}))`)],
    ['sort by a function', again(`builtins.length (builtins.sort (a: b: a < b) (${numbers}))`)],
    ['elem', again(`builtins.elem (-1) (${numbers})`)],
    ['==', again(`(${numbers}) == (${numbers})`)],
    ['concatStringsSep', again(`builtins.concatStringsSep "," (map toString (${numbers}))`)],
    ['deepSeq', again('builtins.deepSeq (builtins.genList (n: [ n { a = n; } ]) 1000000) 1')],
    ['genericClosure', 'builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; }'],
  ];
  test.for(long)('%s', async ([, expression]) => {
    const args = ['--strict', '-E', `builtins.trace "begun" (${expression})`];
    const child = start(args);
    const ended = run(args, child);
    await new Promise((resolve) => child.stderr.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sent = performance.now();
    child.kill('SIGINT');
    const { status, signal } = await ended;
    expect(signal === 'SIGINT' || status === 130).toBe(true);
    expect(performance.now() - sent).toBeLessThan(1000);
  });
});

describe('more than there is memory', () => {
  const limited = (text: string) => ['--memory-limit', '128M', '-E', text];
  const errors: [name: string, args: string[], ...lines: string[]][] = [
    ['a string', limited('let f = s: builtins.seq (builtins.stringLength s) (f (s + s)); in f "xx"'), 'out of memory', 'at «string»:1:'],
    [
      'parts of a string',
      limited('let f = s: builtins.seq (builtins.stringLength s) (f "${s}${s}"); in f "xx"'),
      'out of memory',
      'at «string»:1:',
    ],
    ['a list', limited('let f = s: builtins.seq (builtins.length s) (f (s ++ s)); in f [ 1 2 ]'), 'out of memory', 'at «string»:1:'],
    ['what is generated', ['-E', 'builtins.genList (x: x) 2000000000'], 'out of memory', 'at «string»:1:1'],
    [
      'many small values',
      limited('builtins.length (builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; })'),
      'out of memory: the evaluation needs more than its memory limit',
      'genericClosure',
    ],
  ];
  test.for(errors)('%s', ([, args, ...lines]) => fails(args, ...lines));
  test('garbage is none of it', () =>
    prints(limited('builtins.stringLength (builtins.foldl\' (a: b: a + "x") "" (builtins.genList (x: x) 30000))'), '30000\n'));
});

describe('sources', () => {
  test('a string of 100 MB', () => prints([file(`builtins.stringLength "${times('x', 100e6)}"`)], '100000000\n'));
  test('a comment of 100 MB', () => prints([file(`/*${times('x', 100e6)}*/ 1`)], '1\n'));
  test('an identifier of a million', () => fails([file(times('x', 1e6))], "error: undefined variable 'xxx"));
  test('a number of a million digits', () => fails([file(times('1', 1e6))], "invalid integer '111", ':1:1'));
  test('an error on line 40,000', () => fails([file(`${times('# c\n', 39_999)}{ a = ; }\n`)], "unexpected ';'", '.nix:40000:7'));
  test('bytes that are not UTF-8', () => fails([file(Uint8Array.of(0x31, 0x20, 0x2b, 0x20, 0xff, 0xfe))], 'syntax error', ':1:5'));
  test('such bytes in a string', () => fails([file(Buffer.from('builtins.toJSON "a\xff"', 'latin1'))], 'invalid UTF-8'));
  test('a NUL', () => fails([file('1 + \0 2')], 'syntax error, unexpected end of file', ':1:'));
  test('a NUL in a string', () => fails([file('"a\0b"')], 'contains null bytes'));
  test('nothing', () => fails([file('')], 'unexpected end of file'));
});

describe('files', () => {
  const errors: [name: string, args: string[], ...lines: string[]][] = [
    ['a folder', ['./folder'], '/folder/default.nix'],
    ['a folder that is imported', ['-E', 'import ./folder'], '/folder/default.nix', 'at «string»:1:1'],
    ['a folder that is read', ['-E', 'builtins.readFile ./folder'], 'Is a directory', 'at «string»:1:1'],
    ['a file that is listed', ['-E', 'builtins.readDir ./nul.txt'], '/nul.txt": Not a directory', 'at «string»:1:1'],
    ['one that is not there', ['./gone.nix'], "/gone.nix' does not exist"],
    ['one that a file imports and is not there', ['./late.nix'], "/gone.nix' does not exist", 'late.nix:1:1'],
    ['links in a circle', ['-E', 'import ./loop-a'], 'too many symbolic links', 'at «string»:1:1'],
    ['links in a circle that are read', ['-E', 'builtins.readFile ./loop-a'], "infinite symlink recursion in path '", 'at «string»:1:1'],
    ['a link to nowhere', ['-E', 'builtins.readFile ./dangling'], '/nowhere', 'at «string»:1:1'],
    ['a NUL in what is read', ['-E', 'builtins.readFile ./nul.txt'], 'cannot be represented as a Nix string', 'at «string»:1:1'],
  ];
  test.for(errors)('%s', ([, args, ...lines]) => fails(args, ...lines));
  test.skipIf(process.getuid?.() === 0)('one that may not be read', () => fails(['./secret.nix'], '/secret.nix', 'Permission denied'));

  // The pipe says when: the evaluator waits for it between listing and reading.
  test('one that is gone when it is read', async () => {
    fs.mkdirSync(path.join(dir, 'listed'));
    fs.writeFileSync(path.join(dir, 'listed/file'), '');
    execFileSync('mkfifo', [path.join(dir, 'pipe')]);
    const source =
      'let n = builtins.head (builtins.attrNames (builtins.readDir ./listed)); in builtins.readFile (./listed + "/${n}${builtins.readFile ./pipe}")';
    const failed = fails(['-E', source], "/listed/file' does not exist", 'at «string»:1:76');
    const pipe = await fs.promises.open(path.join(dir, 'pipe'), 'w');
    fs.rmSync(path.join(dir, 'listed/file'));
    await pipe.close();
    await failed;
  });

  test('names that are not UTF-8', async () => {
    fs.mkdirSync(path.join(dir, 'names'));
    fs.writeFileSync(Buffer.concat([Buffer.from(`${dir}/names/`), Buffer.of(0x61, 0xff)]), 'x');
    const source =
      'map (n: [ (builtins.stringLength n) (builtins.readFile (./names + "/${n}")) ]) (builtins.attrNames (builtins.readDir ./names))';
    await prints(['--strict', '-E', source], '[ [ 2 "x" ] ]\n');
    await fails(['--json', '-E', 'builtins.attrNames (builtins.readDir ./names)'], 'invalid UTF-8 byte at index 1: 0xFF');
  });
});

// The loader with the built evaluator, and an outside that is a table of files.
import fs from 'node:fs';
import { decodeText, encodeText } from '@vixen/wasm';
import { beforeEach, expect, test } from 'vitest';
import { showPosition } from './diagnostics.ts';
import { AbortedError, ErrorCode, NixError, packMessage, stripMarks, unpackMessage } from './errors.ts';
import { type Answerer, type Evaluator, type Handle, Evaluator as Machine, type SourceText } from './evaluator.ts';
import { PrintFlag, PrintMode, ValueKind } from './exports.ts';
import { AnswerStatus, missing, ok, Req } from './requests.ts';

const module = new WebAssembly.Module(fs.readFileSync(new URL('../build/vixen-eval.wasm', import.meta.url)));
const files: Record<string, string> = { '/lib.nix': '{ x = 1 + 1; bad = y: z: y; }', '/broken.nix': '{ a = ' };

let machine: Evaluator;
let said: string[] = [];

const answer: Answerer = (request) => {
  if (request.kind === Req.ResolveImport) return ok(encodeText(request.text(0)));
  if (request.kind === Req.Message) {
    said.push(request.text(1));
    return ok();
  }
  const text = files[request.text(0)];
  return text === undefined ? missing() : ok(encodeText(text));
};

beforeEach(() => {
  machine = Machine.fromModule(module);
  said = [];
});

const source = (text: string): SourceText => ({ text, base: '/' });
async function run(handle: Handle): Promise<Handle> {
  await machine.drive({ answer });
  return handle;
}
const evaluate = (text: string) => run(machine.evalString(source(text)));
async function print(handle: Handle, mode = PrintMode.Plain): Promise<string> {
  await run(machine.print(handle, mode, PrintFlag.Strict));
  return machine.text();
}
async function failure(text: string): Promise<NixError> {
  const error = await evaluate(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof NixError)) throw new Error(`${text} does not fail`, { cause: error });
  return error;
}

test('a value is evaluated and printed', async () => {
  expect(await print(await evaluate('{ a = [ 1 "x" ]; }'))).toBe('{ a = [ 1 "x" ]; }');
  expect(await print(await evaluate('{ a = 1.5; }'), PrintMode.Json)).toBe('{"a":1.5}');
});

test('files are asked for', async () => {
  expect(await print(await evaluate('(import /lib.nix).x'))).toBe('2');
  expect((await failure('import /gone.nix')).message).toBe("path '/gone.nix' does not exist");
});

test('an outside that waits', async () => {
  const handle = machine.evalString(source('(import /lib.nix).x'));
  await machine.drive({ answer: async (request) => answer(request) });
  expect(await print(handle)).toBe('2');
});

test("bytes put into the machine's own buffer", async () => {
  const direct: Answerer = (request) => {
    if (request.kind !== Req.ReadFile) return answer(request);
    const bytes = encodeText('"in place"');
    request.buffer(bytes.length).set(bytes);
    return { status: AnswerStatus.Ok, written: bytes.length };
  };
  const handle = machine.evalString(source('import /x.nix'));
  await machine.drive({ answer: direct });
  expect(machine.string(handle)).toBe('in place');
});

test('kinds, attributes, elements', async () => {
  const set = await evaluate('{ b = 1; a = [ true null ]; f = x: x; s = "é"; }');
  expect(machine.kind(set)).toBe(ValueKind.Attrs);
  expect(machine.attrNames(set)).toEqual(['a', 'b', 'f', 's']);
  expect(machine.attr(set, 'nope')).toBeUndefined();
  expect(showPosition(machine.attrPosition(set, 'b'))).toBe('«string»:1:3');
  const list = await run(machine.force(machine.attr(set, 'a')!));
  expect([machine.kind(list), machine.size(list)]).toEqual([ValueKind.List, 2]);
  expect(machine.bool(await run(machine.force(machine.element(list, 0))))).toBe(true);
  expect(machine.kind(await run(machine.force(machine.attr(set, 'f')!)))).toBe(ValueKind.Function);
  expect(machine.string(await run(machine.force(machine.attr(set, 's')!)))).toBe('é');
});

test('values from outside', async () => {
  const args = machine.makeAttrs([['x', machine.makeString('given')]]);
  const called = await run(machine.autoCall(await evaluate('{ x, y ? "default" }: x + y'), args));
  expect(machine.string(called)).toBe('givendefault');
  const applied = await run(machine.apply(await evaluate('x: x + "!"'), machine.makeString('hey')));
  expect(machine.string(applied)).toBe('hey!');
  expect(await print(await run(machine.evalScoped(source('x'), args)))).toBe('"given"');
});

test('a suspended value fails when it is forced, its syntax at once', async () => {
  const handle = await run(machine.suspendString(source('throw "later"')));
  await expect(run(machine.force(handle))).rejects.toThrow('later');
  await expect(run(machine.suspendString(source('1 +')))).rejects.toThrow('syntax error');
});

test('syntax trees', async () => {
  await run(machine.parsePrint(source('x: x + 1')));
  expect(machine.text()).toBe('(x: (x + 1))');
});

test('errors have a code, a position, a trace', async () => {
  const error = await failure('let f = x: throw "no"; in\n  builtins.seq (f 1) 2');
  expect([error.code, error.message, error.status]).toEqual([ErrorCode.Throw, 'no', 1]);
  expect(error.traces.map(({ message }) => stripMarks(message))).toContain("while calling the 'seq' builtin");
  const unknown = await failure('{ abc = 1; }.abd');
  expect(showPosition(unknown.position)).toBe('«string»:1:1');
  expect(unknown.suggestions.map(({ text }) => text)).toEqual(['abc']);
  const broken = await failure('import /broken.nix');
  expect(showPosition(broken.position)).toBe('/broken.nix:1:7');
});

test("an outside's error keeps its trace and its exit status", async () => {
  const refuse: Answerer = () => ({
    status: AnswerStatus.Error,
    bytes: encodeText(packMessage('no \x0efile\x0f', ['while looking'], 102)),
    number: ErrorCode.Plain,
  });
  const handle = machine.evalString(source('import /x'));
  const error = await machine.drive({ answer: refuse }).then(
    () => undefined,
    (thrown: unknown) => thrown as NixError,
  );
  expect(error).toMatchObject({ code: ErrorCode.Plain, message: 'no file', status: 102 });
  expect(error?.traces.at(-1)?.message).toBe('while looking');
  machine.drop(handle);
  expect(unpackMessage(packMessage('m', ['a', 'b'], undefined))).toEqual({ message: 'm', traces: ['a', 'b'], status: undefined });
});

test('what is said on the way', async () => {
  await evaluate('builtins.trace "one" (builtins.trace "two" 1)');
  expect(said).toEqual(['one', 'two']);
});

test('an evaluation can be stopped, and the machine goes on', async () => {
  const controller = new AbortController();
  let slices = 0;
  const pause = () => {
    if (++slices === 3) controller.abort();
    return undefined;
  };
  machine.evalString(source('let f = n: if n == 0 then 0 else f (n - 1) + f (n - 1); in f 60'));
  await expect(machine.drive({ answer, fuel: 1000, signal: controller.signal, pause })).rejects.toBeInstanceOf(AbortedError);
  expect(await print(await evaluate('1 + 1'))).toBe('2');
});

test('strings of any bytes', async () => {
  const handle = await run(machine.evalString({ text: Uint8Array.of(0x22, 0xff, 0x61, 0x22), base: '/' }));
  expect([...machine.stringBytes(handle)]).toEqual([0xff, 0x61]);
  expect(encodeText(machine.string(handle)).length).toBe(2);
  expect(decodeText(machine.stringBytes(handle))).toBe('\udcffa');
});

test('loading without blocking', async () => {
  const loaded = await Machine.load(fs.readFileSync(new URL('../build/vixen-eval.wasm', import.meta.url)));
  const handle = loaded.evalString(source('6 * 7'));
  await loaded.drive({ answer });
  expect(loaded.kind(handle)).toBe(ValueKind.Int);
});

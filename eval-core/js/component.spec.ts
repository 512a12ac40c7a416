// The evaluator as a component: wit/eval.wit through what jco makes of it.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

type Handle = number;
type Position = { line: number; column: number; name: string };
type Operand = { tag: 'bytes'; val: Uint8Array } | { tag: 'number'; val: number };
interface Request {
  kind: string;
  operands: Operand[];
}
interface EvaluationError {
  code: string;
  message: string;
  at?: Position;
  trace: { message: string; at?: Position; always: boolean; detail: boolean }[];
  suggestions: string[];
  exitStatus: number;
}
type Outcome = { tag: 'out-of-fuel' } | { tag: 'done' } | { tag: 'failed'; val: EvaluationError } | { tag: 'asked'; val: Request };
interface Answer {
  status: 'ok' | 'error' | 'missing';
  bytes: Uint8Array;
  number: number;
}
interface Machine {
  setNumber(setting: string, value: number): void;
  setText(setting: string, value: Uint8Array): void;
  evaluate(source: { text: Uint8Array; base: Uint8Array; origin: Uint8Array }): Handle;
  evaluateIn(source: { text: Uint8Array; base: Uint8Array; origin: Uint8Array }, scope: Handle): Handle;
  parse(source: { text: Uint8Array; base: Uint8Array; origin: Uint8Array }): Handle;
  force(value: Handle): Handle;
  apply(fun: Handle, argument: Handle): Handle;
  coerce(value: Handle, context: string): Handle;
  print(value: Handle, mode: string, options: { strict?: boolean; locations?: boolean; noCopy?: boolean }): Handle;
  run(fuel: number): Outcome;
  reply(answer: Answer): void;
  interrupt(): EvaluationError;
  text(): Uint8Array;
  takeWarnings(): { message: string; at?: Position }[];
  kind(value: Handle): string;
  size(value: Handle): number;
  attribute(value: Handle, name: Uint8Array): Handle | undefined;
  attributePosition(value: Handle, name: Uint8Array): Position | undefined;
  attributeNames(value: Handle): Uint8Array[];
  element(value: Handle, index: number): Handle;
  boolValue(value: Handle): boolean;
  intValue(value: Handle): bigint;
  floatValue(value: Handle): number;
  stringValue(value: Handle): Uint8Array;
  stringContext(value: Handle): Uint8Array[];
  makeString(text: Uint8Array): Handle;
  makeInt(value: bigint): Handle;
  makeAttributes(attributes: [Uint8Array, Handle][]): Handle;
  drop(value: Handle): void;
  statistics(): string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = path.join(root, 'eval-core/build/component/js');
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (given: Uint8Array) => new TextDecoder().decode(given);
const source = (expression: string) => ({ text: bytes(expression), base: bytes('/work'), origin: bytes('') });

let create: () => Machine;

beforeAll(async () => {
  const build = spawnSync(process.execPath, ['scripts/bootstrap.mjs', 'build-component', 'eval-core'], { cwd: root, encoding: 'utf8' });
  expect(build.status, build.stderr).toBe(0);
  const { instantiate } = await import(pathToFileURL(path.join(built, 'evaluator.js')).href);
  const modules = new Map<string, WebAssembly.Module>();
  const compiled = (name: string) => {
    const module = modules.get(name) ?? new WebAssembly.Module(readFileSync(path.join(built, name)));
    modules.set(name, module);
    return module;
  };
  create = () => instantiate(compiled, {}).machine;
}, 600_000);

const nothing = (): Answer => ({ status: 'missing', bytes: new Uint8Array(), number: 0 });

/** Drives the job in flight; the result is how it ended. */
function drive(machine: Machine, answer: (request: Request) => Answer = nothing): Outcome {
  for (;;) {
    const outcome = machine.run(10_000);
    if (outcome.tag === 'asked') machine.reply(answer(outcome.val));
    else if (outcome.tag !== 'out-of-fuel') return outcome;
  }
}

function finish(machine: Machine, job: Handle, answer?: (request: Request) => Answer): Handle {
  expect(drive(machine, answer)).toEqual({ tag: 'done' });
  return job;
}

function failure(machine: Machine, expression: string, answer?: (request: Request) => Answer): EvaluationError {
  machine.evaluate(source(expression));
  const outcome = drive(machine, answer);
  if (outcome.tag !== 'failed') throw new Error(`${expression} ended as ${outcome.tag}`);
  return outcome.val;
}

function json(machine: Machine, expression: string, answer?: (request: Request) => Answer): unknown {
  const value = finish(machine, machine.evaluate(source(expression)), answer);
  finish(machine, machine.print(value, 'json', { strict: true }), answer);
  return JSON.parse(text(machine.text()));
}

describe('the component', () => {
  test('imports nothing', () => {
    const module = new WebAssembly.Module(readFileSync(path.join(built, 'evaluator.core.wasm')));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  });

  test('evaluates', () => {
    const machine = create();
    const sum = finish(machine, machine.evaluate(source('1 + 1')));
    expect(machine.kind(sum)).toBe('int');
    expect(machine.intValue(sum)).toBe(2n);
    finish(machine, machine.print(sum, 'plain', {}));
    expect(text(machine.text())).toBe('2');
  });

  test('strings go in and out as bytes', () => {
    const machine = create();
    expect(json(machine, 'builtins.concatStringsSep ", " [ "Grüße" "世界" ]')).toBe('Grüße, 世界');
    const invalid = Uint8Array.of(0x22, 0xff, 0x22);
    const value = finish(machine, machine.evaluate({ ...source(''), text: invalid }));
    expect([...machine.stringValue(value)]).toEqual([0xff]);
  });

  test('long texts', () => {
    const machine = create();
    const long = 'x'.repeat(3_000_000);
    expect(json(machine, `builtins.stringLength "${long}"`)).toBe(long.length);
    const value = finish(machine, machine.evaluate(source(`"${long}"`)));
    expect(machine.stringValue(value)).toHaveLength(long.length);
  });

  test('sets and lists', () => {
    const machine = create();
    const set = finish(machine, machine.evaluate(source('{ b = [ 1.5 true ]; a = 1; "" = null; }')));
    expect(machine.kind(set)).toBe('attrs');
    expect(machine.attributeNames(set).map(text)).toEqual(['', 'a', 'b']);
    expect(machine.attribute(set, bytes('c'))).toBeUndefined();
    expect(machine.attributePosition(set, bytes('a'))).toEqual({ line: 1, column: 21, name: '«string»' });
    const list = finish(machine, machine.force(machine.attribute(set, bytes('b'))!));
    expect([machine.kind(list), machine.size(list)]).toEqual(['list', 2]);
    expect(machine.floatValue(finish(machine, machine.force(machine.element(list, 0))))).toBe(1.5);
    expect(machine.boolValue(finish(machine, machine.force(machine.element(list, 1))))).toBe(true);
    expect(machine.attributeNames(finish(machine, machine.evaluate(source('{ }'))))).toEqual([]);
  });

  test('values made by the host', () => {
    const machine = create();
    const fun = finish(machine, machine.evaluate(source('{ name, n }: "${name}-${toString (n + 1)}"')));
    const args = machine.makeAttributes([
      [bytes('name'), machine.makeString(bytes('hello'))],
      [bytes('n'), machine.makeInt(2n ** 40n)],
    ]);
    const result = finish(machine, machine.apply(fun, args));
    expect(text(machine.stringValue(result))).toBe(`hello-${2 ** 40 + 1}`);
    const scoped = finish(machine, machine.evaluateIn(source('n + 1'), args));
    expect(machine.intValue(scoped)).toBe(2n ** 40n + 1n);
  });

  test('string contexts', () => {
    const machine = create();
    machine.setNumber('read-only', 1);
    const value = finish(machine, machine.evaluate(source('"${builtins.toFile "x" "y"}"')));
    const path = text(machine.stringValue(value));
    expect(path).toMatch(/^\/nix\/store\/.*-x$/);
    expect(machine.stringContext(value).map(text)).toEqual([path]);
    expect(machine.stringContext(finish(machine, machine.evaluate(source('"a"'))))).toEqual([]);
  });

  test('a syntax tree', () => {
    const machine = create();
    finish(machine, machine.parse(source('x: x+1')));
    expect(text(machine.text())).toBe('(x: (x + 1))');
  });

  test('settings', () => {
    const machine = create();
    machine.setText('system', bytes('riscv64-linux'));
    expect(json(machine, 'builtins.currentSystem')).toBe('riscv64-linux');
  });

  test('errors are records', () => {
    const machine = create();
    const error = failure(machine, 'let f = x: x + "a"; in f 1');
    expect(error).toMatchObject({ code: 'eval', message: 'cannot add a string to an integer', exitStatus: 1 });
    expect(error.at).toMatchObject({ line: 1, name: '«string»' });
    expect(error.trace.map(({ message }) => message)).toContain("while calling 'f'");
    const context = failure(machine, 'builtins.addErrorContext "in the test" (throw "no")').trace.find(
      ({ message }) => message === 'in the test',
    );
    expect(context).toMatchObject({ always: true, detail: false });
    expect(failure(machine, 'builtins.length 1').code).toBe('type');
    expect(failure(machine, 'throw "no"').code).toBe('throw');
    expect(failure(machine, '{ abc = 1; }.abd').suggestions).toEqual(['abc']);
    expect(failure(machine, '1 +').code).toBe('parse');
    expect(failure(machine, 'let x = x; in x').code).toBe('infinite-recursion');
    // The machine goes on after an error.
    expect(json(machine, '1')).toBe(1);
  });

  test('bytes that are not UTF-8 are replaced in messages', () => {
    const machine = create();
    const throwing = new Uint8Array([...bytes('throw "a'), 0xc3, 0x28, 0xff, ...bytes('é"')]);
    machine.evaluate({ ...source(''), text: throwing });
    expect(drive(machine)).toMatchObject({ tag: 'failed', val: { message: 'a?(?é' } });
  });

  test('the host answers an import', () => {
    const machine = create();
    const asked: string[] = [];
    const answer = ({ kind, operands }: Request): Answer => {
      asked.push(kind);
      const path = operands[0]?.tag === 'bytes' ? operands[0].val : new Uint8Array();
      if (kind === 'resolve-import') return { status: 'ok', bytes: path, number: 0 };
      if (kind === 'read-file' && text(path) === '/work/lib.nix') return { status: 'ok', bytes: bytes('{ twice = x: 2 * x; }'), number: 0 };
      return nothing();
    };
    expect(json(machine, '(import ./lib.nix).twice 21', answer)).toBe(42);
    expect(asked).toEqual(['resolve-import', 'read-file']);
    const error = failure(machine, 'import ./other.nix', answer);
    expect(error.message).toContain('/work/other.nix');
  });

  test("the host's own errors", () => {
    const machine = create();
    const refuse = (): Answer => ({ status: 'error', bytes: bytes('the disk is on fire'), number: 13 });
    expect(failure(machine, 'builtins.readFile /etc/x', refuse)).toMatchObject({ code: 'io', message: 'the disk is on fire' });
  });

  test('numbers among the operands', () => {
    const machine = create();
    let operands: Operand[] = [];
    json(machine, 'builtins.trace "seen" 1', (request) => {
      operands = request.operands;
      return { status: 'ok', bytes: new Uint8Array(), number: 0 };
    });
    expect(operands).toEqual([
      { tag: 'number', val: 0 },
      { tag: 'bytes', val: bytes('seen') },
    ]);
  });

  test('a job can be interrupted', () => {
    const machine = create();
    machine.evaluate(source("builtins.foldl' (a: b: a + b) 0 (builtins.genList (n: n) 100000)"));
    expect(machine.run(100)).toEqual({ tag: 'out-of-fuel' });
    expect(machine.interrupt().code).toBe('interrupted');
    expect(json(machine, '[ 1 2 ]')).toEqual([1, 2]);
  });

  test('warnings of the parser', () => {
    const machine = create();
    machine.setNumber('lint-url-literals', 1);
    finish(machine, machine.evaluate(source('http://example.org')));
    expect(machine.takeWarnings()).toHaveLength(1);
    expect(machine.takeWarnings()).toEqual([]);
  });

  test('the program of docs/embedding.md', () => {
    const page = readFileSync(path.join(root, 'docs/embedding.md'), 'utf8');
    const [, program, output] = /^```ts component\.ts\n([\s\S]*?)^```\n+```text output\n([\s\S]*?)^```/m.exec(page)!;
    const script = path.join(built, '../program.mjs');
    writeFileSync(script, program!.replaceAll(': string)', ')'));
    const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stdout, stderr).toBe(output);
  });

  test('many calls leave no garbage behind', () => {
    const machine = create();
    const evaluate = () => {
      for (let i = 0; i < 500; i += 1) {
        const value = finish(machine, machine.evaluate(source('"a" + "b"')));
        expect(text(machine.stringValue(value))).toBe('ab');
        machine.drop(value);
      }
      return (JSON.parse(machine.statistics()) as { memoryPages: number }).memoryPages;
    };
    const before = evaluate();
    expect(evaluate() - before).toBeLessThan(64);
  });
});

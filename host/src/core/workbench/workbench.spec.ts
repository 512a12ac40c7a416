import fs from 'node:fs';
import { createRequire } from 'node:module';
import { WasmHashes } from '@vixen/wasm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryTree } from '../files/memory.ts';
import type { FileTree } from '../files/tree.ts';
import type { EvaluateRequest, Evaluation, Message, Outcome, ValueId, WorkbenchOptions } from './index.ts';
import { Workbench } from './index.ts';

const { resolve } = createRequire(import.meta.url);
const compile = (file: string) => new WebAssembly.Module(fs.readFileSync(resolve(file)));
const evaluator = compile('@vixen/eval-core/vixen-eval.wasm');
const hashers = new WasmHashes(compile('@vixen/wasm/vixen-wasm.wasm')).createHasher;

const workbench = (options: Partial<WorkbenchOptions> = {}) => new Workbench({ evaluator, hashers, ...options });

function answerOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.problem.rendered);
  return outcome.value;
}
function problemOf<T>(outcome: Outcome<T>) {
  if (outcome.ok) throw new Error('it has a value');
  return outcome.problem;
}

async function opened(text: string, options: Partial<WorkbenchOptions> = {}, request: EvaluateRequest = {}) {
  const bench = workbench(options);
  const evaluation: Evaluation = answerOf(await bench.evaluate({ text, ...request }));
  const child = async (...path: (string | number)[]): Promise<ValueId> => {
    let id = evaluation.value.id;
    for (const key of path) {
      const { children } = answerOf(await bench.children(id, 0, 1000));
      id = children.find((found) => found.key === key)!.id;
      answerOf(await bench.force(id));
    }
    return id;
  };
  return { bench, evaluation, root: evaluation.value.id, child };
}

describe('evaluation', () => {
  test.each([
    ['1 + 2', 'int', '3'],
    ['9223372036854775807', 'int', '9223372036854775807'],
    ['0.1 + 0.2', 'float', '0.3'],
    ['1.0e10', 'float', '1e+10'],
    ['true', 'bool', 'true'],
    ['null', 'null', 'null'],
    ['"a\\n\\"\\${b}ä"', 'string', '"a\\n\\"\\${b}ä"'],
    ['./x', 'path', '/work/x'],
    ['[ ]', 'list', '[ ]'],
    ['[ 1 2 3 ]', 'list', '[ … 3 ]'],
    ['{ }', 'set', '{ }'],
    ['{ a = 1; }', 'set', '{ … 1 }'],
    ['x: x', 'function', '«lambda»'],
    ['let f = x: x; in f', 'function', '«lambda f»'],
    ['builtins.map', 'builtin', '«built-in function map»'],
    ['builtins.map (x: x)', 'builtin', '«partially applied built-in function map»'],
  ])('%s', async (text, type, shown) => {
    const { evaluation } = await opened(text);
    expect(evaluation.value).toMatchObject({ state: 'value', type, text: shown });
  });

  test('of a file among others, or of a folder', async () => {
    const files = { '/work/default.nix': 'import ./lib.nix + 1', '/work/lib.nix': '41' };
    for (const entry of ['/work/default.nix', '/work', 'default.nix']) {
      const { value } = answerOf(await workbench().evaluate({ files, entry }));
      expect(value.text).toBe('42');
    }
    expect(problemOf(await workbench().evaluate({ files, entry: '/work/none.nix' }))).toMatchObject({ kind: 'io' });
  });

  test('a text may stand for a file that is not saved', async () => {
    const files = { '/work/a.nix': '1', '/work/b.nix': '2' };
    const { value } = answerOf(await workbench().evaluate({ files, entry: '/work/a.nix', text: 'import ./b.nix' }));
    expect(value.text).toBe('2');
  });

  test('what the program says comes as it runs, in its order', async () => {
    const heard: Message[] = [];
    const text = 'builtins.trace "one" (builtins.warn "two" (builtins.trace { a = 1; } 3))';
    answerOf(await workbench().evaluate({ text }, { onMessage: (message) => heard.push(message) }));
    expect(heard).toEqual([
      { kind: 'trace', text: 'one' },
      { kind: 'warning', text: 'two' },
      { kind: 'trace', text: '{ a = 1; }' },
    ]);
  });

  test('finds <names>, and files that have to be waited for', async () => {
    const pack = new MemoryTree({
      '/nixpkgs/default.nix': '{ lib = import ./lib; src = ./lib; }',
      '/nixpkgs/lib/default.nix': '{ id = x: x; }',
    });
    const asked: string[] = [];
    const late: FileTree = {
      lstat: (path) => pack.lstat(path),
      stat: (path) => pack.stat(path),
      readDir: (path) => pack.readDir(path),
      readLink: (path) => pack.readLink(path),
      readFile: (path, room) => {
        if (asked.includes(path)) return pack.readFile(path, room);
        throw new Promise<void>((resolve) => setTimeout(resolve, 1)).then(() => void asked.push(path));
      },
    };
    const options = { files: late, searchPath: { nixpkgs: '/nixpkgs' } };
    const { bench, root } = await opened('let p = import <nixpkgs>; in [ (p.lib.id 7) "${p.src}" (builtins.readDir "${p.src}") ]', options);
    expect(answerOf(await bench.copy(root, 'json'))).toMatch(/^\[7,"\/nix\/store\/[0-9a-z]{32}-lib",\{"default.nix":"regular"\}\]$/);
    expect(asked).toEqual(['/nixpkgs/default.nix', '/nixpkgs/lib/default.nix']);
  });
});

describe('problems', () => {
  test('have a kind, a place with offsets, a trace, and the text that Nix shows', async () => {
    const text = 'let f = x:\n  x + "ä" + (throw "no");\nin { a = f "b"; }.a';
    const problem = problemOf(await workbench().evaluate({ text }));
    expect(problem).toMatchObject({ kind: 'throw', message: 'no', place: undefined });
    const places = problem.trace.map(({ place }) => place && text.slice(place.range!.from, place.range!.to));
    expect(places).toContain('throw');
    expect(problem.rendered).toMatch(/^error:\n {7}… while/);
    expect(problem.detailed).toContain("while calling 'f'");
  });

  test('undefined variables stand where they are, with what may have been meant', async () => {
    const text = '"ä" + foo';
    const { kind, place } = problemOf(await workbench().evaluate({ text }));
    expect(kind).toBe('undefined-variable');
    expect(place).toEqual({ file: '«string»', line: 1, column: 8, range: { from: 6, to: 9 } });
    const missing = problemOf(await workbench().evaluate({ text: '{ alpha = 1; }.alhpa' }));
    expect(missing.suggestions).toEqual(['alpha']);
  });

  test('what is too long to be read is cut', async () => {
    const bench = workbench();
    const thrown = problemOf(
      await bench.evaluate({ text: 'throw (builtins.concatStringsSep "" (builtins.genList (x: "abc\\n") 1000000))' }),
    );
    expect(thrown).toMatchObject({ kind: 'throw', message: expect.stringMatching(/^abc\nabc\n[\s\S]*…$/) });
    const deep = problemOf(await bench.evaluate({ text: 'let f = x: 1 + f x; in f 0' }));
    expect(deep).toMatchObject({ kind: 'stack-overflow', trace: { length: 200 }, omitted: expect.any(Number) });
    expect(deep.trace.at(-1)).toMatchObject({ message: expect.stringContaining('while') });
    for (const problem of [thrown, deep]) expect(JSON.stringify(problem).length).toBeLessThan(200_000);
  });

  test('in a file, the place names it', async () => {
    const files = { '/work/a.nix': 'import ./b.nix', '/work/b.nix': '{ }:\n1 +' };
    const problem = problemOf(await workbench().evaluate({ files, entry: '/work/a.nix' }));
    expect(problem).toMatchObject({ kind: 'parse', place: { file: '/work/b.nix', line: 2 } });
  });

  test('checking finds errors and warnings, and evaluates nothing', async () => {
    const bench = workbench();
    expect(await bench.check('builtins.abort "never"')).toEqual({ problems: [], warnings: [] });
    const { problems } = await bench.check('{ a = 1;\n b = ; }');
    expect(problems).toMatchObject([{ kind: 'parse', place: { line: 2, column: 6, range: { from: 14, to: 15 } } }]);
    expect((await bench.check('x: y', { file: '/work/a.nix' })).problems).toMatchObject([{ place: { file: '/work/a.nix' } }]);
    expect((await bench.check('1 +')).problems).toMatchObject([{ place: { range: { from: 2, to: 3 } } }]);
  });

  test('checking loses no value', async () => {
    const { bench, root } = await opened('{ a = 1; }');
    await bench.check('(');
    expect(answerOf(await bench.children(root)).total).toBe(1);
  });
});

describe('the tree', () => {
  test('shows what nobody has asked for as it is', async () => {
    const { bench, root } = await opened('{ a = 1 + 1; b = throw "no"; c = "text"; }');
    const { children } = answerOf(await bench.children(root));
    expect(children.map(({ key, state, text }) => [key, state, text])).toEqual([
      ['a', 'thunk', '«thunk»'],
      ['b', 'thunk', '«thunk»'],
      ['c', 'value', '"text"'],
    ]);
  });

  test('an error belongs to its node', async () => {
    const { bench, root } = await opened('{ a = 1 + 1; b = throw "no"; }');
    const [a, b] = answerOf(await bench.children(root)).children;
    expect(answerOf(await bench.force(b!.id))).toMatchObject({ state: 'failed', problem: { kind: 'throw', message: 'no' } });
    expect(answerOf(await bench.force(a!.id))).toMatchObject({ state: 'value', text: '2' });
    expect(answerOf(await bench.children(root)).children.map(({ id, state }) => [id, state])).toEqual([
      [a!.id, 'value'],
      [b!.id, 'failed'],
    ]);
  });

  test('comes in pages', async () => {
    const { bench, root } = await opened('builtins.genList (x: x * x) 100000');
    const page = answerOf(await bench.children(root, 99_990, 50));
    expect(page).toMatchObject({ from: 99_990, total: 100_000 });
    expect(page.children.map(({ key }) => key)).toEqual([...Array(10).keys()].map((i) => 99_990 + i));
    expect(answerOf(await bench.force(page.children[9]!.id)).text).toBe('9999800001');
  });

  test('values can be released, and those of an earlier evaluation are gone', async () => {
    const { bench, root, child } = await opened('{ a = { b = 1; }; }');
    const a = await child('a');
    const b = await child('a', 'b');
    await bench.release(a);
    expect(problemOf(await bench.describe(b)).kind).toBe('unknown-value');
    answerOf(await bench.evaluate({ text: '1' }));
    expect(problemOf(await bench.describe(root)).kind).toBe('unknown-value');
  });

  test('selects by names and indices', async () => {
    const { bench, root } = await opened('{ a = [ 1 { b = 2 + 3; } ]; }');
    expect(answerOf(await bench.select(root, ['a', 1, 'b'])).text).toBe('5');
    expect(problemOf(await bench.select(root, ['a', 7])).kind).toBe('unknown-value');
    expect(problemOf(await bench.select(root, ['c'])).kind).toBe('unknown-value');
  });

  test('tells of functions', async () => {
    const text = '{\n  /** Adds. */\n  add = { a, b ? 1, ... }@all: a + b;\n  id = x: x;\n}';
    const { bench, child } = await opened(text);
    const { function: add, path, definition } = answerOf(await bench.describe(await child('add')));
    expect(path).toEqual(['add']);
    expect(definition).toMatchObject({ line: 3, column: 3 });
    expect(add).toMatchObject({ name: 'add', documentation: 'Adds.', argument: 'all', ellipsis: true });
    expect(add!.formals!.map(({ name, optional }) => [name, optional])).toEqual([
      ['a', false],
      ['b', true],
    ]);
    const { function: id } = answerOf(await bench.describe(await child('id')));
    expect(id).toMatchObject({ argument: 'x', formals: undefined, ellipsis: false });
    const { bench: other, root } = await opened("builtins.foldl' (a: b: a)");
    expect(answerOf(await other.describe(root)).builtin).toBe("foldl'");
  });

  test("tells of strings' contexts and store paths", async () => {
    const text = 'let d = derivation { name = "d"; system = "s"; builder = "/b"; }; in { a = "${d}/bin ${./f}"; d = d; }';
    const { bench, child } = await opened(text, {}, { files: { '/work/f': 'text' } });
    const { context, storePaths, content } = answerOf(await bench.describe(await child('a')));
    expect(context!.map(({ kind, output }) => [kind, output])).toEqual([
      ['output', 'out'],
      ['path', undefined],
    ]);
    expect(storePaths).toHaveLength(3);
    expect(content).toMatch(/^\/nix\/store\/\w{32}-d\/bin \/nix\/store\/\w{32}-f$/);
    expect(answerOf(await bench.describe(await child('d')))).toMatchObject({ derivation: 'd' });
  });

  test('long texts are cut between characters', async () => {
    const { bench, root } = await opened('builtins.concatStringsSep "" (builtins.genList (x: "ä") 100000)');
    const { content, cut, text, size } = answerOf(await bench.describe(root));
    expect(content).toBe('ä'.repeat(32_768));
    expect(cut).toBe(true);
    expect(text).toBe(`"${'ä'.repeat(80)}"…`);
    expect(size).toBe(200_000);
  });

  test('listing evaluates nothing', async () => {
    const leaf = fc.constantFrom('1', '"s"', 'x: x', '[ ]', 'builtins.trace "forced" 1', 'throw "forced"', 'builtins.trace "forced" { }');
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value')).map((items) => `[ ${items.map((item) => `(${item})`).join(' ')} ]`),
        fc.array(tie('value')).map((items) => `{ ${items.map((item, i) => `a${i} = ${item};`).join(' ')} }`),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        const heard: Message[] = [];
        const bench = workbench();
        const { value: root } = answerOf(
          await bench.evaluate({ text: `{ it = ${text}; }` }, { onMessage: (message) => heard.push(message) }),
        );
        const { thunks, calls, builtinCalls } = answerOf(await bench.statistics());
        const todo = [root.id];
        for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
          const { type } = answerOf(await bench.describe(id));
          if (type !== 'list' && type !== 'set') continue;
          for (const child of answerOf(await bench.children(id)).children) todo.push(child.id);
        }
        expect(heard).toEqual([]);
        expect(answerOf(await bench.statistics())).toMatchObject({ thunks, calls, builtinCalls });
      }),
      { numRuns: 40 },
    );
  });
});

describe('copying', () => {
  test('as Nix text and as JSON', async () => {
    const { bench, root } = await opened('{ a = [ 1 (1 + 1) "x\\"y" ]; b = { c = null; }; p = ./x; }', {}, { files: { '/work/x': '' } });
    expect(answerOf(await bench.copy(root, 'nix'))).toBe('{ a = [ 1 2 "x\\"y" ]; b = { c = null; }; p = /work/x; }');
    expect(answerOf(await bench.copy(root, 'json'))).toBe('{"a":[1,2,"x\\"y"],"b":{"c":null},"p":"/work/x"}');
  });

  test('what fails stands in the text, or fails the JSON, and the tree goes on', async () => {
    const { bench, root } = await opened('{ a = throw "no"; b = x: x; }');
    expect(answerOf(await bench.copy(root, 'nix'))).toBe('{ a = «error: no»; b = «lambda b @ «string»:1:23»; }');
    expect(problemOf(await bench.copy(root, 'json')).kind).toBe('throw');
    expect(answerOf(await bench.children(root)).total).toBe(2);
  });
});

describe('derivations', () => {
  const text = `rec {
    a = derivation { name = "a"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo" ]; };
    b = derivation { name = "b"; system = "x86_64-linux"; builder = "\${a}/x"; src = ./f; outputs = [ "out" "dev" ]; };
    c = derivation { name = "c"; system = "x86_64-linux"; builder = "\${b.dev}/y"; two = a; };
    n = 1;
  }`;
  const files = { '/work/f': 'source' };

  test('show their fields and the graph of their inputs', async () => {
    const { bench, child } = await opened(text, {}, { files });
    const view = answerOf(await bench.derivation(await child('c')));
    expect(view).toMatchObject({ name: 'c', system: 'x86_64-linux', args: [], inputSources: [] });
    expect(view.text).toMatch(/^Derive\(\[\("out"/);
    expect(view.outputs).toMatchObject([{ name: 'out', type: 'input-addressed' }]);
    expect(new Map(view.env).get('two')).toMatch(/-a$/);
    const { nodes, edges } = view.graph;
    expect(nodes.map(({ name, kind, depth }) => `${name} ${kind} ${depth}`).sort()).toEqual([
      'a derivation 1',
      'b derivation 1',
      'c derivation 0',
      'f source 2',
    ]);
    const name = new Map(nodes.map((node) => [node.id, node.name]));
    expect(edges.map(({ from, to, outputs }) => `${name.get(from)} ${name.get(to)} ${outputs}`).sort()).toEqual([
      'b a out',
      'b f ',
      'c a out',
      'c b dev',
    ]);
    expect(answerOf(await bench.derivation(await child('c'), { nodes: 2 })).graph).toMatchObject({ nodes: { length: 2 }, cut: true });
  });

  test('are told apart from other values', async () => {
    const { bench, child, root } = await opened(text, {}, { files });
    expect(problemOf(await bench.derivation(await child('n'))).kind).toBe('not-applicable');
    expect(problemOf(await bench.derivation(root)).kind).toBe('not-applicable');
  });
});

describe('limits', () => {
  const endless = 'let f = x: f (x + 1); in f 0';
  const endlessLoop = "builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 100000000)";
  const hog = "builtins.foldl' (l: _: l ++ l) [ 1 2 3 ] (builtins.genList (x: x) 60)";
  // Not a call in a call: max-call-depth does not end it.
  const spinning = 'builtins.genericClosure { startSet = [ { key = 0; } ]; operator = x: [ { key = x.key + 1; } ]; }';

  test('call depth', async () => {
    expect(problemOf(await workbench().evaluate({ text: endless, limits: { callDepth: 500 } })).kind).toBe('stack-overflow');
  });

  test.each([
    ['time', spinning, { time: 100 }, 'time-limit'],
    ['memory', hog, { memory: 64 * 2 ** 20 }, 'memory-limit'],
    ['memory in small pieces', spinning, { memory: 32 * 2 ** 20 }, 'memory-limit'],
  ])('%s', async (_name, text, limits, kind) => {
    const bench = workbench({ limits });
    const problem = problemOf(await bench.evaluate({ text }));
    expect(problem).toMatchObject({ kind, message: expect.stringMatching(/limit/) });
    expect(answerOf(await bench.statistics()).memory).toBeGreaterThan(0);
    expect(answerOf(await bench.evaluate({ text: '1' })).value.text).toBe('1');
  });

  test('cancelling, while other tasks of the thread go on', async () => {
    const bench = workbench();
    const controller = new AbortController();
    let ticks = 0;
    const ticker = setInterval(() => {
      ticks += 1;
      if (ticks === 3) controller.abort();
    }, 10);
    const problem = problemOf(await bench.evaluate({ text: spinning }, { signal: controller.signal }));
    clearInterval(ticker);
    expect(problem.kind).toBe('cancelled');
    expect(answerOf(await bench.evaluate({ text: '2' })).value.text).toBe('2');
  });

  test('cancelling what waits for a file', async () => {
    const forever = (): never => {
      throw new Promise(() => {});
    };
    const never: FileTree = { lstat: forever, stat: forever, readFile: forever, readDir: forever, readLink: forever };
    const bench = workbench({ files: never });
    const signal = AbortSignal.timeout(20);
    expect(problemOf(await bench.evaluate({ text: 'builtins.readFile /slow' }, { signal })).kind).toBe('cancelled');
    expect(problemOf(await bench.evaluate({ text: 'builtins.readFile /slow', limits: { time: 20 } })).kind).toBe('time-limit');
  });

  test('after a limit, the tree goes on', async () => {
    const { bench, child } = await opened(`{ a = ${spinning}; b = 1 + 1; }`, { limits: { time: 50 } });
    const a = await child('a');
    expect(answerOf(await bench.describe(a))).toMatchObject({ state: 'failed', problem: { kind: 'time-limit' } });
    expect(answerOf(await bench.describe(await child('b'))).text).toBe('2');
  });

  test('statistics', async () => {
    const { bench, evaluation } = await opened(endlessLoop.replace('100000000', '100000'));
    const { statistics } = evaluation;
    expect(statistics.elapsed).toBeGreaterThan(1);
    expect(statistics.working).toBeGreaterThan(1);
    expect(statistics.thunks).toBeGreaterThan(0);
    expect(statistics.calls).toBeGreaterThan(100_000);
    expect(statistics.elapsed).toBeGreaterThanOrEqual(statistics.working);
    const after = answerOf(await bench.statistics());
    expect(after.elapsed).toBeGreaterThanOrEqual(statistics.elapsed);
    expect(after.samples.length).toBeGreaterThan(0);
    expect(structuredClone(evaluation)).toEqual(evaluation);
  });
});

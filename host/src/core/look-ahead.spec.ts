// Looking ahead while a build is waited for: builds run side by side, and everything that is seen is as if nobody had looked.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { decodeText, ErrorCode, Evaluator, NixError, PrintFlag, PrintMode } from '@vixen/eval-core';
import { WasmHashes } from '@vixen/wasm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookAtDerivation } from './derivations.ts';
import { MemoryTree } from './files/memory.ts';
import { HostError } from './io.ts';
import { MemoryIO } from './memory-io.ts';
import { Session } from './session.ts';

const { resolve } = createRequire(import.meta.url);
const compile = (file: string) => new WebAssembly.Module(fs.readFileSync(resolve(file)));
const evaluator = compile('@vixen/eval-core/vixen-eval.wasm');
const hashers = new WasmHashes(compile('@vixen/wasm/vixen-wasm.wasm')).createHasher;

/** `built n`: a file with the text `n` in it, which takes a while to make; it fails where the text is `fails`. */
const prelude = `
let built = text: (derivation { name = "built"; system = "x"; builder = "x"; inherit text; }).outPath;
in `;
const buildTime = 90;

interface Seen {
  /** What became of each root: JSON, or the error with its trace. */
  readonly roots: string[];
  readonly messages: string[];
}

/** An outside whose builds take a while; it knows how many ran at once. */
class Outside {
  readonly files = new MemoryTree({});
  readonly messages: string[] = [];
  readonly io = new MemoryIO(hashers, { files: this.files, message: (_, text) => this.messages.push(text) });
  readonly #builds = new Map<string, Promise<void>>();
  #running = 0;
  mostAtOnce = 0;
  builds = 0;

  constructor() {
    this.io.store.realise = async (elements) => {
      const paths = elements.filter((element) => element.startsWith('!')).map((element) => element.slice(element.indexOf('!', 1) + 1));
      await Promise.all(paths.map((path) => this.#build(path)));
      return new Map();
    };
  }

  #build(drvPath: string): Promise<void> {
    const known = this.#builds.get(drvPath) ?? this.#make(drvPath);
    this.#builds.set(drvPath, known);
    return known;
  }

  async #make(drvPath: string) {
    this.builds += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#running);
    await new Promise((done) => setTimeout(done, buildTime));
    this.#running -= 1;
    const drv = decodeText(this.files.readFile(drvPath));
    const envOf = (name: string) => new RegExp(`\\("${name}","([^"]*)"\\)`).exec(drv)![1]!;
    if (envOf('text') === 'fails') throw new HostError(ErrorCode.Plain, 'the build has failed', { status: 100 });
    this.files.write(envOf('out'), envOf('text'));
  }
}

async function evaluate(expression: string, ahead: boolean): Promise<Seen & { outside: Outside }> {
  const outside = new Outside();
  const session = new Session({ machine: Evaluator.fromModule(evaluator), io: outside.io });
  const root = await session.evalString({ text: prelude + expression, base: '/' });
  const names = session.machine.attrNames(root);
  const roots: string[] = [];
  const work = async (name: string) => {
    roots.push(await show(session, name, () => session.force(session.machine.attr(root, name)!)));
  };
  if (ahead) await session.inTurn(names, (name) => lookAtDerivation(session, session.machine.attr(root, name)!), work);
  else for (const name of names) await work(name);
  return { roots, messages: outside.messages, outside };
}

async function show(session: Session, name: string, value: () => ReturnType<Session['force']>): Promise<string> {
  try {
    return `${name} = ${decodeText(await session.print(await value(), PrintMode.Json, PrintFlag.Strict))}`;
  } catch (error) {
    if (!(error instanceof NixError)) throw error;
    return `${name}: ${session.render(error, { level: 'error', showTrace: true, colour: false })}`;
  }
}

/** Answers what was seen when looking ahead. */
async function sameAsInTurn(expression: string) {
  const [inTurn, ahead] = [await evaluate(expression, false), await evaluate(expression, true)];
  expect({ roots: ahead.roots, messages: ahead.messages }).toEqual({ roots: inTurn.roots, messages: inTurn.messages });
  expect(inTurn.outside.mostAtOnce).toBeLessThanOrEqual(1);
  return ahead;
}

test('builds that later roots need run meanwhile', async () => {
  const { roots, outside } = await sameAsInTurn('{ a = import (built "1"); b = import (built "2"); c = import (built "3") + 1; }');
  expect(roots).toEqual(['a = 1', 'b = 2', 'c = 4']);
  expect([outside.mostAtOnce, outside.builds]).toEqual([3, 3]);
});

test('a root that needs two builds, one after the other, goes on when the first has ended', async () => {
  const chain = 'import (built (toString (import (built "7"))))';
  const slow = 'import (built "1") + import (built "2") + import (built "3")';
  const { outside } = await sameAsInTurn(`{ a = ${slow}; b = ${chain}; }`);
  expect(outside.mostAtOnce).toBe(2);
});

test('what is common is evaluated once', async () => {
  const { roots } = await sameAsInTurn('let x = import (built "1"); in { a = x; b = x + 1; c = { type = "derivation"; drvPath = x; }; }');
  expect(roots).toEqual(['a = 1', 'b = 2', expect.stringMatching(/^c/)]);
});

test.each([
  [
    'messages come when their turn comes',
    '{ a = import (built "1"); b = builtins.trace "b" 1; c = builtins.trace "c" (import (built "2")); }',
  ],
  ['errors, too', '{ a = import (built "1"); b = throw "b"; c = let y = throw "y"; in [ (builtins.tryEval y) y ]; }'],
  ['builds that fail', '{ a = import (built "1"); b = import (built "fails"); c = import (built "fails"); d = import (built "2"); }'],
  ['the first build fails', '{ a = import (built "fails"); b = import (built "1"); }'],
  ['infinite recursion', 'rec { a = import (built "1") + b; b = c; c = b; }'],
  ['what waits is no infinite recursion', 'rec { a = import (built "1"); b = a + 1; c = { inherit a; }; }'],
  [
    'nor where it is caught',
    'rec { a = import (built "1"); b = builtins.tryEval a; c = (builtins.tryEval (a + d)).success; d = import (built "2"); }',
  ],
  ['too deep', '{ a = import (built "1"); b = let f = x: f (x + 1) + 1; in f 0; }'],
  ['syntax errors', '{ a = import (built "1"); b = import (built "1 +"); c = import (built "2"); }'],
  ['printing waits', '{ a = { x = import (built "1"); y = "${built "2"}"; }; b = import (built "3"); }'],
])('%s', async (_, expression) => {
  await sameAsInTurn(expression);
});

test('expressions of all kinds', { timeout: 120_000 }, async () => {
  const names = ['v0', 'v1', 'v2', 'v3', 'v4'];
  const name = fc.constantFrom(...names);
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 3 },
      fc.integer({ min: 0, max: 9 }).map(String),
      name,
      fc.integer({ min: 0, max: 5 }).map((n) => `(import (built "${n}"))`),
      fc.constantFrom('(throw "thrown")', '(import (built "fails"))', '(1 + "x")'),
      tie('expression').map((e) => `(builtins.trace "traced" ${e})`),
      tie('expression').map((e) => `(if (builtins.tryEval ${e}).success then 1 else 2)`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(builtins.seq ${a} ${b})`),
      tie('expression').map((e) => `(import (built (toString ${e})))`),
    ),
  }));
  const program = fc.array(expression, { minLength: names.length, maxLength: names.length });
  await fc.assert(
    fc.asyncProperty(program, async (values) => {
      await sameAsInTurn(`rec { ${values.map((value, i) => `${names[i]} = ${value};`).join(' ')} }`);
    }),
    { numRuns: 25 },
  );
});

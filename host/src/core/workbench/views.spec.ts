// How a program is read, compiled and evaluated, as data.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { WasmHashes } from '@vixen/wasm';
import { describe, expect, test } from 'vitest';
import { type Outcome, type SyntaxNode, Workbench } from './index.ts';

const { resolve } = createRequire(import.meta.url);
const compile = (file: string) => new WebAssembly.Module(fs.readFileSync(resolve(file)));
const evaluator = compile('@vixen/eval-core/vixen-eval.wasm');
const hashers = new WasmHashes(compile('@vixen/wasm/vixen-wasm.wasm')).createHasher;
const bench = new Workbench({ evaluator, hashers });

function answerOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.problem.rendered);
  return outcome.value;
}

describe('the syntax tree', () => {
  const tree = async (text: string) => answerOf(await bench.syntaxTree(text)).nodes;
  /** A line a node: indentation, role, kind, text, what it is in the source. */
  const shown = (nodes: SyntaxNode[], source: string) => {
    const depth: number[] = [];
    return nodes.map(({ parent, role, kind, text, range }, i) => {
      depth[i] = parent < 0 ? 0 : depth[parent]! + 1;
      const part = range ? source.slice(range.from, range.to) : '-';
      return `${'  '.repeat(depth[i])}${role} ${kind}${text === '' ? '' : ` ${text}`} | ${part}`;
    });
  };

  test('has all kinds of nodes, in the order of the source, with their parts of it', async () => {
    const text =
      'let z = "é${x}"; x = 1.5; inherit (s) y; in /* ö */ { a ? 2, ... }@all: f (-x) [ a.b or 3 ] // rec { inherit a; "${x}" = !a; c.d = ./p; }';
    const source = `s: f: ${text}`;
    expect(shown(await tree(source), source)).toMatchInlineSnapshot(`
      [
        "root Lambda s | s: f: let z = "é\${x}"; x = 1.5; inherit (s) y; in /* ö */ { a ? 2, ... }@all: f (-x) [ a.b or 3 ] // rec { inherit a; "\${x}" = !a; c.d = ./p; }",
        "  body Lambda f | f: let z = "é\${x}"; x = 1.5; inherit (s) y; in /* ö */ { a ? 2, ... }@all: f (-x) [ a.b or 3 ] // rec { inherit a; "\${x}" = !a; c.d = ./p; }",
        "    body Let | let z = "é\${x}"; x = 1.5; inherit (s) y; in /* ö */ { a ? 2, ... }@all: f (-x) [ a.b or 3 ] // rec { inherit a; "\${x}" = !a; c.d = ./p; }",
        "      binding Attribute z | z = "é\${x}"",
        "        value Interpolation | "é\${x}"",
        "          part String é | -",
        "          part Variable x | x",
        "      binding Attribute x | x = 1.5",
        "        value Float 1.5 | 1.5",
        "      inherit InheritFrom | s",
        "        source Variable s | s",
        "      binding InheritedFrom y | y",
        "      body Lambda all ... | { a ? 2, ... }@all: f (-x) [ a.b or 3 ] // rec { inherit a; "\${x}" = !a; c.d = ./p; }",
        "        formal Formal a | a ? 2",
        "          default Int 2 | 2",
        "        body Operator // | f (-x) [ a.b or 3 ] // rec { inherit a; "\${x}" = !a; c.d = ./p; }",
        "          left Call | f (-x) [ a.b or 3 ]",
        "            function Variable f | f",
        "            argument Operator | (-x)",
        "              function Variable __sub | -",
        "              argument Int 0 | -",
        "              argument Variable x | x",
        "            argument List | [ a.b or 3 ]",
        "              element Select b | a.b or 3",
        "                set Variable a | a",
        "                default Int 3 | 3",
        "          right AttributeSet rec | rec { inherit a; "\${x}" = !a; c.d = ./p; }",
        "            binding Inherited a | a",
        "            binding DynamicAttribute | "\${x}" = !a",
        "              name Interpolation | \${x}",
        "                part Variable x | x",
        "              value Operator ! | !a",
        "                operand Variable a | a",
        "            binding Attribute c | c.d = ./p",
        "              value AttributeSet | c.d = ./p",
        "                binding Attribute d | c.d = ./p",
        "                  value Path /p | ./p",
      ]
    `);
  });

  test('operators', async () => {
    const source = 'a: if a ? b.c && 1 <= 2 then assert a; with a; x: "1" + a ++ [ ] else a -> a || a == a';
    expect(shown(await tree(source), source)).toMatchInlineSnapshot(`
      [
        "root Lambda a | a: if a ? b.c && 1 <= 2 then assert a; with a; x: "1" + a ++ [ ] else a -> a || a == a",
        "  body If | if a ? b.c && 1 <= 2 then assert a; with a; x: "1" + a ++ [ ] else a -> a || a == a",
        "    condition Operator && | a ? b.c && 1 <= 2",
        "      left HasAttribute b.c | a ? b.c",
        "        set Variable a | a",
        "      right Operator ! | 1 <= 2",
        "        operand Operator | 1 <= 2",
        "          function Variable __lessThan | -",
        "          argument Int 1 | 1",
        "          argument Int 2 | 2",
        "    then Assert | assert a; with a; x: "1" + a ++ [ ]",
        "      condition Variable a | a",
        "      body With | with a; x: "1" + a ++ [ ]",
        "        scope Variable a | a",
        "        body Lambda x | x: "1" + a ++ [ ]",
        "          body Concatenation | "1" + a ++ [ ]",
        "            part String 1 | "1"",
        "            part Operator ++ | a ++ [ ]",
        "              left Variable a | a",
        "              right List | [ ]",
        "    else Operator -> | a -> a || a == a",
        "      left Variable a | a",
        "      right Operator || | a || a == a",
        "        left Variable a | a",
        "        right Operator == | a == a",
        "          left Variable a | a",
        "          right Variable a | a",
      ]
    `);
  });

  test('every range lies inside of that of the node above, and code ends where it returns', async () => {
    const tests = new URL('../../../../eval-core/tests/', import.meta.url);
    const folders = ['attrs', 'functions', 'strings', 'operators', 'rec', 'with'];
    const files = folders.flatMap((folder) =>
      fs.readdirSync(new URL(`${folder}/`, tests)).map((name) => new URL(`${folder}/${name}`, tests)),
    );
    let count = 0;
    for (const file of files.filter(({ pathname }) => pathname.endsWith('.nix'))) {
      const source = fs.readFileSync(file, 'utf8');
      const outcome = await bench.syntaxTree(source);
      if (!outcome.ok) continue;
      const { nodes } = outcome.value;
      const isInside = ({ range, parent }: SyntaxNode) => {
        const above = nodes[parent]?.range ?? { from: 0, to: source.length };
        return !range || (range.from <= range.to && range.from >= above.from && range.to <= above.to);
      };
      expect(
        nodes.filter((node) => !isInside(node)),
        file.pathname,
      ).toEqual([]);
      const code = await bench.bytecode(source);
      for (const { size, instructions } of code.ok ? code.value.bodies : []) {
        const last = instructions.at(-1)!;
        expect([last.name.slice(0, 3), last.offset + 4 * last.operands.length]).toEqual(['Ret', size]);
      }
      count += nodes.length;
    }
    expect(count).toBeGreaterThan(1000);
  });

  test('of what cannot be parsed is its problem', async () => {
    expect(await bench.syntaxTree('{ a = ')).toMatchObject({ ok: false, problem: { kind: 'parse' } });
  });

  test('is as deep as the source', async () => {
    const nodes = await tree(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(nodes).toHaveLength(20_000);
    expect(nodes.at(-1)).toMatchObject({ kind: 'List', parent: 19_998, range: { from: 19_999, to: 20_001 } });
  });
});

describe('the bytecode', () => {
  test('of a file, its functions and thunks', async () => {
    const source = 'let f = x: x.y + 1; in { a = f { y = 2; }; }';
    const { bodies, help } = answerOf(await bench.bytecode(source));
    const lines = bodies.flatMap(({ kind, name, instructions }) => [
      `${kind} ${name}`,
      ...instructions.map(({ offset, name: op, operands, meaning, body, place }) => {
        const target = body === undefined ? '' : ` → ${body}`;
        return `  ${offset} ${op} ${operands[0]}${meaning === '' ? '' : ` «${meaning}»`}${target}${place ? ` @${place.column}` : ''}`;
      }),
    ]);
    expect(lines).toMatchInlineSnapshot(`
      [
        "file ",
        "  0 LevelDown 0",
        "  4 LazyLambda 0 → 1",
        "  12 Set 0",
        "  16 Thunk 0 → 2",
        "  24 Attrs 1 «a»",
        "  32 LevelUp 0",
        "  36 Ret 0",
        "function f",
        "  0 Var0 0 @12",
        "  8 Select 283 «y» @12",
        "  16 AddLeft 0 @12",
        "  24 AddCoerced 0",
        "  28 Const 0 «1»",
        "  36 Add 2 @18",
        "  44 Ret 0",
        "thunk a",
        "  0 Thunk 0 → 3",
        "  8 Var0 0 @30",
        "  16 Call 1 @30",
        "  24 RetThunk 0",
        "thunk ",
        "  0 Const 0 «2»",
        "  8 Attrs 1 «y»",
        "  16 RetThunk 0",
      ]
    `);
    expect(help.Ret).toContain('returns');
    expect(structuredClone(bodies)).toEqual(bodies);
  });

  test('of a large file is its beginning, if that is asked for', async () => {
    const source = `[ ${'(x: x + 1) '.repeat(1000)} ]`;
    const whole = answerOf(await bench.bytecode(source));
    expect(whole).toMatchObject({ bodies: { length: 1001 }, cut: false });
    const start = answerOf(await bench.bytecode(source, { instructions: 1500 }));
    expect(start.cut).toBe(true);
    expect(start.bodies).toEqual(whole.bodies.slice(0, start.bodies.length));
  });

  test('of the largest of the workloads', async () => {
    const source = fs.readFileSync(new URL('../../../../bench/workloads/fixed-points.nix', import.meta.url), 'utf8');
    const { bodies } = answerOf(await bench.bytecode(source));
    expect(bodies.length).toBeGreaterThan(10);
    for (const { instructions, size } of bodies) {
      expect(instructions.length).toBeGreaterThan(0);
      expect(instructions.every(({ body }) => body === undefined || body < bodies.length)).toBe(true);
      expect(instructions.at(-1)!.offset).toBeLessThan(size);
    }
  });
});

describe('the order of forcing', () => {
  const forced = async (text: string, forces = 1000) => {
    answerOf(await bench.evaluate({ text, forces }));
    return answerOf(await bench.forceOrder());
  };

  test('names what is forced, where it is, and inside of what', async () => {
    const text = 'let a = b + 1; b = c * 2; c = 1 + 2; unused = a; in (x: x) a + b';
    const { steps, total } = await forced(text);
    expect(
      steps.map(({ name, depth, what, place }) => `${depth} ${what} ${name} ${place && text.slice(place.range!.from, place.range!.to)}`),
    ).toEqual(['0 thunk a a', '1 thunk b b', '2 thunk c c']);
    expect(total).toBe(3);
  });

  test('attributes, applications and inherited names', async () => {
    const text = 'let s = { p = 1 + 1; l = map (n: n + s.p) [ 1 2 ]; }; inherit (s) p; in builtins.deepSeq s p';
    const { steps } = await forced(text);
    const names = steps.map(({ what, name }) => `${what} ${name}`);
    expect(names).toContain('thunk p');
    expect(names).toContain('selection p');
    expect(names.filter((name) => name.startsWith('application'))).toHaveLength(2);
  });

  test('keeps the first, and counts all', async () => {
    const { steps, total, counts } = await forced(
      "builtins.foldl' (a: i: let double = i + i; in a + double) 0 (builtins.genList (i: i) 500)",
      50,
    );
    expect(steps).toHaveLength(50);
    expect(steps.map(({ index }) => index)).toEqual([...Array(50).keys()]);
    expect(total).toBeGreaterThanOrEqual(1000);
    expect(counts[0]).toMatchObject({ name: 'double', count: 500 });
  });

  test('is nothing where nobody asked, and the value is the same', async () => {
    const text = 'let f = n: if n == 0 then [ ] else [ { v = n; } ] ++ f (n - 1); in builtins.toJSON (f 20)';
    answerOf(await bench.evaluate({ text }));
    expect(answerOf(await bench.forceOrder())).toEqual({ steps: [], total: 0, counts: [] });
    const { value } = answerOf(await bench.evaluate({ text, forces: 10 }));
    const plain = answerOf(await bench.evaluate({ text })).value;
    expect(value.text).toBe(plain.text);
  });

  test('goes on with what is opened', async () => {
    const { value } = answerOf(await bench.evaluate({ text: '{ a = 1 + 1; }', forces: 100 }));
    expect(answerOf(await bench.forceOrder()).total).toBe(0);
    answerOf(await bench.select(value.id, ['a']));
    expect(answerOf(await bench.forceOrder()).steps).toMatchObject([{ name: 'a', depth: 0 }]);
  });
});

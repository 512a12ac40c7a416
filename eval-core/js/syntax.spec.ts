// The parser alone, in a module of its own: eval-core/assembly/syntax/testing.ts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { beforeAll, describe, expect, it } from 'vitest';
import { failures, trees } from './syntax.cases.ts';

interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  arenaReset(): void;
  parse(src: number, len: number, base: number, dir: number, dirLen: number, home: number, homeLen: number, features: number): number;
  print(root: number): number;
  printed(): number;
  parseErrorPos(): number;
  parseErrorText(): number;
  parseErrorTextLen(): number;
  parseWarningCount(): number;
  parseWarnings(): number;
  countLines(src: number, len: number, dst: number): number;
}

interface Outcome {
  tree?: string;
  error?: string;
  at?: string;
  warnings: string[];
}

const PIPES = 1;
const PURE = 2;
const BINDINGS = 256;
const lintUrls = (level: number) => level << 2;
const lintShortPaths = (level: number) => level << 4;
const lintAbsolutePaths = (level: number) => level << 6;

const BASE = 1000;
const room = fileURLToPath(new URL('..', import.meta.url));

/** Lines end in \n, \r\n or \r, and columns count bytes. */
function lineAndColumn(source: Uint8Array, offset: number): string {
  const before = Buffer.from(source.subarray(0, offset)).toString('latin1');
  const lines = before.split(/\r\n|\r|\n/);
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

class Parser {
  readonly #exports: Exports;
  readonly #decoder = new TextDecoder();

  constructor(module: WebAssembly.Module) {
    const env = { abort: () => expect.unreachable('the module aborted') };
    this.#exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
  }

  #place(text: string | Uint8Array): [number, number] {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const at = this.#exports.allocate(bytes.length + 8);
    new Uint8Array(this.#exports.memory.buffer).set(bytes, at);
    return [at, bytes.length];
  }

  #text(at: number, length: number): string {
    return this.#decoder.decode(new Uint8Array(this.#exports.memory.buffer, at, length));
  }

  /** A message with its positions as «string»:line:column and without colour. */
  #message(text: string, source: Uint8Array): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of messages
    const shown = text.replace(/[\x0e\x0f]/g, '');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the marks of messages
    return shown.replace(/\x01(\d+)\x02/g, (_, position) => `«string»:${lineAndColumn(source, Number(position) - BASE)}`);
  }

  #warnings(source: Uint8Array): string[] {
    const { parseWarnings, parseWarningCount, memory } = this.#exports;
    const view = new DataView(memory.buffer);
    const found: string[] = [];
    for (let at = parseWarnings(), n = parseWarningCount(); n > 0; n--) {
      const length = view.getUint32(at + 8, true);
      found.push(this.#message(this.#text(at + 12, length), source));
      at += 12 + ((length + 3) & ~3);
    }
    return found;
  }

  parse(text: string | Uint8Array, features = PIPES): Outcome {
    const x = this.#exports;
    const source = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    x.arenaReset();
    const root = x.parse(...this.#place(source), BASE, ...this.#place('/tmp/d'), ...this.#place('/home'), features);
    if (root) {
      const length = x.print(root);
      return { tree: this.#text(x.printed(), length), warnings: this.#warnings(source) };
    }
    const error = this.#message(this.#text(x.parseErrorText(), x.parseErrorTextLen()), source);
    const at = x.parseErrorPos() ? lineAndColumn(source, x.parseErrorPos() - BASE) : '';
    return { error, at, warnings: this.#warnings(source) };
  }

  lineStarts(text: string): number[] {
    const [src, len] = this.#place(text);
    const dst = this.#exports.allocate(4 * len + 4);
    const count = this.#exports.countLines(src, len, dst);
    return [...new Uint32Array(this.#exports.memory.buffer, dst, count)];
  }
}

/** Compiles the module; it is small, so a debug build takes about a second. */
async function compileModule(): Promise<WebAssembly.Module> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vixen-syntax-'));
  const out = path.join(folder, 'syntax.wasm');
  try {
    const options = ['--noAssert', '--runtime', 'stub', '--enable', 'simd,bulk-memory,sign-extension,nontrapping-f2i'];
    const { error, stderr } = await asc.main([path.join(room, 'assembly/syntax/testing.ts'), '-o', out, '--baseDir', '/', ...options]);
    if (error) throw new Error(stderr.toString(), { cause: error });
    return new WebAssembly.Module(readFileSync(out));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let module: WebAssembly.Module;
let parser: Parser;

beforeAll(async () => {
  module = await compileModule();
  parser = new Parser(module);
});

describe('syntax', () => {
  it.each(trees)('parses %j', (source, tree) => {
    expect(parser.parse(source).tree).toBe(tree);
  });

  it.each(failures)('rejects %j', (source, error, at) => {
    // which of two duplicate formals is reported depends on the order in which symbols were interned
    expect(new Parser(module).parse(source)).toMatchObject({ error, at });
  });

  it('reads bytes that are not UTF-8', () => {
    expect(parser.parse(Uint8Array.of(0x22, 0xff, 0x22)).error).toBeUndefined();
    expect(parser.parse(Uint8Array.of(0x31, 0xff))).toMatchObject({
      error: 'syntax error, unexpected invalid token, expecting end of file',
      at: '1:2',
    });
  });

  it.each([
    ['lists', '[', ']'],
    ['parentheses', '(', ')'],
    ['strings', '"${', '}"'],
    ['sets', '{a=', ';}'],
  ])('nests %s to any depth', (_, open, close) => {
    const depth = 100_000;
    const middle = open === '[' ? '' : '1';
    expect(parser.parse(open.repeat(depth) + middle + close.repeat(depth)).error).toBeUndefined();
  });

  it('finds duplicates among many attributes', () => {
    const names = Array.from({ length: 30_000 }, (_, i) => `a${(i * 7919) % 30_000} = ${i};`);
    expect(parser.parse(`{ ${names.join('')} }`).error).toBeUndefined();
    expect(parser.parse(`{ ${names.join('')} a17 = 1; }`).error).toMatch(/^attribute 'a17' already defined at «string»:1:\d+$/);
  });

  it('merges sets that inherit from expressions', () => {
    const source = '{ a = { inherit (x) b c; }; a = { inherit (y) d e; inherit (z) f; }; }';
    expect(parser.parse(source).tree).toBe('{ a = { inherit (x) b c; inherit (y) d e; inherit (z) f; }; }');
  });
});

describe('features', () => {
  it('needs a feature for pipes', () => {
    const error = "experimental Nix feature 'pipe-operators' is disabled; add '--extra-experimental-features pipe-operators' to enable it";
    expect(parser.parse('x: x |> x', 0)).toMatchObject({ error, at: '1:6' });
    expect(parser.parse('x: x <| x', 0)).toMatchObject({ error, at: '1:6' });
  });

  it('knows no home folder in pure evaluation', () => {
    expect(parser.parse('~/a', PURE)).toMatchObject({ error: "the path '~/a' can not be resolved in pure mode", at: '' });
  });

  it('reads bindings of the REPL', () => {
    expect(parser.parse('a = 1; b.c = 2;', BINDINGS).tree).toBe('{ a = 1; b = { c = 2; }; }');
    expect(parser.parse('a', BINDINGS)).toMatchObject({ error: "syntax error, unexpected end of file, expecting '.' or '='", at: '1:2' });
  });

  it('warns about or as a name', () => {
    const [warning] = parser.parse('x: [\n  (x)\r\n or ]').warnings;
    expect(warning).toBe(
      'at «string»:2:3: This expression uses `or` as an identifier in a way that will change in a future Nix release.\n' +
        'Wrap this entire expression in parentheses to preserve its current meaning:\n    ((x)\n or)\n' +
        'Give feedback at https://github.com/NixOS/nix/pull/11121',
    );
  });

  it('warns about literals', () => {
    const all = lintUrls(1) | lintShortPaths(1) | lintAbsolutePaths(1);
    expect(parser.parse('[ ~/foo /bar ./baz baz/qux http://x.y ]', all).warnings).toEqual([
      "home path literals are not portable. Consider replacing path literal '~/foo' by a string, relative path, or parameter (lint-absolute-path-literals)",
      "absolute path literals are not portable. Consider replacing path literal '/bar' by a string, relative path, or parameter (lint-absolute-path-literals)",
      "relative path literal 'baz/qux' should be prefixed with '.' for clarity: './baz/qux' (lint-short-path-literals)",
      'URL literals are discouraged. Consider using a string literal "http://x.y" instead (lint-url-literals)',
    ]);
  });

  it('rejects literals where a lint is fatal', () => {
    expect(parser.parse('[ http://x.y ]', lintUrls(2))).toMatchObject({
      error: 'URL literals are disallowed. Consider using a string literal "http://x.y" instead (lint-url-literals)',
      at: '1:3',
    });
    expect(parser.parse('[ a/b ]', lintShortPaths(2)).at).toBe('1:3');
    expect(parser.parse('[ /a ]', lintAbsolutePaths(2)).at).toBe('1:3');
  });
});

describe('countLines', () => {
  it('ends lines at \\n, \\r\\n and \\r', () => {
    expect(parser.lineStarts('a\nb\r\nc\rd\n\re')).toEqual([0, 2, 5, 7, 9, 10]);
    expect(parser.lineStarts('')).toEqual([0]);
  });
});

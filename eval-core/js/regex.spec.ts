// The regular expression engine alone, in a module of its own: eval-core/assembly/regex/testing.ts.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { beforeAll, describe, expect, it } from 'vitest';
import { invalid, largest, matches, splits, tooLarge } from './regex.cases.ts';

const INVALID = -1;
const MEMORY = -2;

interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  regexCompile(ptr: number, len: number): number;
  regexGroupCount(handle: number): number;
  regexMatch(handle: number, ptr: number, len: number): number;
  regexSearch(handle: number, ptr: number, len: number, from: number, flags: number): number;
  regexIterate(handle: number, ptr: number, len: number): number;
  regexIterateNext(): number;
  regexPrefixStart(): number;
  regexCapStart(group: number): number;
  regexCapEnd(group: number): number;
}

const room = fileURLToPath(new URL('..', import.meta.url));

/** Compiles the module; it is small, so a debug build takes about a second. */
async function compileModule(): Promise<WebAssembly.Module> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const source = path.join(room, 'assembly/regex/testing.ts');
  const options = ['--noAssert', '--runtime', 'stub', '--enable', 'simd,bulk-memory,sign-extension,nontrapping-f2i'];
  const { error, stderr } = await asc.main([source, '-o', 'regex.wasm', '--baseDir', '/', ...options], {
    writeFile: (_name, contents) => {
      if (typeof contents !== 'string') binary = Uint8Array.from(contents);
    },
  });
  if (error || !binary) throw new Error(stderr.toString(), { cause: error });
  return new WebAssembly.Module(binary);
}

/** `builtins.match` and `builtins.split` over bytes, a character each. */
class Engine {
  readonly x: Exports;
  readonly #expression: number;
  readonly #text: number;

  constructor(module: WebAssembly.Module) {
    const env = { abort: () => expect.unreachable('the module aborted') };
    this.x = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
    this.#expression = this.x.allocate(1 << 20);
    this.#text = this.x.allocate(4 << 20);
  }

  #place(at: number, bytes: string): number {
    Buffer.from(this.x.memory.buffer).write(bytes, at, 'latin1');
    return at;
  }

  compile(expression: string): number {
    return this.x.regexCompile(this.#place(this.#expression, expression), expression.length);
  }

  #group(text: string, group: number): string | null {
    const start = this.x.regexCapStart(group);
    return start < 0 ? null : text.slice(start, this.x.regexCapEnd(group));
  }

  #groups(handle: number, text: string): (string | null)[] {
    return Array.from({ length: this.x.regexGroupCount(handle) }, (_, i) => this.#group(text, i + 1));
  }

  match(expression: string, text: string): (string | null)[] | null {
    const handle = this.compile(expression);
    const result = this.x.regexMatch(handle, this.#place(this.#text, text), text.length);
    expect(result).toBeGreaterThanOrEqual(0);
    return result ? this.#groups(handle, text) : null;
  }

  split(expression: string, text: string): (string | (string | null)[])[] {
    const handle = this.compile(expression);
    const parts = [];
    let end = 0;
    let result = this.x.regexIterate(handle, this.#place(this.#text, text), text.length);
    while (result === 1) {
      parts.push(text.slice(this.x.regexPrefixStart(), this.x.regexCapStart(0)), this.#groups(handle, text));
      end = this.x.regexCapEnd(0);
      result = this.x.regexIterateNext();
    }
    expect(result).toBe(0);
    return [...parts, text.slice(end)];
  }

  search(expression: string, text: string, from: number, flags: number): [number, number] | null {
    const handle = this.compile(expression);
    const found = this.x.regexSearch(handle, this.#place(this.#text, text), text.length, from, flags);
    return found === 1 ? [this.x.regexCapStart(0), this.x.regexCapEnd(0)] : null;
  }
}

let module: WebAssembly.Module;
let engine: Engine;

beforeAll(async () => {
  module = await compileModule();
  engine = new Engine(module);
});

describe('regular expressions', () => {
  it.each(matches)('match %j in %j', (expression, text, groups) => {
    expect(engine.match(expression, text)).toEqual(groups);
  });

  it.each(splits)('split by %j in %j', (expression, text, parts) => {
    expect(engine.split(expression, text)).toEqual(parts);
  });

  it.each(invalid)('refuse %j', (expression) => {
    expect(engine.compile(expression)).toBe(INVALID);
  });

  it.each(tooLarge)('refuse the size of %j', (expression) => {
    expect(engine.compile(expression)).toBe(MEMORY);
  });

  it.each(largest)('take %j', (expression) => {
    expect(engine.compile(expression)).toBeGreaterThan(0);
  });
});

describe('searching', () => {
  const [previous, notEmpty, here] = [1, 2, 4];

  it('begins at an offset', () => {
    expect(engine.search('a', 'aba', 1, 0)).toEqual([2, 3]);
    expect(engine.search('a', 'aba', 1, here)).toBeNull();
  });

  it('knows whether there is text before', () => {
    expect(engine.search('^a', 'aa', 1, 0)).toEqual([1, 2]);
    expect(engine.search('^a', 'aa', 1, previous)).toBeNull();
  });

  it('passes over an empty match', () => {
    expect(engine.search('b*', 'ab', 0, 0)).toEqual([0, 0]);
    expect(engine.search('b*', 'ab', 0, notEmpty | here)).toBeNull();
    expect(engine.search('b*', 'bb', 0, notEmpty | here)).toEqual([0, 2]);
  });
});

describe('work and memory', () => {
  const long = 'a'.repeat(200_000);

  it.each([
    ['(x+x+)+y', 'x'.repeat(30)],
    ['(x+x+)+y', 'x'.repeat(20_000)],
    ['(a|a)*b', long],
    ['(a*)*b', long],
    ['(a?){40}a{41}', 'a'.repeat(40)],
    [`${'(|)'.repeat(60)}b`, 'a'],
    [`${'('.repeat(40)}a${'*)'.repeat(40)}*b`, 'aaa'],
  ])('%j does not match, and soon', (expression, text) => {
    expect(engine.match(expression, text)).toBeNull();
  });

  it('splits long texts by expressions that try all of the rest', () => {
    expect(engine.split('a|a*b', long)).toHaveLength(2 * long.length + 1);
    expect(engine.split(`${'(|)'.repeat(40)}aa?b`, 'aac')).toEqual(['aac']);
  });

  it('gives up on loops that can be empty in too many orders', () => {
    const inner = '(()*(a{0,2}|b*|){2}(a?|(b*)*)*)*';
    const handle = engine.compile(`((${inner}|${inner})*(${inner}|b?)+)+|()`);
    expect(handle).toBeGreaterThan(0);
    const at = engine.x.allocate(16);
    Buffer.from(engine.x.memory.buffer).write('aaaab', at);
    expect([0, 1, MEMORY]).toContain(engine.x.regexSearch(handle, at, 5, 0, 0));
  });

  it('nests and repeats deeply', () => {
    expect(engine.match(`${'('.repeat(20_000)}a${')'.repeat(20_000)}`, 'a')).toHaveLength(20_000);
    expect(engine.match('((a)|(b))*', long)).toEqual(['a', 'a', null]);
  });

  it('takes back the memory of dropped expressions', () => {
    const fresh = new Engine(module);
    const compileMany = (prefix: string) => {
      for (let i = 0; i < 2_000; i++) expect(fresh.compile(`${prefix}${i}(a|b){20}[c-e]+`)).toBeGreaterThan(0);
    };
    compileMany('x');
    const size = fresh.x.memory.buffer.byteLength;
    compileMany('y');
    expect(fresh.x.memory.buffer.byteLength).toBe(size);
    expect(fresh.match('(a+)(b+)', 'aabb')).toEqual(['aa', 'bb']);
  });
});

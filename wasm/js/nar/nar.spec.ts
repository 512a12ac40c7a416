import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashChunks } from '../hasher.ts';
import { WasmHashes } from '../module.ts';
import { flipped, malformed, nested, strings } from './malformed.ts';
import { NarReader, type NarSink, readNar } from './reader.ts';
import { compareNames, type NarFs, narBytes, narDump } from './writer.ts';

const wasm = new WasmHashes(new WebAssembly.Module(fs.readFileSync(new URL('../../build/vixen-wasm.wasm', import.meta.url))));

/** A tree in memory: a file, a link, or names. */
type Tree = { file: Uint8Array; executable?: boolean } | { link: string } | { names: Record<string, Tree> } | { socket: true };

function memoryFs(root: Tree): NarFs {
  const find = (where: string): Tree =>
    where
      .split('/')
      .filter((name) => name !== '')
      .reduce((tree, name) => ('names' in tree ? tree.names[name]! : tree), root);
  return {
    lstat(where) {
      const tree = find(where);
      if ('file' in tree) return { type: 'regular', executable: tree.executable ?? false, size: tree.file.length };
      if ('link' in tree) return { type: 'symlink' };
      return { type: 'names' in tree ? 'directory' : 'unknown' };
    },
    open(where) {
      let rest = (find(where) as { file: Uint8Array }).file;
      return {
        read(into) {
          const part = rest.subarray(0, into.length);
          into.set(part);
          rest = rest.subarray(part.length);
          return part.length;
        },
        close() {},
      };
    },
    readLink: (where) => (find(where) as { link: string }).link,
    readDirectory: (where) => Object.keys((find(where) as { names: object }).names),
  };
}

const diskFs: NarFs = {
  lstat(where) {
    const stat = fs.lstatSync(where);
    if (stat.isFile()) return { type: 'regular', executable: (stat.mode & 0o100) !== 0, size: stat.size };
    return { type: stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'unknown' };
  },
  open(where) {
    const fd = fs.openSync(where, 'r');
    return { read: (into) => fs.readSync(fd, into), close: () => fs.closeSync(fd) };
  },
  readLink: (where) => fs.readlinkSync(where),
  readDirectory: (where) => fs.readdirSync(where),
};

/** Builds the tree that an archive describes. */
class TreeSink implements NarSink {
  root: Tree | undefined;
  #parts: Uint8Array[] = [];
  readonly #open: Record<string, Tree>[] = [];
  #file = { executable: false };

  directory(where: readonly string[]) {
    const names: Record<string, Tree> = {};
    this.#put(where, { names });
    this.#open.push(names);
  }
  endDirectory() {
    this.#open.pop();
  }
  file(_: readonly string[], file: { executable: boolean }) {
    this.#file = file;
    this.#parts = [];
  }
  contents(bytes: Uint8Array) {
    this.#parts.push(bytes.slice());
  }
  endFile(where: readonly string[]) {
    this.#put(where, { file: new Uint8Array(Buffer.concat(this.#parts)), executable: this.#file.executable });
  }
  symlink(where: readonly string[], target: string) {
    this.#put(where, { link: target });
  }
  #put(where: readonly string[], tree: Tree) {
    const name = where.at(-1);
    if (name === undefined) this.root = tree;
    else this.#open.at(-1)![name] = tree;
  }
}

const ascii = (text: string) => new TextEncoder().encode(text);
const file = (text: string, executable = false): Tree => ({ file: ascii(text), executable });

const sample: Tree = {
  names: {
    hello: file('hello\n'),
    'empty-file': file(''),
    'a-b': file('x'),
    'a.b': file('y'),
    '😀': file('w'),
    '～': file('z'),
    a: { names: { eight: file('12345678'), é: file('é') } },
    dir: { names: { empty: { names: {} }, 'run.sh': file('#!/bin/sh\necho hi\n', true), link: { link: '../hello' } } },
  },
};
// What `nix-store --dump` of Nix 2.34.8 gives for that tree.
const sampleHash = '9f44a1e5befaf8b0830b024981f3591493eaef05b069e006c0fc7f25f76ef347';
const sampleSize = 2568;
const sha256 = (chunks: Iterable<Uint8Array>) => Buffer.from(hashChunks((algo) => createHash(algo), 'sha256', chunks)).toString('hex');

const read = (bytes: Uint8Array) => {
  const sink = new TreeSink();
  readNar(wasm, [bytes], sink);
  return sink.root;
};

describe('writing', () => {
  test('is what Nix writes', () => {
    expect(narBytes(memoryFs(sample), '/').length).toBe(sampleSize);
    expect(sha256(narDump(memoryFs(sample), '/'))).toBe(sampleHash);
  });

  test('a file or a link can be the root', () => {
    expect(narBytes(memoryFs(file('hi')), '/')).toEqual(strings('nix-archive-1', '(', 'type', 'regular', 'contents', 'hi', ')'));
    expect(narBytes(memoryFs({ link: 'x' }), '/')).toEqual(strings('nix-archive-1', '(', 'type', 'symlink', 'target', 'x', ')'));
  });

  test('what the filter refuses is left out, with all that is in it', () => {
    const seen: string[] = [];
    const bytes = narBytes(memoryFs(sample), '/', (where, type) => {
      seen.push(`${type} ${where}`);
      return where === '/dir' || where === '/dir/link';
    });
    expect(read(bytes)).toEqual({ names: { dir: { names: { link: { link: '../hello' } } } } });
    expect(seen).toContain('regular /dir/run.sh');
    expect(seen).not.toContain('regular /a/eight');
  });

  test('chunks have a bounded size, whatever the file has', () => {
    const large: Tree = { names: { large: { file: new Uint8Array(3_000_001).fill(7) }, next: file('x') } };
    const sizes: number[] = [];
    const hash = createHash('sha256');
    for (const chunk of narDump(memoryFs(large), '/')) {
      sizes.push(chunk.length);
      hash.update(chunk);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(hash.digest('hex')).toBe(
      createHash('sha256')
        .update(narBytes(memoryFs(large), '/'))
        .digest('hex'),
    );
  });

  test('what no archive can hold is refused', () => {
    expect(() => narBytes(memoryFs({ names: { s: { socket: true } } }), '/')).toThrow("file '/s' has an unsupported type");
    let deep: Tree = file('x');
    for (let i = 0; i < 63; i++) deep = { names: { d: deep } };
    expect(() => narBytes(memoryFs(deep), '/')).not.toThrow();
    expect(() => narBytes(memoryFs({ names: { d: deep } }), '/')).toThrow('exceeds maximum NAR directory depth of 64');
  });

  test('a file that shrinks is an error, and is closed', () => {
    let closed = false;
    const shrinking: NarFs = {
      ...memoryFs(file('')),
      lstat: () => ({ type: 'regular', executable: false, size: 10 }),
      open: () => ({
        read: () => 0,
        close: () => {
          closed = true;
        },
      }),
    };
    expect(() => narBytes(shrinking, '/')).toThrow(expect.objectContaining({ code: 'nar-file-changed' }));
    expect(closed).toBe(true);
  });

  test('names may be bytes', () => {
    const latin1: NarFs = { ...memoryFs({ names: { '\xff': file('x') } }), encode: (text) => Buffer.from(text, 'latin1') };
    const bytes = narBytes(latin1, '/');
    expect(bytes.includes(0xff)).toBe(true);
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'nar-name' }));
    const sink = new TreeSink();
    readNar(wasm, [bytes], sink, { decode: (name) => Buffer.from(name).toString('latin1') });
    expect(sink.root).toEqual({ names: { '\xff': file('x') } });
  });

  test('names are ordered by their bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 4 }), (a, b) => {
        expect(Math.sign(compareNames(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe('a tree on disk', () => {
  let folder = '';
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-nar-'));
    const put = (where: string, tree: Tree): void => {
      if ('file' in tree) fs.writeFileSync(where, tree.file, { mode: tree.executable ? 0o755 : 0o644 });
      if ('link' in tree) fs.symlinkSync(tree.link, where);
      if (!('names' in tree)) return;
      fs.mkdirSync(where);
      for (const [name, child] of Object.entries(tree.names)) put(path.join(where, name), child);
    };
    put(path.join(folder, 'tree'), sample);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('is what Nix writes', () => expect(sha256(narDump(diskFs, path.join(folder, 'tree')))).toBe(sampleHash));

  const oracle = process.env.NIX_ORACLE;
  test.skipIf(!oracle)('is what the Nix of NIX_ORACLE writes (skipped when that is not set)', () => {
    const dump = execFileSync(oracle!, ['nix-store', '--dump', path.join(folder, 'tree')]);
    expect(Buffer.compare(dump, narBytes(diskFs, path.join(folder, 'tree')))).toBe(0);
  });
});

describe('reading', () => {
  test('gives the tree that was written, wherever the bytes are cut', () => {
    const bytes = narBytes(memoryFs(sample), '/');
    for (const size of [1, 3, 7, 8, 13, 100, bytes.length]) {
      const sink = new TreeSink();
      const reader = new NarReader(wasm, sink);
      for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
      reader.end();
      expect(narBytes(memoryFs(sink.root!), '/'), `pieces of ${size}`).toEqual(bytes);
    }
  });

  test('any tree comes back', () => {
    const name = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/^\.\.?$|[/\0]|^__proto__$/.test(text));
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.record({ file: fc.uint8Array({ maxLength: 40 }), executable: fc.boolean() }),
        fc.record({ link: name }),
        fc.record({ names: fc.dictionary(name, tie('tree'), { maxKeys: 4, noNullPrototype: true }) }),
      ),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: 1, max: 64 }), (wanted, size) => {
        const bytes = narBytes(memoryFs(wanted), '/');
        const sink = new TreeSink();
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
        readNar(wasm, pieces, sink);
        expect(sink.root).toEqual(wanted);
      }),
    );
  });

  test('stops where the archive ends', () => {
    const bytes = narBytes(memoryFs(file('x')), '/');
    const reader = new NarReader(wasm, new TreeSink());
    expect(reader.write(new Uint8Array([...bytes, 1, 2, 3]))).toBe(bytes.length);
    expect(reader.finished).toBe(true);
    expect(reader.write(Uint8Array.of(4))).toBe(0);
    expect(() => read(new Uint8Array([...bytes, 1]))).toThrow('data after the end');
  });

  test('notices at every byte that the rest is missing', () => {
    const bytes = narBytes(memoryFs(sample), '/');
    for (let size = 0; size < bytes.length; size += 11) {
      expect(() => read(bytes.subarray(0, size))).toThrow(expect.objectContaining({ code: 'nar-truncated' }));
    }
  });

  test.each(malformed)('refuses %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });

  test('refuses a file whose padding is not zero', () => {
    const bytes = narBytes(memoryFs(file('x')), '/');
    expect(() => read(flipped(bytes, bytes.length - 17))).toThrow('non-zero padding');
  });

  test('refuses directories deeper than 64', () => {
    expect(() => read(nested(63))).not.toThrow();
    expect(() => read(nested(64))).toThrow('bad archive: NAR directory nesting exceeds maximum depth of 64');
  });
});

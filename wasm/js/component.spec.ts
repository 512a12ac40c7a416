// The room as a component: wit/wasm.wit through what jco makes of it, compared with the core module.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ChunkBoundaries } from './chunker.ts';
import { base16, base64, nix32 } from './encoding.ts';
import { compressHash, type HashAlgo, hashSizes } from './hasher.ts';
import { WasmHashes } from './module.ts';
import { malformed } from './nar/malformed.ts';
import { NarWriter } from './nar/node-writer.ts';
import { parseNar } from './nar/parser.ts';
import { joinBytes } from './text.ts';

type Handle = number;
interface NarStep {
  event: string;
  used: number;
  text: Uint8Array;
  target: Uint8Array;
  size: bigint;
  executable: boolean;
}
interface Data {
  hash(algo: HashAlgo, data: Uint8Array): Uint8Array;
  compressHash(digest: Uint8Array, size: number): Uint8Array;
  hasher(algo: HashAlgo): Handle;
  hasherUpdate(hasher: Handle, data: Uint8Array): void;
  hasherEnd(hasher: Handle): Uint8Array;
  encode(encoding: string, data: Uint8Array): Uint8Array;
  decode(encoding: string, text: Uint8Array): Uint8Array | undefined;
  chunker(bits: number): Handle;
  chunkerWrite(chunker: Handle, data: Uint8Array): Uint32Array;
  chunkerEnd(chunker: Handle): number;
  scanner(needles: Uint8Array[]): Handle;
  scannerWrite(scanner: Handle, data: Uint8Array): void;
  scannerFound(scanner: Handle): Uint32Array;
  narParser(): Handle;
  narRead(parser: Handle, input: Uint8Array): NarStep;
  drop(handle: Handle): void;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = path.join(root, 'wasm/build/component/js');
const wasm = new WasmHashes(new WebAssembly.Module(readFileSync(path.join(root, 'wasm/build/vixen-wasm.wasm'))));
const ascii = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

let data: Data;

beforeAll(async () => {
  const build = spawnSync(process.execPath, ['scripts/bootstrap.mjs', 'build-component', 'wasm'], { cwd: root, encoding: 'utf8' });
  expect(build.status, build.stderr).toBe(0);
  const { instantiate } = await import(pathToFileURL(path.join(built, 'wasm.js')).href);
  data = instantiate((name: string) => new WebAssembly.Module(readFileSync(path.join(built, name))), {}).data;
}, 600_000);

const refusal = /^bad-|^too-|^unsorted$/;
const algos = Object.keys(hashSizes) as HashAlgo[];
const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 5 });

describe('the component', () => {
  test('hashes, at once and in pieces', () => {
    fc.assert(
      fc.property(pieces, fc.constantFrom(...algos), (parts, algo) => {
        const hasher = data.hasher(algo);
        for (const part of parts) data.hasherUpdate(hasher, part);
        const expected = wasm.hash(algo, joinBytes(parts));
        expect(data.hasherEnd(hasher)).toEqual(expected);
        expect(data.hash(algo, joinBytes(parts))).toEqual(expected);
      }),
    );
    expect(data.compressHash(wasm.hash('sha256', ascii('x')), 20)).toEqual(compressHash(wasm.hash('sha256', ascii('x')), 20));
  });

  test('encodes and decodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        for (const [name, encoding] of Object.entries({ base16, nix32, base64 })) {
          expect(text(data.encode(name, bytes))).toBe(encoding.encode(bytes));
          expect(data.decode(name, ascii(encoding.encode(bytes)))).toEqual(bytes);
        }
      }),
    );
    for (const encoding of ['base16', 'nix32', 'base64']) expect(data.decode(encoding, ascii('!!'))).toBeUndefined();
  });

  test('finds the ends of chunks', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const [mine, other] = [data.chunker(8), new ChunkBoundaries(wasm, { average: 256 })];
        for (const part of parts) expect([...data.chunkerWrite(mine, part)]).toEqual(other.write(part));
        expect(data.chunkerEnd(mine)).toBe(other.end());
      }),
    );
  });

  test('finds references across borders', () => {
    const needles = ['0123456789abcdfghijklmnpqrsvwxyz', 'abcdfghijklmnpqrsvwxyz0123456789', 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'];
    const scanner = data.scanner(needles.map(ascii));
    const bytes = ascii(`${' '.repeat(70_000)}${needles[1]} ${needles[2]}`);
    for (let at = 0; at < bytes.length; at += 9001) data.scannerWrite(scanner, bytes.subarray(at, at + 9001));
    expect([...data.scannerFound(scanner)]).toEqual([1, 2]);
    data.drop(scanner);
    const none = data.scanner([]);
    data.scannerWrite(none, bytes);
    expect([...data.scannerFound(none)]).toEqual([]);
  });

  /** Every event of an archive, the contents left out. */
  function events(bytes: Uint8Array): NarStep[] {
    const parser = data.narParser();
    const steps: NarStep[] = [];
    for (let at = 0; ; ) {
      const step = data.narRead(parser, bytes.subarray(at, at + 50));
      at += step.used + Number(step.size);
      if (step.event !== 'more') steps.push(step);
      else if (at >= bytes.length) break;
      if (step.event === 'end' || refusal.test(step.event)) break;
    }
    data.drop(parser);
    return steps;
  }

  test('reads archives', () => {
    const parts: Uint8Array[] = [];
    const writer = new NarWriter(wasm, (bytes) => parts.push(bytes.slice()));
    writer.directory(ascii(''));
    writer.file(ascii('file'), 100, true);
    writer.data(new Uint8Array(100));
    writer.symlink(ascii('link'), ascii('target'));
    writer.endDirectory();
    writer.end();
    const shown = events(joinBytes(parts)).map(({ event, text: name, target, size, executable }) => [
      event,
      text(name),
      text(target),
      Number(size),
      executable,
    ]);
    expect(shown.filter(([event]) => event !== 'end-file' && event !== 'end-directory')).toEqual([
      ['directory', '', '', 0, false],
      ['file', 'file', '', 100, true],
      ['symlink', 'link', 'target', 0, false],
      ['end', '', '', 0, false],
    ]);
  });

  test.each(malformed)('refuses %s', (_, bytes) => {
    expect(events(bytes).at(-1)!.event).toMatch(refusal);
    expect(() => parseNar(wasm, [bytes], { directory() {}, endDirectory() {}, file() {}, data() {}, symlink() {} })).toThrow();
  });

  test('traps for a handle that is none', () => {
    const chunker = data.chunker(10);
    expect(() => data.hasherEnd(chunker)).toThrow(WebAssembly.RuntimeError);
  });
});

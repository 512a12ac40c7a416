// What the Wasm room is measured at.
import crypto from 'node:crypto';
import {
  ChunkBoundaries,
  createMultiHasher,
  type HashAlgo,
  HashRewriter,
  NarReader,
  parseNar,
  ReferenceScanner,
  type WasmHashes,
} from '../../wasm/js/index.ts';
import { archive, hashParts, type Input, inputs, writeArchive } from './inputs.ts';

export interface Work {
  name: string;
  on: string;
  /** Bytes that one run works on. */
  size: number;
  run(): void;
}

const nothing = () => {};
const algos: HashAlgo[] = ['md5', 'sha1', 'sha256', 'sha512', 'blake3'];
const native = (algo: HashAlgo) => crypto.createHash(algo);

/** Digests of several sizes, by the module and, next to it, by the runtime. */
function hashing(wasm: WasmHashes, { bytes }: Input): Work[] {
  const sizes = [64, 256, 1024, 4096, 65536, bytes.length];
  return algos.flatMap((algo) =>
    sizes.flatMap((size) => {
      const part = bytes.subarray(0, size);
      const on = size < 1024 ? `${size} B` : `${size / 1024} KiB`;
      const ours = { name: `${algo}, wasm`, on, size, run: () => void wasm.hash(algo, part) };
      if (algo === 'blake3') return [ours];
      return [ours, { name: `${algo}, node:crypto`, on, size, run: () => void native(algo).update(part).digest() }];
    }),
  );
}

/** Streams of several kinds of bytes. */
function streams(wasm: WasmHashes, { name: on, bytes }: Input): Work[] {
  const size = bytes.length;
  const scanners = [10, 5000].map((count) => ({ count, scanner: new ReferenceScanner(wasm, hashParts(count)) }));
  const texts = new ReferenceScanner(
    wasm,
    hashParts(10).map((part) => `/nix/store/${part}-name`),
  );
  const rewrites = hashParts(10).map((part) => [part, [...part].reverse().join('')] as const);
  return [
    { name: 'chunk', on, size, run: () => new ChunkBoundaries(wasm).write(bytes) },
    ...scanners.map(({ count, scanner }) => ({ name: `scan for ${count} hash parts`, on, size, run: () => scanner.write(bytes) })),
    { name: 'scan for 10 paths', on, size, run: () => texts.write(bytes) },
    { name: 'rewrite 10 hash parts', on, size, run: () => rewrite(wasm, rewrites, bytes) },
  ].map((work) => ({ ...work, run: () => void work.run() }));
}

function rewrite(wasm: WasmHashes, rewrites: readonly (readonly [string, string])[], bytes: Uint8Array): void {
  const rewriter = new HashRewriter(wasm, rewrites, nothing);
  rewriter.write(bytes);
  rewriter.end();
}

/** SHA-256 and BLAKE3 in one pass, as for a store object that is taken in. */
function pairs(wasm: WasmHashes, { bytes }: Input): Work[] {
  const algos = ['sha256', 'blake3'] as const;
  const mixed = (algo: HashAlgo) => (algo === 'blake3' ? wasm.createHasher(algo) : native(algo));
  const work = { name: 'sha256 and blake3', size: bytes.length };
  return [
    { ...work, on: 'wasm', run: () => void wasm.createMultiHasher(algos).update(bytes).digests() },
    {
      ...work,
      on: 'node:crypto and wasm',
      run: () =>
        void createMultiHasher(mixed as never, algos)
          .update(bytes)
          .digests(),
    },
  ];
}

/** Archives of small and of large files. */
function archives(wasm: WasmHashes): Work[] {
  const sink = { directory: nothing, endDirectory: nothing, file: nothing, data: nothing, contents: nothing, symlink: nothing };
  const kinds = [
    { on: '10000 files of 1 KiB', count: 10_000, size: 1024 },
    { on: '16 files of 1 MiB', count: 16, size: 1024 * 1024 },
  ];
  return kinds.flatMap(({ on, count, size: each }) => {
    const bytes = archive(wasm, count, each);
    const contents = new Uint8Array(each);
    const size = bytes.length;
    return [
      { name: 'read an archive', on, size, run: () => parseNar(wasm, [bytes], sink) },
      { name: 'read an archive, with paths', on, size, run: () => void new NarReader(wasm, sink).write(bytes) },
      { name: 'write an archive', on, size, run: () => writeArchive(wasm, count, contents, nothing) },
    ];
  });
}

export function works(wasm: WasmHashes): Work[] {
  const all = inputs();
  return [...hashing(wasm, all[0]!), ...pairs(wasm, all[0]!), ...all.flatMap((input) => streams(wasm, input)), ...archives(wasm)];
}

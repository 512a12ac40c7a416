/**
 * Paths as one stream, as `nix-store --export` and `--import` have it (libstore/export-import.cc). All numbers are 64 bits, little endian; strings are
 * their length, their bytes, and zeros up to a multiple of eight.
 *
 *   1, archive, 0x4558494e, path, number of references, references …, deriver or "", 0
 *   …
 *   0
 */
import { encodeText, type HasherFactory, NarError, NarReader, narPadding } from '@vixen/wasm';
import { StoreError } from './errors.ts';
import { baseNameOf, sortedPaths } from './formats/store-path.ts';
import { nativeHashers } from './hashing.ts';
import type { PathInfo } from './path-info.ts';
import type { AddOptions, Bytes, CallOptions, Store } from './service.ts';
import { Spool } from './spool.ts';
import { wasmHashes } from './wasm.ts';

const magic = 0x4558494e;
const word = 8;
/** Longer strings are no store paths. */
const mostString = 4096;
const mostReferences = 1_000_000;

function number(value: number): Uint8Array {
  const bytes = new Uint8Array(word);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

function string(text: string): Uint8Array {
  const bytes = encodeText(text);
  const out = new Uint8Array(word + bytes.length + narPadding(bytes.length));
  out.set(number(bytes.length));
  out.set(bytes, word);
  return out;
}

/** Writes paths with their archives, in the order given: references should come before what refers to them. A chunk is valid until the next. */
export async function* exportPaths(
  store: Store,
  infos: Iterable<PathInfo>,
  options: CallOptions = {},
): AsyncGenerator<Uint8Array, void, void> {
  for (const info of infos) {
    yield number(1);
    yield* store.nar(info.path, options);
    yield number(magic);
    yield string(info.path);
    yield number(info.references.length);
    for (const reference of info.references) yield string(reference);
    yield string(info.deriver ?? '');
    yield number(0);
  }
  yield number(0);
}

/** Bytes as they come, taken a piece at a time. */
class Input {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(bytes: Bytes) {
    this.#chunks = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done) throw new StoreError('invalid', 'input ends in the middle of an export');
    this.#rest = value;
  }

  async take(size: number): Promise<Uint8Array> {
    const out = new Uint8Array(size);
    for (let filled = 0; filled < size; ) {
      if (this.#rest.length === 0) await this.#more();
      const part = this.#rest.subarray(0, size - filled);
      out.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return out;
  }

  async number(most: number, what: string): Promise<number> {
    const value = new DataView((await this.take(word)).buffer).getBigUint64(0, true);
    if (value > BigInt(most)) throw new StoreError('invalid', `${what} of an export is out of bounds: ${value}`);
    return Number(value);
  }

  async string(what: string): Promise<string> {
    const length = await this.number(mostString, what);
    const bytes = await this.take(length);
    const zeros = await this.take(narPadding(length));
    if (zeros.some((byte) => byte !== 0)) throw new StoreError('invalid', `${what} of an export is not padded by zeros`);
    return new TextDecoder().decode(bytes);
  }

  /** Passes an archive on, up to its end. */
  async archive(use: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    const ignore = () => {};
    const reader = new NarReader(
      wasmHashes(),
      { directory: ignore, file: ignore, contents: ignore, symlink: ignore },
      { decode: (bytes) => String.fromCharCode(...bytes) },
    );
    while (!reader.finished) {
      if (this.#rest.length === 0) await this.#more();
      const used = writeTo(reader, this.#rest);
      await use(this.#rest.subarray(0, used));
      this.#rest = this.#rest.subarray(used);
    }
  }

  /** Whether an archive follows. */
  async mark(): Promise<number> {
    return this.number(2 ** 32, 'the mark before an archive');
  }

  async end(): Promise<void> {
    await this.#chunks.return?.();
  }
}

function writeTo(reader: NarReader, bytes: Uint8Array): number {
  try {
    return reader.write(bytes);
  } catch (cause) {
    throw cause instanceof NarError ? new StoreError('invalid', cause.message, { cause }) : cause;
  }
}

async function readInfo(input: Input, directory: string): Promise<Omit<PathInfo, 'narHash' | 'narSize'>> {
  if ((await input.number(2 ** 32, 'the mark after an archive')) !== magic) {
    throw new StoreError('invalid', "Nix archive cannot be imported; wrong format: it has not been made by '--export'");
  }
  const path = await checkedPath(input, directory);
  const count = await input.number(mostReferences, 'the number of references');
  const references: string[] = [];
  for (let i = 0; i < count; i++) references.push(await checkedPath(input, directory));
  const deriver = await input.string('the deriver');
  if (deriver !== '') baseNameOf(deriver, directory);
  // Once there was a signature here.
  if ((await input.number(1, 'the mark of a signature')) === 1) await input.string('a signature');
  return { path, references: sortedPaths(references), signatures: [], ...(deriver !== '' && { deriver }) };
}

async function checkedPath(input: Input, directory: string): Promise<string> {
  const path = await input.string('a path');
  baseNameOf(path, directory);
  return path;
}

/** Takes in what `exportPaths` has written, and yields the paths as they are registered. */
export async function* importPaths(store: Store, bytes: Bytes, options: AddOptions = {}): AsyncGenerator<string, void, void> {
  const input = new Input(bytes);
  try {
    for (let mark = await input.mark(); mark !== 0; mark = await input.mark()) {
      if (mark !== 1) throw new StoreError('invalid', "input doesn't look like something created by 'nix-store --export'");
      yield await importPath(store, input, nativeHashers, options);
    }
  } finally {
    await input.end();
  }
}

// What is known of an archive comes after it, so it waits in a spool until then.
async function importPath(store: Store, input: Input, hashers: HasherFactory, options: AddOptions): Promise<string> {
  const spool = new Spool();
  try {
    const hasher = hashers('sha256');
    await input.archive(async (chunk) => {
      options.signal?.throwIfAborted();
      hasher.update(chunk);
      await spool.write(chunk);
    });
    const info: PathInfo = { ...(await readInfo(input, store.directory)), narHash: hasher.digest(), narSize: spool.size };
    const known = await store.pathInfo(info.path, options);
    if (!known || options.repair) await store.add(info, spool.read(), options);
    return info.path;
  } finally {
    await spool.close();
  }
}

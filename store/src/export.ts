/**
 * Paths as one stream, as `nix-store --export` and `--import` have it (libstore/export-import.cc). All numbers are 64 bits, little endian; strings are
 * their length, their bytes, and zeros up to a multiple of eight.
 *
 *   1, archive, 0x4558494e, path, number of references, references …, deriver or "", 0
 *   …
 *   0
 */
import { encodeText, narPadding } from '@vixen/wasm';
import { readOptionalPath, readPath, readPaths } from './daemon/values/paths.ts';
import { WireReader } from './daemon/wire/reader.ts';
import { NarSource } from './daemon/wire/sources.ts';
import { StoreError } from './errors.ts';
import { nativeHashers } from './hashing.ts';
import type { PathInfo } from './path-info.ts';
import type { AddOptions, Bytes, CallOptions, Store } from './service.ts';
import { Spool } from './spool.ts';

const magic = 0x4558494e;
const word = 8;

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

type ImportedInfo = Omit<PathInfo, 'narHash' | 'narSize'>;

async function readInfo(from: WireReader, directory: string): Promise<ImportedInfo> {
  if ((await from.number()) !== magic) {
    throw new StoreError('invalid', "Nix archive cannot be imported; wrong format: it has not been made by '--export'");
  }
  const path = await readPath(from, directory);
  const references = await readPaths(from, directory);
  const deriver = await readOptionalPath(from, directory);
  // Once there was a signature here.
  if ((await from.number()) === 1) await from.bytes();
  return { path, references, signatures: [], ...(deriver !== undefined && { deriver }) };
}

/** Takes in what `exportPaths` has written, and yields the paths as they are registered. */
export async function* importPaths(store: Store, bytes: Bytes, options: AddOptions = {}): AsyncGenerator<string, void, void> {
  const reader = new WireReader(asAsync(bytes), { ended: 'input ends in the middle of an export', endedCode: 'invalid' });
  try {
    yield* importFrom(store, reader, options);
  } finally {
    await reader.close();
  }
}

async function* asAsync(bytes: Bytes): AsyncGenerator<Uint8Array, void, void> {
  yield* bytes;
}

/** The same from a stream in which more may follow. */
export async function* importFrom(store: Store, from: WireReader, options: AddOptions = {}): AsyncGenerator<string, void, void> {
  for (let mark = await from.number(); mark !== 0; mark = await from.number()) {
    if (mark !== 1) throw new StoreError('invalid', "input doesn't look like something created by 'nix-store --export'");
    from.allow();
    yield await importPath(store, from, options);
  }
}

// What is known of an archive comes after it, so it waits in a spool until then.
async function importPath(store: Store, from: WireReader, options: AddOptions): Promise<string> {
  const spool = new Spool();
  try {
    const hasher = nativeHashers('sha256');
    for await (const chunk of new NarSource(from)) {
      options.signal?.throwIfAborted();
      hasher.update(chunk);
      await spool.write(chunk);
    }
    const info: PathInfo = { ...(await readInfo(from, store.directory)), narHash: hasher.digest(), narSize: spool.size };
    const known = await store.pathInfo(info.path, options);
    if (!known || options.repair) await store.add(info, spool.read(), options);
    return info.path;
  } finally {
    await spool.close();
  }
}

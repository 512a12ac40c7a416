/** Archives packed for a binary cache: checked, listed, compressed and hashed on their way into a spool. */
import { decodeText, type Hash, NarError, NarReader } from '@vixen/wasm';
import { type AddressCheck, addressCheck } from '../address-check.ts';
import { allThreads, type Compression, compress, narExtension } from '../compression/index.ts';
import { StoreError } from '../errors.ts';
import { nix32Hash, sha256 } from '../formats/hash.ts';
import { type Listing, ListingSink } from '../formats/listing.ts';
import { nativeHashers } from '../hashing.ts';
import { checkedNar } from '../nar-check.ts';
import type { PathInfo } from '../path-info.ts';
import type { Bytes } from '../service.ts';
import { Spool } from '../spool.ts';
import { wasmHashes } from '../wasm.ts';

export interface PackedNar {
  readonly spool: Spool;
  readonly url: string;
  readonly fileHash: Hash;
  readonly fileSize: number;
  readonly listing: Listing;
}

export interface PackOptions {
  readonly directory: string;
  readonly compression: Compression;
  readonly level?: number | undefined;
  readonly parallel?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Packs the archive of a path. The spool is the caller's to close. */
export async function packNar(info: PathInfo, nar: Bytes, options: PackOptions): Promise<PackedNar> {
  const sink = new CheckingSink(addressCheck(info, options.directory));
  const spool = new Spool();
  // What is not compressed has the archive's hash, which is checked.
  const hasher = options.compression === 'none' ? undefined : nativeHashers('sha256');
  try {
    const packed = compress(options.compression, parsed(checkedNar(info, nar), sink), {
      level: options.level,
      ahead: options.parallel ? allThreads() : 1,
    });
    for await (const chunk of packed) {
      options.signal?.throwIfAborted();
      hasher?.update(chunk);
      await spool.write(chunk);
    }
    const fileHash = sha256(hasher?.digest() ?? info.narHash);
    const name = nix32Hash(fileHash).slice('sha256:'.length);
    return { spool, url: `nar/${name}${narExtension(options.compression)}`, fileHash, fileSize: spool.size, listing: sink.root };
  } catch (error) {
    await spool.close();
    throw error;
  }
}

class CheckingSink extends ListingSink {
  readonly check: AddressCheck | undefined;

  constructor(check: AddressCheck | undefined) {
    super();
    this.check = check;
  }

  override contents(bytes: Uint8Array): void {
    this.check?.contents(bytes);
  }
}

/** Passes an archive on while it is read; refuses what is none. */
async function* parsed(nar: Bytes, sink: CheckingSink): AsyncGenerator<Uint8Array, void, void> {
  const reader = new NarReader(wasmHashes(), sink, { decode: decodeText });
  const read = (use: () => void) => {
    try {
      use();
    } catch (cause) {
      throw cause instanceof NarError ? new StoreError('invalid', cause.message, { cause }) : cause;
    }
  };
  for await (const chunk of nar) {
    read(() => {
      if (reader.write(chunk) < chunk.length) throw new StoreError('invalid', 'bad archive: data after the end');
    });
    sink.check?.update(chunk);
    yield chunk;
  }
  read(() => reader.end());
  sink.check?.finish();
}

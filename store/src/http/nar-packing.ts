/** Archives packed for a binary cache: checked, listed, compressed and hashed on their way into a spool. */
import { decodeText, type Hash, NarError, NarReader } from '@vixen/wasm';
import { type AddressCheck, addressCheck } from '../address-check.ts';
import { allThreads, type Compression, compress, narExtension } from '../compression/index.ts';
import type { Sums } from '../compression/sums.ts';
import { StoreError } from '../errors.ts';
import { nix32Hash, sha256 } from '../formats/hash.ts';
import { type Listing, ListingSink } from '../formats/listing.ts';
import { limitedNar, requireSame } from '../nar-check.ts';
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
  const archive = new CheckedArchive(addressCheck(info, options.directory));
  const spool = new Spool();
  const sums: Sums = {};
  try {
    const packed = compress(options.compression, archive.pass(limitedNar(info, nar)), {
      level: options.level,
      ahead: options.parallel ? allThreads() : 1,
      sums,
    });
    for await (const chunk of packed) {
      options.signal?.throwIfAborted();
      await spool.write(chunk);
    }
    requireSame(info, sums.source!, archive.size);
    const listing = archive.finish();
    const fileHash = sha256(sums.result!);
    const name = nix32Hash(fileHash).slice('sha256:'.length);
    return { spool, url: `nar/${name}${narExtension(options.compression)}`, fileHash, fileSize: spool.size, listing };
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

/** Reads an archive while it passes; refuses what is none. */
class CheckedArchive {
  readonly #sink: CheckingSink;
  readonly #reader: NarReader;
  size = 0;

  constructor(check: AddressCheck | undefined) {
    this.#sink = new CheckingSink(check);
    this.#reader = new NarReader(wasmHashes(), this.#sink, { decode: decodeText });
  }

  async *pass(nar: Bytes): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of nar) {
      if (invalidNar(() => this.#reader.write(chunk)) < chunk.length) throw new StoreError('invalid', 'bad archive: data after the end');
      this.size += chunk.length;
      this.#sink.check?.update(chunk);
      yield chunk;
    }
  }

  /** When all has passed. */
  finish(): Listing {
    invalidNar(() => this.#reader.end());
    this.#sink.check?.finish();
    return this.#sink.root;
  }
}

function invalidNar<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw cause instanceof NarError ? new StoreError('invalid', cause.message, { cause }) : cause;
  }
}

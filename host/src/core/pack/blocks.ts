// The blocks of a pack: fetched once, checked, decompressed, and kept as long as there is room.
import { base16, type HasherFactory } from '@vixen/wasm';
import { damaged, PackError } from './errors.ts';
import { type BlockRef, blockName, type PackGroup } from './format.ts';

/** Where the files of a pack come from. Fails with a PackError. */
export interface PackSource {
  read(name: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Called with a block that was right: it may be kept for the next time. */
  keep?(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Called for a block that was not what its name says. */
  forget?(name: string): Promise<void>;
}

export interface ReadOptions {
  /** More bytes than this need not be taken in. */
  readonly limit: number;
  /** Tells of bytes that came over the network, as they come. */
  readonly fetched: (bytes: number) => void;
}

/** Decompresses raw DEFLATE (RFC 1951); what comes out beyond `size` bytes may be left out, but then so much that it shows. */
export type Inflate = (bytes: Uint8Array<ArrayBuffer>, size: number) => Promise<Uint8Array<ArrayBuffer>>;

export interface PackFigures {
  /** Blocks that were taken in. */
  blocks: number;
  /** Their compressed bytes. */
  bytes: number;
  /** Bytes that came over the network for them: less where some were kept from an earlier visit. */
  fetched: number;
  /** Blocks that are on their way. */
  waiting: number;
}

export interface PackOptions {
  readonly hashers: HasherFactory;
  readonly inflate?: Inflate;
  /** Called whenever the figures have changed. */
  readonly progress?: (figures: Readonly<PackFigures>) => void;
  /** Decompressed bytes that are kept; what is used least goes first. */
  readonly room?: number;
}

/** The platform's own decompression: browsers, Node from version 20, Bun. */
export const inflateRaw: Inflate = async (bytes, size) => {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const out = new Uint8Array(size);
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const { value } = part;
    if (length + value.length > size) {
      await reader.cancel();
      throw damaged('a block is larger than it says');
    }
    out.set(value, length);
    length += value.length;
  }
  return out.subarray(0, length);
};

const defaultRoom = 128 * 1024 * 1024;
/** The most blocks that are fetched along with one: what many round trips would take comes in a few. */
const mostAhead = 16;

/** A group, and how many of its blocks were needed so far. */
interface Following {
  readonly group: PackGroup;
  needed: number;
}

export class PackBlocks {
  readonly figures: PackFigures = { blocks: 0, bytes: 0, fetched: 0, waiting: 0 };
  readonly #source: PackSource;
  readonly #options: PackOptions;
  readonly #inflate: Inflate;
  // The order of the map is that of the last use.
  readonly #kept = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #coming = new Map<string, Promise<void>>();
  readonly #following = new Map<string, Following>();
  #keptBytes = 0;

  constructor(source: PackSource, groups: readonly PackGroup[], options: PackOptions) {
    this.#source = source;
    this.#options = options;
    this.#inflate = options.inflate ?? inflateRaw;
    for (const group of groups) {
      const following = { group, needed: 0 };
      for (const { hash } of group.blocks) this.#following.set(hash, following);
    }
  }

  /** The block's bytes, decompressed; undefined where they have to be loaded first. */
  peek({ hash }: BlockRef): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#kept.get(hash);
    if (!bytes) return undefined;
    this.#kept.delete(hash);
    this.#kept.set(hash, bytes);
    return bytes;
  }

  /** Fetches a block, unless it is there or on its way. Those that will be wanted next come along. */
  load(ref: BlockRef): Promise<void> {
    const wanted = this.#one(ref);
    // If one of these fails, it is asked for again when it is needed.
    for (const next of this.#ahead(ref)) if (!this.#kept.has(next.hash)) void this.#one(next);
    return wanted;
  }

  #ahead({ hash }: BlockRef): readonly BlockRef[] {
    const following = this.#following.get(hash);
    if (!following) return [];
    const { ahead, blocks } = following.group;
    following.needed += 1;
    const next = blocks.findIndex((block) => block.hash === hash) + 1;
    return blocks.slice(next, next + Math.min(mostAhead, ahead * following.needed));
  }

  #one(ref: BlockRef): Promise<void> {
    const known = this.#coming.get(ref.hash);
    if (known) return known;
    const coming = this.#take(ref).finally(() => {
      this.#coming.delete(ref.hash);
      this.#tell({ waiting: -1 });
    });
    // Who was told to wait may not do so: a failure without listeners must not end the program.
    coming.catch(() => {});
    this.#coming.set(ref.hash, coming);
    this.#tell({ waiting: 1 });
    return coming;
  }

  async #take(ref: BlockRef) {
    let isFetched = false;
    const fetched = (bytes: number) => {
      isFetched = true;
      this.#tell({ fetched: bytes });
    };
    const packed = await this.#source.read(blockName(ref), { limit: ref.size, fetched });
    try {
      this.#keep(ref.hash, await this.#checked(ref, packed));
    } catch (error) {
      await this.#source.forget?.(blockName(ref));
      throw error;
    }
    this.#tell({ blocks: 1, bytes: ref.size });
    // Nobody has to wait until it is kept.
    if (isFetched) void this.#source.keep?.(blockName(ref), packed);
  }

  async #checked(ref: BlockRef, packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const digest = packed.length === ref.size ? this.#options.hashers('sha256').update(packed).digest() : undefined;
    if (!digest || base16.encode(digest) !== ref.hash) throw damaged(`what came as ${blockName(ref)} is something else`);
    const bytes = await this.#inflate(packed, ref.rawSize).catch((cause: unknown) => {
      throw cause instanceof PackError ? cause : damaged(`${blockName(ref)} cannot be decompressed`, { cause });
    });
    if (bytes.length !== ref.rawSize) throw damaged(`${blockName(ref)} is smaller or larger than it should be`);
    return bytes;
  }

  #keep(hash: string, bytes: Uint8Array<ArrayBuffer>) {
    this.#kept.set(hash, bytes);
    this.#keptBytes += bytes.length;
    const { room = defaultRoom } = this.#options;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= room || oldest === hash) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }

  #tell(changes: Partial<PackFigures>) {
    for (const [name, change] of Object.entries(changes)) this.figures[name as keyof PackFigures] += change;
    this.#options.progress?.(this.figures);
  }
}

// The format of packs (docs/playground.md, "Packs"): a tree of files as blocks named by their own hash, for pages that fetch what they need. A block
// is a row of objects, compressed as a whole; an object is the contents of a file, or the listing of a folder (listing.ts). Whatever refers to a
// block gives its hash, so that the manifest's one hash vouches for the whole tree, and what two packs share has one name.
import { base16 } from '@vixen/wasm';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { damaged, PackError } from './errors.ts';

export const packFormat = 'vixen-pack';
export const packVersion = 1;
/** The one file of a pack that changes under its name. */
export const manifestName = 'pack.json';

const hashSize = 32;
/** A larger block than this is refused before it is fetched, bytes. */
export const largestBlock = 64 * 1024 * 1024;
/** Compressing never makes more of a block than this. */
const compressedBound = (rawSize: number) => rawSize + (rawSize >>> 10) + 64;

export interface BlockRef {
  /** SHA-256 of the compressed bytes, in base 16. */
  readonly hash: string;
  /** Bytes to fetch. */
  readonly size: number;
  /** Bytes when decompressed. */
  readonly rawSize: number;
}

export const blockRefSize = hashSize + 2;

/** The block's file, below the pack's folder. */
export const blockName = ({ hash }: BlockRef) => `blocks/${hash}.bin`;

function checkedRef(ref: BlockRef): BlockRef {
  if (!/^[0-9a-f]{64}$/.test(ref.hash)) throw damaged('a block has no proper name');
  const isSize = (size: number) => Number.isInteger(size) && size >= 0;
  if (!isSize(ref.size) || !isSize(ref.rawSize) || ref.rawSize > largestBlock || ref.size > compressedBound(ref.rawSize)) {
    throw damaged('a block has an impossible size');
  }
  return ref;
}

export function writeBlockRef(out: ByteWriter, ref: BlockRef) {
  out.bytes(base16.decode(ref.hash)!).number(ref.size).number(ref.rawSize);
}

export function readBlockRef(reader: ByteReader): BlockRef {
  return checkedRef({ hash: base16.encode(reader.bytes(hashSize)), size: reader.number(), rawSize: reader.number() });
}

/** Blocks in the order in which an evaluation asks for them. */
export interface PackGroup {
  readonly name: string;
  /** How many of the blocks behind one that is needed are fetched along with it, for each block of the group that was needed so far. */
  readonly ahead: number;
  readonly blocks: readonly BlockRef[];
}

export interface PackManifest {
  /** What the tree calls its version; '' where it does not say. */
  readonly label: string;
  readonly files: number;
  /** Sum of the files' sizes. */
  readonly bytes: number;
  /** Bytes of all blocks. */
  readonly packed: number;
  readonly root: { readonly block: BlockRef; readonly offset: number };
  readonly groups: readonly PackGroup[];
}

const refToJson = ({ hash, size, rawSize }: BlockRef) => [hash, size, rawSize];

export function formatManifest({ root, groups, ...figures }: PackManifest): string {
  const json = {
    format: packFormat,
    version: packVersion,
    ...figures,
    root: { block: refToJson(root.block), offset: root.offset },
    groups: groups.map(({ name, ahead, blocks }) => ({ name, ahead, blocks: blocks.map(refToJson) })),
  };
  return `${JSON.stringify(json)}\n`;
}

type Json = Record<string, unknown>;

const object = (value: unknown): Json => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged('pack.json lacks a part');
  return value as Json;
};
const array = (value: unknown): unknown[] => {
  if (!Array.isArray(value)) throw damaged('pack.json lacks a list');
  return value;
};
const text = (value: unknown): string => {
  if (typeof value !== 'string') throw damaged('pack.json lacks a text');
  return value;
};
const number = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw damaged('pack.json lacks a number');
  return value;
};

const refFromJson = (value: unknown): BlockRef => {
  const [hash, size, rawSize] = array(value);
  return checkedRef({ hash: text(hash), size: number(size), rawSize: number(rawSize) });
};

/** The manifest from its text. What is no manifest at all (the page that some servers give for whatever they lack) is no pack. */
export function parseManifest(json: string): PackManifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new PackError('absent', 'there is no pack here', { cause });
  }
  const { format, version, root, groups, ...figures } = object(parsed);
  if (format !== packFormat) throw new PackError('absent', 'there is no pack here');
  if (version !== packVersion) throw new PackError('version', `the pack has version ${String(version)}, this program reads ${packVersion}`);
  const { block, offset } = object(root);
  return {
    label: text(figures.label),
    files: number(figures.files),
    bytes: number(figures.bytes),
    packed: number(figures.packed),
    root: { block: refFromJson(block), offset: number(offset) },
    groups: array(groups).map((group) => {
      const { name, ahead, blocks } = object(group);
      return { name: text(name), ahead: number(ahead), blocks: array(blocks).map(refFromJson) };
    }),
  };
}

// A folder's listing, an object in a block:
//
//     number of blocks, then a reference to each
//     number of entries, their kinds (a byte each), their names (length of all, then each with a NUL behind it)
//     for each entry that is no symlink the number of its block: 0 this one, n the n-th of those above
//     for each such entry where it begins, less where the one before it in that block ended (as far as this listing has told)
//     for each file its length
//     for each symlink the length of its target, and the target
//
// Names are in ascending order of their bytes. Like things stand together because that compresses better.
import { decodeText, encodeText } from '@vixen/eval-core';
import { compareNames } from '@vixen/wasm';
import { ByteReader, ByteWriter } from './bytes.ts';
import { damaged } from './errors.ts';
import { type BlockRef, blockRefSize, readBlockRef, writeBlockRef } from './format.ts';

/** Where an object lies; without a block, in the listing's own. */
export interface Place {
  readonly block: BlockRef | undefined;
  readonly offset: number;
}

export type PackEntry =
  | { readonly kind: 'file' | 'executable'; readonly place: Place; readonly length: number }
  | { readonly kind: 'folder'; readonly place: Place }
  | { readonly kind: 'symlink'; readonly target: string };

const kinds = ['file', 'executable', 'folder', 'symlink'] as const;

export type Listing = ReadonlyMap<string, PackEntry>;

/** Numbers of blocks, and how far each has been told of: the same on both sides. */
class Ends {
  readonly #ends: number[] = [];

  begin(block: number): number {
    return this.#ends[block] ?? 0;
  }

  told(block: number, end: number) {
    this.#ends[block] = end;
  }
}

const lengthOf = (entry: PackEntry) => (entry.kind === 'file' || entry.kind === 'executable' ? entry.length : 0);

/** Entries in any order. */
export function encodeListing(listing: Iterable<readonly [string, PackEntry]>): Uint8Array<ArrayBuffer> {
  const sorted = [...listing].sort(([a], [b]) => compareNames(a, b));
  const entries = sorted.map(([name, entry]) => ({ name: encodeText(name), entry }));
  const placed = entries.flatMap(({ entry }) => (entry.kind === 'symlink' ? [] : [entry]));
  const blocks = [...new Map(placed.flatMap(({ place: { block } }) => (block ? [[block.hash, block]] : []))).values()];
  const numbers = new Map(blocks.map(({ hash }, i) => [hash, i + 1]));
  const numberOf = ({ block }: Place) => (block ? numbers.get(block.hash)! : 0);

  const out = new ByteWriter().number(blocks.length);
  for (const block of blocks) writeBlockRef(out, block);
  out.number(entries.length).bytes(Uint8Array.from(entries, ({ entry }) => kinds.indexOf(entry.kind)));
  out.number(entries.reduce((sum, { name }) => sum + name.length + 1, 0));
  for (const { name } of entries) out.bytes(name).number(0);
  for (const { place } of placed) out.number(numberOf(place));
  const ends = new Ends();
  for (const entry of placed) {
    const block = numberOf(entry.place);
    out.signed(entry.place.offset - ends.begin(block));
    ends.told(block, entry.place.offset + lengthOf(entry));
  }
  for (const entry of placed) if (entry.kind !== 'folder') out.number(entry.length);
  for (const { entry } of entries) {
    if (entry.kind !== 'symlink') continue;
    const target = encodeText(entry.target);
    out.number(target.length).bytes(target);
  }
  return out.result();
}

const NUL = 0;
const slash = '/'.charCodeAt(0);

/** Splits the names; each must be one that a folder can hold, and come after the one before it. */
function readNames(bytes: Uint8Array<ArrayBuffer>, count: number): string[] {
  const names: string[] = [];
  let before: string | undefined;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NUL, at);
    if (end < 0) throw damaged('a name does not end');
    const name = bytes.subarray(at, end);
    const text = decodeText(name);
    if (text === '' || text === '.' || text === '..' || name.includes(slash)) throw damaged(`a folder has an entry named '${text}'`);
    if (before !== undefined && compareNames(before, text) >= 0) throw damaged('the names of a folder are not in order');
    names.push(text);
    before = text;
    at = end + 1;
  }
  if (names.length !== count) throw damaged('a folder has more or fewer names than entries');
  return names;
}

function readPlace(block: number, offset: number, length: number, blocks: readonly BlockRef[], ownSize: number): Place {
  const ref = blocks[block - 1];
  const size = block === 0 ? ownSize : ref!.rawSize;
  if (offset < 0 || offset + length > size) throw damaged('an entry lies outside its block');
  return { block: ref, offset };
}

/** The listing that begins at an offset of a block. */
export function decodeListing(bytes: Uint8Array<ArrayBuffer>, offset: number): Listing {
  const reader = new ByteReader(bytes, offset);
  const blocks = Array.from({ length: reader.count(blockRefSize) }, () => readBlockRef(reader));
  const count = reader.count(2);
  const kindNumbers = reader.bytes(count);
  const names = readNames(reader.bytes(reader.number()), count);
  const entryKinds = Array.from(kindNumbers, (kind) => kinds[kind] ?? damagedKind());
  const placed = entryKinds.filter((kind) => kind !== 'symlink');
  const numbers = placed.map(() => reader.number());
  if (numbers.some((block) => block > blocks.length)) throw damaged('an entry lies in an unknown block');
  // Beginnings depend on lengths, which come behind them.
  const steps = placed.map(() => reader.signed());
  const lengths = placed.map((kind) => (kind === 'folder' ? 0 : reader.number()));
  const ends = new Ends();
  const places = placed.map((_, i) => {
    const begin = ends.begin(numbers[i]!) + steps[i]!;
    ends.told(numbers[i]!, begin + lengths[i]!);
    return readPlace(numbers[i]!, begin, lengths[i]!, blocks, bytes.length);
  });
  let next = 0;
  const entries = entryKinds.map((kind): PackEntry => {
    if (kind === 'symlink') return { kind, target: decodeText(reader.bytes(reader.number())) };
    const at = next++;
    return kind === 'folder' ? { kind, place: places[at]! } : { kind, place: places[at]!, length: lengths[at]! };
  });
  return new Map(names.map((name, i) => [name, entries[i]!]));
}

const damagedKind = (): never => {
  throw damaged('an entry is of an unknown kind');
};

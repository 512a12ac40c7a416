// The tree that stores are raced over: files of many sizes, half of the bytes text, three files in ten duplicates. The same for the same figures.
import fs from 'node:fs';
import path from 'node:path';

export interface TreeShape {
  readonly files: number;
  /** Bytes of all files together, about. */
  readonly bytes: number;
}

/** What `docs/bench.md` has figures of. */
export const largeTree: TreeShape = { files: 50_000, bytes: 1.11e9 };

const filesPerFolder = 20;
const duplicates = 0.3;

/** Marsaglia's xorshift32. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  }

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** From 0 to 1. */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }
}

const syllables = [
  'ba',
  'con',
  'de',
  'fi',
  'gra',
  'ho',
  'in',
  'ka',
  'lo',
  'mer',
  'no',
  'pa',
  'ri',
  'sto',
  'tu',
  'vi',
  'wer',
  'xe',
  'yo',
  'zu',
];

function makeWords(): Buffer[] {
  const random = new Random(7);
  const word = () => Array.from({ length: 1 + random.below(3) }, () => syllables[random.below(syllables.length)]).join('');
  const ends = [' ', ' ', ' ', ' ', ' ', ', ', '. ', ';\n', '\n'];
  return Array.from({ length: 4096 }, () => Buffer.from(word() + ends[random.below(ends.length)]));
}

const words = makeWords();

function fillText(into: Buffer, random: Random) {
  let at = 0;
  while (at < into.length) at += words[random.next() & 4095]!.copy(into, at);
}

function fillBinary(into: Buffer, random: Random) {
  const numbers = new Uint32Array(Math.ceil(into.length / 4));
  for (let i = 0; i < numbers.length; i++) numbers[i] = random.next();
  into.set(new Uint8Array(numbers.buffer, 0, into.length));
}

/** Sizes as source trees have them: most files small, most bytes in few files. They add up to `bytes`, about. */
function sizes({ files, bytes }: TreeShape, random: Random): number[] {
  const skewed = Array.from({ length: files }, () => Math.exp(7 + 4.5 * (random.fraction() + random.fraction() + random.fraction() - 1.5)));
  const scale = bytes / skewed.reduce((sum, size) => sum + size, 0);
  return skewed.map((size) => Math.round(size * scale));
}

/** Where file `index` lies: folders of twenty files, eight to a folder above. */
function folderOf(index: number): string {
  const names: string[] = [];
  for (let at = Math.floor(index / filesPerFolder); at > 0; at = Math.floor(at / 8)) names.unshift(`folder-${at % 8}`);
  return names.join('/');
}

function nameOf(index: number, text: boolean): string {
  return `${words[(index * 31) & 4095]!.toString().replace(/\W/g, '')}-${index}${text ? '.txt' : '.bin'}`;
}

interface Planned {
  readonly size: number;
  /** What the contents are made of: the same for duplicates. */
  readonly seed: number;
}

function plan(shape: TreeShape): Planned[] {
  const random = new Random(1);
  const planned: Planned[] = [];
  for (const size of sizes(shape, random)) {
    const seed = planned.length;
    const copied = seed > 0 && random.fraction() < duplicates;
    planned.push(copied ? planned[random.below(seed)]! : { size, seed });
  }
  return planned;
}

function contentsOf({ size, seed }: Planned, text: boolean): Buffer {
  const contents = Buffer.allocUnsafe(size);
  (text ? fillText : fillBinary)(contents, new Random(seed + 2));
  return contents;
}

/** Makes the tree at `target`, which must not exist. */
export function makeTree(target: string, shape: TreeShape) {
  for (const [index, planned] of plan(shape).entries()) {
    const text = (planned.seed & 1) === 0;
    const folder = path.join(target, folderOf(index));
    if (index % filesPerFolder === 0) fs.mkdirSync(folder, { recursive: true });
    const name = nameOf(index, text);
    fs.writeFileSync(path.join(folder, name), contentsOf(planned, text), { mode: index % 25 === 0 ? 0o755 : 0o644 });
    if (index % 50 === 0) fs.symlinkSync(name, path.join(folder, `link-${index}`));
  }
}

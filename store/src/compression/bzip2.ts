// bzip2 decompression (the format as Joe Tsai's "BZIP2: Format Specification" writes it down): blocks of Huffman codes over a move-to-front
// list over a Burrows-Wheeler transform over run lengths.

import { StoreError } from '../errors.ts';

const blockMagic = 0x314159265359;
const endMagic = 0x177245385090;
const unit = 100_000;
const groupLength = 50;
const mostCodeLength = 20;

const damaged = (what: string) => new StoreError('corrupt', `bad bzip2 data: ${what}`);

/** Bits from the most significant on. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Up to 24 bits. */
  read(count: number): number {
    while (this.#count < count) {
      if (this.#at >= this.#bytes.length) throw damaged('the data ends too early');
      this.#bits = ((this.#bits << 8) | this.#bytes[this.#at++]!) & 0xffffffff;
      this.#count += 8;
    }
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  magic(): number {
    return this.read(24) * 2 ** 24 + this.read(24);
  }

  /** Goes on to the next whole byte; whether there is any. */
  align(): boolean {
    this.#count -= this.#count % 8;
    return this.#at - this.#count / 8 < this.#bytes.length;
  }
}

/** A canonical prefix code: for each length the first code, and where its symbols begin. */
class Code {
  readonly #limit: number[] = [];
  readonly #offset: number[] = [];
  readonly #symbols: number[];

  constructor(lengths: number[]) {
    const order = lengths.map((length, symbol) => ({ length, symbol }));
    order.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
    this.#symbols = order.map(({ symbol }) => symbol);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= mostCodeLength; length++) {
      const count = lengths.filter((other) => other === length).length;
      this.#offset[length] = index - code;
      code += count;
      index += count;
      this.#limit[length] = code;
      code <<= 1;
    }
  }

  read(bits: BitReader): number {
    let code = 0;
    for (let length = 1; length <= mostCodeLength; length++) {
      code = (code << 1) | bits.read(1);
      if (code < this.#limit[length]!) return this.#symbols[code + this.#offset[length]!]!;
    }
    throw damaged('a code that stands for nothing');
  }
}

function usedSymbols(bits: BitReader): number[] {
  const ranges = bits.read(16);
  const used: number[] = [];
  for (let range = 0; range < 16; range++) {
    if (((ranges >> (15 - range)) & 1) === 0) continue;
    const members = bits.read(16);
    for (let i = 0; i < 16; i++) if ((members >> (15 - i)) & 1) used.push(range * 16 + i);
  }
  return used;
}

function moveToFront<T>(list: T[], index: number): T {
  const [item] = list.splice(index, 1);
  if (item === undefined) throw damaged('an index outside its list');
  list.unshift(item);
  return item;
}

function readSelectors(bits: BitReader, tables: number): number[] {
  const order = Array.from({ length: tables }, (_, i) => i);
  return Array.from({ length: bits.read(15) }, () => {
    let index = 0;
    while (bits.read(1) === 1) index += 1;
    return moveToFront(order, index);
  });
}

function readCode(bits: BitReader, symbols: number): Code {
  let length = bits.read(5);
  const lengths = Array.from({ length: symbols }, () => {
    while (bits.read(1) === 1) length += bits.read(1) === 0 ? 1 : -1;
    return length;
  });
  return new Code(lengths);
}

/** The block's bytes in the order of the transform. */
function readTransformed(bits: BitReader, capacity: number): Uint8Array {
  const list = usedSymbols(bits);
  const symbols = list.length + 2;
  const tables = bits.read(3);
  const selectors = readSelectors(bits, tables);
  const codes = Array.from({ length: tables }, () => readCode(bits, symbols));
  const bytes = new Uint8Array(capacity);
  let length = 0;
  let run = 0;
  let weight = 1;
  const flush = () => {
    if (length + run > capacity) throw damaged('a block that is too long');
    bytes.fill(list[0]!, length, length + run);
    length += run;
    run = 0;
    weight = 1;
  };
  for (let n = 0; ; n++) {
    const symbol = codes[selectors[Math.floor(n / groupLength)]!]!.read(bits);
    if (symbol <= 1) {
      run += weight << symbol;
      weight <<= 1;
      continue;
    }
    if (run > 0) flush();
    if (symbol === symbols - 1) return bytes.subarray(0, length);
    if (length >= capacity) throw damaged('a block that is too long');
    bytes[length++] = moveToFront(list, symbol - 1);
  }
}

/** Undoes the Burrows-Wheeler transform. */
function untransform(bytes: Uint8Array, origin: number): Uint8Array {
  const starts = new Uint32Array(257);
  for (const byte of bytes) starts[byte + 1]! += 1;
  for (let i = 0; i < 256; i++) starts[i + 1]! += starts[i]!;
  const next = new Uint32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) next[starts[bytes[i]!]!++] = i;
  const out = new Uint8Array(bytes.length);
  let at = next[origin] ?? 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = bytes[at]!;
    at = next[at]!;
  }
  return out;
}

/** Calls `run` with each byte and how often it stands there: four equal bytes are followed by how many more of them come. */
function eachRun(bytes: Uint8Array, run: (byte: number, count: number) => void): void {
  let same = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (same === 4) {
      run(bytes[i - 1]!, byte);
      same = 0;
      continue;
    }
    same = i > 0 && same > 0 && byte === bytes[i - 1] ? same + 1 : 1;
    run(byte, 1);
  }
}

function expandRuns(bytes: Uint8Array): Uint8Array {
  let size = 0;
  eachRun(bytes, (_, count) => {
    size += count;
  });
  const out = new Uint8Array(size);
  let at = 0;
  eachRun(bytes, (byte, count) => {
    if (count === 1) out[at] = byte;
    else out.fill(byte, at, at + count);
    at += count;
  });
  return out;
}

/** The contents of a file, block by block. Several streams may stand one after the other. Checksums are not looked at. */
export function* bunzip2(input: Uint8Array): Generator<Uint8Array> {
  const bits = new BitReader(input);
  do {
    if (bits.read(16) !== 0x425a || bits.read(8) !== 0x68) throw damaged('not a bzip2 file');
    const capacity = (bits.read(8) - 0x30) * unit;
    for (let magic = bits.magic(); magic !== endMagic; magic = bits.magic()) {
      if (magic !== blockMagic) throw damaged('a damaged block');
      bits.read(16);
      bits.read(16);
      if (bits.read(1) === 1) throw damaged('a randomised block');
      const origin = bits.read(24);
      yield expandRuns(untransform(readTransformed(bits, capacity), origin));
    }
    bits.read(16);
    bits.read(16);
  } while (bits.align());
}

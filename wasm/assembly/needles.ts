/**
 * Searching bytes for many needles at once, and replacing them: what finds the references of store objects (Nix manual, "Store
 * Object", "Scanning for references") and rewrites them.
 *
 * Two ways to skip what cannot match:
 *   hash parts  needles of 32 digits of Nix's base 32: whatever holds another byte is passed over, from its last such byte
 *   any         Wu and Manber's generalisation of Boyer and Moore ("A Fast Algorithm for Multi-Pattern Searching", 1994): the block of
 *               bytes at the end of the window tells how far it can move
 * What is left is looked up by the block of bytes at the end of the window (of the shortest needle's length).
 *
 * A set of needles, memory of the caller's (`needlesSize` bytes):
 *
 *     | header (48 bytes) | needles, 32 bytes each | heads, u32 by block | shifts, u8 by block, unless hash parts |
 *
 *     needle: | address | length | next of the same block | found | replacement | | | |
 */

// The header.
const COUNT: usize = 0;
const SHORTEST: usize = 4;
const LONGEST: usize = 8;
const HASH_PARTS: usize = 12;
const BLOCK: usize = 16;
const SHIFT: usize = 20;
const HEADS: usize = 24;
const SHIFTS: usize = 28;
const FOUND: usize = 32;
const REPLACED: usize = 36;
const HEADER: u32 = 48;

// A needle.
const NEEDLE: u32 = 32;
const ADDRESS: usize = 0;
const LENGTH: usize = 4;
const NEXT: usize = 8;
const IS_FOUND: usize = 12;
const REPLACEMENT: usize = 16;

/** Characters of a store path's hash part. */
const HASH_PART: u32 = 32;

// Which digits have a low and a high half: digits 0-9 are 0x30…, a-d and f-n 0x6_, p-s and v-z 0x7_; a bit for each of the three rows.
// prettier-ignore
const LOW: usize = memory.data<u8>([5, 7, 7, 7, 3, 1, 7, 7, 7, 7, 6, 2, 2, 2, 2, 0], 16);
// prettier-ignore
const HIGH: usize = memory.data<u8>([0, 0, 0, 1, 0, 0, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** Bits of a block's number: eight places a needle and more for hash parts, as many as its blocks otherwise. */
function blockBits(count: u32, bytes: u32, hashParts: bool): u32 {
  const wanted = hashParts ? count << 3 : bytes << 1;
  const bits = wanted <= 256 ? 8 : 32 - clz<u32>(wanted - 1);
  return bits > 16 ? 16 : bits;
}

/** Bytes of a set of `count` needles that are `bytes` long together. */
export function needlesSize(count: u32, bytes: u32): u32 {
  return HEADER + count * NEEDLE + (5 << blockBits(count, bytes, false));
}

/**
 * Makes `set` the needles at `packed`: for each its length, four bytes, then its bytes, and as many of its replacement when there are
 * `replacements`. They stay where they lie. Needles have at least one byte and differ.
 */
export function needlesInit(set: usize, packed: usize, count: u32, replacements: bool): void {
  store<u32>(set + COUNT, count);
  store<u32>(set + FOUND, 0);
  measure(set, packed, replacements);
  const shortest = load<u32>(set + SHORTEST);
  store<u32>(set + BLOCK, shortest < 4 ? shortest : 4);
  const heads = set + HEADER + count * NEEDLE;
  const places: u32 = 1 << (32 - load<u32>(set + SHIFT));
  store<u32>(set + HEADS, <u32>heads);
  store<u32>(set + SHIFTS, <u32>(heads + (places << 2)));
  memory.fill(heads, 0, places << 2);
  if (!load<u32>(set + HASH_PARTS)) memory.fill(heads + (places << 2), <u8>farthest(set), places);
  for (let i = count; i-- != 0;) enter(set, needleAt(set, i));
}

function needleAt(set: usize, index: u32): usize {
  return set + HEADER + index * NEEDLE;
}

/** Lays the needles out; how long they are, and whether all are hash parts, decides on the tables. */
function measure(set: usize, packed: usize, replacements: bool): void {
  const count = load<u32>(set);
  let shortest: u32 = 0xffffffff;
  let longest: u32 = 0;
  let bytes: u32 = 0;
  let hashParts = true;
  for (let i: u32 = 0; i < count; i++) {
    const needle = needleAt(set, i);
    const length = load<u32>(packed);
    store<u32>(needle + ADDRESS, <u32>(packed + 4));
    store<u32>(needle + LENGTH, length);
    store<u32>(needle + IS_FOUND, 0);
    packed += 4 + length;
    store<u32>(needle + REPLACEMENT, replacements ? <u32>packed : 0);
    if (replacements) packed += length;
    if (length < shortest) shortest = length;
    if (length > longest) longest = length;
    bytes += length;
    hashParts = hashParts && length == HASH_PART && isHashPart(load<u32>(needle + ADDRESS));
  }
  store<u32>(set + SHORTEST, shortest);
  store<u32>(set + LONGEST, longest);
  store<u32>(set + HASH_PARTS, hashParts);
  store<u32>(set + SHIFT, 32 - blockBits(count, bytes, hashParts));
}

/** How far a window moves over a block that no needle has. */
function farthest(set: usize): u32 {
  const distance = load<u32>(set + SHORTEST) - load<u32>(set + BLOCK) + 1;
  return distance > 255 ? 255 : distance;
}

function enter(set: usize, needle: usize): void {
  const address = load<u32>(needle + ADDRESS);
  const last = load<u32>(set + SHORTEST) - load<u32>(set + BLOCK);
  const head = load<u32>(set + HEADS) + (numberAt(set, address + last) << 2);
  store<u32>(needle + NEXT, load<u32>(head));
  store<u32>(head, <u32>needle);
  if (load<u32>(set + HASH_PARTS)) return;
  const shifts = load<u32>(set + SHIFTS);
  for (let at: u32 = 0; at <= last; at++) {
    const place = shifts + numberAt(set, address + at);
    const distance = last - at;
    if (distance < load<u8>(place)) store<u8>(place, distance);
  }
}

/** The number of the block at an address: its bytes, multiplied by 2^32 over the golden ratio (Knuth 3, 6.4). */
function numberAt(set: usize, at: usize): u32 {
  const size = load<u32>(set + BLOCK);
  if (size == 4) return spread(load<u32>(at), load<u32>(set + SHIFT));
  let block: u32 = load<u8>(at);
  if (size > 1) block |= (<u32>load<u8>(at, 1)) << 8;
  if (size > 2) block |= (<u32>load<u8>(at, 2)) << 16;
  return spread(block, load<u32>(set + SHIFT));
}

function spread(block: u32, shift: u32): u32 {
  return (block * 0x9e3779b1) >> shift;
}

/** A bit for each of sixteen bytes that is a digit of Nix's base 32. */
function digits(at: usize): u32 {
  const bytes = v128.load(at);
  const low = v128.swizzle(v128.load(LOW), v128.and(bytes, i8x16.splat(15)));
  const high = v128.swizzle(v128.load(HIGH), i8x16.shr_u(bytes, 4));
  return i8x16.bitmask(i8x16.ne(v128.and(low, high), i8x16.splat(0)));
}

function isDigit(byte: u32): bool {
  return (load<u8>(LOW + (byte & 15)) & load<u8>(HIGH + (byte >> 4))) != 0;
}

function isHashPart(at: usize): bool {
  return (digits(at) & digits(at + 16)) == 0xffff;
}

/** The first of the windows from `at` to `last` that is all digits, or 0. */
function nextDigits(at: usize, last: usize): usize {
  while (at <= last) {
    let others = ~digits(at + 16) & 0xffff;
    if (others != 0) {
      at += 48 - clz<u32>(others);
      continue;
    }
    others = ~digits(at) & 0xffff;
    if (others == 0) return at;
    at += 32 - clz<u32>(others);
  }
  return 0;
}

/** As `next`, for hash parts. `known` says that the window before `at` was all digits. */
function nextHashPart(set: usize, at: usize, last: usize, known: bool): usize {
  const heads = load<u32>(set + HEADS);
  const shift = load<u32>(set + SHIFT);
  while (at <= last) {
    if (known && !isDigit(load<u8>(at, 31))) {
      at += 32;
      known = false;
      continue;
    }
    if (!known) {
      at = nextDigits(at, last);
      if (at == 0) return 0;
      known = true;
    }
    if (load<u32>(heads + (spread(load<u32>(at, 28), shift) << 2)) != 0) return at;
    at++;
  }
  return 0;
}

/** The first of the windows from `at` to `last` whose block some needle has in the same place, or 0. */
function next(set: usize, at: usize, last: usize, known: bool): usize {
  if (load<u32>(set + HASH_PARTS)) return nextHashPart(set, at, last, known);
  const shifts = load<u32>(set + SHIFTS);
  const offset = load<u32>(set + SHORTEST) - load<u32>(set + BLOCK);
  while (at <= last) {
    const distance = load<u8>(shifts + numberAt(set, at + offset));
    if (distance == 0) return at;
    at += distance;
  }
  return 0;
}

/** The needles that may begin at `at`, as a list. */
function candidates(set: usize, at: usize): usize {
  const offset = load<u32>(set + SHORTEST) - load<u32>(set + BLOCK);
  return load<u32>(load<u32>(set + HEADS) + (numberAt(set, at + offset) << 2));
}

function begins(needle: usize, at: usize, end: usize): bool {
  const length = load<u32>(needle + LENGTH);
  return length <= <u32>(end - at) && memory.compare(load<u32>(needle + ADDRESS), at, length) == 0;
}

/** Bytes at the end of what was searched that must be given again before what follows: a needle may begin there. */
export function needlesCarry(set: usize): u32 {
  return load<u32>(set + LONGEST) - 1;
}

/** Marks the needles that lie in `len` bytes; answers how many have been found since `needlesInit`. */
export function needlesScan(set: usize, ptr: usize, len: u32): u32 {
  const shortest = load<u32>(set + SHORTEST);
  if (len < shortest) return load<u32>(set + FOUND);
  const end = ptr + len;
  const last = end - shortest;
  for (let at = next(set, ptr, last, false); at != 0; at = next(set, at + 1, last, true)) {
    for (let needle = candidates(set, at); needle != 0; needle = load<u32>(needle + NEXT)) {
      if (load<u32>(needle + IS_FOUND) || !begins(needle, at, end)) continue;
      store<u32>(needle + IS_FOUND, 1);
      store<u32>(set + FOUND, load<u32>(set + FOUND) + 1);
    }
  }
  return load<u32>(set + FOUND);
}

/** Whether the needle of this index has been found. */
export function needlesFound(set: usize, index: u32): u32 {
  return load<u32>(needleAt(set, index) + IS_FOUND);
}

/**
 * Replaces the first needle that begins `from` bytes after `ptr` or later, the longest of several. Unless `whole`, more bytes will
 * come: then needles that begin among the last `needlesCarry` bytes have to wait for them. Answers where the replacement ends, counted from
 * `ptr`; 0 when there is none.
 */
export function needlesReplace(set: usize, ptr: usize, len: u32, from: u32, whole: u32): u32 {
  const end = ptr + len;
  const needed = load<u32>(set + (whole ? SHORTEST : LONGEST));
  if (len < needed) return 0;
  const last = end - needed;
  for (let at = next(set, ptr + from, last, false); at != 0; at = next(set, at + 1, last, true)) {
    let longest: usize = 0;
    for (let needle = candidates(set, at); needle != 0; needle = load<u32>(needle + NEXT)) {
      if (!begins(needle, at, end)) continue;
      if (longest == 0 || load<u32>(needle + LENGTH) > load<u32>(longest + LENGTH)) longest = needle;
    }
    if (longest == 0) continue;
    const length = load<u32>(longest + LENGTH);
    store<u32>(set + REPLACED, length);
    memory.copy(at, load<u32>(longest + REPLACEMENT), length);
    return <u32>(at - ptr) + length;
  }
  return 0;
}

/** The length of what `needlesReplace` replaced last. */
export function needlesReplaced(set: usize): u32 {
  return load<u32>(set + REPLACED);
}

/**
 * The canonical ABI's side of memory (WebAssembly component model, "Canonical ABI"): what the caller lowers into a call, and what a
 * call leaves for its caller to lift.
 *
 * Both lie in an arena. A caller has lifted all results of a call before it can make the next one, so the arena is emptied at the first
 * use after a call has ended, and no post-return function is needed.
 *
 *   block: | older block (0: none) | bytes | data … |
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { UTF8_VALID, utf8Check, utf8Continuations, utf8Follows } from '../print/utf8';

const BLOCK: usize = memory.data(4, 4); // the newest block
const BUMP: usize = memory.data(4, 4);
const LIMIT: usize = memory.data(4, 4);
/** The last call has ended, so that nothing in the arena is needed any more. */
const STALE: usize = memory.data(4, 4);

const HEADER: usize = 8;
const BLOCK_BYTES: usize = 65536;

function enter(): void {
  if (!load<u32>(STALE)) return;
  store<u32>(STALE, 0);
  let block = <usize>load<u32>(BLOCK);
  if (!block) return;
  // The oldest block is kept for the next call.
  while (load<u32>(block)) {
    const older = <usize>load<u32>(block);
    pagesFree(block, <usize>load<u32>(block, 4));
    block = older;
  }
  store<u32>(BLOCK, <u32>block);
  store<u32>(BUMP, <u32>(block + HEADER));
  store<u32>(LIMIT, <u32>block + load<u32>(block, 4));
}

/** Every exported function ends by this. */
export function leave(): void {
  store<u32>(STALE, 1);
}

/** Room that lives until the next call, aligned to 8 bytes. */
export function arena(bytes: usize): usize {
  enter();
  bytes = (bytes + 7) & ~7;
  const at = <usize>load<u32>(BUMP);
  if (at && at + bytes <= <usize>load<u32>(LIMIT)) {
    store<u32>(BUMP, <u32>(at + bytes));
    return at;
  }
  const size: usize = bytes + HEADER > BLOCK_BYTES ? bytes + HEADER : BLOCK_BYTES;
  const block = pagesAlloc(size);
  store<u32>(block, load<u32>(BLOCK));
  store<u32>(block, <u32>size, 4);
  store<u32>(BLOCK, <u32>block);
  store<u32>(BUMP, <u32>(block + HEADER + bytes));
  store<u32>(LIMIT, <u32>(block + size));
  return block + HEADER;
}

/** The canonical ABI's `realloc`. */
export function realloc(old: usize, oldBytes: usize, _align: usize, bytes: usize): usize {
  const at = arena(bytes);
  if (oldBytes) memory.copy(at, old, min(oldBytes, bytes));
  return at;
}

/** A copy of bytes that may change before the caller lifts them. */
export function arenaCopy(bytes: usize, length: u32): usize {
  const at = arena(length);
  memory.copy(at, bytes, length);
  return at;
}

/** Stores a list or a string: | address | length |. */
export function storeList(at: usize, data: usize, length: u32): void {
  store<u32>(at, <u32>data);
  store<u32>(at, length, 4);
}

/** Stores text as a `string`, which must be UTF-8: every byte that is not part of it becomes `?`. The bytes are copied. */
export function storeText(at: usize, bytes: usize, length: u32): void {
  const copy = arenaCopy(bytes, length);
  storeList(at, copy, length);
  if (utf8Check(copy, length) == UTF8_VALID) return;
  let i: u32 = 0;
  while (i < length) {
    const n = characterLength(copy + i, length - i);
    if (!n) store<u8>(copy + i, 0x3f);
    i += n ? n : 1;
  }
}
/** Bytes of the character at the beginning, 0 where there is none. */
function characterLength(bytes: usize, length: u32): u32 {
  const first = <u32>load<u8>(bytes);
  if (first < 0x80) return 1;
  const more = utf8Continuations(first);
  if (!more || more >= length) return 0;
  for (let k: u32 = 0; k < more; k++) if (!utf8Follows(first, k, <u32>load<u8>(bytes + 1 + k))) return 0;
  return more + 1;
}

/**
 * BLAKE3, its plain hash mode (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3: one function, fast
 * everywhere", §2). Chunks of 1024 bytes are the leaves of a binary tree whose left subtrees are complete;
 * four chunks, or four parents, are hashed at once (`blake3-compress.ts`).
 *
 * A context, memory of the caller's:
 *
 *     0        8     40       44       48      112     116     120
 *     | chunks | cv | blocks | filled | block | depth |       | stack of subtree values, 32 bytes each
 *       u64                                                      at most one a level, and one more
 */
import {
  BLAKE3_CHUNK_END,
  BLAKE3_CHUNK_START,
  BLAKE3_IV,
  BLAKE3_PARENT,
  BLAKE3_ROOT,
  blake3Compress,
  blake3CompressLanes,
} from './blake3-compress';

/** Bytes of a digest. */
export const BLAKE3_SIZE: u32 = 32;
/** Bytes of a context for `blake3Init`: 2^64 bytes make a tree of 54 levels. */
export const BLAKE3_CTX_SIZE: u32 = 1888;

const CHUNK: u32 = 1024;
const CV: usize = 8;
const BLOCKS: usize = 40;
const FILLED: usize = 44;
const BLOCK: usize = 48;
const DEPTH: usize = 112;
const STACK: usize = 120;

const SCRATCH: usize = memory.data(1888, 16);
// Sixteen chaining values of a subtree that is being hashed, then the eight that they make.
const VALUES: usize = memory.data(512, 16);

/** Makes `ctx` (`BLAKE3_CTX_SIZE` bytes) the state before the first byte. */
export function blake3Init(ctx: usize): void {
  store<u64>(ctx, 0);
  store<u32>(ctx + DEPTH, 0);
  startChunk(ctx);
}

/** Takes in `len` bytes at `ptr`. */
export function blake3Update(ctx: usize, ptr: usize, len: u32): void {
  const begun = load<u32>(ctx + BLOCKS) * 64 + load<u32>(ctx + FILLED);
  if (begun != 0) {
    const room = CHUNK - begun;
    const taken = len < room ? len : room;
    updateChunk(ctx, ptr, taken);
    ptr += taken;
    len -= taken;
    // A full chunk may be the last one, which decides its flags: it waits for another byte.
    if (len == 0) return;
    closeChunk(ctx);
  }
  while (len > CHUNK) {
    const taken = pushSubtree(ctx, ptr, len);
    ptr += taken;
    len -= taken;
  }
  updateChunk(ctx, ptr, len);
  if (len != 0) mergeStack(ctx, load<u64>(ctx));
}

/** Writes the digest (32 bytes) to `out`; `ctx` must be initialised again before more. */
export function blake3Final(ctx: usize, out: usize): void {
  let depth = load<u32>(ctx + DEPTH);
  const filled = load<u32>(ctx + FILLED);
  const stack = ctx + STACK;
  let last = out;
  if (filled != 0 || depth == 0) {
    const flags = BLAKE3_CHUNK_END | startFlag(ctx) | (depth == 0 ? BLAKE3_ROOT : 0);
    memory.fill(ctx + BLOCK + filled, 0, 64 - filled);
    blake3Compress(ctx + CV, ctx + BLOCK, filled, load<u64>(ctx), flags, out);
  } else {
    depth--;
    last = stack + depth * 32;
  }
  while (depth != 0) {
    depth--;
    memory.copy(ctx + BLOCK + 32, last, 32);
    memory.copy(ctx + BLOCK, stack + depth * 32, 32);
    blake3Compress(BLAKE3_IV, ctx + BLOCK, 64, 0, BLAKE3_PARENT | (depth == 0 ? BLAKE3_ROOT : 0), out);
    last = out;
  }
}

/** The BLAKE3 of `len` bytes at `ptr`, written to `out` (32 bytes). */
export function blake3(ptr: usize, len: u32, out: usize): void {
  blake3Init(SCRATCH);
  blake3Update(SCRATCH, ptr, len);
  blake3Final(SCRATCH, out);
}

function startChunk(ctx: usize): void {
  memory.copy(ctx + CV, BLAKE3_IV, 32);
  store<u64>(ctx + BLOCKS, 0); // and FILLED
}

function startFlag(ctx: usize): u32 {
  return load<u32>(ctx + BLOCKS) == 0 ? BLAKE3_CHUNK_START : 0;
}

/** Takes in bytes of the current chunk; its last block stays in the buffer, as it needs other flags. */
function updateChunk(ctx: usize, ptr: usize, len: u32): void {
  while (len != 0) {
    let filled = load<u32>(ctx + FILLED);
    if (filled == 64) {
      compressBlock(ctx, ctx + BLOCK);
      filled = 0;
    }
    if (filled == 0 && len > 64) {
      compressBlock(ctx, ptr);
      store<u32>(ctx + FILLED, 0);
      ptr += 64;
      len -= 64;
      continue;
    }
    const room: u32 = 64 - filled;
    const taken = len < room ? len : room;
    memory.copy(ctx + BLOCK + filled, ptr, taken);
    store<u32>(ctx + FILLED, filled + taken);
    ptr += taken;
    len -= taken;
  }
}

function compressBlock(ctx: usize, block: usize): void {
  blake3Compress(ctx + CV, block, 64, load<u64>(ctx), startFlag(ctx), ctx + CV);
  store<u32>(ctx + BLOCKS, load<u32>(ctx + BLOCKS) + 1);
}

/** Ends a chunk of 1024 bytes that is known not to be the last. */
function closeChunk(ctx: usize): void {
  blake3Compress(ctx + CV, ctx + BLOCK, 64, load<u64>(ctx), BLAKE3_CHUNK_END, ctx + CV);
  pushValue(ctx, ctx + CV, 1);
  startChunk(ctx);
}

/**
 * Hashes the largest complete subtree of 16, 4 or 1 chunks that may start here and pushes it; answers its bytes.
 * More than one chunk is left. The two halves of a subtree go on the stack apart, since their parent
 * may prove to be the root.
 */
function pushSubtree(ctx: usize, ptr: usize, len: u32): u32 {
  const counter = load<u64>(ctx);
  if (len >= 16 * CHUNK && (counter & 15) == 0) {
    for (let i: u32 = 0; i < 16; i += 4) hashChunks(ptr + i * CHUNK, counter + i, VALUES + i * 32);
    hashParents(VALUES, VALUES);
    hashParents(VALUES + 256, VALUES + 128);
    hashParents(VALUES, VALUES);
    hashParents(VALUES, VALUES); // two lanes are idle
    pushValue(ctx, VALUES, 8);
    pushValue(ctx, VALUES + 32, 8);
    return 16 * CHUNK;
  }
  if (len >= 4 * CHUNK && (counter & 3) == 0) {
    hashChunks(ptr, counter, VALUES);
    hashParents(VALUES, VALUES);
    pushValue(ctx, VALUES, 2);
    pushValue(ctx, VALUES + 32, 2);
    return 4 * CHUNK;
  }
  updateChunk(ctx, ptr, CHUNK);
  closeChunk(ctx);
  return CHUNK;
}

function hashChunks(ptr: usize, counter: u64, out: usize): void {
  blake3CompressLanes(ptr, CHUNK, 16, counter, 1, 0, BLAKE3_CHUNK_START, BLAKE3_CHUNK_END, out);
}

/** Makes four parents of eight values. */
function hashParents(values: usize, out: usize): void {
  blake3CompressLanes(values, 64, 1, 0, 0, BLAKE3_PARENT, 0, 0, out);
}

/** Pushes the value of a subtree of `chunks` chunks, which more input or its sibling follows. */
function pushValue(ctx: usize, value: usize, chunks: u32): void {
  const counter = load<u64>(ctx);
  mergeStack(ctx, counter);
  const depth = load<u32>(ctx + DEPTH);
  memory.copy(ctx + STACK + depth * 32, value, 32);
  store<u32>(ctx + DEPTH, depth + 1);
  store<u64>(ctx, counter + chunks);
}

/**
 * Joins what can be joined of the subtrees before `chunks`, once it is known that something follows: then one
 * subtree is left for every one bit of the count.
 */
function mergeStack(ctx: usize, chunks: u64): void {
  const wanted = <u32>popcnt<u64>(chunks);
  let depth = load<u32>(ctx + DEPTH);
  while (depth > wanted) {
    depth--;
    const left = ctx + STACK + (depth - 1) * 32;
    blake3Compress(BLAKE3_IV, left, 64, 0, BLAKE3_PARENT, left);
  }
  store<u32>(ctx + DEPTH, depth);
}

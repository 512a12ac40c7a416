/**
 * Memory of compiled programs, and the way to find them again by their text. When there are too many all are dropped:
 * a handle is good until the next expression is compiled.
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { P_HASH, P_TEXT, P_TEXT_LEN } from './program';
import { CACHE_BUMP, CACHE_BYTES, CACHE_CHUNK, CACHE_COUNT, CACHE_LAST, CACHE_LIMIT } from './state';

const MAX_PROGRAMS: u32 = 1024;
const MAX_BYTES: u32 = 4 << 20;
const SLOTS: u32 = 2048;
/** Addresses of programs by hash, open addressing. */
const TABLE: usize = memory.data(8192, 16);

// Chunks: | next u32 | bytes u32 | programs … |
const CHUNK_HEADER: usize = 8;
const CHUNK_BYTES: usize = 65536;

/** Memory for a program. */
export function programAlloc(bytes: usize): usize {
  bytes = (bytes + 7) & ~7;
  let at = <usize>load<u32>(CACHE_BUMP);
  if (at + bytes > <usize>load<u32>(CACHE_LIMIT)) at = addChunk(bytes + CHUNK_HEADER);
  store<u32>(CACHE_BUMP, <u32>(at + bytes));
  return at;
}

function addChunk(bytes: usize): usize {
  const size = (bytes + CHUNK_BYTES - 1) & ~(CHUNK_BYTES - 1);
  const chunk = pagesAlloc(size);
  store<u32>(chunk, load<u32>(CACHE_CHUNK));
  store<u32>(chunk, <u32>size, 4);
  store<u32>(CACHE_CHUNK, <u32>chunk);
  store<u32>(CACHE_LIMIT, <u32>(chunk + size));
  store<u32>(CACHE_BYTES, load<u32>(CACHE_BYTES) + <u32>size);
  return chunk + CHUNK_HEADER;
}

/** Drops all programs where the cache is full; to be called before one is added. */
export function cacheMakeRoom(): void {
  if (load<u32>(CACHE_COUNT) < MAX_PROGRAMS && load<u32>(CACHE_BYTES) < MAX_BYTES) return;
  let chunk = <usize>load<u32>(CACHE_CHUNK);
  while (chunk) {
    const next = <usize>load<u32>(chunk);
    pagesFree(chunk, load<u32>(chunk, 4));
    chunk = next;
  }
  memory.fill(TABLE, 0, SLOTS * 4);
  store<u32>(CACHE_CHUNK, 0);
  store<u32>(CACHE_BUMP, 0);
  store<u32>(CACHE_LIMIT, 0);
  store<u32>(CACHE_COUNT, 0);
  store<u32>(CACHE_BYTES, 0);
  store<u32>(CACHE_LAST, 0);
}

function isProgramOf(program: usize, ptr: usize, len: u32): bool {
  return load<u32>(program, P_TEXT_LEN) == len && memory.compare(<usize>load<u32>(program, P_TEXT), ptr, len) == 0;
}

export function textHash(ptr: usize, len: u32): u32 {
  let hash = len * 0x9e3779b1;
  let i: u32 = 0;
  for (; i + 4 <= len; i += 4) hash = (rotl<u32>(hash, 13) ^ load<u32>(ptr + i)) * 0x9e3779b1;
  for (; i < len; i++) hash = (rotl<u32>(hash, 13) ^ (<u32>load<u8>(ptr + i))) * 0x9e3779b1;
  return hash ^ (hash >>> 15);
}

/** The program that was found last, where it is that of this text; else 0. */
export function cacheLast(ptr: usize, len: u32): usize {
  const last = <usize>load<u32>(CACHE_LAST);
  return last && isProgramOf(last, ptr, len) ? last : 0;
}

/** The program of a text, or 0. */
export function cacheFind(hash: u32, ptr: usize, len: u32): usize {
  for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const program = <usize>load<u32>(TABLE + (slot << 2));
    if (!program) return 0;
    if (load<u32>(program, P_HASH) != hash || !isProgramOf(program, ptr, len)) continue;
    store<u32>(CACHE_LAST, <u32>program);
    return program;
  }
}

export function cacheAdd(program: usize): void {
  let slot = load<u32>(program, P_HASH) & (SLOTS - 1);
  while (load<u32>(TABLE + (slot << 2))) slot = (slot + 1) & (SLOTS - 1);
  store<u32>(TABLE + (slot << 2), <u32>program);
  store<u32>(CACHE_LAST, <u32>program);
  store<u32>(CACHE_COUNT, load<u32>(CACHE_COUNT) + 1);
}

/**
 * The one block of mutable evaluator state. Everything that changes lives in linear memory, at addresses that are
 * constants of the module, so that a copy of the memory is a copy of the whole machine (a snapshot).
 *
 * Each room of the evaluator has a fixed slice of the block; the slices are listed here and nowhere else.
 */
export const STATE_SIZE: u32 = 4096;
export const STATE: usize = memory.data(4096, 16);

// ---- heap/alloc: the bump window, see heap/alloc.ts
export const ST_BUMP: usize = STATE + 0;
export const ST_LIMIT: usize = STATE + 4;
export const ST_HOLES: usize = STATE + 8; // head of the list of holes
export const ST_CHUNKS: usize = STATE + 12; // page-run with the chunk addresses
export const ST_CHUNK_COUNT: usize = STATE + 16;
export const ST_CHUNK_CAP: usize = STATE + 20;
export const ST_LARGE: usize = STATE + 24; // page-run with large object addresses
export const ST_LARGE_COUNT: usize = STATE + 28;
export const ST_LARGE_CAP: usize = STATE + 32;
export const ST_ALLOCATED: usize = STATE + 36; // bytes handed out as chunks and large objects since the last collection
export const ST_GC_THRESHOLD: usize = STATE + 40;
export const ST_GC_COUNT: usize = STATE + 44;
export const ST_MEMORY_LIMIT: usize = STATE + 48; // bytes of linear memory, 0: none
export const ST_OUT_OF_MEMORY: usize = STATE + 52; // set by the allocator, seen at the next safepoint
export const ST_LIVE: usize = STATE + 56; // bytes that survived the last collection
export const ST_STRESS: usize = STATE + 60; // evaluations between two collections (for tests), 0: as needed

// ---- heap/pages
export const ST_FREE_RUNS: usize = STATE + 64; // number of free page runs
export const ST_PERM_BUMP: usize = STATE + 68; // permanent space (code, constants, symbols)
export const ST_PERM_LIMIT: usize = STATE + 72;
export const ST_PAGES_READY: usize = STATE + 76;
export const ST_HIGH_WATER: usize = STATE + 80; // pages below were handed out before, and may be dirty

// ---- value/symbols
export const ST_SYMBOLS: usize = STATE + 96; // 128 bytes
// ---- value/context
export const ST_CONTEXT: usize = STATE + 224; // 128 bytes
// ---- value/shapes
export const ST_SHAPES: usize = STATE + 352; // 128 bytes
// ---- syntax
export const ST_SYNTAX: usize = STATE + 480; // 256 bytes
// ---- compile
export const ST_COMPILE: usize = STATE + 736; // 256 bytes
// ---- diag: the error in flight, message buffers
export const ST_DIAG: usize = STATE + 992; // 256 bytes
// ---- vm: registers, fuel, stack
export const ST_VM: usize = STATE + 1248; // 512 bytes
// ---- settings of the host
export const ST_SETTINGS: usize = STATE + 1760; // 256 bytes
// ---- statistics
export const ST_STATS: usize = STATE + 2016; // 256 bytes
// ---- requests
export const ST_REQUEST: usize = STATE + 2272; // 256 bytes
// ---- builtins: each family may keep some words
export const ST_BUILTINS: usize = STATE + 2528; // 512 bytes
// ---- roots: reference slots that the collector scans
//      48: what evaluates lock files (builtins/flakes), 49: what makes a derivation's value of an imported .drv (derivation/outputOf)
export const ST_ROOTS: usize = STATE + 3072; // 256 words
export const ROOT_COUNT: u32 = 256;

/** Root slot `i` (a reference that survives collections). */
// @ts-ignore: decorator
@inline
export function rootAddress(i: u32): usize {
  return ST_ROOTS + ((<usize>i) << 2);
}

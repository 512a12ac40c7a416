/**
 * The collector: marks from the roots with a stack of its own, then sweeps chunks into a list of holes. Nothing moves. It runs
 * only between slices, when all references are in the machine's stack, its registers, root slots and the global names.
 *
 * While marking, a slot that leads to a forced thunk is made to lead to its value, except where identity shows (functions, floats; lists, in «repeated»).
 */
import { GLOBAL_MAX, globalsAddress } from '../compile/scope';
import {
  KIND_BYTES,
  KIND_FLOAT,
  KIND_IND,
  KIND_INT,
  KIND_LAMBDA,
  KIND_LIST,
  KIND_MASK,
  KIND_PATH,
  KIND_SHAPE,
  KIND_STRING,
  MARK_BIT,
} from '../value/kinds';
import { shapesForget } from '../value/shapes';
import { ACT_ARGS, ACT_FN, VM_ACC, VM_ENV, VM_SP, VM_STACK } from '../vm/native';
import { CHUNK_BYTES, KIND_FREE, closeWindow, objectBytes } from './alloc';
import { PAGE_HEAP, PAGE_KIND, pagesAlloc, pagesFree } from './pages';
import {
  ROOT_COUNT,
  ST_ALLOCATED,
  ST_CHUNKS,
  ST_CHUNK_COUNT,
  ST_GC_COUNT,
  ST_GC_THRESHOLD,
  ST_HOLES,
  ST_LARGE,
  ST_LARGE_COUNT,
  ST_LIVE,
  ST_ROOTS,
  ST_STRESS,
} from './state';
import { builtinsForget } from '../builtins/registry';

/** Smaller gaps are not worth a hole; they wait until a neighbour dies. */
const HOLE_MIN: usize = 64;
/** In the stress mode, dead words are addresses that lead nowhere. */
const POISON: u8 = 0xf0;
const FIRST_THRESHOLD: u32 = 52 << 20;

const MARKS: usize = memory.data(12); // the mark stack: address, entries, capacity

function push(p: usize): void {
  const n = load<u32>(MARKS, 4);
  if (n == load<u32>(MARKS, 8)) {
    const cap = n ? n * 2 : 65536;
    const data = pagesAlloc((<usize>cap) << 2);
    if (n) {
      memory.copy(data, <usize>load<u32>(MARKS), (<usize>n) << 2);
      pagesFree(<usize>load<u32>(MARKS), (<usize>n) << 2);
    }
    store<u32>(MARKS, <u32>data);
    store<u32>(MARKS, cap, 8);
  }
  store<u32>(<usize>load<u32>(MARKS) + ((<usize>n) << 2), <u32>p);
  store<u32>(MARKS, n + 1, 4);
}

// @ts-ignore: decorator
@inline
function markRef(v: usize): void {
  if (v & 1 || load<u8>(PAGE_KIND + (v >>> 16)) != PAGE_HEAP) return;
  const h = load<u8>(v);
  if (h & MARK_BIT) return;
  store<u8>(v, h | (<u8>MARK_BIT));
  const k = (<u32>h) & KIND_MASK;
  if (k == KIND_STRING || k == KIND_INT || k == KIND_FLOAT || k == KIND_BYTES || k == KIND_PATH) return;
  push(v);
}

/** Marks what a word of an object leads to, past forced thunks. */
// @ts-ignore: decorator
@inline
function markWord(at: usize): void {
  let v = <usize>load<u32>(at);
  if (v & 1 || load<u8>(PAGE_KIND + (v >>> 16)) != PAGE_HEAP) return;
  if (((<u32>load<u8>(v)) & ~MARK_BIT) == KIND_IND) {
    const w = <usize>load<u32>(v, 4);
    const k = w & 1 ? KIND_INT : (<u32>load<u8>(w)) & KIND_MASK;
    if (k != KIND_LAMBDA && k != KIND_FLOAT && k != KIND_LIST) {
      store<u32>(at, <u32>w);
      v = w;
    }
  }
  markRef(v);
}

function drain(): void {
  for (;;) {
    const n = load<u32>(MARKS, 4);
    if (!n) return;
    store<u32>(MARKS, n - 1, 4);
    scan(<usize>load<u32>(<usize>load<u32>(MARKS) + ((<usize>(n - 1)) << 2)));
  }
}
function scan(p: usize): void {
  const h = (<u32>load<u8>(p)) & ~MARK_BIT;
  if (h == KIND_IND) return markRef(<usize>load<u32>(p, 4));
  if (h == KIND_SHAPE) {
    markRef(<usize>load<u32>(p, 8));
    markRef(<usize>load<u32>(p, 12));
    return;
  }
  const end = p + objectBytes(p);
  for (let at = p + 4; at < end; at += 4) markWord(at);
}

function markRange(from: usize, to: usize): void {
  for (let at = from; at < to; at += 4) {
    markRef(<usize>load<u32>(at));
    if (load<u32>(MARKS, 4) > 4096) drain();
  }
  drain();
}

/** Walks the chunks: clears marks, joins what is dead into holes. Returns the bytes that live. */
function sweep(): usize {
  const poison = load<u32>(ST_STRESS) != 0;
  let live: usize = 0;
  let last: usize = 0; // the hole before
  store<u32>(ST_HOLES, 0);
  const n = load<u32>(ST_CHUNK_COUNT);
  const chunks = <usize>load<u32>(ST_CHUNKS);
  for (let i: u32 = 0; i < n; i++) {
    const chunk = <usize>load<u32>(chunks + ((<usize>i) << 2));
    const end = chunk + CHUNK_BYTES;
    let p = chunk;
    while (p < end) {
      const h = load<u32>(p);
      if (h & MARK_BIT) {
        store<u32>(p, h & ~MARK_BIT);
        const bytes = (<usize>(h >>> 8)) << 2;
        live += bytes;
        p += bytes;
        continue;
      }
      const start = p;
      do p += (<usize>(load<u32>(p) >>> 8)) << 2;
      while (p < end && !(load<u32>(p) & MARK_BIT));
      if (poison) memory.fill(start + 4, POISON, p - start - 4);
      store<u32>(start, KIND_FREE | ((<u32>((p - start) >>> 2)) << 8));
      if (p - start < HOLE_MIN) continue;
      store<u32>(start, 0, 4);
      if (last) store<u32>(last, <u32>start, 4);
      else store<u32>(ST_HOLES, <u32>start);
      last = start;
    }
  }
  return live;
}
function sweepLarge(): usize {
  let live: usize = 0;
  const list = <usize>load<u32>(ST_LARGE);
  const n = load<u32>(ST_LARGE_COUNT);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const p = <usize>load<u32>(list + ((<usize>i) << 2));
    const h = load<u32>(p);
    const bytes = objectBytes(p);
    if (h & MARK_BIT) {
      store<u32>(p, h & ~MARK_BIT);
      live += bytes;
      store<u32>(list + ((<usize>kept) << 2), <u32>p);
      kept++;
    } else pagesFree(p & ~65535, bytes + (p & 65535));
  }
  store<u32>(ST_LARGE_COUNT, kept);
  return live;
}

/** Whether enough was allocated for a collection to be worth it. */
export function collectDue(): bool {
  const t = load<u32>(ST_GC_THRESHOLD);
  return load<u32>(ST_ALLOCATED) > (t ? t : FIRST_THRESHOLD);
}

/** Collects. Only between slices. */
export function collect(): void {
  closeWindow();
  builtinsForget();
  shapesForget();
  markRange(ST_ROOTS, ST_ROOTS + <usize>ROOT_COUNT * 4);
  markRange(globalsAddress(), globalsAddress() + <usize>GLOBAL_MAX * 4);
  markRange(<usize>load<u32>(VM_STACK), <usize>load<u32>(VM_SP));
  markRange(VM_ENV, VM_ENV + 4);
  markRange(VM_ACC, VM_ACC + 4);
  markRange(ACT_FN, ACT_FN + 4);
  markRange(ACT_ARGS, ACT_ARGS + 32);
  const live = sweep() + sweepLarge();
  store<u32>(ST_LIVE, <u32>live);
  store<u32>(ST_ALLOCATED, 0);
  store<u32>(ST_GC_COUNT, load<u32>(ST_GC_COUNT) + 1);
  // the next one when as much again as lives has been allocated, and at least 64 MiB
  store<u32>(ST_GC_THRESHOLD, max<u32>(64 << 20, <u32>live));
}

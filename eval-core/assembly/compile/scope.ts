/**
 * Scopes and frames, in the syntax arena: they live as long as the compilation of a file.
 *
 * A frame is an environment as it will be at run time; a scope is a set of names in it. One body of code extends its
 * own frame where it can (a `let` directly inside a function shares the function's environment).
 *
 *   frame: | outer frame | slots so far | number of the body that may extend it |
 *   scope: | outer scope | frame | names (sorted by symbol id) | number | first slot | stride of names in bytes | initialised | with slot | its position | record |
 *
 * A `with` is a scope without names whose set lies in a hidden slot.
 */
import { permAlloc } from '../heap/pages';
import { ST_COMPILE } from '../heap/state';
import { arenaAlloc } from '../syntax/arena';

export const FR_OUTER: usize = 0;
export const FR_SLOTS: usize = 4;

export const SC_OUTER: usize = 0;
export const SC_FRAME: usize = 4;
export const SC_NAMES: usize = 8;
export const SC_COUNT: usize = 12;
export const SC_FIRST: usize = 16;
export const SC_STRIDE: usize = 20;
export const SC_READY: usize = 24; // slots of this scope with a lower index are initialised here
export const SC_WITH: usize = 28; // slot + 1 of a `with`
export const SC_WITH_POS: usize = 32;
const SC_RECORD: usize = 36; // what the debugger knows of it; 0: nobody has asked
const SC_BYTES: usize = 40;

// Result of a look-up.
const FOUND_LEVEL: usize = ST_COMPILE + 64;
const FOUND_SLOT: usize = ST_COMPILE + 68;
const FOUND_READY: usize = ST_COMPILE + 72;
const FOUND_WITHS: usize = ST_COMPILE + 76;

export const FR_BODY: usize = 8;
export function frameNew(outer: usize, body: u32): usize {
  const f = arenaAlloc(12);
  store<u32>(f, body, FR_BODY);
  store<u32>(f, <u32>outer);
  store<u32>(f, 0, 4);
  return f;
}
/** Takes `n` slots of a frame; returns the first. */
export function frameTake(f: usize, n: u32): u32 {
  const at = load<u32>(f, FR_SLOTS);
  store<u32>(f, at + n, FR_SLOTS);
  return at;
}
export function scopeNew(outer: usize, frame: usize, names: usize, count: u32, first: u32, stride: u32): usize {
  const s = arenaAlloc(SC_BYTES);
  store<u32>(s, <u32>outer);
  store<u32>(s, <u32>frame, SC_FRAME);
  store<u32>(s, <u32>names, SC_NAMES);
  store<u32>(s, count, SC_COUNT);
  store<u32>(s, first, SC_FIRST);
  store<u32>(s, stride, SC_STRIDE);
  store<u32>(s, 0, SC_READY);
  store<u32>(s, 0, SC_WITH);
  store<u32>(s, 0, SC_RECORD);
  return s;
}
export function scopeWith(outer: usize, frame: usize, slot: u32, pos: u32): usize {
  const s = scopeNew(outer, frame, 0, 0, 0, 0);
  store<u32>(s, slot + 1, SC_WITH);
  store<u32>(s, pos, SC_WITH_POS);
  return s;
}
export function scopeReady(s: usize, n: u32): void {
  store<u32>(s, n, SC_READY);
}

/** Index of a symbol among a scope's names, or -1. */
export function scopeIndex(s: usize, sym: u32): i32 {
  let lo: u32 = 0;
  let hi = load<u32>(s, SC_COUNT);
  const names = <usize>load<u32>(s, SC_NAMES);
  const stride = <usize>load<u32>(s, SC_STRIDE);
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    const at = load<u32>(names + <usize>mid * stride);
    if (at == sym) return <i32>mid;
    if (at < sym) lo = mid + 1;
    else hi = mid;
  }
  return -1;
}

/**
 * A scope as it outlives the compilation, for the debugger; shared by all that is in the scope.
 *
 *   record: | outer record | number of its frame, counted from outside | with slot + 1 | names | symbol, slot … |
 */
export function scopeRecord(scope: usize): usize {
  let made: usize = 0;
  let inner: usize = 0;
  for (let s = scope; s; s = <usize>load<u32>(s)) {
    const known = <usize>load<u32>(s, SC_RECORD);
    const r = known ? known : recordNew(s);
    if (inner) store<u32>(inner, <u32>r);
    else made = r;
    if (known) break;
    inner = r;
  }
  return made;
}
function recordNew(s: usize): usize {
  const n = load<u32>(s, SC_COUNT);
  const r = permAlloc(16 + ((<usize>n) << 3));
  store<u32>(r, 0);
  store<u32>(r, frameNumber(<usize>load<u32>(s, SC_FRAME)), 4);
  store<u32>(r, load<u32>(s, SC_WITH), 8);
  store<u32>(r, n, 12);
  const names = <usize>load<u32>(s, SC_NAMES);
  const stride = <usize>load<u32>(s, SC_STRIDE);
  for (let i: u32 = 0; i < n; i++) {
    store<u32>(r + ((<usize>i) << 3), load<u32>(names + <usize>i * stride), 16);
    store<u32>(r + ((<usize>i) << 3), load<u32>(s, SC_FIRST) + i, 20);
  }
  store<u32>(s, <u32>r, SC_RECORD);
  return r;
}
/** How many frames there are, this one included. */
export function frameNumber(frame: usize): u32 {
  return frameDistance(frame, 0);
}

/** Environments between two frames. */
export function frameDistance(from: usize, to: usize): u32 {
  let n: u32 = 0;
  while (from != to && from) {
    from = <usize>load<u32>(from, FR_OUTER);
    n++;
  }
  return n;
}

export const enum Found {
  /** no lexical binding and no `with` around */
  Nothing = 0,
  /** a slot: foundLevel, foundSlot, foundReady */
  Slot = 1,
  /** no lexical binding, but `with` scopes: foundWiths */
  With = 2,
}

/** Looks a name up from `scope`, for code that runs in `frame`. */
export function scopeFind(scope: usize, frame: usize, sym: u32): Found {
  let withs: u32 = 0;
  for (let s = scope; s; s = <usize>load<u32>(s)) {
    if (load<u32>(s, SC_WITH)) {
      withs++;
      continue;
    }
    const i = scopeIndex(s, sym);
    if (i < 0) continue;
    store<u32>(FOUND_LEVEL, frameDistance(frame, <usize>load<u32>(s, SC_FRAME)));
    store<u32>(FOUND_SLOT, load<u32>(s, SC_FIRST) + i);
    store<u32>(FOUND_READY, u32(<u32>i < load<u32>(s, SC_READY)));
    return Found.Slot;
  }
  store<u32>(FOUND_WITHS, withs);
  return withs ? Found.With : Found.Nothing;
}
export function foundLevel(): u32 {
  return load<u32>(FOUND_LEVEL);
}
export function foundSlot(): u32 {
  return load<u32>(FOUND_SLOT);
}
/** Whether the slot surely holds something when code of this place runs (Nix aliases such variables instead of making thunks). */
export function foundReady(): bool {
  return load<u32>(FOUND_READY) != 0;
}
export function foundWiths(): u32 {
  return load<u32>(FOUND_WITHS);
}

// ---- names of the outermost scope: a table indexed by symbol id (they are interned first, so their ids are small)
export const GLOBAL_MAX: u32 = 4096;
const GLOBALS: usize = memory.data(16384);

/** The value of a global name (`map`, `true`, `builtins`, `__add`, …), or 0. */
export function globalValue(sym: u32): usize {
  return sym < GLOBAL_MAX ? <usize>load<u32>(GLOBALS + ((<usize>sym) << 2)) : 0;
}
export function globalSet(sym: u32, v: usize): void {
  store<u32>(GLOBALS + ((<usize>sym) << 2), <u32>v);
}
export function globalsAddress(): usize {
  return GLOBALS;
}

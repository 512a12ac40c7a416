/**
 * Making and reading values. See value/kinds.ts for the layouts. None of these functions collects or forces.
 */
import { alloc, objectBytes } from '../heap/alloc';
import { ST_STATS } from '../heap/state';
import {
  KIND_APP,
  KIND_APP2,
  KIND_ATTRS,
  KIND_BOOL,
  KIND_BYTES,
  KIND_CELLS,
  KIND_FLOAT,
  KIND_IND,
  KIND_INT,
  KIND_LAMBDA,
  KIND_LIST,
  KIND_MASK,
  KIND_NATIVE,
  KIND_NULL,
  KIND_PATH,
  KIND_PRIMOP,
  KIND_PRIMOP_APP,
  KIND_SHAPE,
  KIND_STRING,
} from './kinds';

// Static objects, at fixed addresses outside the collected heap.
export const NULL: usize = memory.data<u32>([KIND_NULL | (1 << 8)]);
export const FALSE: usize = memory.data<u32>([KIND_BOOL | (2 << 8), 1]);
export const TRUE: usize = memory.data<u32>([KIND_BOOL | (2 << 8), 3]);
export const EMPTY_LIST: usize = memory.data<u32>([KIND_LIST | (1 << 8)]);
export const EMPTY_STRING: usize = memory.data<u32>([KIND_STRING | (3 << 8), 0, 0]);
/** The shape without attributes: header, count 0, name order 0, position-free variant 0, hash 0. */
export const EMPTY_SHAPE: usize = memory.data<u32>([KIND_SHAPE | (5 << 8), 0, 0, 0, 0]);
const EMPTY_ATTRS_OBJECT: usize = memory.data<u32>([KIND_ATTRS | (2 << 8), 0]);

/** The empty set (its shape word is written on first use: a static initialiser cannot hold an address). */
// @ts-ignore: decorator
@inline
export function emptyAttrs(): usize {
  store<u32>(EMPTY_ATTRS_OBJECT, <u32>EMPTY_SHAPE, 4);
  return EMPTY_ATTRS_OBJECT;
}

// ---- references

// @ts-ignore: decorator
@inline
export function isSmall(v: usize): bool {
  return <bool>(v & 1);
}
/** The kind of a reference; a small integer says KIND_INT. */
// @ts-ignore: decorator
@inline
export function kindOf(v: usize): u32 {
  return v & 1 ? KIND_INT : (<u32>load<u8>(v)) & KIND_MASK;
}
/** Weak head normal form: not a thunk, application, failure or indirection. */
// @ts-ignore: decorator
@inline
export function isValue(v: usize): bool {
  return (v & 1) != 0 || (load<u8>(v) & 0x30) != 0;
}
/** Follows the indirection of a forced thunk; anything else is returned as it is. */
// @ts-ignore: decorator
@inline
export function deref(v: usize): usize {
  return (v & 1) == 0 && load<u8>(v) == KIND_IND ? <usize>load<u32>(v, 4) : v;
}
// @ts-ignore: decorator
@inline
export function tag(n: i32): usize {
  return <usize>((n << 1) | 1);
}
// @ts-ignore: decorator
@inline
export function untag(v: usize): i32 {
  return (<i32>v) >> 1;
}

// ---- numbers and booleans

// @ts-ignore: decorator
@inline
export function mkBool(b: bool): usize {
  return b ? TRUE : FALSE;
}
export function mkInt(n: i64): usize {
  const small = <i32>n;
  if (<i64>small == n && (small << 1) >> 1 == small) return tag(small);
  const p = alloc(KIND_INT, 12);
  store<i64>(p, n, 4);
  return p;
}
// @ts-ignore: decorator
@inline
export function intValue(v: usize): i64 {
  return v & 1 ? <i64>((<i32>v) >> 1) : load<i64>(v, 4);
}
export function mkFloat(x: f64): usize {
  const p = alloc(KIND_FLOAT, 12);
  store<f64>(p, x, 4);
  return p;
}
// @ts-ignore: decorator
@inline
export function floatValue(v: usize): f64 {
  return load<f64>(v, 4);
}

// ---- strings and paths (the same layout)

export const STRING_HEAD: usize = 12;

/** A string of `len` bytes yet to be written at `strBytes`. */
// @ts-ignore: decorator
@inline
export function allocString(len: u32, context: usize): usize {
  const p = alloc(KIND_STRING, STRING_HEAD + ((<usize>len + 3) & ~3));
  store<u32>(p, len, 4);
  store<u32>(p, <u32>context, 8);
  return p;
}
export function mkString(ptr: usize, len: u32, context: usize): usize {
  if (!len && !context) return EMPTY_STRING;
  const p = allocString(len, context);
  memory.copy(p + STRING_HEAD, ptr, len);
  return p;
}
/** A path value; `accessor` is 0 for the host's file system. The bytes are absolute and canonical. */
export function mkPath(ptr: usize, len: u32, accessor: usize): usize {
  const p = alloc(KIND_PATH, STRING_HEAD + ((<usize>len + 3) & ~3));
  store<u32>(p, len, 4);
  store<u32>(p, <u32>accessor, 8);
  memory.copy(p + STRING_HEAD, ptr, len);
  return p;
}
/** A string from an ASCII literal. */
export function mkLiteral(s: string): usize {
  const n = <u32>s.length;
  const p = allocString(n, 0);
  const src = changetype<usize>(s);
  for (let i: u32 = 0; i < n; i++) store<u8>(p + STRING_HEAD + i, load<u8>(src + ((<usize>i) << 1)));
  return p;
}
// @ts-ignore: decorator
@inline
export function strBytes(s: usize): usize {
  return s + STRING_HEAD;
}
// @ts-ignore: decorator
@inline
export function strLen(s: usize): u32 {
  return load<u32>(s, 4);
}
// @ts-ignore: decorator
@inline
export function strContext(s: usize): usize {
  return <usize>load<u32>(s, 8);
}

// ---- lists

/** Elements of all lists that were made: statistics. */
export const STAT_ELEMENTS: usize = ST_STATS + 32;

/** A list of `n` elements yet to be written with `listSet`. */
// @ts-ignore: decorator
@inline
export function allocList(n: u32): usize {
  if (!n) return EMPTY_LIST;
  store<u32>(STAT_ELEMENTS, load<u32>(STAT_ELEMENTS) + n);
  return alloc(KIND_LIST, 4 + ((<usize>n) << 2));
}
// @ts-ignore: decorator
@inline
export function listLen(l: usize): u32 {
  return <u32>(objectBytes(l) >>> 2) - 1;
}
// @ts-ignore: decorator
@inline
export function listGet(l: usize, i: u32): usize {
  return <usize>load<u32>(l + ((<usize>i) << 2), 4);
}
// @ts-ignore: decorator
@inline
export function listSet(l: usize, i: u32, v: usize): void {
  store<u32>(l + ((<usize>i) << 2), <u32>v, 4);
}

// ---- functions

export function mkLambda(fn: usize, env: usize): usize {
  const p = alloc(KIND_LAMBDA, 12);
  store<u32>(p, <u32>fn, 4);
  store<u32>(p, <u32>env, 8);
  return p;
}
export function mkPrimop(id: u32): usize {
  const p = alloc(KIND_PRIMOP, 8);
  store<u32>(p, <u32>tag(id), 4);
  return p;
}
// @ts-ignore: decorator
@inline
export function primopId(v: usize): u32 {
  return <u32>untag(<usize>load<u32>(v, 4));
}
// @ts-ignore: decorator
@inline
export function primopAppCount(v: usize): u32 {
  return (load<u32>(v) >>> 8) - 2;
}
// @ts-ignore: decorator
@inline
export function primopAppArg(v: usize, i: u32): usize {
  return <usize>load<u32>(v + ((<usize>i) << 2), 8);
}

// ---- suspended applications

/** `f a`, not yet evaluated: a thunk. */
export function mkApp(f: usize, a: usize): usize {
  const p = alloc(KIND_APP, 12);
  store<u32>(p, <u32>f, 4);
  store<u32>(p, <u32>a, 8);
  return p;
}
/** `f a b`, not yet evaluated. */
export function mkApp2(f: usize, a: usize, b: usize): usize {
  const p = alloc(KIND_APP2, 16);
  store<u32>(p, <u32>f, 4);
  store<u32>(p, <u32>a, 8);
  store<u32>(p, <u32>b, 12);
  return p;
}
/** A thunk that procedure `proc` computes from up to two references (vm/native.ts). */
export function mkNativeThunk(proc: u32, a: usize, b: usize): usize {
  const p = alloc(KIND_NATIVE, 16);
  store<u32>(p, <u32>tag(proc), 4);
  store<u32>(p, <u32>a, 8);
  store<u32>(p, <u32>b, 12);
  return p;
}

// ---- internal objects

/** `n` scanned words, set to NULL. */
export function mkCells(n: u32): usize {
  const p = alloc(KIND_CELLS, 4 + ((<usize>n) << 2));
  for (let i: u32 = 0; i < n; i++) store<u32>(p + ((<usize>i) << 2), <u32>NULL, 4);
  return p;
}
// @ts-ignore: decorator
@inline
export function cell(c: usize, i: u32): usize {
  return <usize>load<u32>(c + ((<usize>i) << 2), 4);
}
// @ts-ignore: decorator
@inline
export function setCell(c: usize, i: u32, v: usize): void {
  store<u32>(c + ((<usize>i) << 2), <u32>v, 4);
}
/** `bytes` unscanned bytes behind the header. */
export function mkBytes(bytes: usize): usize {
  return alloc(KIND_BYTES, 4 + ((bytes + 3) & ~3));
}

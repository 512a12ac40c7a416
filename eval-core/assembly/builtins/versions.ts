/** Versions and derivation names (Nix manual, "nix-env --upgrade", on how versions are compared). */
import { EMPTY_STRING, allocList, listSet, mkInt, mkString, strBytes, strLen } from '../value/layout';
import { allocAttrs, attrsSetValue, attrsShape, shapeFind } from '../value/shapes';
import { bytesCompare, bytesAre } from '../heap/text';
import { arg } from './args';
import { Name, nameSymbol, namedShape } from './support';

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool {
  return c - 0x30 < 10;
}
// @ts-ignore: decorator
@inline
function isSeparator(c: u32): bool {
  return c == 0x2e || c == 0x2d;
}

/** Start of the component at or behind `p`: separators are skipped. */
function componentStart(p: usize, end: usize): usize {
  while (p < end && isSeparator(load<u8>(p))) p++;
  return p;
}
/** End of the component that begins at `p`: a run of digits, or of what is neither digit nor separator. */
function componentEnd(p: usize, end: usize): usize {
  if (p < end && isDigit(load<u8>(p))) {
    while (p < end && isDigit(load<u8>(p))) p++;
    return p;
  }
  while (p < end && !isDigit(load<u8>(p)) && !isSeparator(load<u8>(p))) p++;
  return p;
}

export function builtin_splitVersion(a: usize): usize {
  const s = arg(a, 0);
  const end = strBytes(s) + strLen(s);
  let n: u32 = 0;
  for (let p = componentStart(strBytes(s), end); p < end; p = componentStart(componentEnd(p, end), end)) n++;
  const out = allocList(n);
  let i: u32 = 0;
  for (let p = componentStart(strBytes(s), end); p < end;) {
    const stop = componentEnd(p, end);
    listSet(out, i, mkString(p, <u32>(stop - p), 0));
    i++;
    p = componentStart(stop, end);
  }
  return out;
}

/** A component as a number that fits 32 bits with a sign, or -1. */
function componentNumber(p: usize, end: usize): i64 {
  if (p == end || !isDigit(load<u8>(p))) return -1;
  let n: i64 = 0;
  for (; p < end; p++) {
    n = n * 10 + (load<u8>(p) - 0x30);
    if (n > 0x7fffffff) return -1;
  }
  return n;
}
/** Whether component `a` comes before `b`. Numbers too large for Nix's `int` are compared as text, as it does. */
function componentLess(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  const x = componentNumber(a, aEnd);
  const y = componentNumber(b, bEnd);
  if (x >= 0 && y >= 0) return x < y;
  if (a == aEnd && y >= 0) return true;
  const bIsPre = bytesAre(b, <u32>(bEnd - b), 'pre');
  if (bytesAre(a, <u32>(aEnd - a), 'pre') && !bIsPre) return true;
  if (bIsPre) return false;
  if (y >= 0) return true;
  if (x >= 0) return false;
  return bytesCompare(a, <u32>(aEnd - a), b, <u32>(bEnd - b)) < 0;
}

/** Order of two versions: -1, 0 or 1. */
export function versionsCompare(a: usize, aLen: u32, b: usize, bLen: u32): i32 {
  const aEnd = a + aLen;
  const bEnd = b + bLen;
  while (a < aEnd || b < bEnd) {
    a = componentStart(a, aEnd);
    b = componentStart(b, bEnd);
    const aStop = componentEnd(a, aEnd);
    const bStop = componentEnd(b, bEnd);
    if (componentLess(a, aStop, b, bStop)) return -1;
    if (componentLess(b, bStop, a, aStop)) return 1;
    a = aStop;
    b = bStop;
  }
  return 0;
}
export function builtin_compareVersions(a: usize): usize {
  const x = arg(a, 0);
  const y = arg(a, 1);
  return mkInt(versionsCompare(strBytes(x), strLen(x), strBytes(y), strLen(y)));
}

function isLetter(c: u32): bool {
  return (c | 0x20) - 0x61 < 26;
}
/** The name ends before the first dash that something other than a letter follows. */
export function builtin_parseDrvName(a: usize): usize {
  const s = arg(a, 0);
  const p = strBytes(s);
  const n = strLen(s);
  let dash: u32 = 0;
  while (dash < n && !(load<u8>(p + dash) == 0x2d && dash + 1 < n && !isLetter(load<u8>(p + dash + 1)))) dash++;
  const set = allocAttrs(namedShape(Name.Name, Name.Version, Name.Name));
  const shape = attrsShape(set);
  const version = dash < n ? mkString(p + dash + 1, n - dash - 1, 0) : EMPTY_STRING;
  attrsSetValue(set, shapeFind(shape, nameSymbol(Name.Name)), dash < n ? mkString(p, dash, 0) : s);
  attrsSetValue(set, shapeFind(shape, nameSymbol(Name.Version)), version);
  return set;
}

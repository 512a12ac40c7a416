/**
 * Context elements taken apart (value/context.ts has their encoding). What an element says is kept by symbol, since the
 * same elements are met in many derivations.
 *
 *   | drv path symbol | output symbol | inner element, or 0 |      of `!output!/nix/store/….drv`, `!output!inner!….drv`
 */
import { permAlloc } from '../heap/pages';
import { bufByte, bufBytes, bufData, bufLen, bufReset } from '../heap/text';
import { symbolBytes, symbolIntern, symbolLen } from '../value/symbols';
import { tableGet, tableSet } from './table';

export const enum Element {
  Path,
  Deep,
  Output,
}

const PARTS: usize = memory.data(12, 4);
const BUF: usize = memory.data(12, 4);
const BANG: u32 = 0x21;
const EQUALS: u32 = 0x3d;

// @ts-ignore: decorator
@inline
export function elementKind(e: u32): Element {
  const first = <u32>load<u8>(symbolBytes(e));
  return first == BANG ? Element.Output : first == EQUALS ? Element.Deep : Element.Path;
}

function parts(e: u32): usize {
  const known = tableGet(PARTS, e);
  if (known) return <usize>known;
  const p = symbolBytes(e);
  const n = symbolLen(e);
  let i: u32 = 1;
  while (i < n && load<u8>(p + i) != BANG) i++;
  const output = symbolIntern(p + 1, i - 1);
  const rest = symbolBytes(e) + i + 1;
  const restLen = n - i - 1;
  let inner: u32 = 0;
  let drv: u32 = 0;
  if (restLen && load<u8>(rest) == 0x2f) drv = symbolIntern(rest, restLen);
  else {
    bufReset(BUF);
    bufByte(BUF, BANG);
    bufBytes(BUF, rest, restLen);
    inner = symbolIntern(bufData(BUF), bufLen(BUF));
    drv = elementDrv(inner);
  }
  const record = permAlloc(12);
  store<u32>(record, drv);
  store<u32>(record, output, 4);
  store<u32>(record, inner, 8);
  tableSet(PARTS, e, <u32>record);
  return record;
}

/** The store derivation that an output is made from (of an output of an output: the one that exists). */
export function elementDrv(e: u32): u32 {
  return load<u32>(parts(e));
}
/** The name of the output. */
export function elementOutput(e: u32): u32 {
  return load<u32>(parts(e), 4);
}
/** Where the derivation is itself an output: the element of that; else 0. */
export function elementInner(e: u32): u32 {
  return load<u32>(parts(e), 8);
}

/** The path of `=….drv`. */
export function deepPath(e: u32): u32 {
  return symbolIntern(symbolBytes(e) + 1, symbolLen(e) - 1);
}
/** `=path` */
export function deepElement(path: u32): u32 {
  bufReset(BUF);
  bufByte(BUF, EQUALS);
  bufBytes(BUF, symbolBytes(path), symbolLen(path));
  return symbolIntern(bufData(BUF), bufLen(BUF));
}
/** `!output!path` */
export function outputElement(output: u32, path: u32): u32 {
  bufReset(BUF);
  bufByte(BUF, BANG);
  bufBytes(BUF, symbolBytes(output), symbolLen(output));
  bufByte(BUF, BANG);
  bufBytes(BUF, symbolBytes(path), symbolLen(path));
  return symbolIntern(bufData(BUF), bufLen(BUF));
}
/** `!output!inner`, for an inner element of either kind. */
export function outputOfElement(output: u32, inner: u32): u32 {
  if (elementKind(inner) == Element.Path) return outputElement(output, inner);
  bufReset(BUF);
  bufByte(BUF, BANG);
  bufBytes(BUF, symbolBytes(output), symbolLen(output));
  bufBytes(BUF, symbolBytes(inner), symbolLen(inner));
  return symbolIntern(bufData(BUF), bufLen(BUF));
}

/** What instructions refer to, as text for the host. The host reads the code itself: it lies still. */
import { bufByte, bufBytes, bufReset, bufStr } from '../heap/text';
import { printPlain } from '../print/plain';
import { shapeNameOrder, shapeSymbol } from '../value/shapes';
import { symbolBytes, symbolLen } from '../value/symbols';
import { TEXT } from './text';

const DEPTH: u32 = 8;

/** A constant, as it is printed. */
export function constantText(v: usize): void {
  bufReset(TEXT);
  if (!printPlain(TEXT, v, DEPTH)) bufStr(TEXT, '...');
}
/** The first names of a shape of `n`. */
export function shapeText(shape: usize, n: u32): void {
  bufReset(TEXT);
  const order = shapeNameOrder(shape);
  for (let i: u32 = 0; i < n; i++) {
    if (i) bufByte(TEXT, 0x20);
    const symbol = shapeSymbol(shape, load<u32>(order + ((<usize>i) << 2)));
    bufBytes(TEXT, symbolBytes(symbol), symbolLen(symbol));
  }
}

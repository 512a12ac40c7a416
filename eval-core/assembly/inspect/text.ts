/** The text that an operation leaves for the host, and JSON in it. */
import { bufByte, bufI64, bufStr } from '../heap/text';
import { bufJsonString } from '../print/json';
import { strBytes, strLen } from '../value/layout';
import { symbolBytes, symbolLen } from '../value/symbols';

export const TEXT: usize = memory.data(12); // Buf: what the last operation left

/** `,"name":number` */
export function textField(name: string, n: u32): void {
  bufStr(TEXT, ',"');
  bufStr(TEXT, name);
  bufStr(TEXT, '":');
  bufI64(TEXT, <i64>n);
}
/** A string of the heap as a JSON string. */
export function textString(s: usize): void {
  bufJsonString(TEXT, strBytes(s), strLen(s));
}
/** A symbol as a JSON string; 0 as the empty one. */
export function textSymbol(symbol: u32): void {
  if (symbol) bufJsonString(TEXT, symbolBytes(symbol), symbolLen(symbol));
  else bufStr(TEXT, '""');
}
/** A comma, but not before the first of several. */
export function textNext(i: u32): void {
  if (i) bufByte(TEXT, 0x2c);
}

/** XML elements as Nix writes them: one a line, two spaces a level, attributes in the order of their names. */
import { bufByte, bufI64, bufStr } from '../heap/text';
import { Origin, posColumn, posFile, posKind, posLine } from '../diag/positions';
import { strBytes, strLen } from '../value/layout';
import { symbolBytes, symbolLen } from '../value/symbols';

export function bufXmlHeader(b: usize): void {
  bufStr(b, "<?xml version='1.0' encoding='utf-8'?>\n");
}
/** `<name`, after as many levels of space. */
export function bufXmlBegin(b: usize, level: u32, name: string): void {
  for (let i: u32 = 0; i < level; i++) bufStr(b, '  ');
  bufByte(b, 0x3c);
  bufStr(b, name);
}
export function bufXmlOpenEnd(b: usize): void {
  bufStr(b, '>\n');
}
export function bufXmlEmptyEnd(b: usize): void {
  bufStr(b, ' />\n');
}
export function bufXmlOpen(b: usize, level: u32, name: string): void {
  bufXmlBegin(b, level, name);
  bufXmlOpenEnd(b);
}
export function bufXmlEmpty(b: usize, level: u32, name: string): void {
  bufXmlBegin(b, level, name);
  bufXmlEmptyEnd(b);
}
export function bufXmlClose(b: usize, level: u32, name: string): void {
  for (let i: u32 = 0; i < level; i++) bufStr(b, '  ');
  bufStr(b, '</');
  bufStr(b, name);
  bufXmlOpenEnd(b);
}

/** ` name="`; the value and a quote follow. */
export function bufXmlAttr(b: usize, name: string): void {
  bufByte(b, 0x20);
  bufStr(b, name);
  bufStr(b, '="');
}
export function bufXmlQuote(b: usize): void {
  bufByte(b, 0x22);
}
export function bufXmlBytes(b: usize, ptr: usize, len: u32): void {
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    switch (c) {
      case 0x22:
        bufStr(b, '&quot;');
        break;
      case 0x3c:
        bufStr(b, '&lt;');
        break;
      case 0x3e:
        bufStr(b, '&gt;');
        break;
      case 0x26:
        bufStr(b, '&amp;');
        break;
      case 0x0a:
        bufStr(b, '&#xA;');
        break;
      default:
        bufByte(b, c);
    }
  }
}
/** An attribute with the bytes of a string or path object. */
export function bufXmlString(b: usize, name: string, s: usize): void {
  bufXmlAttr(b, name);
  bufXmlBytes(b, strBytes(s), strLen(s));
  bufXmlQuote(b);
}
/** An attribute with the name of a symbol. */
export function bufXmlSymbol(b: usize, name: string, sym: u32): void {
  bufXmlAttr(b, name);
  bufXmlBytes(b, symbolBytes(sym), symbolLen(sym));
  bufXmlQuote(b);
}
/** The attributes `column` and `line` of a position; `path` comes after `name`, see `bufXmlPath`. */
export function bufXmlPlace(b: usize, pos: u32): void {
  bufXmlAttr(b, 'column');
  bufI64(b, <i64>posColumn(pos));
  bufXmlQuote(b);
  bufXmlAttr(b, 'line');
  bufI64(b, <i64>posLine(pos));
  bufXmlQuote(b);
}
/** The attribute `path` of a position that is in a file. */
export function bufXmlPath(b: usize, pos: u32): void {
  const file = posFile(pos);
  if (file) bufXmlString(b, 'path', file);
  else if (posKind(pos) == Origin.Internal) bufStr(b, ' path="/derivation-internal.nix"');
}

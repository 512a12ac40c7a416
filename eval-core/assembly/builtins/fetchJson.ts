/** JSON between the fetchers' builtins and the host: objects of scalars. */
import { bufByte, bufBytes, bufData, bufI64, bufLen, bufReset, bufStr } from '../heap/text';
import { bufJsonString } from '../print/json';
import { Req, answerData, answerLen, requestBegin, requestBytes } from '../requests';
import { contextOf } from '../value/context';
import { KIND_ATTRS, KIND_BOOL, KIND_STRING } from '../value/kinds';
import { TRUE, intValue, kindOf, mkString, strBytes, strLen } from '../value/layout';
import { attrsSetValue, attrsShape, attrsValue, shapeFind } from '../value/shapes';
import { symbolBytes, symbolIntern, symbolLen } from '../value/symbols';
import { awaitHost } from '../vm/native';
import { Word, wordSymbol } from '../derivation/words';
import { builtin_fromJSON } from './json-parse';

const JSON: usize = memory.data(12, 4);
const FETCHER: usize = memory.data(12, 4);
const ARG: usize = memory.data(8, 4);

/** Begins an object. */
export function jsonBegin(): void {
  bufReset(JSON);
  bufByte(JSON, 0x7b);
}
function key(): void {
  if (bufLen(JSON) > 1) bufByte(JSON, 0x2c);
}
/** Adds a member by a literal name, whose value is added next. */
export function jsonKey(name: string): void {
  key();
  bufByte(JSON, 0x22);
  bufStr(JSON, name);
  bufStr(JSON, '":');
}
export function jsonKeySymbol(name: u32): void {
  key();
  bufJsonString(JSON, symbolBytes(name), symbolLen(name));
  bufByte(JSON, 0x3a);
}
export function jsonText(ptr: usize, len: u32): void {
  bufJsonString(JSON, ptr, len);
}
export function jsonRaw(text: string): void {
  bufStr(JSON, text);
}
/** Adds a string, a Boolean or an integer. */
export function jsonScalar(v: usize): void {
  switch (kindOf(v)) {
    case KIND_STRING:
      bufJsonString(JSON, strBytes(v), strLen(v));
      break;
    case KIND_BOOL:
      bufStr(JSON, v == TRUE ? 'true' : 'false');
      break;
    default:
      bufI64(JSON, intValue(v));
  }
}

/** Sends the object to a fetcher of the host, then enters `next`. */
export function askFetch(f: usize, fetcher: string, next: i32): i32 {
  return askJson(f, Req.Fetch, fetcher, next);
}
export function askJson(f: usize, kind: Req, what: string, next: i32): i32 {
  bufByte(JSON, 0x7d);
  bufReset(FETCHER);
  bufStr(FETCHER, what);
  requestBegin(kind);
  requestBytes(bufData(FETCHER), bufLen(FETCHER));
  requestBytes(bufData(JSON), bufLen(JSON));
  return awaitHost(f, next);
}

/** The answer as a value; 0 after an error. */
export function answerJson(): usize {
  const text = mkString(answerData(), answerLen(), 0);
  store<u32>(ARG, <u32>text);
  return builtin_fromJSON(ARG);
}
/** Gives `outPath` of a set its store path as context. The set is changed. */
export function withStoreContext(set: usize): void {
  if (kindOf(set) != KIND_ATTRS) return;
  const i = shapeFind(attrsShape(set), wordSymbol(Word.OutPath));
  if (i < 0) return;
  const s = attrsValue(set, i);
  if (kindOf(s) != KIND_STRING) return;
  const path = symbolIntern(strBytes(s), strLen(s));
  attrsSetValue(set, i, mkString(strBytes(s), strLen(s), contextOf(path)));
}

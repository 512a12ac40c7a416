/**
 * `fromJSON`: strict JSON to values, with a stack of its own. Of equal keys the last wins. Integers that do not fit become
 * floats, except those between 2^63 and 2^64, which are errors.
 *
 *   place on the stack: | object (1) or array (0) | mark of the set's builder, or first element | key |
 */
import { Err, MSG, addTraceLit, msgBegin, msgClose, msgInt, msgLit, msgOpen, raise } from '../diag/errors';
import { bufByte, bufBytes, bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { FALSE, NULL, TRUE, allocList, listSet, mkFloat, mkInt, mkString, strBytes, strLen } from '../value/layout';
import { DUP_LAST, attrsAbandon, attrsAdd, attrsBegin, attrsFinish } from '../value/shapes';
import { symbolIntern } from '../value/symbols';
import { arg } from './args';
import {
  Token,
  bufTokenError,
  bufTokenName,
  jsonColumn,
  jsonFloat,
  jsonInteger,
  jsonIsEmpty,
  jsonLastLength,
  jsonLastText,
  jsonLine,
  jsonOpen,
  jsonOverflowed,
  jsonString,
  jsonToken,
} from './json-lexer';

const PLACES: usize = memory.data(12, 4); // Buf
const ELEMENTS: usize = memory.data(12, 4); // Buf: elements of the arrays that are open
const PLACE: u32 = 12;

export function builtin_fromJSON(a: usize): usize {
  const text = arg(a, 0);
  const mark = attrsBegin();
  const v = parse(strBytes(text), strLen(text));
  if (!v) attrsAbandon(mark);
  bufReset(PLACES);
  bufReset(ELEMENTS);
  return v;
}

/** The value of a whole document, or 0 after an error. */
function parse(ptr: usize, len: u32): usize {
  jsonOpen(ptr, len);
  bufReset(PLACES);
  bufReset(ELEMENTS);
  let token = jsonToken();
  for (;;) {
    let v = scalar(token);
    if (!v) {
      if (token == Token.BeginArray) {
        push(0, bufLen(ELEMENTS));
        token = jsonToken();
        if (token != Token.EndArray) continue;
        v = pop();
      } else if (token == Token.BeginObject) {
        push(1, attrsBegin());
        token = jsonToken();
        if (token != Token.EndObject) {
          if (!key(token)) return 0;
          token = jsonToken();
          continue;
        }
        v = pop();
      } else return failValue(token);
    }
    // the value is whole: so may be those around it
    for (;;) {
      if (!bufLen(PLACES)) {
        token = jsonToken();
        return token == Token.End ? v : failSyntax(token, Token.End, 'value');
      }
      const place = bufData(PLACES) + bufLen(PLACES) - PLACE;
      const isObject = load<u32>(place) != 0;
      if (isObject) attrsAdd(load<u32>(place, 8), v, 0);
      else {
        store<u32>(bufReserve(ELEMENTS, 4), <u32>v);
        bufSetLen(ELEMENTS, bufLen(ELEMENTS) + 4);
      }
      token = jsonToken();
      if (token == Token.Comma) {
        token = jsonToken();
        if (isObject) {
          if (!key(token)) return 0;
          token = jsonToken();
        }
        break;
      }
      if (token != (isObject ? Token.EndObject : Token.EndArray)) {
        return failSyntax(token, isObject ? Token.EndObject : Token.EndArray, isObject ? 'object' : 'array');
      }
      v = pop();
    }
  }
  return 0;
}

function push(isObject: u32, start: u32): void {
  const p = bufReserve(PLACES, PLACE);
  store<u32>(p, isObject);
  store<u32>(p, start, 4);
  store<u32>(p, 0, 8);
  bufSetLen(PLACES, bufLen(PLACES) + PLACE);
}
/** The object or array that ends. */
function pop(): usize {
  const top = bufLen(PLACES) - PLACE;
  const place = bufData(PLACES) + top;
  const start = load<u32>(place, 4);
  bufSetLen(PLACES, top);
  if (load<u32>(place)) return attrsFinish(start, DUP_LAST);
  const n = (bufLen(ELEMENTS) - start) >>> 2;
  const list = allocList(n);
  for (let i: u32 = 0; i < n; i++) listSet(list, i, <usize>load<u32>(bufData(ELEMENTS) + start + ((<usize>i) << 2)));
  bufSetLen(ELEMENTS, start);
  return list;
}

/** A key, which this token must be, and its colon. */
function key(token: Token): bool {
  if (token != Token.String) return failSyntax(token, Token.String, 'object key') != 0;
  if (!withoutNull()) return false;
  const place = bufData(PLACES) + bufLen(PLACES) - PLACE;
  store<u32>(place, symbolIntern(bufData(jsonString()), bufLen(jsonString())), 8);
  const next = jsonToken();
  return next == Token.Colon || failSyntax(next, Token.Colon, 'object separator') != 0;
}

/** The value of a token that is one by itself, else 0. */
function scalar(token: Token): usize {
  switch (token) {
    case Token.Null:
      return NULL;
    case Token.True:
      return TRUE;
    case Token.False:
      return FALSE;
    case Token.Integer:
      return mkInt(jsonInteger());
    case Token.Float:
      return jsonOverflowed() ? 0 : mkFloat(jsonFloat());
    case Token.String:
      return hasNull() ? 0 : mkString(bufData(jsonString()), bufLen(jsonString()), 0);
  }
  return 0;
}
function hasNull(): bool {
  const ptr = bufData(jsonString());
  const n = bufLen(jsonString());
  for (let i: u32 = 0; i < n; i++) if (!load<u8>(ptr + i)) return true;
  return false;
}

// ---- errors

/** A token that cannot be a value. Returns 0. */
function failValue(token: Token): usize {
  if (token == Token.String) return withoutNull() ? 0 : 0;
  if (token == Token.Unsigned) {
    msgBegin();
    msgLit('unsigned json number ');
    msgOpen();
    bufBytes(MSG, jsonLastText(), jsonLastLength());
    msgClose();
    msgLit(' outside of Nix integer range');
    return raise(Err.Plain);
  }
  if (token == Token.Float) {
    msgBegin();
    msgOpen();
    msgLit("[json.exception.out_of_range.406] number overflow parsing '");
    bufBytes(MSG, jsonLastText(), jsonLastLength());
    msgLit("'");
    return failDecoding();
  }
  if (token == Token.Error) return failSyntax(token, Token.Uninitialized, 'value');
  if (token == Token.End && jsonIsEmpty()) {
    beginParseError();
    msgLit('attempting to parse an empty input; check that your input string or stream contains the expected JSON');
    return failDecoding();
  }
  return failSyntax(token, Token.Value, 'value');
}
function failDecoding(): usize {
  msgClose();
  raise(Err.Format);
  addTraceLit(0, 'while decoding a JSON string');
  return 0;
}
function beginParseError(): void {
  msgBegin();
  msgOpen();
  msgLit('[json.exception.parse_error.101] parse error at line ');
  msgInt(jsonLine());
  msgLit(', column ');
  msgInt(jsonColumn());
  msgLit(': ');
}
/** `syntax error while parsing WHAT - …; expected …`. Returns 0. */
function failSyntax(token: Token, expected: Token, what: string): usize {
  beginParseError();
  msgLit('syntax error while parsing ');
  msgLit(what);
  msgLit(' - ');
  if (token == Token.Error) bufTokenError(MSG);
  else {
    msgLit('unexpected ');
    bufTokenName(MSG, token);
  }
  if (expected != Token.Uninitialized) {
    msgLit('; expected ');
    bufTokenName(MSG, expected);
  }
  return failDecoding();
}
/** Whether the last string can be a Nix string; raises an error if not. */
function withoutNull(): bool {
  if (!hasNull()) return true;
  failNull(bufData(jsonString()), bufLen(jsonString()));
  return false;
}
/** Raises the error about a string with null bytes, which are shown as U+2400. */
export function failNull(ptr: usize, n: u32): void {
  msgBegin();
  msgLit("input string '");
  msgOpen();
  bufVisible(MSG, ptr, n);
  msgClose();
  msgLit("' cannot be represented as Nix string because it contains null bytes");
  raise(Err.Plain);
}
/** Appends bytes with U+2400 in place of null. */
export function bufVisible(b: usize, ptr: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c) bufByte(b, c);
    else {
      bufByte(b, 0xe2);
      bufByte(b, 0x90);
      bufByte(b, 0x80);
    }
  }
}

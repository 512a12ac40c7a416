/**
 * Coercion to a string where nothing must be waited for: what nearly all attributes of derivations are. It returns 0 for
 * everything else, which the machine's own coercion (vm/coerce.ts) then does, or finds wrong.
 */
import { bufByte, bufBytes, bufData, bufI64, bufLen, bufReset } from '../heap/text';
import { contextUnion } from '../value/context';
import { KIND_ATTRS, KIND_BOOL, KIND_INT, KIND_LIST, KIND_NULL, KIND_STRING } from '../value/kinds';
import {
  EMPTY_LIST,
  EMPTY_STRING,
  TRUE,
  deref,
  intValue,
  kindOf,
  listGet,
  listLen,
  mkLiteral,
  mkString,
  strBytes,
  strContext,
  strLen,
} from '../value/layout';
import { attrsGet } from '../value/shapes';
import { Word, wordSymbol } from '../derivation/words';

const BUF: usize = memory.data(12, 4);

/** A string, or the string that a set's `outPath` is. */
function quickText(v: usize): usize {
  const kind = kindOf(v);
  if (kind == KIND_STRING) return v;
  if (kind != KIND_ATTRS || attrsGet(v, wordSymbol(Word.ToString))) return 0;
  const raw = attrsGet(v, wordSymbol(Word.OutPath));
  if (!raw) return 0;
  const out = deref(raw);
  return kindOf(out) == KIND_STRING ? out : 0;
}

function quickInt(n: i64): usize {
  bufReset(BUF);
  bufI64(BUF, n);
  return mkString(bufData(BUF), bufLen(BUF), 0);
}

/** The string that `v` (maybe suspended) is coerced to, as `toString` does but for paths, or 0 if it takes more. */
export function coerceQuick(v: usize): usize {
  const d = deref(v);
  switch (kindOf(d)) {
    case KIND_NULL:
      return EMPTY_STRING;
    case KIND_BOOL:
      return d == TRUE ? mkLiteral('1') : EMPTY_STRING;
    case KIND_INT:
      return quickInt(intValue(d));
    case KIND_LIST:
      return d == EMPTY_LIST ? EMPTY_STRING : quickList(d);
  }
  return quickText(d);
}

function quickList(l: usize): usize {
  const n = listLen(l);
  let context: usize = 0;
  for (let i: u32 = 0; i < n; i++) if (!quickText(deref(listGet(l, i)))) return 0;
  bufReset(BUF);
  for (let i: u32 = 0; i < n; i++) {
    const s = quickText(deref(listGet(l, i)));
    if (i) bufByte(BUF, 0x20);
    bufBytes(BUF, strBytes(s), strLen(s));
    context = contextUnion(context, strContext(s));
  }
  return mkString(bufData(BUF), bufLen(BUF), context);
}

/** Strings. Lengths and positions count bytes. */
import { expectInt } from '../diag/check';
import { Err, fail } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { formatInt } from '../value/numbers';
import { KIND_BOOL, KIND_INT, KIND_NULL, KIND_PATH, KIND_STRING } from '../value/kinds';
import {
  EMPTY_STRING,
  NULL,
  TRUE,
  allocString,
  intValue,
  kindOf,
  listGet,
  listLen,
  mkInt,
  mkPath,
  mkString,
  strBytes,
  strContext,
  strLen,
} from '../value/layout';
import { contextUnion } from '../value/context';
import { COERCE_COPY, COERCE_MORE } from '../compile/coercion';
import { Act, acc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { coerce, plainText } from './coercion';
import { forced, keptString, later, later3 } from './support';
import { vectorNew } from './vectors';

// ---- substring, stringLength

const SUBSTRING_LENGTH: string = 'while evaluating the second argument (the substring length) passed to builtins.substring';
const SUBSTRING_TEXT: string = 'while evaluating the third argument (the string) passed to builtins.substring';
const LENGTH_TEXT: string = 'while evaluating the argument passed to builtins.stringLength';

/** A negative length means the rest. The context is kept whole, even by an empty result. */
function substringOf(s: usize, start: i64, length: i64): usize {
  const size = <i64>strLen(s);
  if (start >= size || !length) return mkString(0, 0, strContext(s));
  const rest = size - start;
  const n = length < 0 || length > rest ? rest : length;
  return n == size ? s : mkString(strBytes(s) + <usize>start, <u32>n, strContext(s));
}

export function builtin_substring(a: usize): usize {
  const start = intValue(arg(a, 0));
  if (start < 0) return fail(Err.Eval, "negative start position in 'substring'");
  const length = forced(arg(a, 1));
  const s = forced(arg(a, 2));
  if (!length || !s || kindOf(length) != KIND_INT || kindOf(s) != KIND_STRING)
    return later3(Proc.substringForcing, arg(a, 0), arg(a, 1), arg(a, 2));
  return substringOf(s, start, intValue(length));
}
/** Slots: start, length and string in a list, the length. */
export function proc_substringForcing(f: usize): i32 {
  const start = intValue(slot(f, 0));
  switch (stateOf(f)) {
    case 0:
      traceOn(f, 0, SUBSTRING_LENGTH);
      return force(f, listGet(slot(f, 1), 0), 1);
    case 1:
      if (!expectInt(acc(), '')) return Act.Fail;
      traceOff(f);
      setSlot(f, 2, acc());
      return textForSubstring(f, intValue(acc()) == 0);
    case 2:
      return kindOf(acc()) == KIND_STRING ? done(substringOf(acc(), start, 0)) : coerce(f, acc(), COERCE_COPY, SUBSTRING_TEXT, 3);
  }
  return done(substringOf(acc(), start, intValue(slot(f, 2))));
}

/** For an empty part the text is only forced, if it is a string. */
function textForSubstring(f: usize, empty: bool): i32 {
  const text = listGet(slot(f, 1), 1);
  return empty ? force(f, text, 2) : coerce(f, text, COERCE_COPY, SUBSTRING_TEXT, 3);
}

export function builtin_stringLength(a: usize): usize {
  const s = forced(arg(a, 0));
  return s && kindOf(s) == KIND_STRING ? mkInt(strLen(s)) : later(Proc.stringLengthCoerced, arg(a, 0), NULL);
}
/** Slots: value. */
export function proc_stringLengthCoerced(f: usize): i32 {
  return stateOf(f) ? done(mkInt(strLen(acc()))) : coerce(f, slot(f, 0), COERCE_COPY, LENGTH_TEXT, 1);
}

// ---- toString

const ONE: usize = memory.data(4, 4);
const TO_STRING: string = 'while evaluating the first argument passed to builtins.toString';

export function builtin_toString(a: usize): usize {
  const v = forced(arg(a, 0));
  if (!v) return later(Proc.toStringCoerced, arg(a, 0), NULL);
  switch (kindOf(v)) {
    case KIND_STRING:
      return v;
    case KIND_PATH:
      return plainText(v);
    case KIND_INT: {
      const digits = memory.data(24);
      return mkString(digits, formatInt(intValue(v), digits), 0);
    }
    case KIND_BOOL:
      return v == TRUE ? keptString(ONE, '1') : EMPTY_STRING;
    case KIND_NULL:
      return EMPTY_STRING;
  }
  return later(Proc.toStringCoerced, v, NULL);
}
/** Slots: value. */
export function proc_toStringCoerced(f: usize): i32 {
  return stateOf(f) ? done(acc()) : coerce(f, slot(f, 0), COERCE_MORE, TO_STRING, 1);
}

// ---- concatStringsSep

const CONCAT_ELEMENT: string = 'while evaluating one element of the list of strings to concat passed to builtins.concatStringsSep';

/** Joins `n` references at `cells`, all forced strings. The separator's context counts even where it is not used. */
function joined(separator: usize, cells: usize, n: u32): usize {
  const gap = strLen(separator);
  let context = strContext(separator);
  let total: u64 = n ? <u64>gap * <u64>(n - 1) : 0;
  for (let i: u32 = 0; i < n; i++) {
    const s = forced(<usize>load<u32>(cells + ((<usize>i) << 2)));
    total += strLen(s);
    context = contextUnion(context, strContext(s));
  }
  if (total > 0x3fffffff) return fail(Err.Memory, 'out of memory');
  if (!total) return mkString(0, 0, context);
  const out = allocString(<u32>total, context);
  let to = strBytes(out);
  const sep = strBytes(separator);
  for (let i: u32 = 0; i < n; i++) {
    if (i && gap) {
      if (gap == 1) store<u8>(to, load<u8>(sep));
      else memory.copy(to, sep, gap);
      to += gap;
    }
    const s = forced(<usize>load<u32>(cells + ((<usize>i) << 2)));
    memory.copy(to, strBytes(s), strLen(s));
    to += strLen(s);
  }
  return out;
}

export function builtin_concatStringsSep(a: usize): usize {
  const list = arg(a, 1);
  const n = listLen(list);
  for (let i: u32 = 0; i < n; i++) {
    const s = forced(listGet(list, i));
    if (!s || kindOf(s) != KIND_STRING) return later(Proc.concatStringsSepCoerced, arg(a, 0), list);
  }
  return joined(arg(a, 0), list + 4, n);
}
/** Slots: separator, list, index, vector of strings. */
export function proc_concatStringsSepCoerced(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  let i = <u32>slotInt(f, 2);
  if (stateOf(f)) {
    store<u32>(slot(f, 3) + ((<usize>i) << 2), <u32>acc(), 4);
    i++;
  } else setSlot(f, 3, vectorNew(n));
  for (; i < n; i++) {
    const s = forced(listGet(list, i));
    if (!s || kindOf(s) != KIND_STRING) {
      setSlotInt(f, 2, i);
      return coerce(f, listGet(list, i), COERCE_COPY, CONCAT_ELEMENT, 1);
    }
    store<u32>(slot(f, 3) + ((<usize>i) << 2), <u32>s, 4);
  }
  return done(joined(slot(f, 0), slot(f, 3) + 4, n));
}

// ---- baseNameOf, dirOf

const BASE_NAME: string = 'while evaluating the first argument passed to builtins.baseNameOf';
const DIR: string = "while evaluating the first argument passed to 'builtins.dirOf'";

/** What follows the last slash, where a single one at the end does not count. */
function baseName(s: usize): usize {
  let end = strLen(s);
  const p = strBytes(s);
  if (end > 1 && load<u8>(p + end - 1) == 0x2f) end--;
  let start = end;
  while (start && load<u8>(p + start - 1) != 0x2f) start--;
  return mkString(p + start, end - start, strContext(s));
}
export function builtin_baseNameOf(a: usize): usize {
  const v = forced(arg(a, 0));
  const s = v ? plainText(v) : 0;
  return s ? baseName(s) : later(Proc.baseNameOfCoerced, arg(a, 0), NULL);
}
/** Slots: value. */
export function proc_baseNameOfCoerced(f: usize): i32 {
  return stateOf(f) ? done(baseName(acc())) : coerce(f, slot(f, 0), 0, BASE_NAME, 1);
}

/** Offset of the last slash, or -1. */
function lastSlash(s: usize): i32 {
  let i = <i32>strLen(s) - 1;
  while (i >= 0 && load<u8>(strBytes(s) + i) != 0x2f) i--;
  return i;
}
const DOT: usize = memory.data<u8>([0x2e]);
const SLASH: usize = memory.data<u8>([0x2f]);

function dirName(s: usize): usize {
  const i = lastSlash(s);
  if (i < 0) return mkString(DOT, 1, strContext(s));
  return i ? mkString(strBytes(s), <u32>i, strContext(s)) : mkString(SLASH, 1, strContext(s));
}
export function builtin_dirOf(a: usize): usize {
  const v = arg(a, 0);
  if (kindOf(v) == KIND_PATH) {
    const i = lastSlash(v);
    return mkPath(strBytes(v), i > 0 ? <u32>i : 1, strContext(v));
  }
  return kindOf(v) == KIND_STRING ? dirName(v) : later(Proc.dirOfCoerced, v, NULL);
}
/** Slots: value. */
export function proc_dirOfCoerced(f: usize): i32 {
  return stateOf(f) ? done(dirName(acc())) : coerce(f, slot(f, 0), 0, DIR, 1);
}

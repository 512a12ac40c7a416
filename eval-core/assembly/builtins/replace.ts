/** `replaceStrings`. */
import { expectString } from '../diag/check';
import { Err, fail } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { BUF_BYTES, bufByte, bufBytes, bufData, bufLen, bufReset } from '../heap/text';
import { contextUnion } from '../value/context';
import { KIND_STRING } from '../value/kinds';
import { kindOf, listGet, listLen, mkString, strBytes, strContext, strLen } from '../value/layout';
import { Act, acc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { forced, later3 } from './support';

const FROM: string = 'while evaluating one of the strings to replace passed to builtins.replaceStrings';
const TO: string = 'while evaluating one of the replacement strings passed to builtins.replaceStrings';
const TEXT: string = 'while evaluating the third argument passed to builtins.replaceStrings';

const OUT: usize = memory.data(BUF_BYTES, 4);
/** By first byte: whether some pattern begins so. */
const FIRST: usize = memory.data(256, 8);
/** Index of the replacement that must be forced, or checked, before the work can be done. */
const WANTED: usize = memory.data(4, 4);

/** Index of the first pattern that stands at offset `p` of `s`, or -1. The patterns are forced strings. */
function patternAt(from: usize, n: u32, s: usize, p: u32): i32 {
  const left = strLen(s) - p;
  const at = strBytes(s) + p;
  for (let i: u32 = 0; i < n; i++) {
    const pattern = forced(listGet(from, i));
    const len = strLen(pattern);
    if (len > left) continue;
    if (!len) return <i32>i;
    if (load<u8>(at) == load<u8>(strBytes(pattern)) && !memory.compare(at, strBytes(pattern), len)) return <i32>i;
  }
  return -1;
}

/** Notes the first bytes of the patterns; returns whether one of them is empty. */
function noteFirstBytes(from: usize, n: u32): bool {
  let empty = false;
  memory.fill(FIRST, 0, 256);
  for (let i: u32 = 0; i < n; i++) {
    const pattern = forced(listGet(from, i));
    if (strLen(pattern)) store<u8>(FIRST + load<u8>(strBytes(pattern)), 1);
    else empty = true;
  }
  return empty;
}

/**
 * Replaces from left to right, the first pattern that fits; an empty one fits everywhere, also at the end. Patterns and text are
 * forced strings. Returns 0 where a replacement that is used is not a forced string: its index is left in WANTED.
 */
function replaced(from: usize, to: usize, s: usize): usize {
  const n = listLen(from);
  const empty = noteFirstBytes(from, n);
  const size = strLen(s);
  const text = strBytes(s);
  let context = strContext(s);
  let copied: u32 = 0; // what stands before is in OUT
  let changed = false;
  bufReset(OUT);
  for (let p: u32 = 0; p <= size;) {
    if (!empty) while (p < size && !load<u8>(FIRST + load<u8>(text + p))) p++;
    if (p == size && !empty) break;
    const i = patternAt(from, n, s, p);
    if (i < 0) {
      p++;
      continue;
    }
    const by = forced(listGet(to, i));
    if (!by || kindOf(by) != KIND_STRING) {
      store<i32>(WANTED, i);
      return 0;
    }
    changed = true;
    bufBytes(OUT, text + copied, p - copied);
    bufBytes(OUT, strBytes(by), strLen(by));
    context = contextUnion(context, strContext(by));
    const len = strLen(forced(listGet(from, i)));
    copied = p + len;
    if (len) p += len;
    else {
      if (p < size) {
        bufByte(OUT, load<u8>(text + p));
        copied = p + 1;
      }
      p++;
    }
  }
  if (!changed) return s;
  if (copied < size) bufBytes(OUT, text + copied, size - copied);
  return mkString(bufData(OUT), bufLen(OUT), context);
}

function allStrings(list: usize): bool {
  const n = listLen(list);
  for (let i: u32 = 0; i < n; i++) {
    const v = forced(listGet(list, i));
    if (!v || kindOf(v) != KIND_STRING) return false;
  }
  return true;
}

export function builtin_replaceStrings(a: usize): usize {
  const from = arg(a, 0);
  const to = arg(a, 1);
  if (listLen(from) != listLen(to))
    return fail(Err.Eval, "'from' and 'to' arguments passed to builtins.replaceStrings have different lengths");
  const s = forced(arg(a, 2));
  if (s && kindOf(s) == KIND_STRING && allStrings(from)) {
    const out = replaced(from, to, s);
    if (out) return out;
  }
  return later3(Proc.replaceStringsForcing, from, to, arg(a, 2));
}

/** Slots: patterns; replacements and text in a list; index of the pattern that is forced; the text. */
export function proc_replaceStringsForcing(f: usize): i32 {
  const from = slot(f, 0);
  switch (stateOf(f)) {
    case 0:
      return forcePatterns(f, from, 0);
    case 1:
      if (!expectString(acc(), '')) return Act.Fail;
      return forcePatterns(f, from, <u32>slotInt(f, 2) + 1);
    case 2:
      if (!expectString(acc(), '')) return Act.Fail;
      setSlot(f, 3, acc());
      break;
    case 3:
      if (!expectString(acc(), '')) return Act.Fail;
  }
  // each replacement is forced when it is first needed; the work so far is done again
  traceOff(f);
  const to = listGet(slot(f, 1), 0);
  const out = replaced(from, to, slot(f, 3));
  if (out) return done(out);
  traceOn(f, 0, TO);
  return force(f, listGet(to, load<u32>(WANTED)), 3);
}
function forcePatterns(f: usize, from: usize, start: u32): i32 {
  const n = listLen(from);
  for (let i = start; i < n; i++) {
    const v = forced(listGet(from, i));
    if (v && kindOf(v) == KIND_STRING) continue;
    setSlotInt(f, 2, <i32>i);
    traceOn(f, 0, FROM);
    return force(f, listGet(from, i), 1);
  }
  traceOn(f, 0, TEXT);
  return force(f, listGet(slot(f, 1), 1), 2);
}

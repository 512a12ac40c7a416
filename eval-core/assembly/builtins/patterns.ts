/** `match` and `split`: regular expressions (regex/index.ts). */
import { expectString } from '../diag/check';
import { Err, msgArgStr, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { BUF_BYTES, bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import {
  REGEX_MEMORY,
  regexCapEnd,
  regexCapStart,
  regexCompile,
  regexGroupCount,
  regexIterate,
  regexIterateNext,
  regexMatch,
  regexPrefixStart,
} from '../regex/index';
import { NULL, allocList, listSet, mkString, strBytes, strLen } from '../value/layout';
import { Act, acc, done, force, slot, stateOf, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { forced, later } from './support';

const MATCH_TEXT: string = 'while evaluating the second argument passed to builtins.match';
const SPLIT_TEXT: string = 'while evaluating the second argument passed to builtins.split';

function failRegex(code: i32, re: usize): usize {
  msgBegin();
  msgLit(code == REGEX_MEMORY ? "memory limit exceeded by regular expression '" : "invalid regular expression '");
  msgArgStr(re);
  msgLit("'");
  return raise(Err.Eval);
}
/** The handle of an expression, or 0 after an error. */
function compiled(re: usize): i32 {
  const handle = regexCompile(strBytes(re), strLen(re));
  if (handle != -1 && handle != REGEX_MEMORY) return handle;
  failRegex(handle, re);
  return 0;
}
/** What group `i` of the last match holds: a string, or null. */
function captured(text: usize, i: u32): usize {
  const start = regexCapStart(i);
  return start < 0 ? NULL : mkString(strBytes(text) + start, <u32>(regexCapEnd(i) - start), 0);
}
function groupList(text: usize, groups: u32): usize {
  const out = allocList(groups);
  for (let i: u32 = 0; i < groups; i++) listSet(out, i, captured(text, i + 1));
  return out;
}

function matched(re: usize, handle: i32, text: usize): usize {
  const found = regexMatch(handle, strBytes(text), strLen(text));
  if (found < 0) return failRegex(found, re);
  return found ? groupList(text, regexGroupCount(handle)) : NULL;
}

/** Pieces of a split while they are counted: references to objects that nothing can free before the list is made. */
const PIECES: usize = memory.data(BUF_BYTES, 4);

function push(v: usize): void {
  const at = bufReserve(PIECES, 4);
  store<u32>(at, <u32>v);
  bufSetLen(PIECES, bufLen(PIECES) + 4);
}
/** Text between the matches, and lists of their groups; without a match the text itself, with its context. */
function pieces(re: usize, handle: i32, text: usize, raw: usize): usize {
  const groups = regexGroupCount(handle);
  bufReset(PIECES);
  let end: i32 = 0;
  let found = regexIterate(handle, strBytes(text), strLen(text));
  for (; found == 1; found = regexIterateNext()) {
    const prefix = regexPrefixStart();
    push(mkString(strBytes(text) + prefix, <u32>(regexCapStart(0) - prefix), 0));
    push(groupList(text, groups));
    end = regexCapEnd(0);
  }
  if (found < 0) return failRegex(found, re);
  push(bufLen(PIECES) ? mkString(strBytes(text) + end, strLen(text) - end, 0) : raw);
  const out = allocList(bufLen(PIECES) >>> 2);
  memory.copy(out + 4, bufData(PIECES), bufLen(PIECES));
  return out;
}

export function builtin_match(a: usize): usize {
  const re = arg(a, 0);
  const handle = compiled(re);
  if (!handle) return 0;
  const text = forced(arg(a, 1));
  if (!text) return later(Proc.matchForcing, re, arg(a, 1));
  return expectString(text, MATCH_TEXT) ? matched(re, handle, text) : 0;
}
/** Slots: expression, text. */
export function proc_matchForcing(f: usize): i32 {
  if (stateOf(f) == 0) {
    traceOn(f, 0, MATCH_TEXT);
    return force(f, slot(f, 1), 1);
  }
  if (!expectString(acc(), '')) return Act.Fail;
  traceOff(f);
  return done(matched(slot(f, 0), compiled(slot(f, 0)), acc()));
}

export function builtin_split(a: usize): usize {
  const re = arg(a, 0);
  const handle = compiled(re);
  if (!handle) return 0;
  const text = forced(arg(a, 1));
  if (!text) return later(Proc.splitForcing, re, arg(a, 1));
  return expectString(text, SPLIT_TEXT) ? pieces(re, handle, text, arg(a, 1)) : 0;
}
/** Slots: expression, text. */
export function proc_splitForcing(f: usize): i32 {
  if (stateOf(f) == 0) {
    traceOn(f, 0, SPLIT_TEXT);
    return force(f, slot(f, 1), 1);
  }
  if (!expectString(acc(), '')) return Act.Fail;
  traceOff(f);
  return done(pieces(slot(f, 0), compiled(slot(f, 0)), acc(), slot(f, 1)));
}

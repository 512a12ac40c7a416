/**
 * POSIX extended regular expressions as Nix has them: what `std::regex` of libstdc++ (with `extended`, C locale, bytes)
 * makes of an expression and a text, without its exponential time and without its recursion.
 *
 * A handle is the address of a compiled expression, good until the next expression is compiled. Results stand in
 * one place and are overwritten by the next match.
 */
import { bufReset } from '../heap/text';
import { cacheAdd, cacheFind, cacheLast, cacheMakeRoom, textHash } from './cache';
import { REGEX_CONTINUOUS, REGEX_MEMORY, REGEX_NOT_NULL, REGEX_PREV_AVAIL } from './codes';
import { contextEnd } from './context';
import { programMake } from './lower';

import { memoEnd, memoNextSearch } from './memo';
import { parse } from './parse';
import { P_GROUPS } from './program';
import { budgetFor, matchAnywhere, matchWhole } from './search';
import {
  BUDGET,
  CAPTURES,
  COPIED,
  ERROR,
  FRAMES,
  GROUPS,
  ITER_FLAGS,
  ITER_LEN,
  ITER_PREFIX,
  ITER_PROGRAM,
  MEMO_ON,
  PATIENCE,
  SETS,
  STATES,
  TEXT,
  WORK,
} from './state';

export { REGEX_CONTINUOUS, REGEX_INVALID, REGEX_MEMORY, REGEX_NOT_NULL, REGEX_PREV_AVAIL } from './codes';

/** The handle of the expression at `ptr`, or `REGEX_INVALID`, or `REGEX_MEMORY`. */
export function regexCompile(ptr: usize, len: u32): i32 {
  const last = cacheLast(ptr, len);
  if (last) return <i32>last;
  const hash = textHash(ptr, len);
  const known = cacheFind(hash, ptr, len);
  if (known) return <i32>known;
  cacheMakeRoom();
  let result = load<i32>(ERROR);
  if (parse(ptr, len)) {
    const program = programMake(hash, ptr, len);
    cacheAdd(program);
    result = <i32>program;
  } else result = load<i32>(ERROR);
  bufReset(STATES);
  bufReset(SETS);
  bufReset(GROUPS);
  bufReset(COPIED);
  bufReset(WORK);
  return result;
}

/** Nix's message for an error code, `%s` being the expression (prim_match, prim_split). */
export function regexErrorText(code: i32): string {
  return code == REGEX_MEMORY ? "memory limit exceeded by regular expression '%s'" : "invalid regular expression '%s'";
}

/** Number of groups, without the whole match. */
export function regexGroupCount(handle: i32): u32 {
  return load<u32>(<usize>handle, P_GROUPS);
}

// Steps in vain before the engine gives up: seconds, far more than an expression takes on which Nix comes to an end.
const PATIENCE_STEPS: i32 = 1 << 28;
const PATIENCE_PER_BYTE: u32 = 256;
const PATIENCE_PER_SEARCH: i32 = 4096;

function begin(text: usize, len: u32): void {
  store<u32>(TEXT, <u32>text);
  store<i32>(BUDGET, budgetFor(len));
  store<u32>(MEMO_ON, 0);
  store<i32>(PATIENCE, PATIENCE_STEPS + <i32>(min<u32>(len, 1 << 22) * PATIENCE_PER_BYTE));
}

function done(result: i32): i32 {
  memoEnd();
  contextEnd();
  bufReset(FRAMES);
  return result;
}

/** Whether all of the text matches (`std::regex_match`): 1, 0, or `REGEX_MEMORY`. */
export function regexMatch(handle: i32, ptr: usize, len: u32): i32 {
  begin(ptr, len);
  return done(matchWhole(<usize>handle, ptr, len));
}

/** Looks for a match from offset `from` on (`std::regex_search`): 1, 0, or `REGEX_MEMORY`. */
export function regexSearch(handle: i32, ptr: usize, len: u32, from: u32, flags: u32): i32 {
  begin(ptr, len);
  return done(matchAnywhere(<usize>handle, ptr, len, from, flags));
}

/** Offset at which group `i` of the last match (0: all of it) begins, or -1. */
export function regexCapStart(i: u32): i32 {
  const capture = <usize>load<u32>(CAPTURES) + (i << 3);
  return load<u32>(capture, 4) ? load<i32>(capture) - load<i32>(TEXT) : -1;
}

/** Offset at which it ends, or -1. */
export function regexCapEnd(i: u32): i32 {
  const end = load<i32>(<usize>load<u32>(CAPTURES) + (i << 3), 4);
  return end ? end - load<i32>(TEXT) : -1;
}

/**
 * Goes to the first match of a text, in the way of `std::regex_iterator`: 1, 0 where there is none, or `REGEX_MEMORY`.
 * The text must stay in place until `regexIterateNext` has returned something else than 1.
 */
export function regexIterate(handle: i32, ptr: usize, len: u32): i32 {
  begin(ptr, len);
  store<u32>(ITER_PROGRAM, <u32>handle);
  store<u32>(ITER_LEN, len);
  store<u32>(ITER_FLAGS, 0);
  store<u32>(ITER_PREFIX, 0);
  const result = matchAnywhere(<usize>handle, ptr, len, 0, 0);
  return result == 1 ? result : done(result);
}

function iterateFrom(from: u32, flags: u32): i32 {
  memoNextSearch();
  store<i32>(PATIENCE, min<i32>(load<i32>(PATIENCE) + PATIENCE_PER_SEARCH, i32.MAX_VALUE >> 1));
  return matchAnywhere(load<u32>(ITER_PROGRAM), load<u32>(TEXT), load<u32>(ITER_LEN), from, flags);
}

/** Goes to the next match. No other match may be made in between. */
export function regexIterateNext(): i32 {
  const first = regexCapStart(0);
  let from = <u32>regexCapEnd(0);
  store<u32>(ITER_PREFIX, from);
  if (<u32>first == from) {
    // After an empty match: one at the same place that is not, or else one further on ([re.regiter.incr]).
    if (from == load<u32>(ITER_LEN)) return done(0);
    const here = iterateFrom(from, load<u32>(ITER_FLAGS) | REGEX_NOT_NULL | REGEX_CONTINUOUS);
    if (here) return here == 1 ? here : done(here);
    from++;
  }
  store<u32>(ITER_FLAGS, load<u32>(ITER_FLAGS) | REGEX_PREV_AVAIL);
  const result = iterateFrom(from, load<u32>(ITER_FLAGS));
  return result == 1 ? result : done(result);
}

/** Offset at which the text before the iterator's match begins: the end of the match before, or 0. */
export function regexPrefixStart(): i32 {
  return load<i32>(ITER_PREFIX);
}

/**
 * The parser: a table-driven LALR(1) automaton (tables/syntax/) with a stack of its own, so that nesting is bounded by memory alone.
 * The automaton decides as Nix's does, hence errors are noticed at the same token with the same list of what was expected.
 */
import { bufBytes, bufData, bufLen, bufReset, bufStr } from '../heap/text';
import { symbolOf } from '../value/symbols';
import {
  ACCEPT,
  ACTIONS,
  DEFAULTS,
  FIRST_CONSISTENT,
  GOTOS,
  REDUCE,
  RULES,
  TOKEN_COUNT,
  TOKEN_NAMES,
  TOKEN_NAME_AT,
  Tok,
} from '../gen/grammar';
import { act } from './actions';
import { arenaAlloc } from './arena';
import { ErrorKind, errorBegin } from './errors';
import { itemsReset } from './items';
import { lex } from './lexer';
import { LEX_FAILED } from './match';
import { modeReset } from './modes';
import { rangeAdd, rangesKept } from './ranges';
import { setsFinish } from './sets';
import { ENTRY, E_BEGIN, E_END, E_VALUE, stackGrow, stackReset } from './stack';
import {
  DC_COUNT,
  ER_KIND,
  ER_POS,
  ER_TEXT,
  FEATURE_BINDINGS,
  LX_AT,
  LX_BEGIN,
  LX_DOC,
  LX_FINISH,
  LX_LAST_BEGIN,
  LX_LAST_FINISH,
  LX_NO_PATH,
  LX_VALUE,
  PS_LIMIT,
  PS_LOOKAHEAD,
  PS_ROOT,
  PS_SETS,
  PS_TOP,
  SX_DELTA,
  SX_DIR,
  SX_DIR_LEN,
  SX_END,
  SX_FEATURES,
  SX_HOME,
  SX_HOME_LEN,
  SX_SRC,
  SY_BODY,
  SY_DIV,
  SY_FIND_FILE,
  SY_LESS_THAN,
  SY_MUL,
  SY_NIX_PATH,
  SY_OR,
  SY_READY,
  SY_SUB,
  WN_BUF,
  WN_COUNT,
} from './state';

/** No token has been read ahead. */
const NO_TOKEN: u32 = 254;
/** Reductions in a slice: an engine replaces a function by its optimised code only when it is entered again. */
const SLICE: u32 = 2000;
/** Messages list at most this many tokens that were expected; more, and they list none. */
const MAX_EXPECTED: u32 = 4;

const enum Outcome {
  Running = 0,
  Accepted,
  Failed,
}

function internSymbols(): void {
  store<u32>(SY_READY, 1);
  store<u32>(SY_SUB, symbolOf('__sub'));
  store<u32>(SY_MUL, symbolOf('__mul'));
  store<u32>(SY_DIV, symbolOf('__div'));
  store<u32>(SY_LESS_THAN, symbolOf('__lessThan'));
  store<u32>(SY_FIND_FILE, symbolOf('__findFile'));
  store<u32>(SY_NIX_PATH, symbolOf('__nixPath'));
  store<u32>(SY_OR, symbolOf('or'));
  store<u32>(SY_BODY, symbolOf('body'));
}

/** Scans end at NUL bytes behind the source: a source that has none there is copied. */
function terminated(src: usize, len: u32): usize {
  const end = src + len;
  if (end + 8 <= (<usize>memory.size()) << 16 && !load<u64>(end)) return src;
  const copy = arenaAlloc(<usize>len + 8);
  memory.copy(copy, src, len);
  store<u64>(copy + len, 0);
  return copy;
}

function begin(src: usize, len: u32, base: u32): void {
  store<u32>(SX_SRC, <u32>src);
  store<u32>(SX_END, <u32>src + len);
  store<u32>(SX_DELTA, base - <u32>src);
  store<u32>(LX_AT, <u32>src);
  store<u32>(LX_BEGIN, base);
  store<u32>(LX_FINISH, base);
  store<u32>(LX_LAST_BEGIN, base);
  store<u32>(LX_LAST_FINISH, base);
  store<u32>(LX_NO_PATH, 0);
  store<u32>(LX_DOC, 0);
  store<u32>(DC_COUNT, 0);
  store<u32>(ER_KIND, 0);
  bufReset(WN_BUF);
  store<u32>(WN_COUNT, 0);
  store<u32>(PS_ROOT, 0);
  store<u32>(PS_SETS, 0);
  modeReset();
  itemsReset();
  stackReset(base);
  const bindings = load<u32>(SX_FEATURES) & FEATURE_BINDINGS && len;
  store<u32>(PS_LOOKAHEAD, bindings ? Tok.BINDINGS : NO_TOKEN);
}

/**
 * Parses a source; returns the root of the tree, or 0 after an error.
 *
 * `base` is the position of the first byte (at least 1). Relative paths are resolved against the absolute folder `dir`, `~/` against
 * `home`. `features`: FEATURE_… and LINT_… of syntax/state.ts. Eight NUL bytes behind the source spare a copy of it. The tree refers to
 * the source, and both to the arena, which the caller empties.
 */
export function parse(src: usize, len: u32, base: u32, dir: usize, dirLen: u32, home: usize, homeLen: u32, features: u32): usize {
  if (!load<u32>(SY_READY)) internSymbols();
  store<u32>(SX_DIR, <u32>dir);
  store<u32>(SX_DIR_LEN, dirLen);
  store<u32>(SX_HOME, <u32>home);
  store<u32>(SX_HOME_LEN, homeLen);
  store<u32>(SX_FEATURES, features);
  begin(terminated(src, len), len, base);
  let outcome: Outcome;
  do outcome = advance();
  while (outcome == Outcome.Running);
  if (outcome == Outcome.Failed) return 0;
  setsFinish();
  return <usize>load<u32>(PS_ROOT);
}

/** Runs a slice of the automaton. */
function advance(): Outcome {
  const ranges = rangesKept();
  let fuel = SLICE;
  let top = <usize>load<u32>(PS_TOP);
  let state = load<u32>(top);
  let token = load<u32>(PS_LOOKAHEAD);
  while (fuel) {
    let rule: u32;
    if (state >= FIRST_CONSISTENT) rule = load<u8>(DEFAULTS + state);
    else {
      if (token == NO_TOKEN) {
        token = lex();
        if (token == LEX_FAILED) return Outcome.Failed;
      }
      const cell = <u32>load<u16>(ACTIONS + ((<usize>state) << 7) + ((<usize>token) << 1));
      if (cell < REDUCE) {
        if (!cell) return syntaxError(state, token);
        if (cell == ACCEPT) return Outcome.Accepted;
        if (top >= <usize>load<u32>(PS_LIMIT) - ENTRY) top = stackGrow(top);
        top += ENTRY;
        store<u32>(top, cell);
        store<u64>(top, load<u64>(LX_BEGIN), E_BEGIN);
        store<u64>(top, load<u64>(LX_VALUE), E_VALUE);
        state = cell;
        token = NO_TOKEN;
        continue;
      }
      rule = cell & ~REDUCE;
    }
    const info = load<u32>(RULES + ((<usize>rule) << 2));
    const length = (info >>> 8) & 0xff;
    let at: usize;
    if (length) {
      at = top - <usize>(length - 1) * ENTRY;
      store<u32>(at, load<u32>(top, E_END), E_END);
    } else {
      if (top >= <usize>load<u32>(PS_LIMIT) - ENTRY) top = stackGrow(top);
      at = top + ENTRY;
      const end = load<u32>(top, E_END);
      store<u32>(at, end, E_BEGIN);
      store<u32>(at, end, E_END);
    }
    const action = (info >>> 16) & 0xff;
    if (action) {
      if (!act(action, info >>> 24, at)) return Outcome.Failed;
      if (ranges) rangeAdd(action, load<u32>(at, E_VALUE), load<u32>(at, E_BEGIN), load<u32>(at, E_END));
    }
    top = at;
    state = load<u8>(GOTOS + ((<usize>load<u32>(top - ENTRY)) << 5) + (info & 0xff));
    store<u32>(top, state);
    fuel--;
  }
  store<u32>(PS_TOP, <u32>top);
  store<u32>(PS_LOOKAHEAD, token);
  return Outcome.Running;
}

function bufToken(buf: usize, token: u32): void {
  const from = load<u16>(TOKEN_NAME_AT + ((<usize>token) << 1));
  const to = load<u16>(TOKEN_NAME_AT + ((<usize>token) << 1), 2);
  bufBytes(buf, TOKEN_NAMES + from, to - from);
}

/** Whether the state has an entry of its own for the token: one that is neither an error nor its default reduction. */
function expects(state: u32, token: u32): bool {
  const cell = load<u16>(ACTIONS + ((<usize>state) << 7) + ((<usize>token) << 1));
  return cell != 0 && cell != (REDUCE | load<u8>(DEFAULTS + state));
}

/** The message of a table-driven parser: what came, and what could have come, unless that is too much. */
function syntaxError(state: u32, token: u32): Outcome {
  // what is unexpected at the end of the file is shown behind what was read last
  const buf = errorBegin(ErrorKind.Parse, load<u32>(token == Tok.END ? LX_FINISH : LX_BEGIN));
  bufStr(buf, 'syntax error, unexpected ');
  bufToken(buf, token);
  let count: u32 = 0;
  for (let t: u32 = 0; t < TOKEN_COUNT; t++) if (t != Tok.ERROR && expects(state, t)) count++;
  if (count > MAX_EXPECTED) return Outcome.Failed;
  let separator = ', expecting ';
  for (let t: u32 = 0; t < TOKEN_COUNT; t++) {
    if (t == Tok.ERROR || !expects(state, t)) continue;
    bufStr(buf, separator);
    bufToken(buf, t);
    separator = ' or ';
  }
  return Outcome.Failed;
}

// ---- what happened

/** Position of the error (0: none). */
export function parseErrorPos(): u32 {
  return load<u32>(ER_POS);
}
export function parseErrorText(): usize {
  return bufData(ER_TEXT);
}
export function parseErrorTextLen(): u32 {
  return bufLen(ER_TEXT);
}
/** ErrorKind of the last parse. */
export function parseErrorKind(): u32 {
  return load<u32>(ER_KIND);
}

/** The number of warnings of the last parse. */
export function parseWarningCount(): u32 {
  return load<u32>(WN_COUNT);
}
/** The warnings, one behind the other: | WarningKind | position | length | bytes, padded to words |. */
export function parseWarnings(): usize {
  return bufData(WN_BUF);
}

/**
 * Counts the lines of a text and, where `dst` is not 0, writes the offset of each line's first byte there. A line ends in \n, \r\n
 * or \r.
 */
export function countLines(src: usize, len: u32, dst: usize): u32 {
  let count: u32 = 1;
  if (dst) store<u32>(dst, 0);
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(src + i);
    if (c > 0x0d || (c != 0x0a && c != 0x0d)) continue;
    if (c == 0x0d && i + 1 < len && load<u8>(src + i, 1) == 0x0a) i++;
    if (dst) store<u32>(dst + ((<usize>count) << 2), i + 1);
    count++;
  }
  return count;
}

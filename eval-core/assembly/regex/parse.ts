/**
 * From an expression to its automaton. The grammar is that of POSIX.1-2017, XBD 9.5.3; order and shape of the states
 * are those of libstdc++'s compiler. Groups are kept on a stack of their own, so that nesting costs no Wasm frames.
 */
import { bufData, bufLen, bufReserve, bufSetLen } from '../heap/text';
import { cloneSequence, State, stateAt, stateNew, stateNewByte, stateSetNext } from './automaton';
import { bracketExpression } from './bracket';
import { setCount, setFirst } from './bytesets';
import { REGEX_INVALID } from './codes';
import { accept, advance, fail, peek, scanBegin, Token } from './scan';
import { CLONE_END, CLONE_STAMP, CLONE_START, ERROR, GROUPS, GROUP_COUNT, SETS, STATES, TOKEN_LEN, TOKEN_PTR } from './state';

/**
 * A sequence of states, and how many bytes it can match.
 *
 *   | start i32 | end i32 | fewest u32 | most u32 |
 */
const SEQ_BYTES: usize = 16;
const NONE: i32 = -1;
/** "any number" among counts of bytes. */
export const UNBOUNDED: u32 = 0xffffffff;

/** The atom that was parsed last, the alternative it belongs to, and the alternatives before that. */
const ATOM: usize = memory.data(16, 16);
const CURRENT: usize = memory.data(16, 16);
const BEFORE: usize = memory.data(16, 16);
const INTERVAL_END: usize = memory.data(16, 16);

function start(seq: usize): i32 {
  return load<i32>(seq);
}
function end(seq: usize): i32 {
  return load<i32>(seq, 4);
}
function fewest(seq: usize): u32 {
  return load<u32>(seq, 8);
}
function most(seq: usize): u32 {
  return load<u32>(seq, 12);
}
function seqSet(seq: usize, first: i32, last: i32, min: u32, max: u32): void {
  store<i32>(seq, first);
  store<i32>(seq, last, 4);
  store<u32>(seq, min, 8);
  store<u32>(seq, max, 12);
}

function sum(a: u32, b: u32): u32 {
  const both = <u64>a + <u64>b;
  return a == UNBOUNDED || b == UNBOUNDED || both > 0xfffffffe ? UNBOUNDED : <u32>both;
}
function times(a: u32, n: u32): u32 {
  const product = <u64>a * <u64>n;
  return n && (a == UNBOUNDED || product > 0xfffffffe) ? UNBOUNDED : <u32>product;
}
// A lower bound that is too large to count is still a finite one.
function lower(a: u32): u32 {
  return a == UNBOUNDED ? UNBOUNDED - 1 : a;
}

/** Appends the sequence `more` to `seq`, which may be empty. */
function append(seq: usize, more: usize): void {
  if (start(seq) == NONE) {
    memory.copy(seq, more, SEQ_BYTES);
    return;
  }
  stateSetNext(end(seq), start(more));
  seqSet(seq, start(seq), end(more), lower(sum(fewest(seq), fewest(more))), sum(most(seq), most(more)));
}

function appendState(seq: usize, id: i32): void {
  if (start(seq) == NONE) {
    seqSet(seq, id, id, 0, 0);
    return;
  }
  stateSetNext(end(seq), id);
  store<i32>(seq, id, 4);
}

/** Parses the expression into `STATES`; false after an error (see `ERROR`). Bounds of the match length are left in the result. */
export function parse(ptr: usize, len: u32): bool {
  bufSetLen(STATES, 0);
  bufSetLen(SETS, 0);
  bufSetLen(GROUPS, 0);
  store<i32>(ERROR, 0);
  store<u32>(CLONE_STAMP, 0);
  store<u32>(GROUP_COUNT, 0);
  scanBegin(ptr, len);
  openGroup();
  while (!load<i32>(ERROR) && bufLen(GROUPS)) item();
  return !load<i32>(ERROR);
}

/** Fewest and most bytes that the parsed expression matches. */
export function parsedFewest(): u32 {
  return fewest(ATOM);
}
export function parsedMost(): u32 {
  return most(ATOM);
}

// An open group keeps its first state and the sequences around it.
const GROUP_BYTES: u32 = 36;

function openGroup(): void {
  const at = bufReserve(GROUPS, GROUP_BYTES);
  bufSetLen(GROUPS, bufLen(GROUPS) + GROUP_BYTES);
  const group = load<u32>(GROUP_COUNT);
  store<u32>(GROUP_COUNT, group + 1);
  store<i32>(at, stateNew(State.GroupBegin, group));
  memory.copy(at + 4, CURRENT, SEQ_BYTES);
  memory.copy(at + 20, BEFORE, SEQ_BYTES);
  store<i32>(CURRENT, NONE);
  store<i32>(BEFORE, NONE);
}

/** Makes the group an atom of the alternative that it stands in. */
function closeGroup(): void {
  const len = bufLen(GROUPS) - GROUP_BYTES;
  bufSetLen(GROUPS, len);
  const at = bufData(GROUPS) + len;
  const first = load<i32>(at);
  stateSetNext(first, start(BEFORE));
  memory.copy(ATOM, BEFORE, SEQ_BYTES);
  store<i32>(ATOM, first);
  appendState(ATOM, stateNew(State.GroupEnd, load<u32>(stateAt(first), 4)));
  memory.copy(CURRENT, at + 4, SEQ_BYTES);
  memory.copy(BEFORE, at + 20, SEQ_BYTES);
}

/** One assertion, atom with its quantifiers, bar, or parenthesis. */
function item(): void {
  switch (peek()) {
    case Token.LineBegin:
      advance();
      return appendAssertion(State.LineBegin);
    case Token.LineEnd:
      advance();
      return appendAssertion(State.LineEnd);
    case Token.GroupBegin:
      advance();
      return openGroup();
    case Token.Any:
      advance();
      return appendByteAtom(stateNew(State.Any, 0));
    case Token.Char: {
      const byte = <u32>load<u8>(<usize>load<u32>(TOKEN_PTR));
      advance();
      return appendByteAtom(stateNewByte(byte));
    }
    case Token.BracketBegin:
      advance();
      return appendByteAtom(bracketState(false));
    case Token.BracketNegBegin:
      advance();
      return appendByteAtom(bracketState(true));
    default:
      return endOfAlternative();
  }
}

function bracketState(negated: bool): i32 {
  const set = bracketExpression(negated);
  if (setCount(set) == 1) return stateNewByte(setFirst(set));
  return stateNew(State.Set, <u32>(set - bufData(SETS)));
}

function appendAssertion(kind: State): void {
  const id = stateNew(kind, 0);
  seqSet(ATOM, id, id, 0, 0);
  append(CURRENT, ATOM);
}

function appendByteAtom(id: i32): void {
  seqSet(ATOM, id, id, 1, 1);
  appendAtom();
}

function appendAtom(): void {
  while (quantifier());
  if (!load<i32>(ERROR)) append(CURRENT, ATOM);
}

function endOfAlternative(): void {
  appendState(CURRENT, stateNew(State.Dummy, 0));
  if (start(BEFORE) == NONE) memory.copy(BEFORE, CURRENT, SEQ_BYTES);
  else joinAlternatives();
  store<i32>(CURRENT, NONE);
  if (accept(Token.Or)) return;
  const outermost = bufLen(GROUPS) == GROUP_BYTES;
  if (!outermost && !accept(Token.GroupEnd)) return fail(REGEX_INVALID);
  if (outermost && peek() != Token.Eof) return fail(REGEX_INVALID);
  closeGroup();
  if (!outermost) appendAtom();
  else appendState(ATOM, stateNew(State.Accept, 0));
}

function joinAlternatives(): void {
  const join = stateNew(State.Dummy, 0);
  const branch = stateNew(State.Alternative, <u32>start(BEFORE));
  stateSetNext(end(BEFORE), join);
  stateSetNext(end(CURRENT), join);
  stateSetNext(branch, start(CURRENT));
  seqSet(BEFORE, branch, join, min(fewest(BEFORE), fewest(CURRENT)), max(most(BEFORE), most(CURRENT)));
}

/** Applies one quantifier to `ATOM`; false where none follows. */
function quantifier(): bool {
  if (load<i32>(ERROR)) return false;
  if (accept(Token.Star)) {
    const loop = repeat(NONE, ATOM);
    stateSetNext(end(ATOM), loop);
    seqSet(ATOM, loop, loop, 0, most(ATOM) ? UNBOUNDED : 0);
    return true;
  }
  if (accept(Token.Plus)) {
    const loop = repeat(NONE, ATOM);
    stateSetNext(end(ATOM), loop);
    seqSet(ATOM, start(ATOM), loop, fewest(ATOM), most(ATOM) ? UNBOUNDED : 0);
    return true;
  }
  if (accept(Token.Opt)) {
    const join = stateNew(State.Dummy, 0);
    const branch = repeat(join, ATOM);
    stateSetNext(end(ATOM), join);
    seqSet(ATOM, branch, join, 0, most(ATOM));
    return true;
  }
  if (accept(Token.BraceBegin)) {
    interval();
    return true;
  }
  return false;
}

/** A repeat state whose body is `body`; whether that can be empty is noted in the state (byte 1). */
function repeat(next: i32, body: usize): i32 {
  const id = stateNew(State.Repeat, <u32>start(body));
  store<u8>(stateAt(id), fewest(body) ? 0 : 1, 1);
  stateSetNext(id, next);
  return id;
}

function decimal(ptr: usize, len: u32): i32 {
  let value: i64 = 0;
  for (let i: u32 = 0; i < len && value <= i64(i32.MAX_VALUE); i++) value = value * 10 + <i64>load<u8>(ptr + i) - 0x30;
  if (value > i64(i32.MAX_VALUE)) fail(REGEX_INVALID);
  return <i32>value;
}

// The brace is taken: {n}, {n,} or {n,m}. The body is copied, its first version stays unused.
function interval(): void {
  if (peek() != Token.Number) return fail(REGEX_INVALID);
  const first = <usize>load<u32>(TOKEN_PTR);
  const firstLen = load<u32>(TOKEN_LEN);
  advance();
  const join = stateNew(State.Dummy, 0);
  const least = decimal(first, firstLen);
  const unlimited = accept(Token.Comma) && peek() != Token.Number;
  let optional = 0;
  if (peek() == Token.Number) {
    const second = <usize>load<u32>(TOKEN_PTR);
    const secondLen = load<u32>(TOKEN_LEN);
    advance();
    optional = decimal(second, secondLen) - least;
  }
  if (!accept(Token.BraceEnd)) fail(REGEX_INVALID);
  if (!load<i32>(ERROR)) copies(join, least, optional, unlimited);
}

function copies(join: i32, least: i32, optional: i32, unlimited: bool): void {
  store<i32>(INTERVAL_END, join);
  for (let i = 0; i < least && !load<i32>(ERROR); i++) {
    cloneSequence(start(ATOM), end(ATOM));
    extend(load<i32>(CLONE_START), load<i32>(CLONE_END));
  }
  if (load<i32>(ERROR)) return;
  if (unlimited) unlimitedCopies();
  else if (optional < 0) return fail(REGEX_INVALID);
  else optionalCopies(optional);
  const minimum = lower(times(fewest(ATOM), <u32>least));
  const maximum = unlimited ? (most(ATOM) ? UNBOUNDED : 0) : times(most(ATOM), <u32>least + <u32>optional);
  seqSet(ATOM, join, load<i32>(INTERVAL_END), minimum, maximum);
}

/** Appends a sequence of states to the interval that is being built. */
function extend(first: i32, last: i32): void {
  stateSetNext(load<i32>(INTERVAL_END), first);
  store<i32>(INTERVAL_END, last);
}

function unlimitedCopies(): void {
  cloneSequence(start(ATOM), end(ATOM));
  if (load<i32>(ERROR)) return;
  const body = load<i32>(CLONE_START);
  const loop = repeat(NONE, ATOM);
  store<i32>(stateAt(loop), body, 4);
  stateSetNext(load<i32>(CLONE_END), loop);
  extend(loop, loop);
}

// x{0,3} is (x(xx?)?)? in which each way out leads to the end.
function optionalCopies(count: i32): void {
  const join = stateNew(State.Dummy, 0);
  for (let i = 0; i < count && !load<i32>(ERROR); i++) {
    cloneSequence(start(ATOM), end(ATOM));
    if (load<i32>(ERROR)) return;
    const branch = repeat(join, ATOM);
    store<i32>(stateAt(branch), load<i32>(CLONE_START), 4);
    extend(branch, load<i32>(CLONE_END));
  }
  extend(join, join);
}

/**
 * The automaton under construction. Its states are made in libstdc++'s order and number, since that decides which
 * expressions exceed the limit (`_GLIBCXX_REGEX_STATE_LIMIT`); program.ts keeps what matters of them.
 *
 *   state: | kind u8 | byte u8 | arg u32 | next i32 | copied in clone u32 | copy i32 | instruction u32 |
 */
import { bufData, bufLen, bufReserve, bufSetLen } from '../heap/text';
import { REGEX_MEMORY } from './codes';
import { fail } from './scan';
import { CLONE_END, CLONE_STAMP, CLONE_START, COPIED, ERROR, STATES, WORK } from './state';

export const STATE_BYTES: u32 = 24;
const STATE_LIMIT: u32 = 100000;

export const enum State {
  /** Both ways are tried: `arg` first, then `next`. */
  Alternative,
  /** `arg` once more if it has not been entered twice without progress; `next` if that finds nothing. */
  Repeat,
  LineBegin,
  LineEnd,
  /** Start and end of group `arg`. */
  GroupBegin,
  GroupEnd,
  Dummy,
  /** One byte: `byte`, one of the set at offset `arg` of `SETS`, or any but NUL. */
  Byte,
  Set,
  Any,
  Accept,
}

// @ts-ignore: decorator
@inline
export function stateAt(id: i32): usize {
  return bufData(STATES) + <usize>(<u32>id * STATE_BYTES);
}
export function stateKind(id: i32): State {
  return load<u8>(stateAt(id));
}
export function stateArg(id: i32): u32 {
  return load<u32>(stateAt(id), 4);
}
export function stateNext(id: i32): i32 {
  return load<i32>(stateAt(id), 8);
}
export function stateSetNext(id: i32, next: i32): void {
  store<i32>(stateAt(id), next, 8);
}

/** Whether `arg` is a state. */
export function stateBranches(kind: State): bool {
  return kind == State.Alternative || kind == State.Repeat;
}

/** Adds a state whose successor is not known yet. */
export function stateNew(kind: State, arg: u32): i32 {
  const at = bufReserve(STATES, STATE_BYTES);
  const id = bufLen(STATES) / STATE_BYTES;
  if (id >= STATE_LIMIT) {
    fail(REGEX_MEMORY);
    return 0;
  }
  store<u32>(at, <u32>kind);
  store<u32>(at, arg, 4);
  store<i32>(at, -1, 8);
  store<u32>(at, 0, 12);
  store<u64>(at, 0, 16);
  bufSetLen(STATES, bufLen(STATES) + STATE_BYTES);
  return <i32>id;
}

export function stateNewByte(byte: u32): i32 {
  const id = stateNew(State.Byte, 0);
  store<u8>(stateAt(id), byte, 1);
  return id;
}

// @ts-ignore: decorator
@inline
export function workPush(item: u32): void {
  store<u32>(bufReserve(WORK, 4), item);
  bufSetLen(WORK, bufLen(WORK) + 4);
}
// @ts-ignore: decorator
@inline
export function workPop(): u32 {
  const len = bufLen(WORK) - 4;
  bufSetLen(WORK, len);
  return load<u32>(bufData(WORK) + len);
}
// @ts-ignore: decorator
@inline
export function workEmpty(): bool {
  return !bufLen(WORK);
}

function copyState(id: i32): i32 {
  const copy = stateNew(State.Dummy, 0);
  const from = stateAt(id);
  const to = stateAt(copy);
  store<u64>(to, load<u64>(from));
  store<i32>(to, load<i32>(from, 8), 8);
  return copy;
}

function isCopied(id: i32): bool {
  return load<u32>(stateAt(id), 12) == load<u32>(CLONE_STAMP);
}

function recordCopy(id: i32, copy: i32): void {
  const at = stateAt(id);
  if (!isCopied(id)) {
    store<u32>(at, load<u32>(CLONE_STAMP), 12);
    store<i32>(bufReserve(COPIED, 4), id);
    bufSetLen(COPIED, bufLen(COPIED) + 4);
  }
  store<i32>(at, copy, 16);
}

function copyOf(id: i32): i32 {
  return load<i32>(stateAt(id), 16);
}

/**
 * Copies the sequence from `start` to `end`; the copy's ends are in `CLONE_START` and `CLONE_END`. The walk is
 * libstdc++'s (`_StateSeq::_M_clone`), because a state that it meets twice is counted twice.
 */
export function cloneSequence(start: i32, end: i32): void {
  store<u32>(CLONE_STAMP, load<u32>(CLONE_STAMP) + 1);
  bufSetLen(COPIED, 0);
  bufSetLen(WORK, 0);
  workPush(start);
  while (!workEmpty()) {
    const id = <i32>workPop();
    const copy = copyState(id);
    if (load<i32>(ERROR)) return;
    recordCopy(id, copy);
    if (stateBranches(stateKind(id))) {
      const other = <i32>stateArg(id);
      if (other >= 0 && !isCopied(other)) workPush(other);
    }
    if (id == end) continue;
    const next = stateNext(id);
    if (next >= 0 && !isCopied(next)) workPush(next);
  }
  relinkCopies();
  store<i32>(CLONE_START, copyOf(start));
  store<i32>(CLONE_END, copyOf(end));
}

function relinkCopies(): void {
  const count = bufLen(COPIED);
  for (let i: u32 = 0; i < count; i += 4) {
    const copy = stateAt(copyOf(load<i32>(bufData(COPIED) + i)));
    const next = load<i32>(copy, 8);
    if (next >= 0) store<i32>(copy, copyOf(next), 8);
    if (!stateBranches(load<u8>(copy))) continue;
    const other = load<i32>(copy, 4);
    if (other >= 0) store<i32>(copy, copyOf(other), 4);
  }
}

/** From the automaton to the program: dummies and unused states vanish, loops over single bytes become runs. */
import { bufData, bufLen, bufSetLen } from '../heap/text';
import { analyse } from './analyse';
import { State, STATE_BYTES, stateArg, stateAt, stateKind, stateNext, workEmpty, workPop, workPush } from './automaton';
import { programAlloc } from './cache';
import { parsedFewest, parsedMost } from './parse';
import * as P from './program';
import { HEADER_BYTES, INSTRUCTION_BYTES, Op } from './program';
import { GROUP_COUNT, SETS, STATES, WORK } from './state';

const CODE: usize = memory.data(12, 4);
const SET_BASE: usize = CODE + 4;
const COUNTERS: usize = CODE + 8;

/** A state's word at this offset is its instruction's number plus one, or 0 where there is none. */
const NUMBER: usize = 20;

/** Makes the program of what was parsed. */
export function programMake(hash: u32, ptr: usize, len: u32): usize {
  const first = skipIdle(stateNext(0));
  const count = numberStates(first);
  const textBytes = (<usize>len + 7) & ~7;
  const codeBytes = <usize>count * INSTRUCTION_BYTES;
  const setBytes = <usize>bufLen(SETS);
  const program = programAlloc(HEADER_BYTES + textBytes + codeBytes + setBytes);
  const text = program + HEADER_BYTES;
  const code = text + textBytes;
  memory.fill(program, 0, HEADER_BYTES);
  memory.copy(text, ptr, len);
  memory.copy(code + codeBytes, bufData(SETS), setBytes);
  store<u32>(CODE, <u32>code);
  store<u32>(SET_BASE, <u32>(code + codeBytes));
  store<u32>(COUNTERS, 0);
  emitAll();
  store<u32>(program, hash, P.P_HASH);
  store<u32>(program, <u32>text, P.P_TEXT);
  store<u32>(program, len, P.P_TEXT_LEN);
  store<u32>(program, load<u32>(GROUP_COUNT) - 1, P.P_GROUPS);
  store<u32>(program, <u32>instructionOf(first), P.P_START);
  store<u32>(program, parsedFewest(), P.P_FEWEST);
  store<u32>(program, parsedMost(), P.P_MOST);
  store<u32>(program, load<u32>(COUNTERS), P.P_COUNTERS);
  store<u32>(program, <u32>code, P.P_CODE);
  store<u32>(program, count, P.P_CODE_COUNT);
  analyse(program);
  return program;
}

// Dummies do nothing, and the outermost group is the whole match, which the executor knows.
function isIdle(id: i32): bool {
  const kind = stateKind(id);
  return kind == State.Dummy || (kind == State.GroupEnd && stateArg(id) == 0);
}

/** The first state from `id` on that does something; chains are shortened on the way. */
function skipIdle(id: i32): i32 {
  let last = id;
  while (isIdle(last)) last = stateNext(last);
  while (id != last) {
    const next = stateNext(id);
    store<i32>(stateAt(id), last, 8);
    id = next;
  }
  return last;
}

/** Numbers the states that are reached from `first`, and links them past idle ones; returns their count. */
function numberStates(first: i32): u32 {
  bufSetLen(WORK, 0);
  let count: u32 = 0;
  workPush(first);
  while (!workEmpty()) {
    const id = <i32>workPop();
    const at = stateAt(id);
    if (load<u32>(at, NUMBER)) continue;
    store<u32>(at, ++count, NUMBER);
    const kind = stateKind(id);
    if (kind == State.Accept) continue;
    const next = skipIdle(stateNext(id));
    store<i32>(at, next, 8);
    if (kind == State.Alternative || kind == State.Repeat) {
      const other = skipIdle(stateArg(id));
      store<i32>(at, other, 4);
      if (!isRun(id)) workPush(other);
    }
    workPush(next);
  }
  return count;
}

function isByteKind(kind: State): bool {
  return kind == State.Byte || kind == State.Set || kind == State.Any;
}

/** Whether a repeat state does nothing but take the byte of a state that returns to it. */
function isRun(id: i32): bool {
  const body = <i32>stateArg(id);
  return stateKind(id) == State.Repeat && isByteKind(stateKind(body)) && skipIdle(stateNext(body)) == id;
}

function instructionOf(id: i32): usize {
  return <usize>load<u32>(CODE) + <usize>(load<u32>(stateAt(id), NUMBER) - 1) * INSTRUCTION_BYTES;
}

function emitAll(): void {
  const states = <i32>(bufLen(STATES) / STATE_BYTES);
  for (let id = 0; id < states; id++) if (load<u32>(stateAt(id), NUMBER)) emit(id, instructionOf(id));
}

function emit(id: i32, at: usize): void {
  const kind = stateKind(id);
  memory.fill(at, 0, INSTRUCTION_BYTES);
  if (kind != State.Accept) store<u32>(at, <u32>instructionOf(stateNext(id)), P.I_NEXT);
  if (isByteKind(kind)) return emitByte(id, at, Op.Byte);
  switch (kind) {
    case State.Alternative:
      store<u8>(at, Op.Fork);
      store<u32>(at, <u32>instructionOf(stateArg(id)), P.I_ALT);
      break;
    case State.Repeat:
      emitRepeat(id, at);
      break;
    case State.GroupBegin:
    case State.GroupEnd:
      store<u8>(at, Op.Save);
      store<u32>(at, stateArg(id) * 8 + (kind == State.GroupEnd ? 4 : 0), P.I_ARG);
      break;
    case State.LineBegin:
      store<u8>(at, Op.LineBegin);
      break;
    case State.LineEnd:
      store<u8>(at, Op.LineEnd);
      break;
    default:
      store<u8>(at, Op.Accept);
  }
}

// A loop whose body takes a byte comes to each position once, and needs no counter.
function emitRepeat(id: i32, at: usize): void {
  if (isRun(id)) return emitByte(stateArg(id), at, Op.RunByte);
  store<u32>(at, <u32>instructionOf(stateArg(id)), P.I_ALT);
  if (!load<u8>(stateAt(id), 1)) return store<u8>(at, Op.Split);
  store<u8>(at, Op.Loop);
  const counter = load<u32>(COUNTERS);
  store<u32>(at, counter * 8, P.I_ARG);
  store<u32>(COUNTERS, counter + 1);
}

/** The test of a byte state, as the kind of instruction that `first` is the first of. */
function emitByte(id: i32, at: usize, first: Op): void {
  const kind = stateKind(id);
  store<u8>(at, kind == State.Byte ? first : kind == State.Set ? first + 1 : first + 2);
  store<u8>(at, load<u8>(stateAt(id), 1), P.I_BYTE);
  if (kind == State.Set) store<u32>(at, load<u32>(SET_BASE) + stateArg(id), P.I_ARG);
}

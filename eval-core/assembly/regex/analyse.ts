/** What is known of a program before it runs: landings, the first byte of branches, the first byte of a match. */
import { bufSetLen } from '../heap/text';
import { workEmpty, workPop, workPush } from './automaton';
import { setAdd, setUnite } from './bytesets';
import {
  AT_BEGIN,
  CAN_BE_EMPTY,
  I_ALT,
  I_ALT_PEEK,
  I_ARG,
  I_BYTE,
  I_LANDING,
  I_MARK,
  I_NEXT,
  I_NEXT_PEEK,
  INSTRUCTION_BYTES,
  Op,
  P_CODE,
  P_CODE_COUNT,
  P_FIRST,
  P_FLAGS,
  P_LANDINGS,
  P_START,
  P_WALK,
} from './program';
import { WORK } from './state';

/** A way of this many captures and assertions to the first byte is not followed further. */
const PEEK_STEPS = 8;

/** Completes a program whose instructions are linked. */
export function analyse(program: usize): void {
  const code = <usize>load<u32>(program, P_CODE);
  const end = code + <usize>load<u32>(program, P_CODE_COUNT) * INSTRUCTION_BYTES;
  for (let at = code; at < end; at += INSTRUCTION_BYTES) store<i32>(at, -1, I_LANDING);
  let landings: u32 = 0;
  for (let at = code; at < end; at += INSTRUCTION_BYTES) {
    const op: Op = load<u8>(at);
    const landing = op >= Op.RunByte && op <= Op.RunAny ? at : <usize>load<u32>(at, I_NEXT);
    if (op <= Op.RunAny && load<i32>(landing, I_LANDING) < 0) store<u32>(landing, landings++, I_LANDING);
    store<u32>(at, <u32>peekOf(load<u32>(at, I_NEXT)), I_NEXT_PEEK);
    store<u32>(at, <u32>peekOf(load<u32>(at, I_ALT)), I_ALT_PEEK);
  }
  store<u32>(program, landings, P_LANDINGS);
  store<u32>(program, firstBytes(program, false) ? CAN_BE_EMPTY : 0, P_FLAGS);
  memory.copy(program + P_FIRST, FIRST, 32);
  const elsewhere = firstBytes(program, true);
  if (!elsewhere && !anyFirst()) store<u32>(program, load<u32>(program, P_FLAGS) | AT_BEGIN, P_FLAGS);
}

const FIRST: usize = memory.data(32, 8);

function anyFirst(): bool {
  return (load<u64>(FIRST) | load<u64>(FIRST, 8) | load<u64>(FIRST, 16) | load<u64>(FIRST, 24)) != 0;
}

function peekOf(at: usize): usize {
  for (let i = 0; at && i < PEEK_STEPS; i++) {
    const op: Op = load<u8>(at);
    if (op <= Op.Any) return at;
    if (op != Op.Save && op != Op.LineBegin && op != Op.LineEnd) return 0;
    at = load<u32>(at, I_NEXT);
  }
  return 0;
}

/** Collects in `FIRST` the bytes that can be taken first; true where the end is reached without. */
function firstBytes(program: usize, afterBegin: bool): bool {
  const mark = load<u32>(program, P_WALK) + 4;
  store<u32>(program, mark, P_WALK);
  memory.fill(FIRST, 0, 32);
  bufSetLen(WORK, 0);
  workPush(load<u32>(program, P_START));
  let empty = false;
  while (!workEmpty()) {
    const at = <usize>workPop();
    if (load<u32>(at, I_MARK) == mark) continue;
    store<u32>(at, mark, I_MARK);
    const op: Op = load<u8>(at);
    if (op <= Op.RunAny) addFirst(at, op >= Op.RunByte ? op - Op.RunByte : op);
    if (op == Op.Accept) empty = true;
    else if (op > Op.Any && !(op == Op.LineBegin && afterBegin)) workPush(load<u32>(at, I_NEXT));
    if (op >= Op.Split && op <= Op.Fork) workPush(load<u32>(at, I_ALT));
  }
  return empty;
}

function addFirst(at: usize, op: Op): void {
  if (op == Op.Byte) setAdd(FIRST, load<u8>(at, I_BYTE));
  else if (op == Op.Set) setUnite(FIRST, load<u32>(at, I_ARG));
  else for (let byte: u32 = 1; byte < 256; byte++) setAdd(FIRST, byte);
}

/**
 * Judges what is reached from an instruction without taking a byte, for expressions whose empty paths multiply, such as
 * `(|)(|)(|)…` or nested stars. A counter stops a loop from being entered a third time at one position; since a path that
 * visits nothing twice enters each loop once at most, what is reachable is plain reachability without the loops that have
 * been entered twice already.
 */
import { bufData, bufLen, bufReserve, bufSetLen } from '../heap/text';
import { memoGet, Visit } from './memo';
import { I_ALT, I_ARG, I_LANDING, I_MARK, I_NEXT, INSTRUCTION_BYTES, Op, P_CODE, P_CODE_COUNT, P_WALK, takes } from './program';
import { PATIENCE, TEXT, WORK } from './state';

export const enum Reach {
  /** All was visited before, and nothing was found. */
  Failed,
  /** All was visited before, and something was found, though a loop may hide it on some way there. */
  Found,
  /** The same, and it is found on every way there. */
  Surely,
  /** There is something that was not visited. */
  New,
}

/** The position, the end of the text, and what accepting there would be. */
const AT: usize = memory.data(16, 4);
const END: usize = AT + 4;
const COUNTERS: usize = AT + 8;
const ACCEPTING: usize = AT + 12;

function nextWalk(program: usize): u32 {
  let walk = load<u32>(program, P_WALK) + 4;
  if (!walk) {
    const code = <usize>load<u32>(program, P_CODE);
    const count = <usize>load<u32>(program, P_CODE_COUNT);
    for (let i: usize = 0; i < count; i++) store<u32>(code + i * INSTRUCTION_BYTES, 0, I_MARK);
    walk = 4;
  }
  store<u32>(program, walk, P_WALK);
  return walk;
}

function byteReach(instruction: usize, landing: usize): Reach {
  const at = <usize>load<u32>(AT);
  if (at == <usize>load<u32>(END) || !takes(instruction, load<u8>(at))) return Reach.Failed;
  const visit = memoGet(load<u32>(landing, I_LANDING), <u32>(at + 1) - load<u32>(TEXT));
  return visit == Visit.None ? Reach.New : visit == Visit.Found ? Reach.Surely : Reach.Failed;
}

function isBlocked(loop: usize): bool {
  const counter = <usize>load<u32>(COUNTERS) + load<u32>(loop, I_ARG);
  return load<u32>(counter) == load<u32>(AT) && load<u32>(counter, 4) >= 2;
}

/**
 * What would come of going on at `from`. `accepting` is the answer for `Accept`, `lineBegin` whether `^` holds here.
 * A walk over the graph, depth first; an entry of the stack is an instruction (its way over `alt` is under way) or, with bit
 * 0 set, one whose way over `next` is under way. Marks of instructions hold their answers.
 */
export function closureReach(
  program: usize,
  from: usize,
  at: usize,
  end: usize,
  counters: usize,
  accepting: Reach,
  lineBegin: bool,
): Reach {
  store<u32>(AT, <u32>at);
  store<u32>(END, <u32>end);
  store<u32>(COUNTERS, <u32>counters);
  store<u32>(ACCEPTING, accepting);
  const walk = nextWalk(program);
  bufSetLen(WORK, 0);
  let pc = from;
  while (true) {
    let reach = descend(pc, walk, lineBegin);
    if (reach == Reach.New) return reach;
    // Up, until there is an instruction whose other way is to be tried.
    pc = 0;
    while (!pc) {
      const len = bufLen(WORK);
      if (!len) return reach;
      const top = bufData(WORK) + len - 4;
      const entry = load<u32>(top);
      const instruction = <usize>(entry & ~1);
      const seen: Reach = load<u32>(instruction, I_MARK) & 3;
      if (reach < seen) reach = seen;
      const op: Op = load<u8>(instruction);
      if (!(entry & 1)) {
        if (op == Op.Loop && reach == Reach.Surely) reach = Reach.Found;
        if (op == Op.Fork || reach != Reach.Surely) {
          store<u32>(instruction, walk | (<u32>reach), I_MARK);
          store<u32>(top, entry | 1);
          pc = <usize>load<u32>(instruction, I_NEXT);
          continue;
        }
      }
      store<u32>(instruction, walk | (<u32>reach), I_MARK);
      bufSetLen(WORK, len - 4);
    }
  }
}

/** Goes down over first ways until there is an answer; the instructions on the way are put on the stack. */
function descend(pc: usize, walk: u32, lineBegin: bool): Reach {
  while (true) {
    store<i32>(PATIENCE, load<i32>(PATIENCE) - 1);
    const mark = load<u32>(pc, I_MARK);
    if ((mark & ~3) == walk) return mark & 3;
    const op: Op = load<u8>(pc);
    if (op <= Op.Any) return byteReach(pc, load<u32>(pc, I_NEXT));
    if (op == Op.Accept) return load<u32>(ACCEPTING);
    if (op == Op.LineBegin && !lineBegin) return Reach.Failed;
    if (op == Op.LineEnd && load<u32>(AT) != load<u32>(END)) return Reach.Failed;
    if (op <= Op.RunAny) {
      const reach = byteReach(pc, pc);
      if (reach >= Reach.Surely) return reach;
    }
    const first = op >= Op.Split && op <= Op.Fork && !(op == Op.Loop && isBlocked(pc));
    store<u32>(pc, walk, I_MARK);
    store<u32>(bufReserve(WORK, 4), (<u32>pc) | (first ? 0 : 1));
    bufSetLen(WORK, bufLen(WORK) + 4);
    pc = first ? <usize>load<u32>(pc, I_ALT) : <usize>load<u32>(pc, I_NEXT);
  }
}

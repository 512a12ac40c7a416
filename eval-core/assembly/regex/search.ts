/** Whole matches and searches: what can be told without the executor, and where it is to begin. */
import { bufReserve, bufSetLen } from '../heap/text';
import { setHas } from './bytesets';
import { REGEX_CONTINUOUS, REGEX_NOT_NULL, REGEX_PREV_AVAIL } from './codes';
import { execute, EXACT, LINE_BEGIN } from './match';
import { AT_BEGIN, CAN_BE_EMPTY, P_COUNTERS, P_FEWEST, P_FIRST, P_FLAGS, P_GROUPS, P_MOST } from './program';
import { REGISTERS } from './state';

/** Makes room for the captures of the path and of the best match, and for zeroed counters. */
function registersPrepare(program: usize): void {
  const groups = load<u32>(program, P_GROUPS) + 1;
  const bytes = groups * 16 + load<u32>(program, P_COUNTERS) * 8;
  bufSetLen(REGISTERS, 0);
  memory.fill(bufReserve(REGISTERS, bytes), 0, bytes);
}

/** Steps before visits are remembered: more than any tame expression takes. */
export function budgetFor(len: u32): i32 {
  return 1024 + 8 * <i32>min<u32>(len, 1 << 24);
}

/** Whether the program matches the whole text: 1, 0, or a negative code. */
export function matchWhole(program: usize, text: usize, len: u32): i32 {
  if (len < load<u32>(program, P_FEWEST) || len > load<u32>(program, P_MOST)) return 0;
  if (!(load<u32>(program, P_FLAGS) & CAN_BE_EMPTY) && (!len || !setHas(program + P_FIRST, load<u8>(text)))) return 0;
  registersPrepare(program);
  return execute(program, text, text + len, EXACT | LINE_BEGIN);
}

/** Looks for the first match from offset `from` on: 1, 0, or a negative code. `flags` are `REGEX_…`. */
export function matchAnywhere(program: usize, text: usize, len: u32, from: u32, flags: u32): i32 {
  const end = text + len;
  const known = load<u32>(program, P_FLAGS);
  const fewest = <usize>load<u32>(program, P_FEWEST);
  const first = program + P_FIRST;
  const once = (flags & REGEX_CONTINUOUS) != 0;
  let lineBegin: u32 = flags & REGEX_PREV_AVAIL ? 0 : LINE_BEGIN;
  let begin = text + from;
  registersPrepare(program);
  while (true) {
    if (!lineBegin && known & AT_BEGIN) return 0;
    if (!(known & CAN_BE_EMPTY)) {
      const start = begin;
      while (begin < end && !setHas(first, load<u8>(begin))) begin++;
      if (begin == end || (begin != start && once)) return 0;
      if (begin != start) lineBegin = 0;
    }
    if (<usize>(end - begin) < fewest) return 0;
    const result = execute(program, begin, end, lineBegin | (flags & REGEX_NOT_NULL));
    if (result || once || begin == end) return result;
    lineBegin = 0;
    begin++;
  }
}

/**
 * The executor: a depth-first search in libstdc++'s order (`_Executor::_M_dfs`). Repeats try their body first and what
 * follows only if that finds nothing; of alternatives all are tried; the first of the longest matches counts.
 *
 * After a number of steps visits are remembered (memo.ts), so that no expression takes exponential time.
 *
 *   frame: | kind u8, count u24 | instruction or address | position | old value |
 */
import { bufData, bufReserve, bufSetLen } from '../heap/text';
import { closureReach, Reach } from './closure';
import { contextBegin, contextGet, contextOf, contextSet } from './context';
import { REGEX_MEMORY, REGEX_NOT_NULL } from './codes';
import { memoBegin, memoGet, memoSet, Visit } from './memo';
import { setHas } from './bytesets';
import {
  I_ALT,
  I_ALT_PEEK,
  I_ARG,
  I_BYTE,
  I_LANDING,
  I_NEXT,
  I_NEXT_PEEK,
  Op,
  P_CODE_COUNT,
  P_COUNTERS,
  P_GROUPS,
  P_START,
  takes,
} from './program';
import { BUDGET, CAPTURES, FRAMES, MEMO_ON, PATIENCE, REGISTERS, TEXT } from './state';

/** Only a match of the whole text counts. */
export const EXACT: u32 = 8;
/** `^` matches at the start. */
export const LINE_BEGIN: u32 = 16;

const FRAME_BYTES: usize = 16;
const MAX_FRAMES: usize = 256 << 20;

const enum Frame {
  /** Go on at an instruction if nothing was found. */
  Split,
  /** Go on at an instruction in any case. */
  Fork,
  /** What the first alternative found is not to be forgotten. */
  Merge,
  /** Restore a capture. */
  Capture,
  /** Give back the last byte of a run. */
  Run,
  /** Restore a loop's counter, then as Split. */
  Loop,
  /** Remember what came of a landing. */
  Landing,
  /** Remember what came of a branch; the words are those of its fingerprint. */
  Context,
}

// @ts-ignore: decorator
@inline
function push(sp: usize, kind: Frame, instruction: usize, position: usize, old: usize): void {
  store<u32>(sp, kind);
  store<u32>(sp, <u32>instruction, 4);
  store<u32>(sp, <u32>position, 8);
  store<u32>(sp, <u32>old, 12);
}

/** Whether the instruction `peek` (0: not known) refuses the byte at `at`. */
// @ts-ignore: decorator
@inline
function refuses(peek: usize, at: usize, end: usize): bool {
  return peek != 0 && (at == end || !takes(peek, load<u8>(at)));
}

function markRun(landing: u32, first: u32, last: u32, found: bool): void {
  for (let offset = first; offset <= last; offset++) memoSet(landing, offset, found);
}

/**
 * Tries the program at `begin`: 1, 0, or a negative code. `REGISTERS` has room; `TEXT`, `MEMO_ON` and `BUDGET`
 * are set. The captures are left at `CAPTURES`.
 */
export function execute(program: usize, begin: usize, end: usize, flags: u32): i32 {
  const text = load<u32>(TEXT);
  const captureBytes = (<usize>load<u32>(program, P_GROUPS) + 1) << 3;
  const captures = bufData(REGISTERS);
  const best = captures + captureBytes;
  const counters = best + captureBytes;
  let base = bufReserve(FRAMES, 65536);
  let limit = base + load<u32>(FRAMES, 8) - 4 * FRAME_BYTES;
  let sp = base;
  let pc = <usize>load<u32>(program, P_START);
  let pos = begin;
  let found = false;
  let bestEnd: usize = 0;
  let memo = load<u32>(MEMO_ON) != 0;
  let budget = load<i32>(BUDGET);
  // Steps since something new was met; beyond the patience, branches are judged before they are tried.
  let idle: u32 = 0;
  const patience: u32 = 64 + min<u32>(load<u32>(program, P_CODE_COUNT), 2048);
  for (let i: usize = 0; i < captureBytes; i += 8) store<u64>(captures + i, 0);
  contextBegin();

  while (true) {
    if (sp > limit) {
      if (sp - base > MAX_FRAMES) return REGEX_MEMORY;
      bufSetLen(FRAMES, <u32>(sp - base));
      sp = bufReserve(FRAMES, 65536);
      bufSetLen(FRAMES, 0);
      base = bufData(FRAMES);
      limit = base + load<u32>(FRAMES, 8) - 4 * FRAME_BYTES;
    }
    let landed = false;
    const op: Op = load<u8>(pc);
    switch (op) {
      case Op.Byte:
        if (pos < end && load<u8>(pos) == load<u8>(pc, I_BYTE)) landed = true;
        break;
      case Op.Set:
        if (pos < end && setHas(<usize>load<u32>(pc, I_ARG), load<u8>(pos))) landed = true;
        break;
      case Op.Any:
        if (pos < end && load<u8>(pos)) landed = true;
        break;
      case Op.RunByte:
      case Op.RunSet:
      case Op.RunAny: {
        const low = pos;
        let visit = Visit.None;
        if (memo) {
          const landing = load<u32>(pc, I_LANDING);
          while (pos < end && takes(pc, load<u8>(pos))) {
            visit = memoGet(landing, <u32>(pos + 1) - text);
            if (visit != Visit.None) break;
            pos++;
          }
          if (pos > low) idle = 0;
          if (visit == Visit.Found) {
            markRun(landing, <u32>(low + 1) - text, <u32>pos - text, true);
            found = true;
            break;
          }
          if (flags & EXACT) markRun(landing, <u32>(low + 1) - text, <u32>pos - text, false);
        } else {
          pos = runEnd(pc, op, pos, end);
          budget -= <i32>((pos - low) >>> 3);
        }
        if (pos > low) {
          push(sp, Frame.Run, pc, pos, low);
          sp += FRAME_BYTES;
        }
        pc = <usize>load<u32>(pc, I_NEXT);
        continue;
      }
      case Op.Split:
      case Op.Fork:
      case Op.Loop: {
        idle++;
        if (memo && idle > patience) {
          const judged = judge(program, pc, pos, begin, end, counters, bestEnd, flags);
          if (judged == Judged.TooMuch) return REGEX_MEMORY;
          if (judged != Judged.New) {
            found = judged == Judged.Found;
            break;
          }
          const context = contextOf(program, counters, pc, pos);
          push(sp, Frame.Context, <usize>context, pos, <usize>(context >>> 32));
          sp += FRAME_BYTES;
        }
        const alt = <usize>load<u32>(pc, I_ALT);
        const next = <usize>load<u32>(pc, I_NEXT);
        if (refuses(load<u32>(pc, I_ALT_PEEK), pos, end)) {
          pc = next;
          continue;
        }
        if (op == Op.Loop) {
          const counter = counters + load<u32>(pc, I_ARG);
          const oldPos = <usize>load<u32>(counter);
          const oldCount = load<u32>(counter, 4);
          const count = oldPos == pos ? oldCount : 0;
          if (count == 2) {
            pc = next;
            continue;
          }
          push(sp, Frame.Loop | (oldCount << 8), pc, pos, oldPos);
          sp += FRAME_BYTES;
          store<u32>(counter, <u32>pos);
          store<u32>(counter, count + 1, 4);
        } else if (!refuses(load<u32>(pc, I_NEXT_PEEK), pos, end)) {
          push(sp, op == Op.Split ? Frame.Split : Frame.Fork, next, pos, 0);
          sp += FRAME_BYTES;
        }
        pc = alt;
        continue;
      }
      case Op.Save: {
        const slot = captures + load<u32>(pc, I_ARG);
        if (sp != base) {
          push(sp, Frame.Capture, slot, 0, load<u32>(slot));
          sp += FRAME_BYTES;
        }
        store<u32>(slot, <u32>pos);
        pc = <usize>load<u32>(pc, I_NEXT);
        continue;
      }
      case Op.LineBegin:
        if (pos != begin || !(flags & LINE_BEGIN)) break;
        pc = <usize>load<u32>(pc, I_NEXT);
        continue;
      case Op.LineEnd:
        if (pos != end) break;
        pc = <usize>load<u32>(pc, I_NEXT);
        continue;
      default: {
        if (pos == begin && flags & REGEX_NOT_NULL) break;
        if (flags & EXACT) {
          if (pos != end) break;
          return finish(captures, begin, pos, budget);
        }
        found = true;
        if (pos <= bestEnd) break;
        bestEnd = pos;
        idle = 0;
        memory.copy(best, captures, captureBytes);
        if (pos == end) return finish(best, begin, bestEnd, budget);
      }
    }

    if (landed) {
      pc = <usize>load<u32>(pc, I_NEXT);
      pos++;
      if (!memo) continue;
      const landing = load<u32>(pc, I_LANDING);
      const visit = memoGet(landing, <u32>pos - text);
      if (visit == Visit.None) {
        idle = 0;
        if (flags & EXACT) memoSet(landing, <u32>pos - text, false);
        else {
          push(sp, Frame.Landing, landing, pos, 0);
          sp += FRAME_BYTES;
        }
        continue;
      }
      found = visit == Visit.Found;
    }

    // Nothing (more) on this way: back to the last frame that has another.
    while (true) {
      if (sp == base) {
        if (bestEnd) return finish(best, begin, bestEnd, budget);
        store<i32>(BUDGET, budget);
        return 0;
      }
      sp -= FRAME_BYTES;
      const word = load<u32>(sp);
      const kind: Frame = word & 0xff;
      const subject = <usize>load<u32>(sp, 4);
      if (kind == Frame.Capture) {
        store<u32>(subject, load<u32>(sp, 12));
        continue;
      }
      pos = <usize>load<u32>(sp, 8);
      if (kind == Frame.Split) {
        if (found) continue;
        pc = subject;
        break;
      }
      if (kind == Frame.Run) {
        const low = <usize>load<u32>(sp, 12);
        const landing = load<u32>(subject, I_LANDING);
        if (found) {
          if (memo) markRun(landing, <u32>(low + 1) - text, <u32>pos - text, true);
          continue;
        }
        const high = pos;
        const peek = <usize>load<u32>(subject, I_NEXT_PEEK);
        do pos--;
        while (pos > low && peek && !takes(peek, load<u8>(pos)));
        if (memo) markRun(landing, <u32>(pos + 1) - text, <u32>high - text, false);
        if (pos > low) {
          store<u32>(sp, <u32>pos, 8);
          sp += FRAME_BYTES;
        }
        pc = <usize>load<u32>(subject, I_NEXT);
        break;
      }
      if (kind == Frame.Fork) {
        if (found) {
          store<u32>(sp, Frame.Merge);
          sp += FRAME_BYTES;
          found = false;
        }
        pc = subject;
        break;
      }
      if (kind == Frame.Loop) {
        const counter = counters + load<u32>(subject, I_ARG);
        store<u32>(counter, load<u32>(sp, 12));
        store<u32>(counter, word >>> 8, 4);
        if (found) continue;
        pc = <usize>load<u32>(subject, I_NEXT);
        break;
      }
      if (kind == Frame.Merge) found = true;
      else if (kind == Frame.Context) contextSet((<u64>subject) | ((<u64>load<u32>(sp, 12)) << 32), found);
      else memoSet(<u32>subject, <u32>pos - text, found);
    }
    idle++;
    if (--budget < 0 && !memo) {
      memo = true;
      memoBegin(program, <u32>end - text);
    }
  }
}

const enum Judged {
  Failed,
  Found,
  New,
  TooMuch,
}

/** Whether a branch is worth trying after much has been tried in vain. */
function judge(program: usize, pc: usize, pos: usize, begin: usize, end: usize, counters: usize, bestEnd: usize, flags: u32): Judged {
  const left = load<i32>(PATIENCE) - 1;
  store<i32>(PATIENCE, left);
  if (left < 0) return Judged.TooMuch;
  const lineBegin = pos == begin && (flags & LINE_BEGIN) != 0;
  const reach = closureReach(program, pc, pos, end, counters, acceptReach(pos, begin, end, bestEnd, flags), lineBegin);
  if (reach == Reach.Failed) return Judged.Failed;
  if (reach != Reach.New) return Judged.Found;
  const known = contextGet(contextOf(program, counters, pc, pos));
  return known < 0 ? Judged.New : known ? Judged.Found : Judged.Failed;
}

/** Where the run of an instruction that starts at `pos` ends. */
function runEnd(pc: usize, op: Op, pos: usize, end: usize): usize {
  if (op == Op.RunSet) {
    const set = <usize>load<u32>(pc, I_ARG);
    while (pos < end && setHas(set, load<u8>(pos))) pos++;
  } else if (op == Op.RunByte) {
    const byte = load<u8>(pc, I_BYTE);
    while (pos < end && load<u8>(pos) == byte) pos++;
  } else while (pos < end && load<u8>(pos)) pos++;
  return pos;
}

/** What would come of accepting at `pos`. */
function acceptReach(pos: usize, begin: usize, end: usize, bestEnd: usize, flags: u32): Reach {
  if (pos == begin && flags & REGEX_NOT_NULL) return Reach.Failed;
  if (flags & EXACT) return pos == end ? Reach.New : Reach.Failed;
  return pos <= bestEnd ? Reach.Surely : Reach.New;
}

function finish(captures: usize, begin: usize, end: usize, budget: i32): i32 {
  store<u32>(captures, <u32>begin);
  store<u32>(captures, <u32>end, 4);
  store<u32>(CAPTURES, <u32>captures);
  store<i32>(BUDGET, budget);
  return 1;
}

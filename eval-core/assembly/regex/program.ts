/**
 * A compiled expression, as the executor reads it. All links are addresses; a program never moves.
 *
 *   | header | expression | instructions, 32 bytes each | byte sets |
 */
import { setHas } from './bytesets';

// Header
export const P_HASH: usize = 0;
export const P_TEXT: usize = 4;
export const P_TEXT_LEN: usize = 8;
/** Groups, without the whole match. */
export const P_GROUPS: usize = 12;
export const P_START: usize = 16;
export const P_FLAGS: usize = 20;
/** Fewest and most bytes of a match. */
export const P_FEWEST: usize = 24;
export const P_MOST: usize = 28;
/** Instructions that follow a byte: where a visit is worth remembering. */
export const P_LANDINGS: usize = 32;
/** Loops whose body can be empty. */
export const P_COUNTERS: usize = 36;
export const P_CODE: usize = 40;
export const P_CODE_COUNT: usize = 44;
/** Stamp of the last walk over the instructions, see closure.ts. */
export const P_WALK: usize = 48;
/** Bytes that a match can begin with. */
export const P_FIRST: usize = 56;
export const HEADER_BYTES: usize = 88;

/** The expression matches without taking a byte (assertions aside). */
export const CAN_BE_EMPTY: u32 = 1;
/** Every match begins with `^`. */
export const AT_BEGIN: u32 = 2;

export const enum Op {
  /** Take one byte: `BYTE`, one of the set `I_ARG`, or any but NUL. */
  Byte,
  Set,
  Any,
  /** The same, as often as possible, then backwards. */
  RunByte,
  RunSet,
  RunAny,
  /** `I_ALT`; if it finds nothing `I_NEXT`. */
  Split,
  /** The same, but `I_ALT` at most twice at a position; `I_ARG`: offset of its counter. */
  Loop,
  /** Both, `I_ALT` first. */
  Fork,
  /** Stores the position in the capture at offset `I_ARG`. */
  Save,
  LineBegin,
  LineEnd,
  Accept,
}

// Instruction: the kind (Op) at offset 0, then
export const I_BYTE: usize = 1;
export const I_ARG: usize = 4;
export const I_NEXT: usize = 8;
export const I_ALT: usize = 12;
/** Number among the landings, or -1. */
export const I_LANDING: usize = 16;
/** The instruction that the way over `I_ALT` (`I_NEXT`) surely takes its first byte with, or 0. */
export const I_ALT_PEEK: usize = 20;
export const I_NEXT_PEEK: usize = 24;
export const I_MARK: usize = 28;
export const INSTRUCTION_BYTES: usize = 32;

/** Whether the instruction (a `Byte`, `Set` or `Any`, or the run of one) takes this byte. */
// @ts-ignore: decorator
@inline
export function takes(instruction: usize, byte: u32): bool {
  let op = <i32>load<u8>(instruction);
  if (op >= Op.RunByte) op -= Op.RunByte;
  if (op == Op.Byte) return byte == <u32>load<u8>(instruction, I_BYTE);
  if (op == Op.Set) return setHas(<usize>load<u32>(instruction, I_ARG), byte);
  return byte != 0;
}

/** The frame of `derivationStrict`: its slots, and the trace lines of what fails in it. */
import { addTrace, msgArgStr, msgArgSym, msgBegin, msgClose, msgLit, msgOpen, msgPos } from '../diag/errors';
import { NULL } from '../value/layout';
import { attrsPos, attrsShape, attrsSymbol, shapeFind, shapeNameOrder } from '../value/shapes';
import { setSlotInt, slot, slotInt } from '../vm/native';
import { Word, wordSymbol } from './words';

/** Slots of the procedure's frame. */
export const enum D {
  Attrs = 0,
  /** what is under way, for traces: 0 nothing yet, 1 the name, 2 the rest, 3 an attribute */
  Phase,
  /** place in the order of names */
  Index,
  /** cells: name, string, … */
  Env,
  EnvCount,
  /** a context's address, or tagged 0 */
  Context,
  Flags,
  /** cells of strings */
  Args,
  ArgCount,
  Builder,
  Platform,
  /** cells of symbols, or NULL for `out` alone */
  Outputs,
  Hash,
  HashAlgo,
  Method,
  Name,
  List,
  ListIndex,
  /** the text of `__json` */
  Json,
  /** while it is instantiated: the path */
  Path,
}
export const STRUCTURED: i32 = 1;
export const IGNORE_NULLS: i32 = 2;
export const ADDRESSED: i32 = 4;
export const IMPURE: i32 = 8;
/** `__json` was given (D.Json is its text). */
export const JSON_GIVEN: i32 = 16;

// @ts-ignore: decorator
@inline
export function flag(f: usize, bit: i32): bool {
  return (slotInt(f, D.Flags) & bit) != 0;
}
export function setFlag(f: usize, bit: i32): void {
  setSlotInt(f, D.Flags, slotInt(f, D.Flags) | bit);
}

// ---- traces

export function attrIndex(f: usize): u32 {
  const shape = attrsShape(slot(f, D.Attrs));
  return load<u32>(shapeNameOrder(shape) + ((<usize>slotInt(f, D.Index)) << 2));
}
export function namePosition(f: usize): u32 {
  const a = slot(f, D.Attrs);
  const i = shapeFind(attrsShape(a), wordSymbol(Word.Name));
  return i < 0 ? 0 : attrsPos(a, i);
}
/** Adds what Nix says of where in the derivation an error came up. */
export function traceError(f: usize): void {
  const phase = slotInt(f, D.Phase);
  if (phase == 3) {
    const i = attrIndex(f);
    msgBegin();
    msgLit("while evaluating attribute '");
    msgArgSym(attrsSymbol(slot(f, D.Attrs), i));
    msgLit("' of derivation '");
    msgArgStr(slot(f, D.Name));
    msgLit("'");
    addTrace(attrsPos(slot(f, D.Attrs), i));
  }
  if (phase == 1) {
    msgBegin();
    msgLit("while evaluating the derivation attribute 'name'");
    addTrace(namePosition(f));
  }
  if (phase < 2) return;
  msgBegin();
  msgLit("while evaluating derivation '");
  msgArgStr(slot(f, D.Name));
  msgLit("'\n  whose name attribute is located at ");
  msgOpen();
  msgPos(namePosition(f));
  msgClose();
  addTrace(0);
}

/** Variables: slots of environments, global names, `with`. */
import { Op } from '../gen/opcodes';
import { permAlloc } from '../heap/pages';
import { N_A, nodePos } from '../syntax/ast';
import { isSmall } from '../value/layout';
import { emit, emit2 } from './emit';
import {
  Found,
  SC_FRAME,
  SC_OUTER,
  SC_WITH,
  SC_WITH_POS,
  foundLevel,
  foundSlot,
  foundWiths,
  frameDistance,
  globalValue,
  scopeFind,
} from './scope';
import { undefinedFound } from './undefined';

export function emitSlot(level: u32, slot: u32): void {
  if (!level) emit(Op.Slot0, slot);
  else if (level < 256 && slot < 65536) emit(Op.Slot, level | (slot << 8));
  else emit2(Op.SlotW, level, slot);
}

export function emitVar(level: u32, slot: u32, pos: u32): void {
  if (!level) emit2(Op.Var0, slot, pos);
  else if (level == 1) emit2(Op.Var1, slot, pos);
  else if (level < 256 && slot < 65536) emit2(Op.Var, level | (slot << 8), pos);
  else {
    emit2(Op.SlotW, level, slot);
    emit2(Op.Force, 0, pos);
  }
}

/** The record of the `with` scopes around: | position | number | level, slot, position … |, innermost first. */
function withRecord(scope: usize, frame: usize, n: u32, pos: u32): usize {
  const r = permAlloc(8 + <usize>n * 12);
  store<u32>(r, pos);
  store<u32>(r, n, 4);
  let i: u32 = 0;
  for (let s = scope; s; s = <usize>load<u32>(s, SC_OUTER)) {
    const slot = load<u32>(s, SC_WITH);
    if (!slot) continue;
    const at = r + 8 + <usize>i * 12;
    store<u32>(at, frameDistance(frame, <usize>load<u32>(s, SC_FRAME)));
    store<u32>(at, slot - 1, 4);
    store<u32>(at, load<u32>(s, SC_WITH_POS), 8);
    i++;
  }
  return r;
}

export function strictVar(node: usize, scope: usize, frame: usize): void {
  const sym = load<u32>(node, N_A);
  const pos = nodePos(node);
  const found = scopeFind(scope, frame, sym);
  if (found == Found.Slot) return emitVar(foundLevel(), foundSlot(), pos);
  const global = globalValue(sym);
  if (global) {
    emit2(Op.Const, 0, <u32>global);
    // `builtins` and such may be suspended; primops and constants are not
    if (!isSmall(global) && (load<u8>(global) & 0x30) == 0) emit2(Op.Force, 0, pos);
    return;
  }
  if (found == Found.With) {
    emit2(Op.WithVar, sym, <u32>withRecord(scope, frame, foundWiths(), pos));
    emit(Op.Back, 0);
    emit2(Op.Force, 0, pos);
    return;
  }
  undefinedFound(sym, pos);
  emit2(Op.Undefined, sym, pos);
}

/** Operators that are instructions of their own, and strings with interpolations. */
import { Op } from '../gen/opcodes';
import { FLAG_FORCE_STRING, N_A, N_B, Node, nodeFlags, nodeKind, nodePos } from '../syntax/ast';
import { COERCE_CANON, COERCE_COPY } from './coercion';
import { strict } from './compile';
import { Range, emit, emit2, emitWord, here, patchJump, rangeAdd } from './emit';

export function strictLogic(a: usize, b: usize, pos: u32, scope: usize, frame: usize, op: Op, left: Range, right: Range): void {
  const start = here();
  strict(a, scope, frame, false);
  emit2(op, 0, pos);
  emitWord(0);
  rangeAdd(start, pos, left);
  const jump = here() - 4;
  const second = here();
  strict(b, scope, frame, false);
  emit2(Op.CheckBool, 0, pos);
  rangeAdd(second, pos, right);
  patchJump(jump);
}

/** An operand of `//`; one that is an update itself has told its own operands apart already. */
export function strictAttrsOperand(node: usize, scope: usize, frame: usize, kind: Range): void {
  if (nodeKind(node) == Node.Update) return strict(node, scope, frame, false);
  const start = here();
  strict(node, scope, frame, false);
  if (nodeKind(node) != Node.Attrs) emit2(Op.CheckAttrs, 0, 0);
  rangeAdd(start, nodePos(node), kind);
}

export function strictConcat(node: usize, scope: usize, frame: usize): void {
  const items = <usize>load<u32>(node, N_A);
  const n = load<u32>(node, N_B);
  const pos = nodePos(node);
  if (n > 1000) emit(Op.NeedStack, (n >>> 10) + 1);
  if (nodeFlags(node) & FLAG_FORCE_STRING) {
    for (let i: u32 = 0; i < n; i++) concatItem(items + ((<usize>i) << 3), scope, frame, COERCE_COPY | COERCE_CANON);
    emit2(Op.Concat, n, pos);
    return;
  }
  const first = <usize>load<u32>(items, 4);
  strict(first, scope, frame, false);
  if (n == 2 && nodeKind(first) != Node.Path) {
    emit2(Op.AddLeft, 0, load<u32>(items));
    emit(Op.AddCoerced, 0);
    strict(<usize>load<u32>(items, 12), scope, frame, false);
    emit2(Op.Add, distance(pos, load<u32>(items, 8)), load<u32>(items, 8));
    return;
  }
  // a path with interpolations, or a path literal and one operand
  for (let i: u32 = 1; i < n; i++) concatItem(items + ((<usize>i) << 3), scope, frame, COERCE_CANON);
  emit2(Op.ConcatPath, n, pos);
}

/** How far the `+` stands before its right operand, as far as an instruction can say it. */
function distance(pos: u32, right: u32): u32 {
  return pos && right > pos && right - pos < 1 << 24 ? right - pos : 0;
}

function concatItem(item: usize, scope: usize, frame: usize, flags: u32): void {
  const node = <usize>load<u32>(item, 4);
  strict(node, scope, frame, false);
  if (nodeKind(node) != Node.String) emit2(Op.Coerce, flags, load<u32>(item));
}

/** Calls, and the operators that Nix compiles to calls of builtins: `-`, `*`, `/`, `<`. */
import { Op } from '../gen/opcodes';
import { ST_COMPILE } from '../heap/state';
import { NumberSetting, settingNumber } from '../settings';
import { FLAG_OPERATOR, N_A, N_B, N_C, Node, nodeFlags, nodeKind, nodePos } from '../syntax/ast';
import { symbolOf } from '../value/symbols';
import { lazy, strict } from './compile';
import { Range, emit, emit2, here, rangeAdd } from './emit';
import { Found, foundLevel, foundReady, foundSlot, scopeFind } from './scope';
import { emitVar } from './variables';

const SYM_SUB: usize = ST_COMPILE + 112;
const SYM_MUL: usize = ST_COMPILE + 116;
const SYM_DIV: usize = ST_COMPILE + 120;
const SYM_LESS: usize = ST_COMPILE + 124;
/** Interns the names of the builtins behind operators. */
export function operatorsInit(): void {
  if (load<u32>(SYM_SUB)) return;
  store<u32>(SYM_SUB, symbolOf('__sub'));
  store<u32>(SYM_MUL, symbolOf('__mul'));
  store<u32>(SYM_DIV, symbolOf('__div'));
  store<u32>(SYM_LESS, symbolOf('__lessThan'));
}

export function strictCall(node: usize, scope: usize, frame: usize): void {
  const fn = <usize>load<u32>(node, N_A);
  const args = <usize>load<u32>(node, N_B);
  const n = load<u32>(node, N_C);
  const pos = nodePos(node);
  if (nodeFlags(node) & FLAG_OPERATOR && n == 2 && nodeKind(fn) == Node.Var && !callsAreTold()) {
    const op = operatorOf(load<u32>(fn, N_A), scope, frame);
    if (op != Op.Halt) return strictOperator(op, <usize>load<u32>(args), <usize>load<u32>(args, 4), pos, scope, frame);
  }
  for (let i = n; i > 0; i--) lazy(<usize>load<u32>(args + ((<usize>(i - 1)) << 2)), scope, frame);
  strict(fn, scope, frame, false);
  for (let i = n; i > 0; i--) emit2(Op.Call, i, pos);
}

/** Where calls are told or counted, operators are calls, too. */
function callsAreTold(): bool {
  return (settingNumber(NumberSetting.CallEvents) | settingNumber(NumberSetting.CountCalls) | settingNumber(NumberSetting.Statistics)) != 0;
}
/** An operator counts a level of calls while its operands are evaluated. */
function strictOperator(op: Op, left: usize, right: usize, pos: u32, scope: usize, frame: usize): void {
  const kind = op == Op.Sub ? Range.Sub : op == Op.Mul ? Range.Mul : op == Op.Div ? Range.Div : Range.Less;
  const simple = isSimple(left, scope, frame) && isSimple(right, scope, frame);
  if (simple) {
    simpleOperand(left, scope, frame, pos, kind);
    simpleOperand(right, scope, frame, pos, kind);
  } else {
    emit2(Op.Enter, 0, pos);
    const start = here();
    strictArgument(left, scope, frame);
    strictArgument(right, scope, frame);
    leave(start, pos, kind);
  }
  const start = here();
  emit2(op, 0, pos);
  rangeAdd(start, pos, kind);
}
/** Ends a level that began at `start`. */
function leave(start: u32, pos: u32, kind: Range): void {
  rangeAdd(start, 0, Range.Level);
  emit(Op.LevelDown, 0);
  rangeAdd(start, pos, kind);
}
/** What runs no code, or none as a rule. */
function isSimple(node: usize, scope: usize, frame: usize): bool {
  return isConstant(node) || (nodeKind(node) == Node.Var && scopeFind(scope, frame, load<u32>(node, N_A)) == Found.Slot);
}
function isConstant(node: usize): bool {
  const kind = nodeKind(node);
  return kind == Node.Int || kind == Node.Float || kind == Node.String || kind == Node.Path;
}
/** A variable that has a value needs no level. */
function simpleOperand(node: usize, scope: usize, frame: usize, pos: u32, kind: Range): void {
  if (isConstant(node)) return strict(node, scope, frame, false);
  scopeFind(scope, frame, load<u32>(node, N_A));
  let start = here();
  if (foundReady() && foundLevel() < 256 && foundSlot() < 65536) emit2(Op.VarLevel, foundLevel() | (foundSlot() << 8), pos);
  else {
    emit2(Op.Enter, 0, pos);
    start = here();
    strictArgument(node, scope, frame);
  }
  leave(start, pos, kind);
}
/** An argument that Nix passes to a builtin: a variable is forced there, for no position. */
function strictArgument(node: usize, scope: usize, frame: usize): void {
  if (nodeKind(node) == Node.Var && scopeFind(scope, frame, load<u32>(node, N_A)) == Found.Slot && foundReady())
    emitVar(foundLevel(), foundSlot(), 0);
  else strict(node, scope, frame, false);
}
/** The instruction of `-`, `*`, `/`, `<` where the builtin behind it is not shadowed, or Halt. */
function operatorOf(sym: u32, scope: usize, frame: usize): Op {
  let op = Op.Halt;
  if (sym == load<u32>(SYM_SUB)) op = Op.Sub;
  else if (sym == load<u32>(SYM_MUL)) op = Op.Mul;
  else if (sym == load<u32>(SYM_DIV)) op = Op.Div;
  else if (sym == load<u32>(SYM_LESS)) op = Op.Less;
  if (op != Op.Halt && scopeFind(scope, frame, sym) == Found.Slot) return Op.Halt;
  return op;
}

/** Operators on what is not two small integers. The registers are saved; operands are on top of the stack. */
import { ST_STATS } from '../heap/state';
import { Proc } from '../gen/builtins';
import { Op } from '../gen/opcodes';
import { Err, addTraceLit, msgArgInt, msgBegin, msgLit, raiseAt } from '../diag/errors';
import { msgShowType } from '../diag/check';
import { KIND_CELLS, KIND_FLOAT, KIND_INT, KIND_LIST, KIND_PATH, KIND_STRING } from '../value/kinds';
import {
  EMPTY_STRING,
  allocList,
  allocString,
  floatValue,
  intValue,
  kindOf,
  listGet,
  listLen,
  listSet,
  mkBool,
  cell,
  mkFloat,
  mkInt,
  mkPath,
  strBytes,
  strContext,
  strLen,
  tag,
} from '../value/layout';
import { contextUnion } from '../value/context';
import { memoryFits } from '../heap/pages';
import { ST_ALLOCATED, ST_OUT_OF_MEMORY } from '../heap/state';
import { bytesCompare } from '../heap/text';
import { COERCE_CANON, COERCE_COPY } from '../compile/coercion';
import { EQ_UNKNOWN, equalNow } from './equal';
import { canonPath } from './paths';
import { maxCallDepth } from '../settings';
import { failDepth, failEntering, failExpectedAt } from './fail';
import { startProc, startProc4 } from './frames';
import { VM_DEPTH, VM_PC, VM_SP } from './native';
import { Step } from './steps';

function position(): u32 {
  return load<u32>(<usize>load<u32>(VM_PC), 4);
}
/** Replaces two operands by a result and goes on. */
function result2(v: usize): Step {
  const sp = <usize>load<u32>(VM_SP) - 4;
  store<u32>(sp - 4, <u32>v);
  store<u32>(VM_SP, <u32>sp);
  store<u32>(VM_PC, load<u32>(VM_PC) + 8);
  return Step.Reload;
}
function overflow(verb: string, l: i64, op: string, r: i64, pos: u32): Step {
  msgBegin();
  msgLit('integer overflow in ');
  msgLit(verb);
  msgLit(' ');
  msgArgInt(l);
  msgLit(op);
  msgArgInt(r);
  raiseAt(Err.Eval, pos);
  return Step.Raise;
}
function asFloat(v: usize): f64 {
  return kindOf(v) == KIND_INT ? <f64>intValue(v) : floatValue(v);
}
export function addOverflows(l: i64, r: i64): bool {
  const s = l + r;
  return ((l ^ s) & (r ^ s)) < 0;
}
export function subOverflows(l: i64, r: i64): bool {
  const s = l - r;
  return ((l ^ r) & (l ^ s)) < 0;
}
export function mulOverflows(l: i64, r: i64): bool {
  if (!l || !r) return false;
  if ((l == -1 && r == i64.MIN_VALUE) || (r == -1 && l == i64.MIN_VALUE)) return true;
  const p = l * r;
  return p / r != l;
}

/** `a + b`: numbers; or a string, path or what coerces to one. */
export function addSlow(l: usize, r: usize): Step {
  const lk = kindOf(l);
  const rk = kindOf(r);
  if (lk == KIND_INT || lk == KIND_FLOAT) {
    if (rk != KIND_INT && rk != KIND_FLOAT) {
      msgBegin();
      msgLit('cannot add ');
      msgShowType(r);
      msgLit(lk == KIND_INT ? ' to an integer' : ' to a float');
      raiseAt(Err.Eval, position());
      return Step.Raise;
    }
    if (lk == KIND_FLOAT || rk == KIND_FLOAT) return result2(mkFloat(asFloat(l) + asFloat(r)));
    const a = intValue(l);
    const b = intValue(r);
    if (addOverflows(a, b)) return overflow('adding', a, ' + ', b, position());
    return result2(mkInt(a + b));
  }
  if (rk == KIND_STRING) return addStrings(lk == KIND_CELLS ? cell(l, 0) : l, r);
  // AddLeft has made the left side a string or a path, or AddCoerced the cell of a string
  return startProc(Proc.addRight, l, r, tag(<i32>position()), dropTwo());
}
/** Pops both operands of the instruction; returns where it ends. */
function dropTwo(): usize {
  store<u32>(VM_SP, load<u32>(VM_SP) - 8);
  return <usize>load<u32>(VM_PC) + 8;
}

/** Joins a string or path and a string for the `Add` at `pc`, whose operand is how far its `+` stands before the right side; 0 after an error. */
export function joinTwo(l: usize, r: usize, pc: usize): usize {
  const pos = load<u32>(pc, 4);
  if (!joinFits(l, r)) return failMemory(pos);
  const n = strLen(l);
  const m = strLen(r);
  if (kindOf(l) == KIND_PATH) {
    if (strContext(r)) {
      msgBegin();
      msgLit('a string that refers to a store path cannot be appended to a path');
      return raiseAt(Err.Eval, pos - (load<u32>(pc) >>> 8));
    }
    const t = allocString(n + m, 0);
    memory.copy(strBytes(t), strBytes(l), n);
    memory.copy(strBytes(t) + n, strBytes(r), m);
    return canonPath(strBytes(t), n + m, strContext(l));
  }
  const s = allocString(n + m, contextUnion(strContext(l), strContext(r)));
  memory.copy(strBytes(s), strBytes(l), n);
  memory.copy(strBytes(s) + n, strBytes(r), m);
  return s;
}
/**
 * There is no room for the result of the instruction: it is tried again after a collection. Where nothing has been allocated since the
 * last one, the program fails.
 */
export function noRoom(pos: u32): Step {
  if (load<u32>(ST_ALLOCATED)) {
    store<u32>(ST_OUT_OF_MEMORY, 1);
    return Step.Fuel;
  }
  failMemory(pos);
  return Step.Raise;
}
function failMemory(pos: u32): usize {
  msgBegin();
  msgLit('out of memory');
  return raiseAt(Err.Memory, pos);
}
/** Whether there is room for a string as long as two. */
function joinFits(l: usize, r: usize): bool {
  return memoryFits(<u64>strLen(l) + <u64>strLen(r));
}
function addStrings(l: usize, r: usize): Step {
  if (!joinFits(l, r)) return noRoom(position());
  const s = joinTwo(l, r, <usize>load<u32>(VM_PC));
  return s ? result2(s) : Step.Raise;
}

/** `-`, `*`, `/` and `<` are calls of builtins in Nix, and count as such. */
function tooDeep(): Step {
  failEntering(position());
  return Step.Raise;
}
/** `-`, `*`, `/`. */
export function arithmeticSlow(op: u32, l: usize, r: usize): Step {
  if (load<u32>(VM_DEPTH) > maxCallDepth()) return tooDeep();
  const lk = kindOf(l);
  const rk = kindOf(r);
  const pos = position();
  // the divisor is looked at first
  if (op == Op.Div && (rk == KIND_INT || rk == KIND_FLOAT) && asFloat(r) == 0) {
    msgBegin();
    msgLit('division by zero');
    raiseAt(Err.Eval, 0);
    return Step.Raise;
  }
  if ((lk != KIND_INT && lk != KIND_FLOAT) || (rk != KIND_INT && rk != KIND_FLOAT)) return failOperand(op, l, r);
  const floats = lk == KIND_FLOAT || rk == KIND_FLOAT;
  if (floats) {
    const a = asFloat(l);
    const b = asFloat(r);
    return result2(mkFloat(op == Op.Sub ? a - b : op == Op.Mul ? a * b : a / b));
  }
  const a = intValue(l);
  const b = intValue(r);
  if (op == Op.Sub) return subOverflows(a, b) ? overflow('subtracting', a, ' - ', b, 0) : result2(mkInt(a - b));
  if (op == Op.Mul) return mulOverflows(a, b) ? overflow('multiplying', a, ' * ', b, 0) : result2(mkInt(a * b));
  if (a == i64.MIN_VALUE && b == -1) return overflow('dividing', a, ' / ', b, 0);
  return result2(mkInt(a / b));
}
/** Nix's builtins look at both for a float first, then check the first, then (division: the other way round) the second. */
function failOperand(op: u32, l: usize, r: usize): Step {
  const lk = kindOf(l);
  const rk = kindOf(r);
  const floats = lk == KIND_FLOAT || rk == KIND_FLOAT;
  const leftBad = lk != KIND_INT && lk != KIND_FLOAT;
  const rightBad = rk != KIND_INT && rk != KIND_FLOAT;
  const first = op == Op.Div ? !rightBad : leftBad;
  failExpectedAt(floats || (op == Op.Div && rightBad) ? 'a float' : 'an integer', first ? l : r, 0);
  if (op == Op.Sub)
    addTraceLit(
      0,
      first ? 'while evaluating the first argument of the subtraction' : 'while evaluating the second argument of the subtraction',
    );
  else if (op == Op.Div)
    addTraceLit(0, first ? 'while evaluating the first operand of the division' : 'while evaluating the second operand of the division');
  else if (!first) addTraceLit(0, 'while evaluating the second argument of the multiplication');
  else
    addTraceLit(
      0,
      floats ? 'while evaluating the first of the multiplication' : 'while evaluating the first argument of the multiplication',
    );
  return Step.Raise;
}

/** Order of two values that can be compared at once: -1, 0, 1; 2 where it takes a procedure. */
export function compareNow(l: usize, r: usize): i32 {
  const lk = kindOf(l);
  const rk = kindOf(r);
  if (lk == KIND_INT && rk == KIND_INT) {
    const a = intValue(l);
    const b = intValue(r);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if ((lk == KIND_INT || lk == KIND_FLOAT) && (rk == KIND_INT || rk == KIND_FLOAT)) {
    const a = asFloat(l);
    const b = asFloat(r);
    return a < b ? -1 : 1;
  }
  if (lk == rk && (lk == KIND_STRING || lk == KIND_PATH)) {
    const c = bytesCompare(strBytes(l), strLen(l), strBytes(r), strLen(r));
    return c < 0 ? -1 : c > 0 ? 1 : 0;
  }
  return 2;
}
export function lessSlow(l: usize, r: usize): Step {
  if (load<u32>(VM_DEPTH) > maxCallDepth()) return tooDeep();
  const c = compareNow(l, r);
  if (c != 2) return result2(mkBool(c < 0));
  return startProc(Proc.less, l, r, 0, dropTwo());
}
export function eqSlow(l: usize, r: usize): Step {
  if (load<u32>(VM_DEPTH) > maxCallDepth()) {
    failDepth(0);
    return Step.Raise;
  }
  const e = equalNow(l, r);
  if (e != EQ_UNKNOWN) return result2(mkBool(e == 1));
  return startProc(Proc.equal, l, r, 0, dropTwo());
}
export function coerceSlow(flags: u32): Step {
  const sp = <usize>load<u32>(VM_SP) - 4;
  store<u32>(VM_SP, <u32>sp);
  return startSegment(<usize>load<u32>(sp), flags);
}

/** A part of a string or path that is coerced, off the stack already; told with the instruction's position. */
export function startSegment(v: usize, flags: u32): Step {
  const pc = <usize>load<u32>(VM_PC);
  return startProc4(Proc.coerceToString, v, tag(flags), tag(<i32>changetype<usize>(SEGMENT)), tag(load<u32>(pc, 4)), pc + 8);
}
const SEGMENT: string = 'while evaluating a path segment';

/** Joins the `n` strings below `sp`. */
export function concat(sp: usize, n: u32): usize {
  const first = sp - ((<usize>n) << 2);
  if (n == 1) return <usize>load<u32>(first);
  let len: u64 = 0;
  let context: usize = 0;
  for (let at = first; at < sp; at += 4) {
    const s = <usize>load<u32>(at);
    len += strLen(s);
    const c = strContext(s);
    if (c) context = contextUnion(context, c);
  }
  if (!len && !context) return EMPTY_STRING;
  if (!memoryFits(len)) return 0;
  const out = allocString(<u32>len, context);
  let to = strBytes(out);
  for (let at = first; at < sp; at += 4) {
    const s = <usize>load<u32>(at);
    memory.copy(to, strBytes(s), strLen(s));
    to += strLen(s);
  }
  return out;
}

/** A path, and strings onto it. */
export function concatPath(sp: usize, n: u32, pos: u32): usize {
  const first = sp - ((<usize>n) << 2);
  let len: u32 = 0;
  for (let at = first; at < sp; at += 4) {
    const s = <usize>load<u32>(at);
    len += strLen(s);
    if (at != first && strContext(s)) {
      msgBegin();
      msgLit('a string that refers to a store path cannot be appended to a path');
      return raiseAt(Err.Eval, pos);
    }
  }
  const t = allocString(len, 0);
  let to = strBytes(t);
  for (let at = first; at < sp; at += 4) {
    const s = <usize>load<u32>(at);
    memory.copy(to, strBytes(s), strLen(s));
    to += strLen(s);
  }
  return canonPath(strBytes(t), len, strContext(<usize>load<u32>(first)));
}

/** Lists that `++` was asked to join: statistics. */
export const STAT_CONCATS: usize = ST_STATS + 44;

/** `a ++ b`. */
export function concatTwo(l: usize, r: usize): usize {
  store<u32>(STAT_CONCATS, load<u32>(STAT_CONCATS) + 1);
  const n = listLen(l);
  const m = listLen(r);
  if (!n) return r;
  if (!m) return l;
  const out = allocList(n + m);
  memory.copy(out + 4, l + 4, (<usize>n) << 2);
  memory.copy(out + 4 + ((<usize>n) << 2), r + 4, (<usize>m) << 2);
  return out;
}

/** Arithmetic, bits and order. */
import { arg } from './args';
import { later } from './support';
import { expectInt, expectNumber, msgArgValue } from '../diag/check';
import { Err, fail, msgArgInt, msgBegin, msgLit, raise } from '../diag/errors';
import { bytesCompare } from '../heap/text';
import { Proc } from '../gen/builtins';
import { KIND_FLOAT, KIND_INT, KIND_PATH, KIND_STRING } from '../value/kinds';
import { floatValue, intValue, kindOf, mkBool, mkFloat, mkInt, strBytes, strLen, untag } from '../value/layout';

function failOverflow(verb: string, x: i64, sign: string, y: i64): usize {
  msgBegin();
  msgLit('integer overflow in ');
  msgLit(verb);
  msgLit(' ');
  msgArgInt(x);
  msgLit(sign);
  msgArgInt(y);
  return raise(Err.Eval);
}

// @ts-ignore: decorator
@inline
function bothSmall(x: usize, y: usize): bool {
  return <bool>(x & y & 1);
}
// @ts-ignore: decorator
@inline
function eitherFloat(x: usize, y: usize): bool {
  return kindOf(x) == KIND_FLOAT || kindOf(y) == KIND_FLOAT;
}
// @ts-ignore: decorator
@inline
function asFloat(v: usize): f64 {
  return kindOf(v) == KIND_FLOAT ? floatValue(v) : <f64>intValue(v);
}
/** Checks two operands as Nix's forceFloat (where one is a float) or forceInt does. */
function numbersAre(x: usize, y: usize, floats: bool, first: string, second: string): bool {
  if (floats) return expectNumber(x, first) && expectNumber(y, second);
  return expectInt(x, first) && expectInt(y, second);
}

/** `x + y` of two forced numbers, or 0 after an error. */
export function numbersAdd(x: usize, y: usize): usize {
  if (bothSmall(x, y)) return mkInt(<i64>untag(x) + <i64>untag(y));
  const floats = eitherFloat(x, y);
  if (
    !numbersAre(x, y, floats, 'while evaluating the first argument of the addition', 'while evaluating the second argument of the addition')
  )
    return 0;
  if (floats) return mkFloat(asFloat(x) + asFloat(y));
  const a = intValue(x);
  const b = intValue(y);
  const r = a + b;
  return ((a ^ r) & (b ^ r)) < 0 ? failOverflow('adding', a, ' + ', b) : mkInt(r);
}

/** `x - y`. */
export function numbersSubtract(x: usize, y: usize): usize {
  if (bothSmall(x, y)) return mkInt(<i64>untag(x) - <i64>untag(y));
  const floats = eitherFloat(x, y);
  if (
    !numbersAre(
      x,
      y,
      floats,
      'while evaluating the first argument of the subtraction',
      'while evaluating the second argument of the subtraction',
    )
  )
    return 0;
  if (floats) return mkFloat(asFloat(x) - asFloat(y));
  const a = intValue(x);
  const b = intValue(y);
  const r = a - b;
  return ((a ^ b) & (a ^ r)) < 0 ? failOverflow('subtracting', a, ' - ', b) : mkInt(r);
}

/** `x * y`. The trace line of the first operand lacks a word in Nix too. */
export function numbersMultiply(x: usize, y: usize): usize {
  if (bothSmall(x, y)) return mkInt(<i64>untag(x) * <i64>untag(y));
  const floats = eitherFloat(x, y);
  const first = floats ? 'while evaluating the first of the multiplication' : 'while evaluating the first argument of the multiplication';
  if (!numbersAre(x, y, floats, first, 'while evaluating the second argument of the multiplication')) return 0;
  if (floats) return mkFloat(asFloat(x) * asFloat(y));
  const a = intValue(x);
  const b = intValue(y);
  const r = a * b;
  const overflow = (a == -1 && b == i64.MIN_VALUE) || (a != 0 && a != -1 && r / a != b) || (a == -1 && r == i64.MIN_VALUE && b != r);
  return overflow ? failOverflow('multiplying', a, ' * ', b) : mkInt(r);
}

/** `x / y`, towards zero for integers. */
export function numbersDivide(x: usize, y: usize): usize {
  if (!expectNumber(y, 'while evaluating the second operand of the division')) return 0;
  if (asFloat(y) == 0) return fail(Err.Eval, 'division by zero');
  const floats = eitherFloat(x, y);
  if (
    !numbersAre(x, y, floats, 'while evaluating the first operand of the division', 'while evaluating the second operand of the division')
  )
    return 0;
  if (floats) return mkFloat(asFloat(x) / asFloat(y));
  const a = intValue(x);
  const b = intValue(y);
  return a == i64.MIN_VALUE && b == -1 ? failOverflow('dividing', a, ' / ', b) : mkInt(a / b);
}

export function builtin_add(a: usize): usize {
  return numbersAdd(arg(a, 0), arg(a, 1));
}
export function builtin_sub(a: usize): usize {
  return numbersSubtract(arg(a, 0), arg(a, 1));
}
export function builtin_mul(a: usize): usize {
  return numbersMultiply(arg(a, 0), arg(a, 1));
}
export function builtin_div(a: usize): usize {
  return numbersDivide(arg(a, 0), arg(a, 1));
}

export function builtin_bitAnd(a: usize): usize {
  return mkInt(intValue(arg(a, 0)) & intValue(arg(a, 1)));
}
export function builtin_bitOr(a: usize): usize {
  return mkInt(intValue(arg(a, 0)) | intValue(arg(a, 1)));
}
export function builtin_bitXor(a: usize): usize {
  return mkInt(intValue(arg(a, 0)) ^ intValue(arg(a, 1)));
}

/** `x < y` of two forced values: 1, 0, or -1 where Proc.less must say (lists, and what cannot be compared). */
export function lessAtOnce(x: usize, y: usize): i32 {
  if (bothSmall(x, y)) return i32(<i32>x < <i32>y);
  const kx = kindOf(x);
  const ky = kindOf(y);
  if (kx == ky) {
    if (kx == KIND_STRING || kx == KIND_PATH) return i32(bytesCompare(strBytes(x), strLen(x), strBytes(y), strLen(y)) < 0);
    if (kx == KIND_INT) return i32(intValue(x) < intValue(y));
    if (kx == KIND_FLOAT) return i32(floatValue(x) < floatValue(y));
    return -1;
  }
  if (kx == KIND_FLOAT && ky == KIND_INT) return i32(floatValue(x) < <f64>intValue(y));
  if (kx == KIND_INT && ky == KIND_FLOAT) return i32(<f64>intValue(x) < floatValue(y));
  return -1;
}

export function builtin_lessThan(a: usize): usize {
  const x = arg(a, 0);
  const y = arg(a, 1);
  const less = lessAtOnce(x, y);
  return less < 0 ? later(Proc.less, x, y) : mkBool(<bool>less);
}

const NOT_EXACT: string = 'Due to a bug (see https://github.com/NixOS/nix/issues/12899) ';

/** The integer `rounded` of the number `v`; integers that a double does not hold exactly are errors, as in Nix. */
function roundedInteger(v: usize, rounded: f64): usize {
  const isInt = kindOf(v) == KIND_INT;
  if (!(rounded >= -9223372036854775808.0 && rounded < 9223372036854775808.0)) {
    msgBegin();
    if (isInt) {
      msgLit(NOT_EXACT);
      msgLit('the NixInt argument ');
      msgArgInt(intValue(v));
      msgLit(' caused undefined behavior in previous Nix versions.\n\tFuture Nix versions might implement the correct behavior.');
    } else {
      msgLit('NixFloat argument ');
      msgArgValue(v);
      msgLit(' is not in the range of NixInt');
    }
    return raise(Err.Eval);
  }
  const result = <i64>rounded;
  if (isInt && result != intValue(v)) {
    msgBegin();
    msgLit(NOT_EXACT);
    msgLit('a loss of precision occurred in previous Nix versions because the NixInt argument ');
    msgArgInt(intValue(v));
    msgLit(' was rounded to ');
    msgArgInt(result);
    msgLit('.\n\tFuture Nix versions might implement the correct behavior.');
    return raise(Err.Eval);
  }
  return mkInt(result);
}

export function builtin_ceil(a: usize): usize {
  const v = arg(a, 0);
  return roundedInteger(v, Math.ceil(asFloat(v)));
}
export function builtin_floor(a: usize): usize {
  const v = arg(a, 0);
  return roundedInteger(v, Math.floor(asFloat(v)));
}

/** What a value is. */
import { functionFormalHasDefault, functionFormalPos, functionFormalSymbol, functionFormalsCount } from '../compile/functions';
import { Err, fail } from '../diag/errors';
import {
  KIND_ATTRS,
  KIND_BOOL,
  KIND_FLOAT,
  KIND_INT,
  KIND_LAMBDA,
  KIND_LIST,
  KIND_NULL,
  KIND_PATH,
  KIND_PRIMOP,
  KIND_PRIMOP_APP,
  KIND_STRING,
} from '../value/kinds';
import { emptyAttrs, kindOf, mkBool } from '../value/layout';
import { DUP_FIRST, attrsAdd, attrsBegin, attrsFinish } from '../value/shapes';
import { arg } from './args';
import { keptString } from './support';

// @ts-ignore: decorator
@inline
function isLambdaOrPrimop(k: u32): bool {
  return k == KIND_LAMBDA || k == KIND_PRIMOP || k == KIND_PRIMOP_APP;
}

export function builtin_isNull(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_NULL);
}
export function builtin_isBool(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_BOOL);
}
export function builtin_isInt(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_INT);
}
export function builtin_isFloat(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_FLOAT);
}
export function builtin_isString(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_STRING);
}
export function builtin_isPath(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_PATH);
}
export function builtin_isList(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_LIST);
}
export function builtin_isAttrs(a: usize): usize {
  return mkBool(kindOf(arg(a, 0)) == KIND_ATTRS);
}
/** A set with `__functor` is none. */
export function builtin_isFunction(a: usize): usize {
  return mkBool(isLambdaOrPrimop(kindOf(arg(a, 0))));
}

/** Permanent strings with the names of the types, by kind. */
const TYPE_NAMES: usize = memory.data(64, 4);

export function builtin_typeOf(a: usize): usize {
  const k = kindOf(arg(a, 0));
  const at = TYPE_NAMES + ((<usize>(k - KIND_NULL)) << 2);
  const known = load<u32>(at);
  return known ? <usize>known : keptString(at, typeName(k));
}
function typeName(k: u32): string {
  switch (k) {
    case KIND_INT:
      return 'int';
    case KIND_BOOL:
      return 'bool';
    case KIND_STRING:
      return 'string';
    case KIND_PATH:
      return 'path';
    case KIND_NULL:
      return 'null';
    case KIND_ATTRS:
      return 'set';
    case KIND_LIST:
      return 'list';
    case KIND_FLOAT:
      return 'float';
  }
  return 'lambda';
}

export function builtin_functionArgs(a: usize): usize {
  const v = arg(a, 0);
  const k = kindOf(v);
  if (k == KIND_PRIMOP || k == KIND_PRIMOP_APP) return emptyAttrs();
  if (k != KIND_LAMBDA) return fail(Err.Type, "'functionArgs' requires a function");
  const fn = <usize>load<u32>(v, 4);
  const count = functionFormalsCount(fn);
  const mark = attrsBegin();
  for (let i: u32 = 0; i < count; i++) {
    attrsAdd(functionFormalSymbol(fn, i), mkBool(functionFormalHasDefault(fn, i)), functionFormalPos(fn, i));
  }
  return attrsFinish(mark, DUP_FIRST);
}

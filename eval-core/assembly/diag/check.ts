/** Type checks with Nix's messages: `expected a list but found an integer: 5`. */
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
import { kindOf, primopId, setCell, strBytes, strContext, strLen, tag } from '../value/layout';
import { E_POS, MSG, addTraceLit, currentError, msgArgBytes, msgBegin, msgClose, msgLit, msgOpen, raise } from './errors';
import { Err } from './errors';
import { printForError } from '../print/value';
import { builtinName } from '../gen/builtins';
import { attrsGet } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { contextElement, contextCount } from '../value/context';
import { bufBytes, bufStr, bytesCompare } from '../heap/text';
import { symbolBytes, symbolCompare, symbolLen } from '../value/symbols';

/** Nix's name of a value's type with its article (showType). */
export function bufType(buf: usize, v: usize): void {
  switch (kindOf(v)) {
    case KIND_INT:
      return bufStr(buf, 'an integer');
    case KIND_BOOL:
      return bufStr(buf, 'a Boolean');
    case KIND_STRING:
      return bufStr(buf, strContext(v) ? 'a string with context' : 'a string');
    case KIND_PATH:
      return bufStr(buf, 'a path');
    case KIND_NULL:
      return bufStr(buf, 'null');
    case KIND_ATTRS:
      return bufStr(buf, 'a set');
    case KIND_LIST:
      return bufStr(buf, 'a list');
    case KIND_FLOAT:
      return bufStr(buf, 'a float');
    case KIND_LAMBDA:
      return bufStr(buf, 'a function');
    case KIND_PRIMOP:
      return bufBuiltin(buf, "the built-in function '", v);
    case KIND_PRIMOP_APP:
      return bufBuiltin(buf, "the partially applied built-in function '", v);
    default:
      bufStr(buf, 'a thunk');
  }
}
function bufBuiltin(buf: usize, what: string, v: usize): void {
  bufStr(buf, what);
  bufStr(buf, builtinName(primopId(v)));
  bufStr(buf, "'");
}
/** The same, appended to the message, coloured as an argument. */
export function msgShowType(v: usize): void {
  msgOpen();
  bufType(MSG, v);
  msgClose();
}

/** Appends the value as errors show it, coloured as an argument. */
export function msgArgValue(v: usize): void {
  printForError(MSG, v);
}

/** `expected WHAT but found TYPE: VALUE`, with a trace line `ctx` (none where it is empty). Returns 0. */
export function failExpected(what: string, v: usize, ctx: string): usize {
  msgBegin();
  msgLit('expected ');
  msgLit(what);
  msgLit(' but found ');
  msgShowType(v);
  msgLit(': ');
  msgArgValue(v);
  raise(Err.Type);
  if (ctx.length) addTraceLit(0, ctx);
  return 0;
}

// Each returns whether the (forced) value is of the type; if not, the error is raised.
export function expectInt(v: usize, ctx: string): bool {
  return kindOf(v) == KIND_INT || failExpected('an integer', v, ctx) != 0;
}
/** An integer or a float. */
export function expectNumber(v: usize, ctx: string): bool {
  const k = kindOf(v);
  return k == KIND_INT || k == KIND_FLOAT || failExpected('a float', v, ctx) != 0;
}
export function expectBool(v: usize, ctx: string): bool {
  return kindOf(v) == KIND_BOOL || failExpected('a Boolean', v, ctx) != 0;
}
export function expectString(v: usize, ctx: string): bool {
  return kindOf(v) == KIND_STRING || failExpected('a string', v, ctx) != 0;
}
export function expectAttrs(v: usize, ctx: string): bool {
  return kindOf(v) == KIND_ATTRS || failExpected('a set', v, ctx) != 0;
}
export function expectList(v: usize, ctx: string): bool {
  return kindOf(v) == KIND_LIST || failExpected('a list', v, ctx) != 0;
}
/** A function: a lambda, a builtin, or a set with `__functor`. */
export function isFunction(v: usize): bool {
  const k = kindOf(v);
  return k == KIND_LAMBDA || k == KIND_PRIMOP || k == KIND_PRIMOP_APP || (k == KIND_ATTRS && attrsGet(v, symbolOf('__functor')) != 0);
}
export function expectFunction(v: usize, ctx: string): bool {
  return isFunction(v) || failExpected('a function', v, ctx) != 0;
}
/** A string without context. */
export function expectPlainString(v: usize, ctx: string): bool {
  if (!expectString(v, ctx)) return false;
  const c = strContext(v);
  if (!c) return true;
  failContext(v);
  if (ctx.length) addTraceLit(0, ctx);
  return false;
}
/** A string without context, checked at a position (forceStringNoCtx). */
export function expectPlainStringAt(v: usize, pos: u32, ctx: string): bool {
  if (kindOf(v) == KIND_STRING) {
    if (!strContext(v)) return true;
    failContext(v);
  } else {
    failExpected('a string', v, '');
    setCell(currentError(), E_POS, tag(pos));
  }
  addTraceLit(pos, ctx);
  return false;
}
/** Raises `the string '…' is not allowed to refer to a store path (such as '…')`. */
export function failContext(v: usize): void {
  msgBegin();
  msgLit("the string '");
  msgArgBytes(strBytes(v), strLen(v));
  msgLit("' is not allowed to refer to a store path (such as '");
  msgOpen();
  msgContextElement(firstElement(strContext(v)));
  msgClose();
  msgLit("')");
  raise(Err.Eval);
}
/** The element that Nix orders first: plain paths, then whole closures, then outputs; each by bytes. */
function firstElement(c: usize): u32 {
  let best = contextElement(c, 0);
  for (let i: u32 = 1; i < contextCount(c); i++) {
    const e = contextElement(c, i);
    const rank = elementRank(e) - elementRank(best);
    if (rank < 0 || (!rank && compareElements(e, best) < 0)) best = e;
  }
  return best;
}
function elementRank(e: u32): i32 {
  const first = load<u8>(symbolBytes(e));
  return first == 0x21 ? 2 : first == 0x3d ? 1 : 0;
}
function elementPath(e: u32): usize {
  let p = symbolBytes(e);
  const first = load<u8>(p);
  if (first == 0x3d) return p + 1;
  if (first != 0x21) return p;
  p++;
  while (load<u8>(p) != 0x21) p++;
  return p + 1;
}
/** By path, then by output. */
function compareElements(a: u32, b: u32): i32 {
  const pa = elementPath(a);
  const pb = elementPath(b);
  const c = bytesCompare(pa, <u32>(symbolBytes(a) + symbolLen(a) - pa), pb, <u32>(symbolBytes(b) + symbolLen(b) - pb));
  return c ? c : symbolCompare(a, b);
}
/** An element as Nix displays it: `PATH`, `PATH (deep)`, `PATH^OUTPUT`; appended to the message. */
export function msgContextElement(e: u32): void {
  const rank = elementRank(e);
  const path = elementPath(e);
  const start = symbolBytes(e);
  bufBytes(MSG, path, <u32>(start + symbolLen(e) - path));
  if (rank == 1) msgLit(' (deep)');
  if (rank != 2) return;
  msgLit('^');
  bufBytes(MSG, start + 1, <u32>(path - start) - 2);
}
export function errorInFlight(): bool {
  return currentError() != 0;
}

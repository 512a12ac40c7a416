/** What several families of builtins share: well-known symbols, checks with positions, small shapes. */
import { failContext, msgArgValue, msgShowType } from '../diag/check';
import { Err, addTraceLit, msgArgSym, msgBegin, msgLit, raise, raiseAt } from '../diag/errors';
import { permAlloc } from '../heap/pages';
import { KIND_STRING } from '../value/kinds';
import { allocList, deref, isValue, kindOf, listSet, mkNativeThunk, strContext } from '../value/layout';
import { attrsGet, permShape, shapeSetPos, shapeSetSymbol } from '../value/shapes';
import { symbolOf } from '../value/symbols';

/**
 * Names that builtins look up. They are interned when they are first needed, as Nix does: the order of interning shows.
 */
export const enum Name {
  Name = 0,
  Value,
  StartSet,
  Operator,
  Key,
  Right,
  Wrong,
  File,
  Line,
  Column,
  Success,
  Version,
  Hash,
  HashAlgo,
  ToHashFormat,
  Functor,
}
const NAMES: usize = memory.data(64, 4);
/** Shapes of sets that builtins return, by the first of their names. */
const SHAPES: usize = memory.data(64, 4);

function nameText(n: Name): string {
  switch (n) {
    case Name.Name:
      return 'name';
    case Name.Value:
      return 'value';
    case Name.StartSet:
      return 'startSet';
    case Name.Operator:
      return 'operator';
    case Name.Key:
      return 'key';
    case Name.Right:
      return 'right';
    case Name.Wrong:
      return 'wrong';
    case Name.File:
      return 'file';
    case Name.Line:
      return 'line';
    case Name.Column:
      return 'column';
    case Name.Success:
      return 'success';
    case Name.Version:
      return 'version';
    case Name.Hash:
      return 'hash';
    case Name.HashAlgo:
      return 'hashAlgo';
    case Name.ToHashFormat:
      return 'toHashFormat';
    case Name.Functor:
      return '__functor';
  }
  return '';
}

/** The symbol of a well-known name. */
export function nameSymbol(n: Name): u32 {
  const at = NAMES + ((<usize>n) << 2);
  const known = load<u32>(at);
  if (known) return known;
  const sym = symbolOf(nameText(n));
  store<u32>(at, sym);
  return sym;
}

/** The permanent shape of the attributes `a` and `b` (and `c`, unless it is `a`), without positions. */
export function namedShape(a: Name, b: Name, c: Name): usize {
  const at = SHAPES + ((<usize>a) << 2);
  const known = load<u32>(at);
  if (known) return <usize>known;
  const n: u32 = c == a ? 2 : 3;
  const s = permShape(n);
  const symbols = memory.data(12, 4);
  store<u32>(symbols, nameSymbol(a));
  store<u32>(symbols, nameSymbol(b), 4);
  store<u32>(symbols, nameSymbol(c), 8);
  let last: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    let least: u32 = 0xffffffff;
    for (let k: u32 = 0; k < n; k++) {
      const sym = load<u32>(symbols + ((<usize>k) << 2));
      if (sym > last && sym < least) least = sym;
    }
    shapeSetSymbol(s, i, least);
    shapeSetPos(s, i, 0);
    last = least;
  }
  store<u32>(at, <u32>s);
  return s;
}

/** A permanent string of one ASCII literal, made once and kept in the word at `at`. */
export function keptString(at: usize, text: string): usize {
  const known = load<u32>(at);
  if (known) return <usize>known;
  const n = <u32>text.length;
  const bytes = 12 + ((<usize>n + 3) & ~(<usize>3));
  const s = permAlloc(bytes);
  store<u32>(s, KIND_STRING | ((<u32>(bytes >>> 2)) << 8));
  store<u32>(s, n, 4);
  store<u32>(s, 0, 8);
  const src = changetype<usize>(text);
  for (let i: u32 = 0; i < n; i++) store<u8>(s + 12 + i, load<u8>(src + ((<usize>i) << 1)));
  store<u32>(at, <u32>s);
  return s;
}

/** The value behind a reference if it is forced already, else 0. */
// @ts-ignore: decorator
@inline
export function forced(v: usize): usize {
  const d = deref(v);
  return isValue(d) ? d : 0;
}

/**
 * What a simple builtin returns when it must wait after all: a thunk that an internal procedure computes, which the
 * machine forces with the builtin's frame in the trace.
 */
// @ts-ignore: decorator
@inline
export function later(proc: u32, a: usize, b: usize): usize {
  return mkNativeThunk(proc, a, b);
}
/** The same with three operands: the second slot is a list of the second and the third. */
export function later3(proc: u32, a: usize, b: usize, c: usize): usize {
  const rest = allocList(2);
  listSet(rest, 0, b);
  listSet(rest, 1, c);
  return mkNativeThunk(proc, a, rest);
}

/** Raises `attribute 'x' missing`. Returns 0. */
export function failMissing(sym: u32, ctx: string): usize {
  msgBegin();
  msgLit("attribute '");
  msgArgSym(sym);
  msgLit("' missing");
  raise(Err.Type);
  if (ctx.length) addTraceLit(0, ctx);
  return 0;
}
/** An attribute that must be there, or 0 after an error. */
export function requireAttr(set: usize, sym: u32, ctx: string): usize {
  const v = attrsGet(set, sym);
  return v ? v : failMissing(sym, ctx);
}

function msgExpected(what: string, v: usize): void {
  msgBegin();
  msgLit('expected ');
  msgLit(what);
  msgLit(' but found ');
  msgShowType(v);
  msgLit(': ');
  msgArgValue(v);
}
/** Raises `expected WHAT but found …` without a position, but with one for its trace line. Returns 0. */
export function failExpectedTraced(what: string, v: usize, pos: u32, ctx: string): usize {
  msgExpected(what, v);
  raise(Err.Type);
  addTraceLit(pos, ctx);
  return 0;
}
/** The same with the position for both. */
function failExpectedAt(what: string, v: usize, pos: u32, ctx: string): usize {
  msgExpected(what, v);
  raiseAt(Err.Type, pos);
  addTraceLit(pos, ctx);
  return 0;
}
/** Whether a value is a string without context; if not, the error has the position of what was looked at. */
export function expectPlainStringAt(v: usize, pos: u32, ctx: string): bool {
  if (kindOf(v) != KIND_STRING) return failExpectedAt('a string', v, pos, ctx) != 0;
  if (!strContext(v)) return true;
  failContext(v);
  addTraceLit(pos, ctx);
  return false;
}

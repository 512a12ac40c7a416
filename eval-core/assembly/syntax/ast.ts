/**
 * The syntax tree. Nodes live in an arena that is emptied once a file has been compiled; every node begins with
 *
 *   | kind:8  flags:24 | position |
 *
 * A position is the file's base plus the byte offset in it (0: none), see diag/positions.ts. Symbols are ids of
 * value/symbols.ts. Texts are (address, length) of bytes in the arena or in the source, which outlives the tree.
 * Lists of children are arena arrays of words.
 */
export const enum Node {
  /** i64 value */
  Int = 1,
  /** f64 value */
  Float,
  /** a string without interpolation: text, length (unescaped bytes) */
  String,
  /** an absolute, canonical path: text, length */
  Path,
  /** symbol */
  Var,
  /** expression, attribute path, its length, default (0: none) */
  Select,
  /** expression, attribute path, its length */
  HasAttr,
  /** AttrSet, see below; flag REC */
  Attrs,
  /** items, their number */
  List,
  /** argument symbol (0: none), Formals (0: none), body, name symbol (0: anonymous), position of the argument's docstring (0) */
  Lambda,
  /** function, arguments, their number. Operators like `-` and `<` are calls too: flag OPERATOR, the function a Var `__sub`, … */
  Call,
  /** AttrSet, body */
  Let,
  /** scope, body */
  With,
  /** condition, then, else */
  If,
  /** condition, body */
  Assert,
  /** expression */
  Not,
  /** left, right */
  Eq,
  NEq,
  And,
  Or,
  Impl,
  Update,
  ConcatLists,
  /** items (pairs of words: position, expression), their number; flag FORCE_STRING for `"…"` and `''…''`, absent for `+` and paths */
  ConcatStrings,
  /** `__curPos` */
  CurPos,
  /** index of the `inherit (e)` source in its set: only as the expression of an attribute, inside a Select */
  InheritFrom,
}

export const FLAG_REC: u32 = 1;
export const FLAG_FORCE_STRING: u32 = 1;
export const FLAG_OPERATOR: u32 = 1;

// Field offsets. a, b, c, d, e are the words after the two of the header.
export const N_POS: usize = 4;
export const N_A: usize = 8;
export const N_B: usize = 12;
export const N_C: usize = 16;
export const N_D: usize = 20;
export const N_E: usize = 24;

/**
 * An attribute path is an array of pairs: symbol, 0 for a static name; 0, expression for a dynamic one.
 *
 * AttrSet: | static attributes | number | dynamic attributes | number | inherit-from expressions | number |
 *   static attributes, sorted by symbol id (after the merging of nested attribute paths), 5 words each:
 *     | symbol | AttrKind | position | expression | docstring position (0) |
 *   dynamic attributes, in source order, 3 words each: | name expression | value expression | position |
 *   inherit-from expressions, in source order, a word each.
 */
export const enum AttrKind {
  Plain = 0,
  /** `inherit x;`: the expression is a Var that is resolved in the scope around the set */
  Inherited = 1,
  /** `inherit (e) x;`: the expression is Select(InheritFrom(index), x) */
  InheritedFrom = 2,
}
export const ATTR_WORDS: u32 = 5;
export const DYN_WORDS: u32 = 3;
export const AS_STATIC: usize = 0;
export const AS_STATIC_COUNT: usize = 4;
export const AS_DYN: usize = 8;
export const AS_DYN_COUNT: usize = 12;
export const AS_FROM: usize = 16;
export const AS_FROM_COUNT: usize = 20;

/**
 * Formals: | formals, sorted by symbol id | number | ellipsis (0, 1) |, 3 words each: | symbol | position | default (0: none) |
 */
export const FORMAL_WORDS: u32 = 3;
export const FS_ITEMS: usize = 0;
export const FS_COUNT: usize = 4;
export const FS_ELLIPSIS: usize = 8;

// @ts-ignore: decorator
@inline
export function nodeKind(n: usize): u32 {
  return <u32>load<u8>(n);
}
// @ts-ignore: decorator
@inline
export function nodeFlags(n: usize): u32 {
  return load<u32>(n) >>> 8;
}
// @ts-ignore: decorator
@inline
export function nodePos(n: usize): u32 {
  return load<u32>(n, 4);
}

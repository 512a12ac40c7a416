/**
 * A syntax tree as data: the position of the source's first byte, then `[kind, parent, role, begin, end, text]` for each node, parents
 * before children; positions are 0 where there are none. Bindings and formals are nodes of their own. The walk has a stack in linear memory.
 *
 *   | Item | address | parent | role (a literal) |
 */
import { bufByte, bufBytes, bufData, bufI64, bufLen, bufReserve, bufReset, bufSetLen, bufStr } from '../heap/text';
import { bufJsonString } from '../print/json';
import { formatFloatG } from '../value/numbers';
import { symbolBytes, symbolLen } from '../value/symbols';
import {
  AS_DYN,
  AS_DYN_COUNT,
  AS_FROM,
  AS_FROM_COUNT,
  AS_STATIC,
  AS_STATIC_COUNT,
  ATTR_WORDS,
  AttrKind,
  DYN_WORDS,
  FLAG_REC,
  FORMAL_WORDS,
  FS_COUNT,
  FS_ELLIPSIS,
  FS_ITEMS,
  N_A,
  N_B,
  N_C,
  N_D,
  Node,
  nodeFlags,
  nodeKind,
  nodePos,
} from '../syntax/ast';
import { rangeBegin, rangeEnd, rangesIndex } from '../syntax/ranges';
import { SX_DELTA, SX_SRC } from '../syntax/state';
import { nodeName, operatorName } from './names';
import { TEXT, textNext } from './text';

const enum Item {
  Expr,
  Attribute,
  Dynamic,
  Source,
  Formal,
}
const STACK: usize = memory.data(12); // Buf
const WORDS: usize = memory.data(12); // Buf: a text before it is quoted
const COUNT: usize = memory.data(4);
const ITEM_BYTES: u32 = 16;
/** Longer literals are cut. */
const SHOWN: u32 = 200;

function push(item: Item, address: usize, parent: u32, role: string): void {
  const at = bufReserve(STACK, ITEM_BYTES);
  store<u32>(at, item);
  store<u32>(at, <u32>address, 4);
  store<u32>(at, parent, 8);
  store<u32>(at, <u32>changetype<usize>(role), 12);
  bufSetLen(STACK, bufLen(STACK) + ITEM_BYTES);
}
function expr(node: usize, parent: u32, role: string): void {
  if (node) push(Item.Expr, node, parent, role);
}
// @ts-ignore: decorator
@inline
function field(node: usize, at: usize): usize {
  return <usize>load<u32>(node + at);
}

/** Writes the tree to the text. The ranges of its nodes were kept. */
export function treeText(root: usize): void {
  rangesIndex();
  bufReset(TEXT);
  bufReset(STACK);
  store<u32>(COUNT, 0);
  bufByte(TEXT, 0x5b);
  // its address and the distance from there, modulo 2^32
  const base: u32 = load<u32>(SX_SRC) + load<u32>(SX_DELTA);
  bufI64(TEXT, <i64>base);
  bufByte(TEXT, 0x2c);
  expr(root, 0xffffffff, 'root');
  while (bufLen(STACK)) {
    bufSetLen(STACK, bufLen(STACK) - ITEM_BYTES);
    const at = bufData(STACK) + bufLen(STACK);
    const item: Item = load<u32>(at);
    visit(item, field(at, 4), load<u32>(at, 8), changetype<string>(field(at, 12)));
  }
  bufByte(TEXT, 0x5d);
}
/** Writes all of a node but its text, which stands in WORDS; returns its index. */
function emit(kind: string, parent: u32, role: string, begin: u32, end: u32): u32 {
  const index = load<u32>(COUNT);
  store<u32>(COUNT, index + 1);
  textNext(index);
  bufStr(TEXT, '["');
  bufStr(TEXT, kind);
  bufStr(TEXT, '",');
  bufI64(TEXT, <i64>(<i32>parent));
  bufStr(TEXT, ',"');
  bufStr(TEXT, role);
  bufStr(TEXT, '",');
  bufI64(TEXT, <i64>begin);
  bufByte(TEXT, 0x2c);
  bufI64(TEXT, <i64>end);
  bufByte(TEXT, 0x2c);
  bufJsonString(TEXT, bufData(WORDS), bufLen(WORDS));
  bufByte(TEXT, 0x5d);
  return index;
}
function wordsSymbol(symbol: u32): void {
  if (symbol) bufBytes(WORDS, symbolBytes(symbol), symbolLen(symbol));
}
function visit(item: Item, a: usize, parent: u32, role: string): void {
  bufReset(WORDS);
  switch (item) {
    case Item.Attribute: {
      wordsSymbol(load<u32>(a));
      const value = field(a, 12);
      const kind = load<u32>(a, 4);
      const plain = kind == AttrKind.Plain;
      const end = plain ? rangeEnd(value) : 0;
      const index = emit(
        plain ? 'Attribute' : kind == AttrKind.Inherited ? 'Inherited' : 'InheritedFrom',
        parent,
        role,
        load<u32>(a, 8),
        end,
      );
      if (plain) expr(value, index, 'value');
      return;
    }
    case Item.Dynamic: {
      const index = emit('DynamicAttribute', parent, role, load<u32>(a, 8), rangeEnd(field(a, 4)));
      expr(field(a, 4), index, 'value');
      return expr(field(a, 0), index, 'name');
    }
    case Item.Source:
      return expr(a, emit('InheritFrom', parent, role, rangeBegin(a), rangeEnd(a)), 'source');
    case Item.Formal: {
      wordsSymbol(load<u32>(a));
      const index = emit('Formal', parent, role, load<u32>(a, 4), field(a, 8) ? rangeEnd(field(a, 8)) : 0);
      return expr(field(a, 8), index, 'default');
    }
    default:
      visitExpr(a, parent, role);
  }
}
function visitExpr(node: usize, parent: u32, role: string): void {
  words(node);
  const begin = rangeBegin(node);
  const index = emit(nodeName(nodeKind(node), nodeFlags(node)), parent, role, begin ? begin : nodePos(node), rangeEnd(node));
  children(node, index);
}
/** A name, an operator, a literal. */
function words(node: usize): void {
  switch (nodeKind(node)) {
    case Node.Int:
      return bufI64(WORDS, load<i64>(node, N_A));
    case Node.Float:
      return bufSetLen(WORDS, formatFloatG(load<f64>(node, N_A), bufReserve(WORDS, 64)));
    case Node.String:
    case Node.Path:
      return literal(field(node, N_A), load<u32>(node, N_B));
    case Node.Var:
      return wordsSymbol(load<u32>(node, N_A));
    case Node.Select:
    case Node.HasAttr:
      return path(field(node, N_B), load<u32>(node, N_C));
    case Node.Attrs:
      if (nodeFlags(node) & FLAG_REC) bufStr(WORDS, 'rec');
      return;
    case Node.Lambda:
      wordsSymbol(load<u32>(node, N_A));
      if (field(node, N_B) && load<u32>(field(node, N_B), FS_ELLIPSIS)) bufStr(WORDS, ' ...');
      return;
    default:
      bufStr(WORDS, operatorName(nodeKind(node)));
  }
}
/** The beginning of a literal, not cut inside of a character. */
function literal(bytes: usize, len: u32): void {
  let n = min(len, SHOWN);
  while (n && n < len && (load<u8>(bytes + n) & 0xc0) == 0x80) n--;
  bufBytes(WORDS, bytes, n);
  if (n < len) bufStr(WORDS, '...');
}
function path(names: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    if (i) bufByte(WORDS, 0x2e);
    const symbol = load<u32>(names + ((<usize>i) << 3));
    if (symbol) wordsSymbol(symbol);
    else bufStr(WORDS, '${...}');
  }
}

/** Puts what a node is made of on the stack, the last first. */
function children(node: usize, index: u32): void {
  const a = field(node, N_A);
  const b = nodeKind(node) > <u32>Node.Float ? field(node, N_B) : 0;
  switch (nodeKind(node)) {
    case Node.Select:
      expr(field(node, N_D), index, 'default');
      pathNames(b, load<u32>(node, N_C), index);
      return expr(a, index, 'set');
    case Node.HasAttr:
      pathNames(b, load<u32>(node, N_C), index);
      return expr(a, index, 'set');
    case Node.Attrs:
      return bindings(a, index);
    case Node.List:
      return items(a, <u32>b, 4, 0, index, 'element');
    case Node.Lambda:
      expr(field(node, N_C), index, 'body');
      if (b) formals(b, index);
      return;
    case Node.Call:
      items(b, load<u32>(node, N_C), 4, 0, index, 'argument');
      return expr(a, index, 'function');
    case Node.Let:
      expr(b, index, 'body');
      return bindings(a, index);
    case Node.ConcatStrings:
      return items(a, <u32>b, 8, 4, index, 'part');
    case Node.If:
      expr(field(node, N_C), index, 'else');
      expr(b, index, 'then');
      return expr(a, index, 'condition');
    case Node.With:
      expr(b, index, 'body');
      return expr(a, index, 'scope');
    case Node.Assert:
      expr(b, index, 'body');
      return expr(a, index, 'condition');
    case Node.Not:
      return expr(a, index, 'operand');
    case Node.Eq:
    case Node.NEq:
    case Node.And:
    case Node.Or:
    case Node.Impl:
    case Node.Update:
    case Node.ConcatLists:
      expr(b, index, 'right');
      expr(a, index, 'left');
  }
}
/** `n` expressions, each `at` bytes into a step of `stride`. */
function items(first: usize, n: u32, stride: u32, at: u32, parent: u32, role: string): void {
  for (; n; n--) expr(<usize>load<u32>(first + <usize>((n - 1) * stride + at)), parent, role);
}
function pathNames(names: usize, n: u32, parent: u32): void {
  for (; n; n--)
    if (!load<u32>(names + ((<usize>(n - 1)) << 3))) expr(<usize>load<u32>(names + ((<usize>(n - 1)) << 3), 4), parent, 'name');
}
function bindings(set: usize, parent: u32): void {
  let n = load<u32>(set, AS_DYN_COUNT);
  for (; n; n--) push(Item.Dynamic, field(set, AS_DYN) + <usize>((n - 1) * DYN_WORDS * 4), parent, 'binding');
  n = load<u32>(set, AS_STATIC_COUNT);
  for (; n; n--) push(Item.Attribute, field(set, AS_STATIC) + <usize>((n - 1) * ATTR_WORDS * 4), parent, 'binding');
  n = load<u32>(set, AS_FROM_COUNT);
  for (; n; n--) push(Item.Source, <usize>load<u32>(field(set, AS_FROM) + ((<usize>(n - 1)) << 2)), parent, 'inherit');
}
function formals(fs: usize, parent: u32): void {
  for (let n = load<u32>(fs, FS_COUNT); n; n--)
    push(Item.Formal, field(fs, FS_ITEMS) + <usize>((n - 1) * FORMAL_WORDS * 4), parent, 'formal');
}

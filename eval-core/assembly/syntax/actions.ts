/** What the grammar's rules do. `at` is the entry of a rule's first symbol, where the rule's own value goes. */
import { bufI64, bufStr, bytesAre } from '../heap/text';
import { symbolIntern } from '../value/symbols';
import { Act } from '../gen/grammar';
import {
  AttrKind,
  FLAG_FORCE_STRING,
  FLAG_REC,
  FORMAL_WORDS,
  FS_COUNT,
  FS_ELLIPSIS,
  FS_ITEMS,
  AS_DYN_COUNT,
  N_A,
  N_B,
  N_POS,
  Node,
} from './ast';
import { arenaAlloc } from './arena';
import { bindPath, duplicateName } from './attrs';
import { docAt } from './docs';
import { ErrorKind, bufSymbol, colourBegin, colourEnd, errorBegin, errorSimple } from './errors';
import { indentedString, PART_BYTES } from './indent';
import { itemsAt, itemsDrop, itemsPush, itemsTake, itemsTop } from './items';
import { lintUri, warnAboutOr } from './lints';
import {
  CALL_OR_END,
  applyTo,
  node0,
  node1,
  node2,
  node3,
  node4,
  nodeCall,
  nodeLambda,
  nodeNumber,
  nodeOperator,
  positionOfNode,
} from './nodes';
import { homePath, literalPath } from './paths';
import { AT_POS, attrsNew, setAppend, setAppendFrom, setFind, setOf } from './sets';
import { ENTRY, E_BEGIN, E_END, E_SECOND, E_VALUE } from './stack';
import { PS_ROOT, SY_BODY, SY_FIND_FILE, SY_LESS_THAN, SY_NIX_PATH, SY_OR, SY_SUB } from './state';

const MAX_FORMALS: u32 = 65535;
const OR_TEXT: usize = memory.data<u8>([0x6f, 0x72]);

// ---- the symbols of the rule, counted from 0

// @ts-ignore: decorator
@inline
function value(at: usize, i: usize): u32 {
  return load<u32>(at + i * ENTRY, E_VALUE);
}
// @ts-ignore: decorator
@inline
function node(at: usize, i: usize): usize {
  return <usize>load<u32>(at + i * ENTRY, E_VALUE);
}
// @ts-ignore: decorator
@inline
function second(at: usize, i: usize): u32 {
  return load<u32>(at + i * ENTRY, E_SECOND);
}
// @ts-ignore: decorator
@inline
function beginOf(at: usize, i: usize): u32 {
  return load<u32>(at + i * ENTRY, E_BEGIN);
}
// @ts-ignore: decorator
@inline
function internAt(at: usize, i: usize): u32 {
  return symbolIntern(node(at, i), second(at, i));
}
// @ts-ignore: decorator
@inline
function yields(at: usize, result: usize): bool {
  store<u32>(at, <u32>result, E_VALUE);
  return true;
}

/** Runs an action; returns false after an error. */
export function act(action: u32, arg: u32, at: usize): bool {
  switch (action) {
    case Act.Variable:
      return yields(at, variable(at));
    case Act.Apply: {
      const result = applyTo(beginOf(at, 0), node(at, 0), node(at, 1));
      warnAboutOr(node(at, 1));
      return yields(at, result);
    }
    case Act.Select:
      return select(at, 0);
    case Act.AttrpathFirstName:
      return pathName(at, itemsTop(), internAt(at, 0));
    case Act.AttrpathName:
      return pathName(at, value(at, 0), internAt(at, 2));
    case Act.Bind:
      return bind(setOf(node(at, 0)), at + ENTRY);
    case Act.BindFirst: {
      const attrs = attrsNew(0);
      return bind(setOf(attrs), at) && yields(at, attrs);
    }
    case Act.BindsEmpty:
      return yields(at, attrsNew(0));
    case Act.Attrs:
      return closeAttrs(at, node(at, 1), 0);
    case Act.Rec:
      return closeAttrs(at, node(at, 2), FLAG_REC);
    case Act.LetBody:
      return letBody(at);
    case Act.AttrsEmpty:
      return yields(at, attrsNew(beginOf(at, 0)));
    case Act.StringLiteral:
      return yields(at, node2(Node.String, 0, value(at, 0), second(at, 0)));
    case Act.StringEmpty:
      return yields(at, node2(Node.String, 0, 0, 0));
    case Act.StringInterpolated:
      return concatenation(at, at, Node.ConcatStrings | (FLAG_FORCE_STRING << 8));
    case Act.Second:
    case Act.Quoted:
      return yields(at, node(at, 1));
    case Act.Paren: {
      const inner = node(at, 1);
      if (load<u8>(inner) == Node.Call) store<u32>(inner, 0, CALL_OR_END);
      return yields(at, inner);
    }
    case Act.ItemsEmpty:
      return yields(at, itemsTop());
    case Act.ListItem:
      store<u32>(itemsPush(4), value(at, 1));
      warnAboutOr(node(at, 1));
      return true;
    case Act.List:
      return list(at);
    case Act.IndentedText:
      return indentedPart(beginOf(at, 1), 0, value(at, 1), second(at, 1));
    case Act.IndentedExpr:
      return indentedPart(beginOf(at, 1), value(at, 2), 0, 0);
    case Act.IndentedString:
      return yields(at, indentedString(value(at, 1), beginOf(at, 0)));
    case Act.PartsText:
      pushPart(beginOf(at, 1), textNode(at, 1));
      return true;
    case Act.PartsExpr:
      pushPart(beginOf(at, 1), node(at, 2));
      return true;
    case Act.PartsStartExpr: {
      const start = itemsTop();
      pushPart(beginOf(at, 0), node(at, 1));
      return yields(at, start);
    }
    case Act.PartsStartText: {
      const start = itemsTop();
      pushPart(beginOf(at, 0), textNode(at, 0));
      pushPart(beginOf(at, 1), node(at, 2));
      return yields(at, start);
    }
    case Act.Lambda:
      return yields(at, nodeLambda(beginOf(at, 0), internAt(at, 0), 0, node(at, 2), docAt(beginOf(at, 0))));
    default:
      return actRarely(action, arg, at);
  }
}

/** The actions that files have fewer of: `act` stays small. */
function actRarely(action: u32, arg: u32, at: usize): bool {
  switch (action) {
    case Act.Int:
      return yields(at, nodeNumber(Node.Int, load<u64>(at, E_VALUE)));
    case Act.Float:
      return yields(at, nodeNumber(Node.Float, load<u64>(at, E_VALUE)));
    case Act.If:
      return yields(at, node3(Node.If, beginOf(at, 0), value(at, 1), value(at, 3), value(at, 5)));
    case Act.With:
      return yields(at, node2(Node.With, beginOf(at, 0), value(at, 1), value(at, 3)));
    case Act.Assert:
      return yields(at, node2(Node.Assert, beginOf(at, 0), value(at, 1), value(at, 3)));
    case Act.Let:
      return letIn(at);
    case Act.Plus:
      return plus(at);
    case Act.Eq:
      return yields(at, node2(Node.Eq, 0, value(at, 0), value(at, 2)));
    case Act.NEq:
      return yields(at, node2(Node.NEq, 0, value(at, 0), value(at, 2)));
    case Act.And:
      return binary(Node.And, at);
    case Act.Or:
      return binary(Node.Or, at);
    case Act.Impl:
      return binary(Node.Impl, at);
    case Act.Update:
      return binary(Node.Update, at);
    case Act.ConcatLists:
      return binary(Node.ConcatLists, at);
    case Act.Not:
      return yields(at, node1(Node.Not, positionOfNode(node(at, 1)), value(at, 1)));
    case Act.Negate:
      return yields(at, nodeOperator(beginOf(at, 0), load<u32>(SY_SUB), nodeNumber(Node.Int, 0), node(at, 1)));
    case Act.Compare:
      return compare(arg, at);
    case Act.Arithmetic:
      // `arg` counts the symbols from SY_SUB on
      return yields(at, nodeOperator(beginOf(at, 1), load<u32>(SY_SUB + ((<usize>arg) << 2)), node(at, 0), node(at, 2)));
    case Act.HasAttr:
      return hasAttr(at);
    case Act.SelectOr: {
      const fallback = node(at, 4);
      select(at, <u32>fallback);
      warnAboutOr(fallback);
      return true;
    }
    case Act.ApplyOr:
      return applyOr(at);
    case Act.PipeFrom:
      return yields(at, applyTo(beginOf(at, 1), node(at, 0), node(at, 2)));
    case Act.PipeInto:
      return yields(at, applyTo(beginOf(at, 1), node(at, 2), node(at, 0)));
    case Act.Path:
      return yieldsPath(at, literalPath(node(at, 0), second(at, 0), beginOf(at, 0)));
    case Act.HomePath:
      return yieldsPath(at, homePath(node(at, 0), second(at, 0), beginOf(at, 0)));
    case Act.PathInterpolated:
      return pathInterpolated(at);
    case Act.SearchPath:
      return searchPath(at);
    case Act.Uri:
      if (!lintUri(node(at, 0), second(at, 0), beginOf(at, 0))) return false;
      return yields(at, textNode(at, 0));
    case Act.AttrOr:
      store<u32>(at, <u32>OR_TEXT, E_VALUE);
      store<u32>(at, 2, E_SECOND);
      return true;
    case Act.AttrpathFirstString:
      return pathString(at, itemsTop(), node(at, 0));
    case Act.AttrpathString:
      return pathString(at, value(at, 0), node(at, 2));
    case Act.AttrsName:
      return inheritedName(internAt(at, 1), beginOf(at, 1));
    case Act.AttrsString:
      return inheritedString(node(at, 1), beginOf(at, 1));
    case Act.Inherit:
      return inherit(at);
    case Act.InheritFrom:
      return inheritFrom(at);
    default:
      return actFormals(action, arg, at);
  }
}

function actFormals(action: u32, arg: u32, at: usize): bool {
  switch (action) {
    case Act.Formal:
      return formal(at, 0);
    case Act.FormalDefault:
      return formal(at, value(at, 2));
    case Act.FormalsFirst: {
      const start = itemsTop();
      pushFormal(at);
      return yields(at, start);
    }
    case Act.FormalsNext:
      pushFormal(at + 2 * ENTRY);
      return true;
    case Act.Formals:
      return yields(at, formals(value(at, 1), arg));
    case Act.FormalsEmpty:
      return yields(at, formals(itemsTop(), arg));
    case Act.LambdaFormals:
      return lambdaFormals(at, 0, node(at, 0), node(at, 2));
    case Act.LambdaFormalsAt:
      return lambdaFormals(at, internAt(at, 2), node(at, 0), node(at, 4));
    case Act.LambdaAtFormals:
      return lambdaFormals(at, internAt(at, 0), node(at, 2), node(at, 4));
    case Act.Result:
      store<u32>(PS_ROOT, value(at, 0));
      return true;
    default: // Act.ResultBindings
      store<u32>(PS_ROOT, value(at, 1));
      return true;
  }
}

// ---- simple expressions

function textNode(at: usize, i: usize): usize {
  return node2(Node.String, 0, value(at, i), second(at, i));
}

function variable(at: usize): usize {
  const pos = beginOf(at, 0);
  if (second(at, 0) == 8 && bytesAre(node(at, 0), 8, '__curPos')) return node0(Node.CurPos, pos);
  return node1(Node.Var, pos, internAt(at, 0));
}

function list(at: usize): bool {
  const start = value(at, 1);
  const count = (itemsTop() - start) >>> 2;
  const items = itemsTake(start);
  return yields(at, node2(Node.List, count ? positionOfNode(<usize>load<u32>(items)) : 0, <u32>items, count));
}

function searchPath(at: usize): bool {
  const call = nodeCall(beginOf(at, 0), node1(Node.Var, 0, load<u32>(SY_FIND_FILE)), node1(Node.Var, 0, load<u32>(SY_NIX_PATH)));
  return yields(at, applyTo(0, call, node2(Node.String, 0, value(at, 0) + 1, second(at, 0) - 2)));
}

function yieldsPath(at: usize, path: usize): bool {
  return path != 0 && yields(at, path);
}

// ---- strings and paths with interpolations: pairs of position and expression

function pushPart(pos: u32, expr: usize): void {
  const item = itemsPush(8);
  store<u32>(item, pos);
  store<u32>(item, <u32>expr, 4);
}

function indentedPart(pos: u32, expr: u32, text: u32, length: u32): bool {
  const item = itemsPush(PART_BYTES);
  store<u32>(item, pos);
  store<u32>(item, expr, 4);
  store<u32>(item, text, 8);
  store<u32>(item, length, 12);
  return true;
}

/** The parts that the entry `from` has collected, as one expression. */
function concatenation(at: usize, from: usize, header: u32): bool {
  const start = value(from, 0);
  const count = (itemsTop() - start) >>> 3;
  return yields(at, node2(header, beginOf(at, 0), <u32>itemsTake(start), count));
}

function pathInterpolated(at: usize): bool {
  const start = value(at, 1);
  const bytes = itemsTop() - start;
  const items = arenaAlloc(<usize>bytes + 8);
  store<u32>(items, beginOf(at, 0));
  store<u32>(items, value(at, 0), 4);
  memory.copy(items + 8, itemsAt(start), bytes);
  itemsDrop(start);
  return yields(at, node2(Node.ConcatStrings, beginOf(at, 0), <u32>items, (bytes >>> 3) + 1));
}

// ---- operators

function binary(kind: Node, at: usize): bool {
  return yields(at, node2(kind, beginOf(at, 1), value(at, 0), value(at, 2)));
}

function plus(at: usize): bool {
  const items = arenaAlloc(16);
  store<u32>(items, beginOf(at, 0));
  store<u32>(items, value(at, 0), 4);
  store<u32>(items, beginOf(at, 2), 8);
  store<u32>(items, value(at, 2), 12);
  return yields(at, node2(Node.ConcatStrings, beginOf(at, 1), <u32>items, 2));
}

/** `how`: 1 swaps the operands, 2 negates the result. All four comparisons are `__lessThan`. */
function compare(how: u32, at: usize): bool {
  const pos = beginOf(at, 1);
  const left = node(at, how & 1 ? 2 : 0);
  const right = node(at, how & 1 ? 0 : 2);
  const call = nodeOperator(pos, load<u32>(SY_LESS_THAN), left, right);
  return yields(at, how & 2 ? node1(Node.Not, pos, <u32>call) : call);
}

function applyOr(at: usize): bool {
  const pos = beginOf(at, 0);
  const call = nodeCall(pos, node(at, 0), node1(Node.Var, pos, load<u32>(SY_OR)));
  store<u32>(call, load<u32>(at + ENTRY, E_END), CALL_OR_END);
  return yields(at, call);
}

// ---- attribute paths: pairs of symbol and expression

function pathName(at: usize, start: u32, symbol: u32): bool {
  const item = itemsPush(8);
  store<u32>(item, symbol);
  store<u32>(item, 0, 4);
  return yields(at, start);
}

/** A name in quotes or braces is static where it is a literal. */
function pathString(at: usize, start: u32, name: usize): bool {
  const isStatic = load<u8>(name) == Node.String;
  const symbol: u32 = isStatic ? symbolIntern(<usize>load<u32>(name, N_A), load<u32>(name, N_B)) : 0;
  const item = itemsPush(8);
  store<u32>(item, symbol);
  store<u32>(item, isStatic ? 0 : <u32>name, 4);
  return yields(at, start);
}

function select(at: usize, fallback: u32): bool {
  const start = value(at, 2);
  const count = (itemsTop() - start) >>> 3;
  return yields(at, node4(Node.Select, beginOf(at, 0), value(at, 0), <u32>itemsTake(start), count, fallback));
}

function hasAttr(at: usize): bool {
  const start = value(at, 2);
  const count = (itemsTop() - start) >>> 3;
  return yields(at, node3(Node.HasAttr, positionOfNode(node(at, 0)), value(at, 0), <u32>itemsTake(start), count));
}

// ---- sets

/** Binds `path = expr;`, of which `at` is the path's entry. */
function bind(set: usize, at: usize): bool {
  const path = value(at, 0);
  const count = (itemsTop() - path) >>> 3;
  if (!bindPath(set, path, count, beginOf(at, 0), node(at, 2))) return false;
  itemsDrop(path);
  return true;
}

function closeAttrs(at: usize, attrs: usize, flags: u32): bool {
  store<u32>(attrs, (<u32>Node.Attrs) | (flags << 8));
  store<u32>(attrs, beginOf(at, 0), N_POS);
  return yields(at, attrs);
}

/** `let { …; body = …; }` is `(rec { … }).body`. */
function letBody(at: usize): bool {
  const attrs = node(at, 2);
  closeAttrs(at, attrs, FLAG_REC);
  const path = arenaAlloc(8);
  store<u32>(path, load<u32>(SY_BODY));
  store<u32>(path, 0, 4);
  return yields(at, node4(Node.Select, 0, <u32>attrs, <u32>path, 1, 0));
}

function letIn(at: usize): bool {
  const set = setOf(node(at, 1));
  if (load<u32>(set, AS_DYN_COUNT)) {
    errorSimple(ErrorKind.Parse, beginOf(at, 0), 'dynamic attributes not allowed in let');
    return false;
  }
  return yields(at, node2(Node.Let, 0, <u32>set, value(at, 3)));
}

/** The names of an `inherit`: pairs of symbol and position. */
function inheritedName(symbol: u32, pos: u32): bool {
  const item = itemsPush(8);
  store<u32>(item, symbol);
  store<u32>(item, pos, 4);
  return true;
}

function inheritedString(name: usize, pos: u32): bool {
  if (load<u8>(name) != Node.String) {
    errorSimple(ErrorKind.Parse, pos, 'dynamic attributes not allowed in inherit');
    return false;
  }
  return inheritedName(symbolIntern(<usize>load<u32>(name, N_A), load<u32>(name, N_B)), pos);
}

function inherit(at: usize): bool {
  const set = setOf(node(at, 0));
  const start = value(at, 2);
  for (let i = start; i < itemsTop(); i += 8) {
    const symbol = load<u32>(itemsAt(i));
    const pos = load<u32>(itemsAt(i), 4);
    const there = setFind(set, symbol);
    if (there) return duplicateName(symbol, pos, load<u32>(there, AT_POS));
    setAppend(set, symbol, AttrKind.Inherited, pos, node1(Node.Var, pos, symbol));
  }
  itemsDrop(start);
  return true;
}

function inheritFrom(at: usize): bool {
  const set = setOf(node(at, 0));
  const start = value(at, 5);
  const from = <u32>node1(Node.InheritFrom, beginOf(at, 3), setAppendFrom(set, node(at, 3)));
  for (let i = start; i < itemsTop(); i += 8) {
    const symbol = load<u32>(itemsAt(i));
    const pos = load<u32>(itemsAt(i), 4);
    const there = setFind(set, symbol);
    if (there) return duplicateName(symbol, pos, load<u32>(there, AT_POS));
    const path = arenaAlloc(8);
    store<u32>(path, symbol);
    store<u32>(path, 0, 4);
    setAppend(set, symbol, AttrKind.InheritedFrom, pos, node4(Node.Select, pos, from, <u32>path, 1, 0));
  }
  itemsDrop(start);
  return true;
}

// ---- functions with formals: items of three words

/** The value of a formal is its symbol and its default. */
function formal(at: usize, fallback: u32): bool {
  const symbol = internAt(at, 0);
  store<u32>(at, fallback, E_SECOND);
  return yields(at, symbol);
}

function pushFormal(at: usize): void {
  const item = itemsPush(FORMAL_WORDS * 4);
  store<u32>(item, value(at, 0));
  store<u32>(item, beginOf(at, 0), 4);
  store<u32>(item, second(at, 0), 8);
}

function formals(start: u32, ellipsis: u32): usize {
  const count = (itemsTop() - start) / (FORMAL_WORDS * 4);
  const result = arenaAlloc(12);
  store<u32>(result, <u32>itemsTake(start), FS_ITEMS);
  store<u32>(result, count, FS_COUNT);
  store<u32>(result, ellipsis, FS_ELLIPSIS);
  return result;
}

// @ts-ignore: decorator
@inline
function formalBefore(a: usize, b: usize): bool {
  const x = load<u32>(a);
  const y = load<u32>(b);
  return x < y || (x == y && load<u32>(a, 4) < load<u32>(b, 4));
}

const SWAP: usize = memory.data(12);

/** Sorts by symbol, then position. Shell sort: in place, and quick on the few dozens that functions have. */
function sortFormals(items: usize, count: u32): void {
  const bytes: u32 = FORMAL_WORDS * 4;
  for (let gap = count > 24 ? gapFor(count) : 1; gap; gap = gap > 1 ? (gap - 1) / 3 : 0) {
    for (let i = gap; i < count; i++) {
      let to = i;
      memory.copy(SWAP, items + <usize>(i * bytes), bytes);
      while (to >= gap && formalBefore(SWAP, items + <usize>((to - gap) * bytes))) {
        memory.copy(items + <usize>(to * bytes), items + <usize>((to - gap) * bytes), bytes);
        to -= gap;
      }
      memory.copy(items + <usize>(to * bytes), SWAP, bytes);
    }
  }
}

/** The largest of Knuth's gaps 1, 4, 13, 40, … below a third of `count`. */
function gapFor(count: u32): u32 {
  let gap: u32 = 1;
  while (gap < count / 9) gap = gap * 3 + 1;
  return gap;
}

function duplicateFormal(symbol: u32, pos: u32): bool {
  const buf = errorBegin(ErrorKind.Parse, pos);
  bufStr(buf, "duplicate formal function argument '");
  colourBegin(buf);
  bufSymbol(buf, symbol);
  colourEnd(buf);
  bufStr(buf, "'");
  return false;
}

/** Sorts the formals; the first duplicate by symbol is an error, and so is `arg` among them. */
function checkFormals(fs: usize, arg: u32, pos: u32): bool {
  const items = <usize>load<u32>(fs, FS_ITEMS);
  const count = load<u32>(fs, FS_COUNT);
  const bytes = FORMAL_WORDS * 4;
  sortFormals(items, count);
  let has = false;
  for (let i: u32 = 0; i < count; i++) {
    const item = items + <usize>(i * bytes);
    const symbol = load<u32>(item);
    has = has || symbol == arg;
    if (i + 1 < count && load<u32>(item + bytes) == symbol) return duplicateFormal(symbol, load<u32>(item + bytes, 4));
  }
  return arg && has ? duplicateFormal(arg, pos) : true;
}

function lambdaFormals(at: usize, arg: u32, fs: usize, body: usize): bool {
  const pos = beginOf(at, 0);
  if (!checkFormals(fs, arg, pos)) return false;
  if (load<u32>(fs, FS_COUNT) > MAX_FORMALS) {
    const buf = errorBegin(ErrorKind.Plain, pos);
    bufStr(buf, 'too many formal arguments, implementation supports at most ');
    colourBegin(buf);
    bufI64(buf, MAX_FORMALS);
    colourEnd(buf);
    return false;
  }
  return yields(at, nodeLambda(pos, arg, fs, body, docAt(pos)));
}

/**
 * Prints a syntax tree as `nix-instantiate --parse` does. What is still to be printed waits on a stack of tasks, three words each:
 *
 *   | task | address or symbol | rest |
 */
import { bufByte, bufBytes, bufI64, bufLen, bufReserve, bufSetLen, bufStr } from '../heap/text';
import { pagesAlloc, pagesFree } from '../heap/pages';
import { arenaAlloc } from '../syntax/arena';
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
} from '../syntax/ast';
import { bufQuoted, bufSymbol } from '../syntax/errors';
import { PR_CAP, PR_STACK, PR_TOP } from '../syntax/state';
import { formatFloatG } from '../value/numbers';
import { symbolCompare } from '../value/symbols';

const enum Task {
  /** a literal */
  Text,
  /** a node */
  Expr,
  /** words left to do: address, number */
  Items,
  Arguments,
  Parts,
  Formals,
  Path,
  Bindings,
  Dynamic,
}

const TASK_BYTES: u32 = 12;
const KEEP: u32 = 1 << 20;
const ATTR_EXPR: usize = 12;
const ATTR_KIND: usize = 4;

function push(task: Task, a: usize, b: u32): void {
  const top = load<u32>(PR_TOP);
  if (top + TASK_BYTES > load<u32>(PR_CAP)) grow();
  const at = <usize>load<u32>(PR_STACK) + top;
  store<u32>(at, task);
  store<u32>(at, <u32>a, 4);
  store<u32>(at, b, 8);
  store<u32>(PR_TOP, top + TASK_BYTES);
}

function grow(): void {
  const cap = load<u32>(PR_CAP);
  const want: u32 = cap ? cap * 2 : 65536;
  const data = pagesAlloc(want);
  if (cap) {
    memory.copy(data, <usize>load<u32>(PR_STACK), cap);
    pagesFree(<usize>load<u32>(PR_STACK), cap);
  }
  store<u32>(PR_STACK, <u32>data);
  store<u32>(PR_CAP, want);
}

// @ts-ignore: decorator
@inline
function later(text: string): void {
  push(Task.Text, changetype<usize>(text), 0);
}

// @ts-ignore: decorator
@inline
function laterExpr(node: usize): void {
  push(Task.Expr, node, 0);
}

// @ts-ignore: decorator
@inline
function child(node: usize, field: usize): usize {
  return <usize>load<u32>(node + field);
}

/** Appends the printed tree to the buffer. Sorting takes memory of the syntax arena. */
export function printAst(root: usize, buf: usize): void {
  store<u32>(PR_TOP, 0);
  laterExpr(root);
  while (load<u32>(PR_TOP)) {
    const top = load<u32>(PR_TOP) - TASK_BYTES;
    store<u32>(PR_TOP, top);
    const at = <usize>load<u32>(PR_STACK) + top;
    run(load<u32>(at), <usize>load<u32>(at, 4), load<u32>(at, 8), buf);
  }
  const cap = load<u32>(PR_CAP);
  if (cap <= KEEP) return;
  pagesFree(<usize>load<u32>(PR_STACK), cap);
  store<u32>(PR_CAP, 0);
}

function run(task: u32, a: usize, n: u32, buf: usize): void {
  switch (task) {
    case Task.Text:
      return bufStr(buf, changetype<string>(a));
    case Task.Expr:
      return printNode(a, buf);
    case Task.Items:
      if (!n) return bufByte(buf, 0x5d);
      push(Task.Items, a + 4, n - 1);
      later(') ');
      laterExpr(<usize>load<u32>(a));
      return bufByte(buf, 0x28);
    case Task.Arguments:
      if (!n) return bufByte(buf, 0x29);
      push(Task.Arguments, a + 4, n - 1);
      laterExpr(<usize>load<u32>(a));
      return bufByte(buf, 0x20);
    case Task.Parts:
      if (n > 1) push(Task.Parts, a + 8, n - 1);
      later(n > 1 ? ' + ' : ')');
      return laterExpr(<usize>load<u32>(a, 4));
    case Task.Formals:
      return printFormals(a, n, buf);
    case Task.Path:
      return printPath(a, n, buf);
    case Task.Bindings:
      return printBinding(a, n, buf);
    default:
      return printDynamic(a, n, buf);
  }
}

function printNode(node: usize, buf: usize): void {
  switch (nodeKind(node)) {
    case Node.Int:
      return bufI64(buf, load<i64>(node, N_A));
    case Node.Float:
      bufSetLen(buf, bufLen(buf) + formatFloatG(load<f64>(node, N_A), bufReserve(buf, 64)));
      return;
    case Node.String:
      return bufQuoted(buf, child(node, N_A), load<u32>(node, N_B));
    case Node.Path:
      return bufBytes(buf, child(node, N_A), load<u32>(node, N_B));
    case Node.Var:
      return bufSymbol(buf, load<u32>(node, N_A));
    case Node.CurPos:
      return bufStr(buf, '__curPos');
    case Node.Select:
      return printSelect(node, buf);
    case Node.HasAttr:
      bufStr(buf, '((');
      later(')');
      push(Task.Path, child(node, N_B), load<u32>(node, N_C));
      later(') ? ');
      return laterExpr(child(node, N_A));
    case Node.Attrs:
      if (nodeFlags(node) & FLAG_REC) bufStr(buf, 'rec ');
      bufStr(buf, '{ ');
      later('}');
      return beginBindings(child(node, N_A));
    case Node.Let:
      bufStr(buf, '(let ');
      later(')');
      laterExpr(child(node, N_B));
      later('in ');
      return beginBindings(child(node, N_A));
    case Node.List:
      bufStr(buf, '[ ');
      return push(Task.Items, child(node, N_A), load<u32>(node, N_B));
    case Node.Lambda:
      return printLambda(node, buf);
    case Node.Call:
      bufByte(buf, 0x28);
      push(Task.Arguments, child(node, N_B), load<u32>(node, N_C));
      return laterExpr(child(node, N_A));
    case Node.ConcatStrings:
      bufByte(buf, 0x28);
      return push(Task.Parts, child(node, N_A), load<u32>(node, N_B));
    default:
      return printOperator(node, buf);
  }
}

function printOperator(node: usize, buf: usize): void {
  switch (nodeKind(node)) {
    case Node.With:
      bufStr(buf, '(with ');
      later(')');
      laterExpr(child(node, N_B));
      later('; ');
      return laterExpr(child(node, N_A));
    case Node.If:
      bufStr(buf, '(if ');
      later(')');
      laterExpr(child(node, N_C));
      later(' else ');
      laterExpr(child(node, N_B));
      later(' then ');
      return laterExpr(child(node, N_A));
    case Node.Assert:
      bufStr(buf, 'assert ');
      laterExpr(child(node, N_B));
      later('; ');
      return laterExpr(child(node, N_A));
    case Node.Not:
      bufStr(buf, '(! ');
      later(')');
      return laterExpr(child(node, N_A));
    default:
      bufByte(buf, 0x28);
      later(')');
      laterExpr(child(node, N_B));
      later(operatorText(nodeKind(node)));
      return laterExpr(child(node, N_A));
  }
}

function operatorText(kind: u32): string {
  switch (kind) {
    case Node.Eq:
      return ' == ';
    case Node.NEq:
      return ' != ';
    case Node.And:
      return ' && ';
    case Node.Or:
      return ' || ';
    case Node.Impl:
      return ' -> ';
    case Node.Update:
      return ' // ';
    default:
      return ' ++ ';
  }
}

function printSelect(node: usize, buf: usize): void {
  bufByte(buf, 0x28);
  const fallback = child(node, N_D);
  if (fallback) {
    later(')');
    laterExpr(fallback);
    later(' or (');
  }
  push(Task.Path, child(node, N_B), load<u32>(node, N_C));
  later(').');
  laterExpr(child(node, N_A));
}

/** The rest of an attribute path: up to a dynamic name, behind which it goes on later. */
function printPath(a: usize, n: u32, buf: usize): void {
  for (; n; n--) {
    const symbol = load<u32>(a);
    if (!symbol) {
      if (n > 1) push(Task.Path, a + 8, n - 1);
      bufStr(buf, '"${');
      later(n > 1 ? '}".' : '}"');
      return laterExpr(<usize>load<u32>(a, 4));
    }
    bufSymbol(buf, symbol);
    if (n > 1) bufByte(buf, 0x2e);
    a += 8;
  }
}

function printLambda(node: usize, buf: usize): void {
  const formals = child(node, N_B);
  const arg = load<u32>(node, N_A);
  bufByte(buf, 0x28);
  later(')');
  laterExpr(child(node, N_C));
  if (!formals) {
    bufSymbol(buf, arg);
    return bufStr(buf, ': ');
  }
  later(': ');
  if (arg) push(Task.Path, onePath(arg), 1);
  if (arg) later(' @ ');
  const count = load<u32>(formals, FS_COUNT);
  bufStr(buf, '{ ');
  later(load<u32>(formals, FS_ELLIPSIS) ? (count ? ', ... }' : '... }') : ' }');
  if (count) push(Task.Formals, sortedFormals(formals), count);
}

/** An attribute path of one name. */
function onePath(symbol: u32): usize {
  const path = arenaAlloc(8);
  store<u32>(path, symbol);
  store<u32>(path, 0, 4);
  return path;
}

function printFormals(a: usize, n: u32, buf: usize): void {
  const item = <usize>load<u32>(a);
  bufSymbol(buf, load<u32>(item));
  if (n > 1) {
    push(Task.Formals, a + 4, n - 1);
    later(', ');
  }
  const fallback = load<u32>(item, 8);
  if (!fallback) return;
  bufStr(buf, ' ? ');
  laterExpr(fallback);
}

function sortedFormals(formals: usize): usize {
  const count = load<u32>(formals, FS_COUNT);
  return sortByName(load<u32>(formals, FS_ITEMS), count, FORMAL_WORDS * 4);
}

/** Addresses of `count` records of `bytes`, each of which begins with a symbol, in the order of their names. */
function sortByName(records: usize, count: u32, bytes: u32): usize {
  let from = arenaAlloc((<usize>count) << 2);
  let to = arenaAlloc((<usize>count) << 2);
  for (let i: u32 = 0; i < count; i++) store<u32>(from + ((<usize>i) << 2), <u32>records + i * bytes);
  for (let width: u32 = 1; width < count; width *= 2) {
    for (let start: u32 = 0; start < count; start += width * 2) {
      const middle = min(start + width, count);
      mergeByName(from, to, start, middle, min(middle + width, count));
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

function mergeByName(from: usize, to: usize, start: u32, middle: u32, end: u32): void {
  let a = start;
  let b = middle;
  for (let i = start; i < end; i++) {
    const left = a < middle && (b >= end || !nameAfter(load<u32>(from + ((<usize>a) << 2)), load<u32>(from + ((<usize>b) << 2))));
    store<u32>(to + ((<usize>i) << 2), load<u32>(from + ((<usize>(left ? a++ : b++)) << 2)));
  }
}

function nameAfter(a: usize, b: usize): bool {
  return symbolCompare(load<u32>(a), load<u32>(b)) > 0;
}

// ---- the bindings of a set: `inherit …; inherit (e) …; name = e; "${e}" = e; `

/**
 * Bindings wait as a record: | set | sorted attributes | number | phase or index |, and the tasks take them in phases: what is inherited,
 * what is inherited from an expression (phase: its index), plain attributes, dynamic ones.
 */
const BINDINGS_BYTES: usize = 20;
const B_SET: usize = 0;
const B_SORTED: usize = 4;
const B_COUNT: usize = 8;
const B_GROUPED: usize = 12; // attributes in the order of what they inherit from
const B_GROUPED_COUNT: usize = 16;

function beginBindings(set: usize): void {
  const count = load<u32>(set, AS_STATIC_COUNT);
  const record = arenaAlloc(BINDINGS_BYTES);
  store<u32>(record, <u32>set, B_SET);
  store<u32>(record, <u32>sortByName(<usize>load<u32>(set, AS_STATIC), count, ATTR_WORDS * 4), B_SORTED);
  store<u32>(record, count, B_COUNT);
  const dynamic = load<u32>(set, AS_DYN_COUNT);
  if (dynamic) push(Task.Dynamic, <usize>load<u32>(set, AS_DYN), dynamic);
  if (!count) return;
  groupByFrom(record);
  push(Task.Bindings, record, 0);
}

function fromIndex(attr: usize): u32 {
  const select = <usize>load<u32>(attr, ATTR_EXPR);
  return load<u32>(<usize>load<u32>(select, N_A), N_A);
}

/** Lists the attributes that are inherited from expressions, by expression, then name: a counting sort of what is sorted by name. */
function groupByFrom(record: usize): void {
  const set = <usize>load<u32>(record, B_SET);
  const sorted = <usize>load<u32>(record, B_SORTED);
  const count = load<u32>(record, B_COUNT);
  const groups = load<u32>(set, AS_FROM_COUNT);
  store<u32>(record, 0, B_GROUPED_COUNT);
  if (!groups) return;
  const starts = arenaAlloc((<usize>(groups + 1)) << 2);
  memory.fill(starts, 0, (<usize>(groups + 1)) << 2);
  for (let i: u32 = 0; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, ATTR_KIND) != AttrKind.InheritedFrom) continue;
    const at = starts + ((<usize>(fromIndex(attr) + 1)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let g: u32 = 0; g < groups; g++) {
    const at = starts + ((<usize>g) << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
  const total = load<u32>(starts + ((<usize>groups) << 2));
  const grouped = arenaAlloc((<usize>total) << 2);
  for (let i: u32 = 0; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, ATTR_KIND) != AttrKind.InheritedFrom) continue;
    const at = starts + ((<usize>fromIndex(attr)) << 2);
    store<u32>(grouped + ((<usize>load<u32>(at)) << 2), <u32>attr);
    store<u32>(at, load<u32>(at) + 1);
  }
  store<u32>(record, <u32>grouped, B_GROUPED);
  store<u32>(record, total, B_GROUPED_COUNT);
}

function printInherited(record: usize, buf: usize): void {
  const sorted = <usize>load<u32>(record, B_SORTED);
  const count = load<u32>(record, B_COUNT);
  let any = false;
  for (let i: u32 = 0; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, ATTR_KIND) != AttrKind.Inherited) continue;
    bufStr(buf, any ? ' ' : 'inherit ');
    bufSymbol(buf, load<u32>(attr));
    any = true;
  }
  if (any) bufStr(buf, '; ');
}

/**
 * One step of a set's bindings. `at` counts: 0, what is inherited; then for each group of `inherit (e)` its first attribute, at `1 + 2 i`
 * before the expression and `2 + 2 i` behind it; then the plain attributes.
 */
function printBinding(record: usize, at: u32, buf: usize): void {
  if (!at) printInherited(record, buf);
  const grouped = <usize>load<u32>(record, B_GROUPED);
  const total = load<u32>(record, B_GROUPED_COUNT);
  const i = at ? (at - 1) >>> 1 : 0;
  if (i < total) {
    if (at && !(at & 1)) return printNames(record, i, buf);
    const set = <usize>load<u32>(record, B_SET);
    const from = fromIndex(<usize>load<u32>(grouped + ((<usize>i) << 2)));
    bufStr(buf, 'inherit (');
    push(Task.Bindings, record, 2 + 2 * i);
    return laterExpr(<usize>load<u32>(<usize>load<u32>(set, AS_FROM) + ((<usize>from) << 2)));
  }
  printPlain(record, at ? at - 1 - 2 * total : 0, total, buf);
}

/** The names of the group that begins with attribute `i`. */
function printNames(record: usize, i: u32, buf: usize): void {
  const grouped = <usize>load<u32>(record, B_GROUPED);
  const total = load<u32>(record, B_GROUPED_COUNT);
  const from = fromIndex(<usize>load<u32>(grouped + ((<usize>i) << 2)));
  bufByte(buf, 0x29);
  for (; i < total; i++) {
    const attr = <usize>load<u32>(grouped + ((<usize>i) << 2));
    if (fromIndex(attr) != from) break;
    bufByte(buf, 0x20);
    bufSymbol(buf, load<u32>(attr));
  }
  bufStr(buf, '; ');
  push(Task.Bindings, record, 1 + 2 * i);
}

/** The next plain attribute from the `i`th on. */
function printPlain(record: usize, i: u32, total: u32, buf: usize): void {
  const sorted = <usize>load<u32>(record, B_SORTED);
  const count = load<u32>(record, B_COUNT);
  for (; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, ATTR_KIND) != AttrKind.Plain) continue;
    bufSymbol(buf, load<u32>(attr));
    bufStr(buf, ' = ');
    push(Task.Bindings, record, 1 + 2 * total + i + 1);
    later('; ');
    return laterExpr(<usize>load<u32>(attr, ATTR_EXPR));
  }
}

function printDynamic(a: usize, n: u32, buf: usize): void {
  if (n > 1) push(Task.Dynamic, a + DYN_WORDS * 4, n - 1);
  bufStr(buf, '"${');
  later('; ');
  laterExpr(<usize>load<u32>(a, 4));
  later('}" = ');
  laterExpr(<usize>load<u32>(a));
}

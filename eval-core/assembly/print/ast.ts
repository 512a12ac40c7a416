/** Prints a syntax tree as `nix-instantiate --parse` does. */
import { pagesFree } from '../heap/pages';
import { bufByte, bufBytes, bufI64, bufLen, bufReserve, bufSetLen, bufStr } from '../heap/text';
import { formatFloatG } from '../value/numbers';
import { arenaAlloc } from '../syntax/arena';
import { FLAG_REC, FORMAL_WORDS, FS_COUNT, FS_ELLIPSIS, FS_ITEMS, N_A, N_B, N_C, N_D, Node, nodeFlags, nodeKind } from '../syntax/ast';
import { bufQuoted, bufSymbol } from '../syntax/errors';
import { PR_CAP, PR_STACK, PR_TOP } from '../syntax/state';
import { beginBindings, printBinding, printDynamic } from './ast-bindings';
import { sortByName } from './ast-sort';
import { TASK_BYTES, Task, child, later, laterExpr, push } from './ast-tasks';

const KEEP: u32 = 1 << 20;

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

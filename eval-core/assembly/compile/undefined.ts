/**
 * Which of several undefined variables is reported: the first on the way on which Nix resolves variables, that is attributes in the
 * order of their symbols, the sources of `inherit (e)` before them, computed names and attributes after (nixexpr.cc, bindVars). Looked for
 * only once the compiler has met an undefined variable. Nodes that are still to be visited are on the compiler's work list, so the
 * depth of the source does not matter.
 */
import { ST_COMPILE } from '../heap/state';
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
import { workLen, workPop, workPush, workReset } from './emit';
import { Found, globalValue, scopeFind, scopeNew, scopeWith } from './scope';

const POSITION: usize = ST_COMPILE + 88; // 0: there is none
const SYMBOL: usize = ST_COMPILE + 92;

/** Forgets the undefined variables of the last source. */
export function undefinedReset(): void {
  store<u32>(POSITION, 0);
}
export function undefinedPos(): u32 {
  return load<u32>(POSITION);
}
export function undefinedSymbol(): u32 {
  return load<u32>(SYMBOL);
}
/** Notes that there is one. */
export function undefinedFound(symbol: u32, pos: u32): void {
  store<u32>(POSITION, pos);
  store<u32>(SYMBOL, symbol);
}

/** Sets undefinedPos and undefinedSymbol to the first undefined variable of the source. */
export function undefinedFirst(root: usize, scope: usize): void {
  workReset();
  later(root, scope);
  while (workLen()) {
    const item = workPop();
    const node = <usize>load<u32>(item);
    const around = <usize>load<u32>(item, 4);
    if (nodeKind(node) == Node.Var && isUndefined(node, around)) {
      workReset();
      return undefinedFound(load<u32>(node, N_A), nodePos(node));
    }
    children(node, around);
  }
}

function isUndefined(node: usize, scope: usize): bool {
  const symbol = load<u32>(node, N_A);
  return scopeFind(scope, 0, symbol) == Found.Nothing && !globalValue(symbol);
}

/** Puts a node on the list. The last one is visited first, so children are put in reverse. */
function later(node: usize, scope: usize): void {
  if (node) workPush(node, scope, 0, 0, 0);
}

function children(node: usize, scope: usize): void {
  const a = <usize>load<u32>(node, N_A);
  const b = <usize>load<u32>(node, N_B);
  switch (nodeKind(node)) {
    case Node.Select:
      names(b, load<u32>(node, N_C), scope);
      later(<usize>load<u32>(node, N_D), scope);
      return later(a, scope);
    case Node.HasAttr:
      names(b, load<u32>(node, N_C), scope);
      return later(a, scope);
    case Node.Attrs:
      return attributes(a, scope, nodeFlags(node) & FLAG_REC ? binding(a, scope) : scope);
    case Node.Let: {
      const inner = binding(a, scope);
      later(b, inner);
      return attributes(a, scope, inner);
    }
    case Node.List:
      return items(a, <u32>b, scope, 4, 0);
    case Node.ConcatStrings:
      return items(a, <u32>b, scope, 8, 4);
    case Node.Lambda:
      return lambda(node, scope);
    case Node.Call:
      items(b, load<u32>(node, N_C), scope, 4, 0);
      return later(a, scope);
    case Node.With:
      later(b, scopeWith(scope, 0, 0, 0));
      return later(a, scope);
    case Node.If:
      later(<usize>load<u32>(node, N_C), scope);
      later(b, scope);
      return later(a, scope);
    case Node.Not:
      return later(a, scope);
    case Node.Assert:
    case Node.Eq:
    case Node.NEq:
    case Node.And:
    case Node.Or:
    case Node.Impl:
    case Node.Update:
    case Node.ConcatLists:
      later(b, scope);
      return later(a, scope);
  }
}

/** Expressions `at` bytes into records of `stride` bytes. */
function items(list: usize, n: u32, scope: usize, stride: u32, at: u32): void {
  for (let i = n; i-- > 0;) later(<usize>load<u32>(list + <usize>(i * stride + at)), scope);
}

/** The computed names of an attribute path. */
function names(path: usize, n: u32, scope: usize): void {
  for (let i = n; i-- > 0;) {
    const name = path + ((<usize>i) << 3);
    if (!load<u32>(name)) later(<usize>load<u32>(name, 4), scope);
  }
}

function binding(set: usize, outer: usize): usize {
  return scopeNew(outer, 0, <usize>load<u32>(set, AS_STATIC), load<u32>(set, AS_STATIC_COUNT), 0, ATTR_WORDS * 4);
}

/** `outer`: the scope around the set; `inner`: that of its expressions, the same but for `rec` and `let`. */
function attributes(set: usize, outer: usize, inner: usize): void {
  const computed = <usize>load<u32>(set, AS_DYN);
  for (let i = load<u32>(set, AS_DYN_COUNT); i-- > 0;) {
    const item = computed + <usize>(i * DYN_WORDS * 4);
    later(<usize>load<u32>(item, 4), inner);
    later(<usize>load<u32>(item), inner);
  }
  const named = <usize>load<u32>(set, AS_STATIC);
  for (let i = load<u32>(set, AS_STATIC_COUNT); i-- > 0;) {
    const item = named + <usize>(i * ATTR_WORDS * 4);
    const kind = load<u32>(item, 4);
    if (kind != AttrKind.InheritedFrom) later(<usize>load<u32>(item, 12), kind == AttrKind.Inherited ? outer : inner);
  }
  items(<usize>load<u32>(set, AS_FROM), load<u32>(set, AS_FROM_COUNT), inner, 4, 0);
}

function lambda(node: usize, outer: usize): void {
  const formals = <usize>load<u32>(node, N_B);
  let scope = outer;
  if (load<u32>(node, N_A)) scope = scopeNew(scope, 0, node + N_A, 1, 0, 4);
  if (!formals) return later(<usize>load<u32>(node, N_C), scope);
  const list = <usize>load<u32>(formals, FS_ITEMS);
  const n = load<u32>(formals, FS_COUNT);
  scope = scopeNew(scope, 0, list, n, 0, FORMAL_WORDS * 4);
  later(<usize>load<u32>(node, N_C), scope);
  items(list, n, scope, FORMAL_WORDS * 4, 8);
}

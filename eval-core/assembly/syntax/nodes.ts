/** Makers of nodes (ast.ts). */
import { ST_STATS } from '../heap/state';
import { arenaAlloc } from './arena';
import { docAt } from './docs';
import { FLAG_OPERATOR, N_A, N_B, N_C, N_D, N_E, N_POS, Node } from './ast';

/** After a Call's fields: where an `or` that is used as a name ends, for its warning (0: none). */
export const CALL_OR_END: usize = N_D;

/** expressions that were parsed */
export const STAT_NODES: usize = ST_STATS + 72;

function nodeAlloc(bytes: usize): usize {
  store<u32>(STAT_NODES, load<u32>(STAT_NODES) + 1);
  return arenaAlloc(bytes);
}

export function node0(kind: Node, pos: u32): usize {
  const n = nodeAlloc(8);
  store<u32>(n, kind);
  store<u32>(n, pos, N_POS);
  return n;
}

export function node1(kind: Node, pos: u32, a: u32): usize {
  const n = nodeAlloc(12);
  store<u32>(n, kind);
  store<u32>(n, pos, N_POS);
  store<u32>(n, a, N_A);
  return n;
}

export function node2(kind: Node, pos: u32, a: u32, b: u32): usize {
  const n = nodeAlloc(16);
  store<u32>(n, kind);
  store<u32>(n, pos, N_POS);
  store<u32>(n, a, N_A);
  store<u32>(n, b, N_B);
  return n;
}

export function node3(kind: Node, pos: u32, a: u32, b: u32, c: u32): usize {
  const n = nodeAlloc(20);
  store<u32>(n, kind);
  store<u32>(n, pos, N_POS);
  store<u32>(n, a, N_A);
  store<u32>(n, b, N_B);
  store<u32>(n, c, N_C);
  return n;
}

export function node4(kind: Node, pos: u32, a: u32, b: u32, c: u32, d: u32): usize {
  const n = nodeAlloc(24);
  store<u32>(n, kind);
  store<u32>(n, pos, N_POS);
  store<u32>(n, a, N_A);
  store<u32>(n, b, N_B);
  store<u32>(n, c, N_C);
  store<u32>(n, d, N_D);
  return n;
}

/** A node of an 8-byte number. */
export function nodeNumber(kind: Node, bits: u64): usize {
  const n = nodeAlloc(16);
  store<u32>(n, kind);
  store<u32>(n, 0, N_POS);
  store<u64>(n, bits, N_A);
  return n;
}

export function nodeLambda(pos: u32, arg: u32, formals: usize, body: usize): usize {
  const n = nodeAlloc(28);
  store<u32>(n, Node.Lambda);
  store<u32>(n, pos, N_POS);
  store<u32>(n, arg, N_A);
  store<u32>(n, <u32>formals, N_B);
  store<u32>(n, <u32>body, N_C);
  store<u32>(n, 0, N_D);
  store<u32>(n, 0, N_E);
  const doc = docAt(pos);
  if (doc) documentLambda(n, doc);
  return n;
}

/** Documents a function, and those that it returns, up to the first that has a docstring of its own. */
export function documentLambda(node: usize, doc: u32): void {
  while (load<u8>(node) == Node.Lambda && !load<u32>(node, N_E)) {
    store<u32>(node, doc, N_E);
    node = <usize>load<u32>(node, N_C);
  }
}

/** A call. The array of arguments has room for the next power of two, from 2 on. */
export function nodeCall(pos: u32, fn: usize, arg: usize): usize {
  const args = nodeAlloc(8);
  store<u32>(args, <u32>arg);
  return node4(Node.Call, pos, <u32>fn, <u32>args, 1, 0);
}

/** A call of two arguments, of an operator's builtin. */
export function nodeOperator(pos: u32, symbol: u32, left: usize, right: usize): usize {
  const args = nodeAlloc(8);
  store<u32>(args, <u32>left);
  store<u32>(args, <u32>right, 4);
  return node4((<u32>Node.Call) | (FLAG_OPERATOR << 8), pos, <u32>node1(Node.Var, 0, symbol), <u32>args, 2, 0);
}

/** The application of `fn` to `arg`: one more argument where `fn` is a call, whatever stood around it. */
export function applyTo(pos: u32, fn: usize, arg: usize): usize {
  if (load<u8>(fn) != Node.Call) return nodeCall(pos, fn, arg);
  const count = load<u32>(fn, N_C);
  let args = <usize>load<u32>(fn, N_B);
  if (count >= 2 && !(count & (count - 1))) {
    const more = nodeAlloc((<usize>count) << 3);
    memory.copy(more, args, (<usize>count) << 2);
    store<u32>(fn, <u32>more, N_B);
    args = more;
  }
  store<u32>(args + ((<usize>count) << 2), <u32>arg);
  store<u32>(fn, count + 1, N_C);
  store<u32>(fn, Node.Call);
  return fn;
}

/** The position Nix reports for an expression: some kinds have none, some lend that of a part. */
// @ts-ignore: decorator
@inline
export function positionOfNode(n: usize): u32 {
  return load<u32>(n, N_POS);
}

/** Actions of the rules of expressions. */
import { bytesAre } from '../heap/text';
import { symbolIntern } from '../value/symbols';
import { arenaAlloc } from './arena';
import { N_A, N_B, Node } from './ast';
import { PART_BYTES } from './indent';
import { itemsAt, itemsDrop, itemsPush, itemsTake, itemsTop } from './items';
import { CALL_OR_END, applyTo, node0, node1, node2, node3, node4, nodeCall, nodeOperator, positionOfNode } from './nodes';
import { beginOf, internAt, node, second, value, yields } from './slots';
import { ENTRY, E_END } from './stack';
import { SY_FIND_FILE, SY_LESS_THAN, SY_NIX_PATH, SY_OR } from './state';

// ---- simple expressions

export function textNode(at: usize, i: usize): usize {
  return node2(Node.String, 0, value(at, i), second(at, i));
}

export function variable(at: usize): usize {
  const pos = beginOf(at, 0);
  if (second(at, 0) == 8 && bytesAre(node(at, 0), 8, '__curPos')) return node0(Node.CurPos, pos);
  return node1(Node.Var, pos, internAt(at, 0));
}

export function list(at: usize): bool {
  const start = value(at, 1);
  const count = (itemsTop() - start) >>> 2;
  const items = itemsTake(start);
  return yields(at, node2(Node.List, count ? positionOfNode(<usize>load<u32>(items)) : 0, <u32>items, count));
}

export function searchPath(at: usize): bool {
  const call = nodeCall(beginOf(at, 0), node1(Node.Var, 0, load<u32>(SY_FIND_FILE)), node1(Node.Var, 0, load<u32>(SY_NIX_PATH)));
  return yields(at, applyTo(0, call, node2(Node.String, 0, value(at, 0) + 1, second(at, 0) - 2)));
}

export function yieldsPath(at: usize, path: usize): bool {
  return path != 0 && yields(at, path);
}

// ---- strings and paths with interpolations: pairs of position and expression

export function pushPart(pos: u32, expr: usize): void {
  const item = itemsPush(8);
  store<u32>(item, pos);
  store<u32>(item, <u32>expr, 4);
}

export function indentedPart(pos: u32, expr: u32, text: u32, length: u32): bool {
  const item = itemsPush(PART_BYTES);
  store<u32>(item, pos);
  store<u32>(item, expr, 4);
  store<u32>(item, text, 8);
  store<u32>(item, length, 12);
  return true;
}

/** The parts that the entry `from` has collected, as one expression. */
export function concatenation(at: usize, from: usize, header: u32): bool {
  const start = value(from, 0);
  const count = (itemsTop() - start) >>> 3;
  return yields(at, node2(header, beginOf(at, 0), <u32>itemsTake(start), count));
}

export function pathInterpolated(at: usize): bool {
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

export function binary(kind: Node, at: usize): bool {
  return yields(at, node2(kind, beginOf(at, 1), value(at, 0), value(at, 2)));
}

export function plus(at: usize): bool {
  const items = arenaAlloc(16);
  store<u32>(items, beginOf(at, 0));
  store<u32>(items, value(at, 0), 4);
  store<u32>(items, beginOf(at, 2), 8);
  store<u32>(items, value(at, 2), 12);
  return yields(at, node2(Node.ConcatStrings, beginOf(at, 1), <u32>items, 2));
}

/** `how`: 1 swaps the operands, 2 negates the result. All four comparisons are `__lessThan`. */
export function compare(how: u32, at: usize): bool {
  const pos = beginOf(at, 1);
  const left = node(at, how & 1 ? 2 : 0);
  const right = node(at, how & 1 ? 0 : 2);
  const call = nodeOperator(pos, load<u32>(SY_LESS_THAN), left, right);
  return yields(at, how & 2 ? node1(Node.Not, pos, <u32>call) : call);
}

export function applyOr(at: usize): bool {
  const pos = beginOf(at, 0);
  const call = nodeCall(pos, node(at, 0), node1(Node.Var, pos, load<u32>(SY_OR)));
  store<u32>(call, load<u32>(at + ENTRY, E_END), CALL_OR_END);
  return yields(at, call);
}

// ---- attribute paths: pairs of symbol and expression

export function pathName(at: usize, start: u32, symbol: u32): bool {
  const item = itemsPush(8);
  store<u32>(item, symbol);
  store<u32>(item, 0, 4);
  return yields(at, start);
}

/** A name in quotes or braces is static where it is a literal. */
export function pathString(at: usize, start: u32, name: usize): bool {
  const isStatic = load<u8>(name) == Node.String;
  const symbol: u32 = isStatic ? symbolIntern(<usize>load<u32>(name, N_A), load<u32>(name, N_B)) : 0;
  const item = itemsPush(8);
  store<u32>(item, symbol);
  store<u32>(item, isStatic ? 0 : <u32>name, 4);
  return yields(at, start);
}

export function select(at: usize, fallback: u32): bool {
  const start = value(at, 2);
  const count = (itemsTop() - start) >>> 3;
  return yields(at, node4(Node.Select, beginOf(at, 0), value(at, 0), <u32>itemsTake(start), count, fallback));
}

export function hasAttr(at: usize): bool {
  const start = value(at, 2);
  const count = (itemsTop() - start) >>> 3;
  return yields(at, node3(Node.HasAttr, positionOfNode(node(at, 0)), value(at, 0), <u32>itemsTake(start), count));
}

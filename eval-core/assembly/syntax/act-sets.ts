/** Actions of the rules of attribute sets. */
import { symbolIntern } from '../value/symbols';
import { arenaAlloc } from './arena';
import { AS_DYN_COUNT, AttrKind, FLAG_REC, N_A, N_B, N_POS, Node } from './ast';
import { bindPath, duplicateName } from './attrs';
import { ErrorKind, errorSimple } from './errors';
import { itemsAt, itemsDrop, itemsPush, itemsTop } from './items';
import { node1, node2, node4 } from './nodes';
import { AT_POS, setAppend, setAppendFrom, setFind, setOf } from './sets';
import { beginOf, node, value, yields } from './slots';
import { SY_BODY } from './state';

/** Binds `path = expr;`, of which `at` is the path's entry. */
export function bind(set: usize, at: usize): bool {
  const path = value(at, 0);
  const count = (itemsTop() - path) >>> 3;
  if (!bindPath(set, path, count, beginOf(at, 0), node(at, 2))) return false;
  itemsDrop(path);
  return true;
}

export function closeAttrs(at: usize, attrs: usize, flags: u32): bool {
  store<u32>(attrs, (<u32>Node.Attrs) | (flags << 8));
  store<u32>(attrs, beginOf(at, 0), N_POS);
  return yields(at, attrs);
}

/** `let { …; body = …; }` is `(rec { … }).body`. */
export function letBody(at: usize): bool {
  const attrs = node(at, 2);
  closeAttrs(at, attrs, FLAG_REC);
  const path = arenaAlloc(8);
  store<u32>(path, load<u32>(SY_BODY));
  store<u32>(path, 0, 4);
  return yields(at, node4(Node.Select, 0, <u32>attrs, <u32>path, 1, 0));
}

export function letIn(at: usize): bool {
  const set = setOf(node(at, 1));
  if (load<u32>(set, AS_DYN_COUNT)) {
    errorSimple(ErrorKind.Parse, beginOf(at, 0), 'dynamic attributes not allowed in let');
    return false;
  }
  return yields(at, node2(Node.Let, 0, <u32>set, value(at, 3)));
}

/** The names of an `inherit`: pairs of symbol and position. */
export function inheritedName(symbol: u32, pos: u32): bool {
  const item = itemsPush(8);
  store<u32>(item, symbol);
  store<u32>(item, pos, 4);
  return true;
}

export function inheritedString(name: usize, pos: u32): bool {
  if (load<u8>(name) != Node.String) {
    errorSimple(ErrorKind.Parse, pos, 'dynamic attributes not allowed in inherit');
    return false;
  }
  return inheritedName(symbolIntern(<usize>load<u32>(name, N_A), load<u32>(name, N_B)), pos);
}

export function inherit(at: usize): bool {
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

export function inheritFrom(at: usize): bool {
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

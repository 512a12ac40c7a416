/** Binding attributes: nested paths, merging of sets, duplicates. */
import { bufByte, bufStr } from '../heap/text';
import { AS_FROM_COUNT, AS_STATIC, AS_STATIC_COUNT, ATTR_WORDS, AttrKind, N_A, Node } from './ast';
import { docAt } from './docs';
import { ErrorKind, bufPosition, bufSymbol, colourBegin, colourEnd, errorBegin } from './errors';
import { itemsAt, itemsDrop, itemsPush, itemsTop } from './items';
import { documentLambda, node1 } from './nodes';
import { AT_EXPR, AT_KIND, AT_POS, attrsNew, nameLambda, setAppend, setAppendDynamic, setFind, setMoveRest, setOf, setSort } from './sets';

/** A merge in progress, on the stack of items: target set, source set, index of the source's attribute. */
const FRAME_BYTES: u32 = 12;

function duplicateBegin(pos: u32): usize {
  const buf = errorBegin(ErrorKind.Parse, pos);
  bufStr(buf, "attribute '");
  colourBegin(buf);
  return buf;
}

function duplicateEnd(buf: usize, previous: u32): void {
  colourEnd(buf);
  bufStr(buf, "' already defined at ");
  colourBegin(buf);
  bufPosition(buf, previous);
  colourEnd(buf);
}

/** The error about an inherited name that is there already. */
export function duplicateName(symbol: u32, pos: u32, previous: u32): bool {
  const buf = duplicateBegin(pos);
  bufSymbol(buf, symbol);
  duplicateEnd(buf, previous);
  return false;
}

/** Appends the first `count` names of the path at `path`. Dynamic ones never come before a duplicate: their sets are new. */
function bufPath(buf: usize, path: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    if (i) bufByte(buf, 0x2e);
    bufSymbol(buf, load<u32>(itemsAt(path + i * 8)));
  }
}

function duplicatePath(path: u32, count: u32, pos: u32, previous: u32): bool {
  const buf = duplicateBegin(pos);
  bufPath(buf, path, count);
  duplicateEnd(buf, previous);
  return false;
}

/** The duplicate met in the innermost of the merges that begin at `frames`. */
function duplicateInMerge(path: u32, count: u32, frames: u32, pos: u32, previous: u32): bool {
  const buf = duplicateBegin(pos);
  bufPath(buf, path, count);
  for (let f = frames; f < itemsTop(); f += FRAME_BYTES) {
    bufByte(buf, 0x2e);
    const from = <usize>load<u32>(itemsAt(f), 4);
    bufSymbol(buf, load<u32>(attrAt(from, load<u32>(itemsAt(f), 8))));
  }
  duplicateEnd(buf, previous);
  return false;
}

// @ts-ignore: decorator
@inline
function attrAt(set: usize, i: u32): usize {
  return <usize>load<u32>(set, AS_STATIC) + <usize>(i * ATTR_WORDS * 4);
}

function pushMerge(to: usize, from: usize): void {
  setSort(from);
  const frame = itemsPush(FRAME_BYTES);
  store<u32>(frame, <u32>to);
  store<u32>(frame, <u32>from, 4);
  store<u32>(frame, 0, 8);
}

/** Moves an attribute of a merged set that the other has not. What it inherits from has a new index there. */
function moveAttr(to: usize, attr: usize): void {
  const symbol = load<u32>(attr);
  const kind = load<u32>(attr, AT_KIND);
  const expr = <usize>load<u32>(attr, AT_EXPR);
  if (kind == AttrKind.InheritedFrom) {
    const from = <usize>load<u32>(expr, N_A);
    store<u32>(expr, <u32>node1(Node.InheritFrom, load<u32>(from, 4), load<u32>(from, N_A) + load<u32>(to, AS_FROM_COUNT)), N_A);
  }
  setAppend(to, symbol, kind, load<u32>(attr, AT_POS), expr);
  nameLambda(expr, symbol);
}

/**
 * Merges the attributes of `from` into `to`, in the order of symbols, sets within sets too. `rec` on the later set is dropped.
 * The path is that of the sets, for the message about a duplicate.
 */
function mergeSets(to: usize, from: usize, path: u32, pathLength: u32): bool {
  const frames = itemsTop();
  pushMerge(to, from);
  while (itemsTop() > frames) {
    const frame = itemsAt(itemsTop() - FRAME_BYTES);
    const target = <usize>load<u32>(frame);
    const source = <usize>load<u32>(frame, 4);
    const i = load<u32>(frame, 8);
    if (i == load<u32>(source, AS_STATIC_COUNT)) {
      setMoveRest(target, source);
      itemsDrop(itemsTop() - FRAME_BYTES);
      // the frame below stands at the attribute that this merge was about
      if (itemsTop() > frames) advance(itemsAt(itemsTop() - FRAME_BYTES));
      continue;
    }
    const attr = attrAt(source, i);
    const there = setFind(target, load<u32>(attr));
    if (!there) {
      moveAttr(target, attr);
      advance(frame);
      continue;
    }
    const mine = <usize>load<u32>(there, AT_EXPR);
    const its = <usize>load<u32>(attr, AT_EXPR);
    if (load<u8>(mine) != Node.Attrs || load<u8>(its) != Node.Attrs) {
      return duplicateInMerge(path, pathLength, frames, load<u32>(attr, AT_POS), load<u32>(there, AT_POS));
    }
    pushMerge(setOf(mine), setOf(its));
  }
  return true;
}

// @ts-ignore: decorator
@inline
function advance(frame: usize): void {
  store<u32>(frame, load<u32>(frame, 8) + 1, 8);
}

/** Binds the last name of the path in `set`; returns whether that went well. */
function bindLast(set: usize, path: u32, count: u32, pos: u32, expr: usize): bool {
  const item = itemsAt(path + (count - 1) * 8);
  const symbol = load<u32>(item);
  if (!symbol) {
    setAppendDynamic(set, <usize>load<u32>(item, 4), expr, pos);
    return true;
  }
  const there = setFind(set, symbol);
  if (!there) {
    setAppend(set, symbol, AttrKind.Plain, pos, expr);
    nameLambda(expr, symbol);
    return true;
  }
  const mine = <usize>load<u32>(there, AT_EXPR);
  if (load<u8>(mine) == Node.Attrs && load<u8>(expr) == Node.Attrs) return mergeSets(setOf(mine), setOf(expr), path, count);
  return duplicatePath(path, count, pos, load<u32>(there, AT_POS));
}

/** Binds the path of `count` names at offset `path` of the items to an expression. */
export function bindPath(set: usize, path: u32, count: u32, pos: u32, expr: usize): bool {
  for (let i: u32 = 0; i + 1 < count; i++) {
    const item = itemsAt(path + i * 8);
    const symbol = load<u32>(item);
    const there: usize = symbol ? setFind(set, symbol) : 0;
    let nested: usize;
    if (there) {
      nested = <usize>load<u32>(there, AT_EXPR);
      if (load<u8>(nested) != Node.Attrs) return duplicatePath(path, i + 1, pos, load<u32>(there, AT_POS));
    } else {
      nested = attrsNew(0);
      if (symbol) setAppend(set, symbol, AttrKind.Plain, pos, nested);
      else setAppendDynamic(set, <usize>load<u32>(item, 4), nested, pos);
    }
    set = setOf(nested);
  }
  if (!bindLast(set, path, count, pos, expr)) return false;
  const doc = docAt(pos);
  if (doc) documentLambda(expr, doc);
  return true;
}

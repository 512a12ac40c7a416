/** Attribute sets and `let`: the parts of the compiler that bind names. */
import { permAlloc } from '../heap/pages';
import { Op } from '../gen/opcodes';
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
  N_A,
  N_B,
  Node,
  nodeFlags,
  nodeKind,
  nodePos,
} from '../syntax/ast';
import { emptyAttrs } from '../value/layout';
import { permShape, shapeSetPlace, shapeSetPos, shapeSetSymbol } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { lazy, strict, thunk } from './compile';
import { closeFrame, markScope, openFrame, openedFrame } from './environments';
import { Range, emit, emit2, emitWord, here, labelBegin, labelEnd, rangeAdd } from './emit';
import { functionMake } from './lambdas';
import { frameTake, scopeIndex, scopeNew, scopeReady } from './scope';

const STRIDE: u32 = ATTR_WORDS * 4;

// @ts-ignore: decorator
@inline
function attrAt(items: usize, i: u32): usize {
  return items + <usize>(i * STRIDE);
}

/** The permanent shape of a literal's static attributes. */
function literalShape(items: usize, n: u32, pos: u32): usize {
  const s = permShape(n);
  shapeSetPlace(s, pos);
  for (let i: u32 = 0; i < n; i++) {
    shapeSetSymbol(s, i, load<u32>(attrAt(items, i)));
    shapeSetPos(s, i, load<u32>(attrAt(items, i), 8));
  }
  return s;
}

/** Pushes the sources of `inherit (e)`, each once; returns how many. */
function pushSources(set: usize, scope: usize, frame: usize): u32 {
  const from = <usize>load<u32>(set, AS_FROM);
  const n = load<u32>(set, AS_FROM_COUNT);
  for (let i: u32 = 0; i < n; i++) lazy(<usize>load<u32>(from + ((<usize>i) << 2)), scope, frame);
  return n;
}

/** Pushes attribute `i`; `below`: values pushed since the sources. */
function pushAttr(attr: usize, inner: usize, outer: usize, frame: usize, sources: u32, below: u32, always: bool): void {
  const kind = load<u32>(attr, 4);
  const expr = <usize>load<u32>(attr, 12);
  if (kind == AttrKind.InheritedFrom) {
    // Select(InheritFrom(index), symbol)
    const source = <usize>load<u32>(expr, N_A);
    const index = load<u32>(source, N_A);
    emit(Op.InheritSelect, below + (sources - 1 - index));
    emitWord(load<u32>(attr));
    emitWord(nodePos(expr));
    emitWord(nodePos(source));
    return;
  }
  labelBegin(load<u32>(attr), load<u32>(attr, 8));
  if (kind == AttrKind.Inherited) lazy(expr, outer, frame);
  else if (always) thunk(expr, inner, frame);
  else lazy(expr, inner, frame);
  labelEnd();
}

export function compileAttrs(node: usize, scope: usize, frame: usize, tail: bool): void {
  const set = <usize>load<u32>(node, N_A);
  const n = load<u32>(set, AS_STATIC_COUNT);
  const dyn = load<u32>(set, AS_DYN_COUNT);
  if (!n && !dyn) {
    emit2(Op.Const, 0, <u32>emptyAttrs());
    return;
  }
  const need = n + dyn * 2 + load<u32>(set, AS_FROM_COUNT);
  if (need > 1000) emit(Op.NeedStack, (need >>> 10) + 1);
  if (nodeFlags(node) & FLAG_REC) return compileRec(set, n, dyn, nodePos(node), scope, frame, tail);
  const pos = nodePos(node);
  const items = <usize>load<u32>(set, AS_STATIC);
  const sources = pushSources(set, scope, frame);
  for (let i: u32 = 0; i < n; i++) pushAttr(attrAt(items, i), scope, scope, frame, sources, i, false);
  emitAttrs(items, n, pos);
  if (sources) emit(Op.Nip, sources);
  emitDynamic(set, dyn, scope, frame);
}

function emitAttrs(items: usize, n: u32, pos: u32): void {
  if (n) emit2(Op.Attrs, n, <u32>literalShape(items, n, pos));
  else emit2(Op.Const, 0, <u32>emptyAttrs());
}

/** Computed attributes, onto the set on the stack; their record: | position, function to name (0: none) | each. */
function emitDynamic(set: usize, n: u32, scope: usize, frame: usize): void {
  if (!n) return;
  const items = <usize>load<u32>(set, AS_DYN);
  const record = permAlloc((<usize>n) << 3);
  for (let i: u32 = 0; i < n; i++) {
    const item = items + <usize>(i * DYN_WORDS * 4);
    const pos = load<u32>(item, 8);
    strict(<usize>load<u32>(item), scope, frame, false);
    emit2(Op.DynName, 0, pos);
    store<u32>(record + ((<usize>i) << 3), pos);
    store<u32>(record + ((<usize>i) << 3), <u32>dynamicValue(<usize>load<u32>(item, 4), scope, frame), 4);
  }
  emit2(Op.DynAttrs, n, <u32>record);
}
/** Pushes the value of a computed attribute; returns the record of the function that it is, or 0. */
function dynamicValue(node: usize, scope: usize, frame: usize): usize {
  if (nodeKind(node) != Node.Lambda) {
    lazy(node, scope, frame);
    return 0;
  }
  const fn = functionMake(node, scope, frame);
  emit2(Op.LazyLambda, 0, <u32>fn);
  return fn;
}

function compileRec(set: usize, n: u32, dyn: u32, pos: u32, outer: usize, outerFrame: usize, tail: bool): void {
  const items = <usize>load<u32>(set, AS_STATIC);
  const opened = openFrame(outerFrame);
  const frame = openedFrame();
  const first = frameTake(frame, n);
  const scope = scopeNew(outer, frame, items, n, first, STRIDE);
  const overrides = scopeIndex(scope, symbolOf('__overrides'));
  const sources = pushSources(set, scope, frame);
  for (let i: u32 = 0; i < n; i++) {
    scopeReady(scope, i);
    const attr = attrAt(items, i);
    pushAttr(attr, scope, outer, frame, sources, i, overrides >= 0);
    emit(Op.SetKeep, first + i);
  }
  scopeReady(scope, n);
  emitAttrs(items, n, pos);
  if (sources) emit(Op.Nip, sources);
  if (overrides >= 0) emitOverrides(items, n, first, overrides);
  emitDynamic(set, dyn, scope, frame);
  closeFrame(opened, frame, tail);
}

/** `__overrides`: record | position | number | first slot | symbols … |. */
function emitOverrides(items: usize, n: u32, first: u32, overrides: u32): void {
  const pos = load<u32>(attrAt(items, overrides), 8);
  const record = permAlloc(12 + ((<usize>n) << 2));
  store<u32>(record, pos);
  store<u32>(record, n, 4);
  store<u32>(record, first, 8);
  for (let i: u32 = 0; i < n; i++) store<u32>(record + ((<usize>i) << 2), load<u32>(attrAt(items, i)), 12);
  // as a variable: its errors do not name the attribute
  emit2(Op.Var0, first + overrides, pos);
  emit2(Op.Overrides, 0, <u32>record);
}

export function compileLet(node: usize, outer: usize, outerFrame: usize, tail: bool): void {
  const set = <usize>load<u32>(node, N_A);
  const n = load<u32>(set, AS_STATIC_COUNT);
  const items = <usize>load<u32>(set, AS_STATIC);
  const opened = openFrame(outerFrame);
  const frame = openedFrame();
  const first = frameTake(frame, n);
  const scope = scopeNew(outer, frame, items, n, first, STRIDE);
  const sources = pushSources(set, scope, frame);
  for (let i: u32 = 0; i < n; i++) {
    scopeReady(scope, i);
    pushAttr(attrAt(items, i), scope, outer, frame, sources, 0, false);
    emit(Op.Set, first + i);
  }
  scopeReady(scope, n);
  const start = here();
  strict(<usize>load<u32>(node, N_B), scope, frame, tail);
  markScope(start, scope, frame);
  if (sources && !tail) emit(Op.Nip, sources);
  closeFrame(opened, frame, tail);
}

/** The form of `nix-instantiate --eval`: never forces, and does not say what a function is. */
import { bufByte, bufBytes, bufStr } from '../heap/text';
import { KIND_ATTRS, KIND_FAILED, KIND_LAMBDA, KIND_LIST, KIND_PATH, KIND_PRIMOP, KIND_PRIMOP_APP, KIND_STRING } from '../value/kinds';
import { cell, deref, kindOf, listGet, listLen, mkCells, setCell, strBytes, strLen, tag, untag } from '../value/layout';
import { attrsCount, attrsShape, attrsSymbol, attrsValue, shapeNameOrder } from '../value/shapes';
import { cellsGrow, seenAdd, seenNew, seenRoom } from './cells';
import { NO_LIMIT, bufAttributeName, bufLiteralString, bufMarked } from './literal';
import { bufScalar, isBlackhole } from './printer';

/**
 * Appends the value; `raw` is its raw reference, whose identity counts for «repeated». Returns false where it is nested
 * deeper than `maxDepth`.
 */
export function printPlain(b: usize, raw: usize, maxDepth: u32): bool {
  let stack = mkCells(64); // | set or list | next index |
  let top: u32 = 0;
  let seen = seenNew();
  let seenCount: u32 = 0;
  for (;;) {
    const v = deref(raw);
    const kind = kindOf(v);
    const n: u32 = kind == KIND_ATTRS ? attrsCount(v) : kind == KIND_LIST ? listLen(v) : 0;
    if (n) {
      seen = seenRoom(seen, seenCount);
      if (!seenAdd(seen, kind == KIND_ATTRS ? v : raw)) bufMarked(b, 'repeated');
      else {
        seenCount++;
        stack = cellsGrow(stack, top * 2 + 2);
        setCell(stack, top * 2, v);
        setCell(stack, top * 2 + 1, tag(0));
        top++;
        bufStr(b, kind == KIND_ATTRS ? '{ ' : '[ ');
      }
    } else printLeaf(b, v, kind);
    raw = nextElement(b, stack, top);
    while (!raw) {
      if (!top) return true;
      top--;
      bufByte(b, kindOf(cell(stack, top * 2)) == KIND_ATTRS ? 0x7d : 0x5d);
      raw = nextElement(b, stack, top);
    }
    if (top > maxDepth) return false;
  }
  return true;
}

/** The next element of the container on top, with what stands before it; 0 at its end. */
function nextElement(b: usize, stack: usize, top: u32): usize {
  if (!top) return 0;
  const at = (top - 1) * 2;
  const v = cell(stack, at);
  const i = <u32>untag(cell(stack, at + 1));
  const isSet = kindOf(v) == KIND_ATTRS;
  if (i) bufStr(b, isSet ? '; ' : ' ');
  if (i == (isSet ? attrsCount(v) : listLen(v))) return 0;
  setCell(stack, at + 1, tag(i + 1));
  if (!isSet) return listGet(v, i);
  const k = load<u32>(shapeNameOrder(attrsShape(v)) + ((<usize>i) << 2));
  bufAttributeName(b, attrsSymbol(v, k));
  bufStr(b, ' = ');
  return attrsValue(v, k);
}

function printLeaf(b: usize, v: usize, kind: u32): void {
  switch (kind) {
    case KIND_ATTRS:
      bufStr(b, '{ }');
      break;
    case KIND_LIST:
      bufStr(b, '[ ]');
      break;
    case KIND_STRING:
      bufLiteralString(b, strBytes(v), strLen(v), NO_LIMIT);
      break;
    case KIND_PATH:
      bufBytes(b, strBytes(v), strLen(v));
      break;
    case KIND_LAMBDA:
      bufStr(b, '<LAMBDA>');
      break;
    case KIND_PRIMOP:
      bufStr(b, '<PRIMOP>');
      break;
    case KIND_PRIMOP_APP:
      bufStr(b, '<PRIMOP-APP>');
      break;
    default:
      if (kind >= FIRST_VALUE_KIND) bufScalar(b, v);
      else if (kind != KIND_FAILED && isBlackhole(v)) bufMarked(b, 'potential infinite recursion');
      else bufStr(b, '<CODE>');
  }
}
/** Kinds from here on are values. */
const FIRST_VALUE_KIND: u32 = 16;

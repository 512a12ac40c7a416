/** What is known when the code is compiled: literals, and the text of expressions. */
import { permAlloc } from '../heap/pages';
import { ST_COMPILE } from '../heap/state';
import { bufData, bufLen, bufReset } from '../heap/text';
import { printAst } from '../print/ast';
import { N_A, N_B, Node, nodeKind } from '../syntax/ast';
import { KIND_FLOAT, KIND_INT, KIND_PATH, KIND_STRING } from '../value/kinds';
import { EMPTY_STRING, tag } from '../value/layout';

const TEXT: usize = ST_COMPILE + 96; // Buf for assertion texts
function permText(kind: u32, ptr: usize, len: u32): usize {
  const bytes = 12 + ((<usize>len + 3) & ~3);
  const p = permAlloc(bytes);
  store<u32>(p, kind | ((<u32>(bytes >>> 2)) << 8));
  store<u32>(p, len, 4);
  store<u32>(p, 0, 8);
  memory.copy(p + 12, ptr, len);
  return p;
}

function permNumber(kind: u32, bits: u64): usize {
  const p = permAlloc(12);
  store<u32>(p, kind | (3 << 8));
  store<u64>(p, bits, 4);
  return p;
}

/** The constant that a node stands for, or 0. */
export function constantOf(node: usize): usize {
  switch (nodeKind(node)) {
    case Node.Int: {
      const n = load<i64>(node, N_A);
      const small = <i32>n;
      if (<i64>small == n && (small << 1) >> 1 == small) return tag(small);
      return permNumber(KIND_INT, <u64>n);
    }
    case Node.Float:
      return permNumber(KIND_FLOAT, load<u64>(node, N_A));
    case Node.String: {
      const len = load<u32>(node, N_B);
      return len ? permText(KIND_STRING, <usize>load<u32>(node, N_A), len) : EMPTY_STRING;
    }
    case Node.Path:
      return permText(KIND_PATH, <usize>load<u32>(node, N_A), load<u32>(node, N_B));
    default:
      return 0;
  }
}

/** An expression's text, as a permanent string. */
export function exprText(expr: usize): usize {
  bufReset(TEXT);
  printAst(expr, TEXT);
  return permText(KIND_STRING, bufData(TEXT), bufLen(TEXT));
}

/** Functions: their records, and the code of their bodies. */
import { Op } from '../gen/opcodes';
import { permAlloc } from '../heap/pages';
import { FORMAL_WORDS, FS_COUNT, FS_ELLIPSIS, FS_ITEMS, N_A, N_B, N_C, N_D, N_E, Node, nodeKind, nodePos } from '../syntax/ast';
import { lazy, strict } from './compile';
import { emit, emit2, emitWord, here, labelBegin, labelEnd, patchJump, workPush } from './emit';
import { currentBody, markScope } from './environments';
import {
  FN_ARG,
  FN_BODY,
  FN_DOC,
  FN_ELLIPSIS,
  FN_FLAGS,
  FN_FORMALS,
  FN_FORMAL_COUNT,
  FN_HAS_ARG,
  FN_HAS_FORMALS,
  FN_INNER,
  FN_NAME,
  FN_POS,
  FN_ROOT,
  FN_SLOTS,
  functionAlloc,
} from './functions';
import { FR_SLOTS, frameNew, frameTake, scopeNew, scopeReady } from './scope';

/** A function's body, or (node is not its Lambda) the body of a root. */
export function functionBody(fn: usize, node: usize, outer: usize, outerFrame: usize): void {
  const frame = frameNew(outerFrame, currentBody());
  let scope = outer;
  let body = node;
  const flags = load<u32>(fn, FN_FLAGS);
  if (nodeKind(node) == Node.Lambda && isLambda(fn)) {
    body = <usize>load<u32>(node, N_C);
    let arg: u32 = 0;
    if (flags & FN_HAS_ARG || !(flags & FN_HAS_FORMALS)) {
      scope = scopeNew(scope, frame, node + N_A, 1, frameTake(frame, 1), 4);
      scopeReady(scope, 1);
      arg = 1;
    }
    if (flags & FN_HAS_FORMALS) scope = formalsPrologue(fn, <usize>load<u32>(node, N_B), scope, frame, arg);
    if (nodeKind(body) == Node.Lambda) {
      const inner = functionMake(body, scope, frame);
      store<u32>(fn, <u32>inner, FN_BODY);
      if (!(flags & FN_HAS_FORMALS)) store<u32>(fn, <u32>inner, FN_INNER);
    }
  }
  if (flags & FN_ROOT) emit(Op.LevelDown, 0);
  if (load<u32>(fn, FN_BODY)) emit2(Op.Lambda, 0, load<u32>(fn, FN_BODY));
  else strict(body, scope, frame, true);
  if (flags & FN_ROOT) emit(Op.LevelUp, 0);
  emit(Op.Ret, 0);
  markScope(0, scope, frame);
  // the argument is put into slot 0, wherever it goes from there
  store<u32>(fn, max<u32>(load<u32>(frame, FR_SLOTS), 1), FN_SLOTS);
}

/** A root's record has no argument and no formals; a lambda's has one of both. */
function isLambda(fn: usize): bool {
  return load<u32>(fn, FN_ARG) != 0 || (load<u32>(fn, FN_FLAGS) & FN_HAS_FORMALS) != 0;
}

function formalsPrologue(fn: usize, formals: usize, outer: usize, frame: usize, first: u32): usize {
  const items = <usize>load<u32>(formals, FS_ITEMS);
  const n = load<u32>(formals, FS_COUNT);
  const slot = frameTake(frame, n);
  // without a name the argument itself takes no slot at run time: Formals keeps it on the stack
  const scope = scopeNew(outer, frame, items, n, slot, FORMAL_WORDS * 4);
  emit(Op.Formals, first);
  emitWord(<u32>fn);
  emit(Op.Back, 0);
  for (let i: u32 = 0; i < n; i++) {
    const def = <usize>load<u32>(items + <usize>(i * FORMAL_WORDS * 4), 8);
    if (!def) continue;
    scopeReady(scope, i);
    emit2(Op.Default, slot + i, 0);
    const jump = here() - 4;
    labelBegin(load<u32>(items + <usize>(i * FORMAL_WORDS * 4)), load<u32>(items + <usize>(i * FORMAL_WORDS * 4), 4));
    lazy(def, scope, frame);
    labelEnd();
    emit(Op.Set, slot + i);
    patchJump(jump);
  }
  scopeReady(scope, n);
  return scope;
}

/** The record of a lambda; its body is put on the work list. */
export function functionMake(node: usize, scope: usize, frame: usize): usize {
  const fn = functionAlloc();
  const arg = load<u32>(node, N_A);
  const formals = <usize>load<u32>(node, N_B);
  store<u32>(fn, arg, FN_ARG);
  store<u32>(fn, load<u32>(node, N_D), FN_NAME);
  store<u32>(fn, nodePos(node), FN_POS);
  store<u32>(fn, load<u32>(node, N_E), FN_DOC);
  if (formals) {
    const n = load<u32>(formals, FS_COUNT);
    const items = <usize>load<u32>(formals, FS_ITEMS);
    const table = permAlloc(<usize>n * 12);
    for (let i: u32 = 0; i < n; i++) {
      const from = items + <usize>(i * FORMAL_WORDS * 4);
      const to = table + <usize>(i * 12);
      store<u64>(to, load<u64>(from));
      store<u32>(to, u32(load<u32>(from, 8) != 0), 8);
    }
    store<u32>(fn, <u32>table, FN_FORMALS);
    store<u32>(fn, n, FN_FORMAL_COUNT);
    store<u32>(fn, FN_HAS_FORMALS | (load<u32>(formals, FS_ELLIPSIS) ? FN_ELLIPSIS : 0) | (arg ? FN_HAS_ARG : 0), FN_FLAGS);
  }
  workPush(node, scope, frame, fn, 0);
  return fn;
}

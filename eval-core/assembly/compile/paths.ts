/** Attribute paths: selections and `?`. In the tree a path is an array of | symbol | 0 | or | 0 | expression |. */
import { Op } from '../gen/opcodes';
import { permAlloc } from '../heap/pages';
import { N_A, N_B, N_C, N_D, nodePos } from '../syntax/ast';
import { lazy, strict } from './compile';
import { exprText } from './constants';
import { emit, emit2, emitWord, here, patchJump, patchWord, wordAt as wordOf } from './emit';

// What PathForce forces: a set on the way, the attribute at the end, a computed name, the default.
// Offsets in a path record.
export const PR_COUNT: usize = 4;
export const PR_COMPUTED: usize = 8;
/** bytes from the default's PathForce back to the first instruction of the path */
export const PR_BACK: usize = 12;
export const PR_STEPS: usize = 16;
export const PR_STEP: usize = 12;

// What PathForce forces: a set on the way, the attribute at the end, a computed name, the default.
export const PATH_SET: u32 = 0;

export const PATH_END: u32 = 1;
export const PATH_NAME: u32 = 2;
export const PATH_DEFAULT: u32 = 3;
/**
 * A record of a path, for the trace line of a selection and for its instructions:
 *
 *   | position | steps | computed names | back | symbol (0: computed), position and text of a computed name … |
 *
 * `texts`: whether the text of computed names may be asked for.
 */
function pathRecord(path: usize, n: u32, pos: u32, texts: bool): usize {
  const r = permAlloc(PR_STEPS + <usize>n * PR_STEP);
  store<u32>(r, pos);
  store<u32>(r, n, PR_COUNT);
  store<u32>(r, computedNames(path, n), PR_COMPUTED);
  store<u32>(r, 0, PR_BACK);
  for (let i: u32 = 0; i < n; i++) {
    const at = r + PR_STEPS + <usize>i * PR_STEP;
    const sym = load<u32>(path + ((<usize>i) << 3));
    const expr = <usize>load<u32>(path + ((<usize>i) << 3), 4);
    store<u32>(at, sym);
    store<u32>(at, sym ? 0 : nodePos(expr), 4);
    store<u32>(at, sym || !texts ? 0 : <u32>exprText(expr), 8);
  }
  return r;
}
function computedNames(path: usize, n: u32): u32 {
  let k: u32 = 0;
  for (let i: u32 = 0; i < n; i++) k += u32(!load<u32>(path + ((<usize>i) << 3)));
  return k;
}

function strictName(expr: usize, scope: usize, frame: usize): void {
  strict(expr, scope, frame, false);
  emit2(Op.AttrName, 0, nodePos(expr));
}

export function strictSelect(node: usize, scope: usize, frame: usize): void {
  const path = <usize>load<u32>(node, N_B);
  const n = load<u32>(node, N_C);
  const def = <usize>load<u32>(node, N_D);
  const pos = nodePos(node);
  strict(<usize>load<u32>(node, N_A), scope, frame, false);
  if (n == 1) return def ? selectOneOr(path, def, pos, scope, frame) : selectOne(path, pos, scope, frame);
  if (def || computedNames(path, n)) return selectPath(path, n, def, pos, scope, frame);
  const record = <u32>pathRecord(path, n, pos, false);
  for (let i: u32 = 0; i < n; i++)
    emit2(!i ? Op.SelectFirst : i == n - 1 ? Op.SelectLast : Op.SelectPath, load<u32>(path + ((<usize>i) << 3)), record);
}

function selectOne(path: usize, pos: u32, scope: usize, frame: usize): void {
  const sym = load<u32>(path);
  if (sym) {
    emit2(Op.Select, sym, pos);
    return;
  }
  strictName(<usize>load<u32>(path, 4), scope, frame);
  emit2(Op.SelectDyn, 0, <u32>pathRecord(path, 1, pos, false));
  emit(Op.Nip, 1);
}

function selectOneOr(path: usize, def: usize, pos: u32, scope: usize, frame: usize): void {
  const sym = load<u32>(path);
  if (sym) emit2(Op.SelectOr, sym, 0);
  else {
    strictName(<usize>load<u32>(path, 4), scope, frame);
    emit2(Op.SelectDynOr, 0, 0);
  }
  const toDefault = here() - 4;
  emit2(Op.ForceAttr, 0, <u32>pathRecord(path, 1, pos, false));
  if (!sym) emit(Op.Nip, 1);
  emit(Op.Jump, 0);
  const toEnd = here() - 4;
  patchJump(toDefault);
  strict(def, scope, frame, false);
  patchWord(toEnd, (<u32>Op.Jump) | (((here() - toEnd - 4) >>> 2) << 8));
}

/** A longer path with computed names or a default. What fails on the way is told with the position of the attribute before it. */
function selectPath(path: usize, n: u32, def: usize, pos: u32, scope: usize, frame: usize): void {
  const record = <u32>pathRecord(path, n, pos, true);
  const names = computedNames(path, n);
  emit(Op.PathOpen, names);
  const first = here();
  let chain: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (!load<u32>(path + ((<usize>i) << 3))) {
      pathForce(<usize>load<u32>(path + ((<usize>i) << 3), 4), path, n, PATH_NAME, scope, frame);
      emit2(Op.PathName, i, record);
    }
    if (i) emit2(Op.PathForce, PATH_SET, record);
    if (!def) {
      emit2(Op.PathSelect, i, record);
      continue;
    }
    // jumps to the default are chained through their own words until its place is known
    emit2(Op.PathSelectOr, i, record);
    emitWord(chain);
    chain = here() - 4;
  }
  emit2(Op.PathForce, PATH_END, record);
  if (def) {
    emit(Op.Jump, 0);
    const toEnd = here() - 4;
    patchChain(chain);
    const forced = pathForce(def, path, n, PATH_DEFAULT, scope, frame);
    store<u32>(forced, here() - 8 - first, PR_BACK);
    patchWord(toEnd, (<u32>Op.Jump) | (((here() - toEnd - 4) >>> 2) << 8));
  }
  emit(Op.PathClose, names);
}

/** A computed name or default, suspended first so that the path's room is found from where it fails. Returns its record. */
function pathForce(expr: usize, path: usize, n: u32, what: u32, scope: usize, frame: usize): usize {
  const record = pathRecord(path, n, nodePos(expr), true);
  lazy(expr, scope, frame);
  emit2(Op.PathForce, what, <u32>record);
  return record;
}
function patchChain(at: u32): void {
  while (at) {
    const next = wordOf(at);
    patchJump(at);
    at = next;
  }
}

export function strictHas(node: usize, scope: usize, frame: usize): void {
  const path = <usize>load<u32>(node, N_B);
  const n = load<u32>(node, N_C);
  const pos = nodePos(node);
  strict(<usize>load<u32>(node, N_A), scope, frame, false);
  let chain: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const sym = load<u32>(path + ((<usize>i) << 3));
    const last = i == n - 1;
    if (!sym) strictName(<usize>load<u32>(path + ((<usize>i) << 3), 4), scope, frame);
    if (last) {
      emit(sym ? Op.Has : Op.HasDyn, sym);
      break;
    }
    emit2(sym ? Op.HasStep : Op.HasDynStep, sym, chain);
    chain = here() - 4;
    emit2(Op.Force, 0, pos);
  }
  patchChain(chain);
}

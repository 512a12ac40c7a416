/** The names of a derivation's outputs, and the values of its attributes that say how they are addressed. */
import { Err, fail, msgArgBytes, msgArgSymBytes, msgBegin, msgLit, raise } from '../diag/errors';
import { bufReset, bytesAre } from '../heap/text';
import { Feature, featureEnabled } from '../settings';
import { NULL, cell, mkCells, setCell, strBytes, strLen, tag, untag } from '../value/layout';
import { symbolBytes, symbolIntern, symbolLen } from '../value/symbols';
import { algoAllowed, algoOf, failFeature, failFeatureFor } from './hashes';
import { Method } from './store-path';
import { OUTPUTS, pairAdd, pairCount, pairFirst } from './draft';

// Names under collection live in OUTPUTS (draft.ts) within one step, and in a cells object between steps.

/** Begins a list of output names. */
export function outputsBegin(): void {
  bufReset(OUTPUTS);
}
/** Adds a name; false after an error. */
export function outputsAdd(ptr: usize, len: u32): bool {
  const name = symbolIntern(ptr, len);
  const n = pairCount(OUTPUTS);
  for (let i: u32 = 0; i < n; i++) {
    if (pairFirst(OUTPUTS, i) != name) continue;
    msgBegin();
    msgLit("duplicate derivation output '");
    msgArgSymBytes(name);
    msgLit("'");
    raise(Err.Eval);
    return false;
  }
  if (bytesAre(symbolBytes(name), symbolLen(name), 'drvPath')) return fail(Err.Eval, "invalid derivation output name 'drvPath'") != 0;
  pairAdd(OUTPUTS, name, 0);
  return true;
}
/** The names as cells of tagged symbols; 0 after an error. */
export function outputsTake(): usize {
  const n = pairCount(OUTPUTS);
  if (!n) return fail(Err.Eval, 'derivation cannot have an empty set of outputs');
  const c = mkCells(n);
  for (let i: u32 = 0; i < n; i++) setCell(c, i, tag(pairFirst(OUTPUTS, i)));
  return c;
}
/** The names in a text, between blanks; 0 after an error. */
export function outputsOfText(s: usize): usize {
  outputsBegin();
  const p = strBytes(s);
  const n = strLen(s);
  let i: u32 = 0;
  while (i < n) {
    while (i < n && isBlank(load<u8>(p + i))) i++;
    const from = i;
    while (i < n && !isBlank(load<u8>(p + i))) i++;
    if (i > from && !outputsAdd(p + from, i - from)) return 0;
  }
  return outputsTake();
}
function isBlank(c: u32): bool {
  return c == 0x20 || c == 0x09 || c == 0x0a || c == 0x0d;
}
/** Puts names that were kept in cells (NULL: the default, `out`) back into OUTPUTS. */
export function outputsRestore(c: usize, count: u32, byDefault: u32): void {
  bufReset(OUTPUTS);
  if (c == NULL) pairAdd(OUTPUTS, byDefault, 0);
  else for (let i: u32 = 0; i < count; i++) pairAdd(OUTPUTS, untag(cell(c, i)), 0);
}

/** The method that `outputHashMode` names, or -1 after an error. */
export function methodOf(s: usize, drvName: usize): i32 {
  const p = strBytes(s);
  const n = strLen(s);
  if (bytesAre(p, n, 'recursive') || bytesAre(p, n, 'nar')) return Method.Nar;
  if (bytesAre(p, n, 'flat')) return Method.Flat;
  if (bytesAre(p, n, 'text')) {
    if (featureEnabled(Feature.DynamicDerivations)) return Method.Text;
    failFeatureFor('dynamic-derivations', "text-hashed derivation '", strBytes(drvName), strLen(drvName), '\', outputHashMode = "text"');
    return -1;
  }
  if (bytesAre(p, n, 'git')) {
    if (featureEnabled(Feature.GitHashing)) return Method.Git;
    failFeature('git-hashing');
    return -1;
  }
  msgBegin();
  msgLit("invalid value '");
  msgArgBytes(p, n);
  msgLit("' for 'outputHashMode' attribute");
  raise(Err.Eval);
  return -1;
}

/** The algorithm that `outputHashAlgo` names: -1 for none that is known, -2 after an error. */
export function outputAlgoOf(s: usize): i32 {
  const algo = algoOf(strBytes(s), strLen(s));
  return algo >= 0 && !algoAllowed(algo) ? -2 : algo;
}

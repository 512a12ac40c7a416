/**
 * Writes the draft as an ATerm (Nix manual, "Derivation", "ATerm format").
 *
 * The same derivation is written up to three times: with its input derivations replaced by their modulo hashes, outputs masked or
 * not, and as it is stored. What is common to these, all behind the inputs, is written once (MIDDLE), with marks where the
 * outputs' values stand in the environment.
 */
import { hashSize } from '../../../wasm/assembly/hash';
import { bufByte, bufBytes, bufData, bufLen, bufReserve, bufReset, bufSetLen, bufStr } from '../heap/text';
import { strBytes, strLen } from '../value/layout';
import { symbolBytes, symbolCompare, symbolLen } from '../value/symbols';
import {
  ARGS,
  DIGEST,
  DRVS,
  DYNAMIC,
  ENV,
  INPUTS,
  NODES,
  OUTPUTS,
  Outputs,
  SOURCES,
  draftBuilder,
  draftPlatform,
  draftRead,
  outputAlgo,
  outputMethod,
  outputsKind,
  pairAdd,
  pairCount,
  pairFirst,
  pairSecond,
  pairsSort,
} from './draft';
import { elementDrv, elementInner, elementOutput } from './elements';
import { hashAlgoName } from '../builtins/hashText';
import { bufHex } from './hashes';
import { knownGet } from './known';
import { By, sortPairs } from './order';
import { placeholderOf } from './placeholder';
import { bufMethod } from './store-path';

/** The text that was written last. */
export const TEXT: usize = memory.data(12, 4);
const MIDDLE: usize = memory.data(12, 4);
/** offset in MIDDLE, index of the output */
const MARKS: usize = memory.data(12, 4);
/** known derivation, output */
const HASHED: usize = memory.data(12, 4);
const CHILDREN: usize = memory.data(12, 4);

const QUOTE: u32 = 0x22;
const COMMA: u32 = 0x2c;

/** Appends a string in quotes, with `"`, `\`, newline, carriage return and tab escaped. */
export function bufQuoted(b: usize, ptr: usize, len: u32): void {
  const start = bufReserve(b, len * 2 + 18);
  let out = start;
  store<u8>(out++, QUOTE);
  let i: u32 = 0;
  // sixteen bytes at a time up to the next one that must be escaped: most of the text is scripts and paths
  while (i + 16 <= len) {
    const v = v128.load(ptr + i);
    v128.store(out, v);
    const special = <u32>i8x16.bitmask(escapedBytes(v));
    if (!special) {
      out += 16;
      i += 16;
      continue;
    }
    const plain = ctz(special);
    out += plain;
    i += plain;
    out = escapeByte(out, <u32>load<u8>(ptr + i));
    i++;
  }
  for (; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c > 0x22 && c != 0x5c) {
      store<u8>(out++, c);
      continue;
    }
    out = escapeByte(out, c);
  }
  store<u8>(out++, QUOTE);
  bufSetLen(b, bufLen(b) + <u32>(out - start));
}
// @ts-ignore: decorator
@inline
function escapedBytes(v: v128): v128 {
  const quotes = v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c)));
  const breaks = v128.or(i8x16.eq(v, i8x16.splat(0x0a)), i8x16.eq(v, i8x16.splat(0x0d)));
  return v128.or(v128.or(quotes, breaks), i8x16.eq(v, i8x16.splat(0x09)));
}
/** Writes a byte as the ATerm format has it inside quotes; returns the address behind it. */
function escapeByte(out: usize, c: u32): usize {
  let letter: u32 = 0;
  if (c == QUOTE || c == 0x5c) letter = c;
  else if (c == 0x0a) letter = 0x6e;
  else if (c == 0x0d) letter = 0x72;
  else if (c == 0x09) letter = 0x74;
  if (letter) store<u8>(out++, 0x5c);
  store<u8>(out++, letter ? letter : c);
  return out;
}
function bufQuotedString(b: usize, s: usize): void {
  bufQuoted(b, strBytes(s), strLen(s));
}
/** A symbol in quotes, nothing escaped. */
function bufPlain(b: usize, sym: u32): void {
  bufByte(b, QUOTE);
  if (sym) bufBytes(b, symbolBytes(sym), symbolLen(sym));
  bufByte(b, QUOTE);
}

// ---- outputs

function bufAlgo(b: usize): void {
  bufByte(b, QUOTE);
  bufMethod(b, outputMethod());
  bufStr(b, hashAlgoName(outputAlgo()));
  bufByte(b, QUOTE);
}
function bufOutput(b: usize, i: u32, mask: bool): void {
  const kind = outputsKind();
  bufByte(b, 0x28);
  bufPlain(b, pairFirst(OUTPUTS, i));
  bufByte(b, COMMA);
  bufPlain(b, mask ? 0 : pairSecond(OUTPUTS, i));
  bufByte(b, COMMA);
  if (kind == Outputs.InputAddressed || kind == Outputs.Deferred) {
    bufStr(b, '"","")');
    return;
  }
  bufAlgo(b);
  bufStr(b, ',"');
  if (kind == Outputs.Fixed) bufHex(b, DIGEST, hashSize(outputAlgo()));
  else if (kind == Outputs.Impure) bufStr(b, 'impure');
  bufStr(b, '")');
}

/** Appends what the environment says of output `i`, without quotes (nothing in it needs escaping). */
function bufOutputValue(b: usize, i: u32, mask: bool): void {
  if (mask) return;
  const path = pairSecond(OUTPUTS, i);
  if (path) {
    bufBytes(b, symbolBytes(path), symbolLen(path));
    return;
  }
  const kind = outputsKind();
  if (kind == Outputs.Floating || kind == Outputs.Impure) {
    const at = bufReserve(b, 64);
    bufSetLen(b, bufLen(b) + placeholderOf(pairFirst(OUTPUTS, i), at));
  }
}

// ---- inputs

function bufInputs(b: usize): void {
  const drvs = pairCount(DRVS);
  const n = pairCount(INPUTS);
  let at: u32 = 0;
  for (let i: u32 = 0; i < drvs; i++) {
    const drv = pairFirst(DRVS, i);
    const from = at;
    while (at < n && pairFirst(INPUTS, at) == drv) at++;
    if (i) bufByte(b, COMMA);
    bufByte(b, 0x28);
    bufPlain(b, drv);
    bufByte(b, COMMA);
    const nested = pairCount(NODES) != 0 && hasChildren(drv, 0);
    if (nested) bufByte(b, 0x28);
    bufNames(b, INPUTS, from, at);
    if (nested) bufChildren(b, drv, 0);
    bufByte(b, 0x29);
  }
}
/** `["out","dev"]` from the second words of pairs. */
function bufNames(b: usize, v: usize, from: u32, to: u32): void {
  bufByte(b, 0x5b);
  for (let i = from; i < to; i++) {
    if (i > from) bufByte(b, COMMA);
    bufPlain(b, pairSecond(v, i));
  }
  bufByte(b, 0x5d);
}
function isChild(node: u32, drv: u32, parent: u32): bool {
  return parent ? elementInner(node) == parent : !elementInner(node) && elementDrv(node) == drv;
}
function hasChildren(drv: u32, parent: u32): bool {
  const n = pairCount(NODES);
  for (let i: u32 = 0; i < n; i++) if (isChild(pairFirst(NODES, i), drv, parent)) return true;
  return false;
}
/**
 * `,[("out",["out"])])`: outputs of outputs. It calls itself once for each level of derivations that make derivations.
 */
function bufChildren(b: usize, drv: u32, parent: u32): void {
  bufStr(b, ',[');
  const first = pairCount(CHILDREN);
  const nodes = pairCount(NODES);
  for (let i: u32 = 0; i < nodes; i++) {
    const node = pairFirst(NODES, i);
    if (isChild(node, drv, parent)) pairAdd(CHILDREN, elementOutput(node), node);
  }
  const count = pairCount(CHILDREN) - first;
  sortPairs(bufData(CHILDREN) + ((<usize>first) << 3), count, By.Name);
  for (let i: u32 = 0; i < count; i++) {
    const node = pairSecond(CHILDREN, first + i);
    if (i) bufByte(b, COMMA);
    bufByte(b, 0x28);
    bufPlain(b, elementOutput(node));
    bufByte(b, COMMA);
    const nested = hasChildren(drv, node);
    if (nested) bufByte(b, 0x28);
    bufValues(b, node);
    if (nested) bufChildren(b, drv, node);
    bufByte(b, 0x29);
  }
  bufSetLen(CHILDREN, first << 3);
  bufStr(b, '])');
}
function bufValues(b: usize, node: u32): void {
  const values = memory.data(12, 4);
  bufReset(values);
  const n = pairCount(DYNAMIC);
  for (let i: u32 = 0; i < n; i++) {
    const e = pairFirst(DYNAMIC, i);
    if (elementInner(e) == node) pairAdd(values, elementOutput(e), elementOutput(e));
  }
  pairsSort(values);
  bufNames(b, values, 0, pairCount(values));
}

/** The inputs with each derivation replaced by its modulo hash; equal hashes become one. */
function bufHashedInputs(b: usize): void {
  bufReset(HASHED);
  const n = pairCount(INPUTS);
  for (let i: u32 = 0; i < n; i++) pairAdd(HASHED, <u32>knownGet(pairFirst(INPUTS, i)), pairSecond(INPUTS, i));
  sortPairs(bufData(HASHED), n, By.Hash);
  let last: usize = 0;
  let lastOutput: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const known = <usize>pairFirst(HASHED, i);
    const output = pairSecond(HASHED, i);
    const same = last != 0 && (last == known || !memory.compare(last, known, 32));
    if (same && output == lastOutput) continue;
    if (!same) {
      if (i) bufStr(b, ']),');
      bufStr(b, '("');
      bufHex(b, known, 32);
      bufStr(b, '",[');
    } else bufByte(b, COMMA);
    bufPlain(b, output);
    last = known;
    lastOutput = output;
  }
  if (n) bufStr(b, '])');
}

// ---- what is common

function bufEnv(b: usize): void {
  const n = pairCount(ENV);
  const outputs: u32 = draftRead() ? 0 : pairCount(OUTPUTS);
  let i: u32 = 0;
  let o: u32 = 0;
  let first = true;
  while (i < n || o < outputs) {
    const order: i32 = i == n ? 1 : o == outputs ? -1 : symbolCompare(pairFirst(ENV, i), pairFirst(OUTPUTS, o));
    if (!first) bufByte(b, COMMA);
    first = false;
    bufByte(b, 0x28);
    const name = order < 0 ? pairFirst(ENV, i) : pairFirst(OUTPUTS, o);
    bufQuoted(b, symbolBytes(name), symbolLen(name));
    bufByte(b, COMMA);
    if (order < 0) bufQuotedString(b, <usize>pairSecond(ENV, i));
    else {
      bufByte(b, QUOTE);
      pairAdd(MARKS, bufLen(b), o);
      bufByte(b, QUOTE);
    }
    bufByte(b, 0x29);
    // an output takes the place of an attribute of its name
    if (order <= 0) i++;
    if (order >= 0) o++;
  }
}
/** Writes MIDDLE; to be called when the draft is complete but for the outputs' paths. */
export function atermPrepare(): void {
  const b = MIDDLE;
  bufReset(b);
  bufReset(MARKS);
  bufStr(b, '],[');
  const n = pairCount(SOURCES);
  for (let i: u32 = 0; i < n; i++) {
    if (i) bufByte(b, COMMA);
    bufPlain(b, pairFirst(SOURCES, i));
  }
  bufStr(b, '],"');
  bufBytes(b, strBytes(draftPlatform()), strLen(draftPlatform()));
  bufStr(b, '",');
  bufQuotedString(b, draftBuilder());
  bufStr(b, ',[');
  const args = pairCount(ARGS);
  for (let i: u32 = 0; i < args; i++) {
    if (i) bufByte(b, COMMA);
    bufQuotedString(b, <usize>pairFirst(ARGS, i));
  }
  bufStr(b, '],[');
  bufEnv(b);
  bufStr(b, '])');
}

/** Writes the derivation to TEXT, with `mask` without the outputs' paths, with `hashed` with modulo hashes for its inputs. */
export function atermWrite(mask: bool, hashed: bool): void {
  const b = TEXT;
  bufReset(b);
  bufStr(b, pairCount(DYNAMIC) ? 'DrvWithVersion("xp-dyn-drv",[' : 'Derive([');
  const outputs = pairCount(OUTPUTS);
  for (let i: u32 = 0; i < outputs; i++) {
    if (i) bufByte(b, COMMA);
    bufOutput(b, i, mask);
  }
  bufStr(b, '],[');
  if (hashed) bufHashedInputs(b);
  else bufInputs(b);
  const middle = bufData(MIDDLE);
  const marks = pairCount(MARKS);
  let from: u32 = 0;
  for (let i: u32 = 0; i < marks; i++) {
    const to = pairFirst(MARKS, i);
    bufBytes(b, middle + from, to - from);
    bufOutputValue(b, pairSecond(MARKS, i), mask);
    from = to;
  }
  bufBytes(b, middle + from, bufLen(MIDDLE) - from);
}

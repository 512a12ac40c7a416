/**
 * The second half of `derivationStrict`: from what strict.ts gathered in its frame to a derivation in the store, and the set of its
 * paths. It runs in the same frame.
 */
import { HashAlgo, hashSize } from '../../../wasm/assembly/hash';
import { base64Encode, base64EncodedLength } from '../../../wasm/assembly/base64';
import { answered, sendWarning } from '../builtins/host';
import { Err, MSG, fail, msgArgLit, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { bufByte, bufBytes, bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { bufJsonString } from '../print/json';
import { Req, answerData, answerLen, requestBegin, requestBytes, requestNumber } from '../requests';
import { readOnly } from '../settings';
import { contextCount, contextElement, contextOf, contextUnion } from '../value/context';
import { EMPTY_STRING, NULL, cell, mkString, strBytes, strLen, tag, untag } from '../value/layout';
import { DUP_LAST, attrsAdd, attrsBegin, attrsFinish } from '../value/shapes';
import { symbolBytes, symbolIntern, symbolLen, symbolString } from '../value/symbols';
import { Act, awaitHost, callProc, done, setSlot, setSlotInt, slot, slotInt } from '../vm/native';
import { TEXT, atermWrite } from './aterm';
import { draftComplete, draftPath, draftRemember, drvName, fixedPath, unknownInput } from './compute';
import {
  ARGS,
  DIGEST,
  ENV,
  OUTPUTS,
  Outputs,
  draftInputs,
  draftReset,
  pairAdd,
  pairCount,
  pairFirst,
  pairSecond,
  pairsSort,
  setDraftStrings,
  setOutputAddressing,
  setOutputsKind,
  setPairSecond,
} from './draft';
import { Element, deepElement, deepPath, elementKind, outputElement } from './elements';
import { hashAlgoName } from '../builtins/hashText';
import { readHash } from './hashes';
import { knownGet } from './known';
import { outputsRestore } from './outputs';
import { PLACEHOLDER, downstreamPlaceholder } from './placeholder';
import { Method, NAME_BUF, isDrvName } from './store-path';
import { REFERENCES } from './texts';
import { objectBytes } from '../heap/alloc';
import { ADDRESSED, D, IMPURE, JSON_GIVEN, STRUCTURED, flag } from './frame';
import { Word, wordSymbol } from './words';

const enum I {
  Closure = 32,
  EmptyHash,
  Input,
  Written,
}

const BUF: usize = memory.data(12, 4);

/** Begins: the elements of the context are looked through for whole closures. */
export function instantiate(f: usize): i32 {
  setSlot(f, D.List, tag(0));
  setSlotInt(f, D.ListIndex, 0);
  return expandClosures(f);
}
/** Goes on after a wait. */
export function instantiateStep(f: usize, state: i32): i32 {
  switch (state) {
    case I.Closure:
      return takeClosure(f) ? expandClosures(f) : Act.Fail;
    case I.EmptyHash:
    case I.Input:
      return compute(f);
  }
  return written(f);
}

// ---- the context's elements

function frameContext(f: usize, at: u32): usize {
  const c = slot(f, at);
  return c & 1 ? 0 : c;
}
function expanded(f: usize, element: u32): void {
  setSlot(f, D.List, contextUnion(frameContext(f, D.List), contextOf(element)));
}
/** Asks for the closure of each element that stands for one. */
function expandClosures(f: usize): i32 {
  const c = frameContext(f, D.Context);
  const n = contextCount(c);
  let deep = false;
  for (let i: u32 = 0; i < n && !deep; i++) deep = elementKind(contextElement(c, i)) == Element.Deep;
  if (!deep) {
    setSlot(f, D.List, c ? c : tag(0));
    return check(f);
  }
  for (let i = <u32>slotInt(f, D.ListIndex); i < n; i++) {
    const e = contextElement(c, i);
    if (elementKind(e) != Element.Deep) {
      expanded(f, e);
      continue;
    }
    setSlotInt(f, D.ListIndex, i);
    const path = deepPath(e);
    requestBegin(Req.QueryPath);
    requestBytes(symbolBytes(path), symbolLen(path));
    requestNumber(2);
    return awaitHost(f, I.Closure);
  }
  return check(f);
}
/** The answer: path, names of outputs (blanks between), path, … */
function takeClosure(f: usize): bool {
  const asked = deepPath(contextElement(frameContext(f, D.Context), slotInt(f, D.ListIndex)));
  if (!answered(symbolBytes(asked), symbolLen(asked))) return false;
  const p = answerData();
  const n = answerLen();
  let at: u32 = 0;
  while (at < n) {
    let end = at;
    while (end < n && load<u8>(p + end)) end++;
    const path = symbolIntern(p + at, end - at);
    expanded(f, path);
    at = end + 1;
    while (at < n && load<u8>(p + at)) {
      end = at;
      while (end < n && load<u8>(p + end) && load<u8>(p + end) != 0x20) end++;
      expanded(f, outputElement(symbolIntern(p + at, end - at), path));
      at = end < n && load<u8>(p + end) == 0x20 ? end + 1 : end;
    }
    at++;
  }
  setSlotInt(f, D.ListIndex, slotInt(f, D.ListIndex) + 1);
  return true;
}

// ---- checks

function isEmpty(s: usize): bool {
  return s == NULL || !strLen(s);
}
function cellCount(cells: usize): u32 {
  return <u32>(objectBytes(cells) >>> 2) - 1;
}
function restoreOutputs(f: usize): void {
  const cells = slot(f, D.Outputs);
  outputsRestore(cells, cells == NULL ? 0 : cellCount(cells), wordSymbol(Word.Out));
}
function onlyOut(): bool {
  return pairCount(OUTPUTS) == 1 && pairFirst(OUTPUTS, 0) == wordSymbol(Word.Out);
}

function check(f: usize): i32 {
  if (isEmpty(slot(f, D.Builder))) {
    fail(Err.Eval, "required attribute 'builder' missing");
    return Act.Fail;
  }
  if (isEmpty(slot(f, D.Platform))) {
    fail(Err.Eval, "required attribute 'system' missing");
    return Act.Fail;
  }
  restoreOutputs(f);
  const name = slot(f, D.Name);
  if (isDrvName(strBytes(name), strLen(name)) && !(slotInt(f, D.Method) == Method.Text && onlyOut())) {
    msgBegin();
    msgLit("derivation names are allowed to end in '");
    msgArgLit('.drv');
    msgLit("' only if they produce a single derivation file");
    raise(Err.Eval);
    return Act.Fail;
  }
  const hash = slot(f, D.Hash);
  if (hash == NULL) {
    if (flag(f, ADDRESSED) && flag(f, IMPURE)) {
      fail(Err.Eval, 'derivation cannot be both content-addressed and impure');
      return Act.Fail;
    }
    return compute(f);
  }
  if (!onlyOut()) {
    fail(Err.Eval, 'multiple outputs are not supported in fixed-output derivations');
    return Act.Fail;
  }
  if (strLen(hash)) return compute(f);
  return warnEmptyHash(f, slotInt(f, D.HashAlgo), I.EmptyHash);
}

/** Warns of a hash that is empty and stands for zeros; without an algorithm it is an error. */
export function warnEmptyHash(f: usize, algo: i32, next: i32): i32 {
  if (algo < 0) {
    fail(Err.Plain, 'empty hash requires explicit hash algorithm');
    return Act.Fail;
  }
  const zeros = memory.data(64);
  const size = hashSize(algo);
  msgBegin();
  msgLit("found empty hash, assuming '");
  msgLit(hashAlgoName(algo));
  msgLit('-');
  const at = bufReserve(MSG, base64EncodedLength(size));
  bufSetLen(MSG, bufLen(MSG) + base64Encode(zeros, size, at));
  msgLit("'");
  return sendWarning(f, next);
}

// ---- the draft

function fillEnv(f: usize): void {
  const env = slot(f, D.Env);
  const n = slotInt(f, D.EnvCount);
  if (flag(f, STRUCTURED)) {
    pairAdd(ENV, wordSymbol(Word.Json), <u32>structuredText(env, n));
    return;
  }
  for (let i = 0; i < n; i++) pairAdd(ENV, untag(cell(env, i * 2)), <u32>cell(env, i * 2 + 1));
  if (!flag(f, JSON_GIVEN)) return;
  pairAdd(ENV, wordSymbol(Word.Json), <u32>slot(f, D.Json));
  pairsSort(ENV);
}
/** One JSON object of the members' texts. */
function structuredText(env: usize, n: i32): usize {
  bufReset(BUF);
  bufByte(BUF, 0x7b);
  for (let i = 0; i < n; i++) {
    const name = untag(cell(env, i * 2));
    const text = cell(env, i * 2 + 1);
    if (i) bufByte(BUF, 0x2c);
    bufJsonString(BUF, symbolBytes(name), symbolLen(name));
    bufByte(BUF, 0x3a);
    bufBytes(BUF, strBytes(text), strLen(text));
  }
  bufByte(BUF, 0x7d);
  return mkString(bufData(BUF), bufLen(BUF), 0);
}

/** Says how the outputs are addressed; false after an error. */
function fillAddressing(f: usize): bool {
  const method = slotInt(f, D.Method);
  const algo = slotInt(f, D.HashAlgo);
  const hash = slot(f, D.Hash);
  if (hash == NULL) {
    setOutputAddressing(method < 0 ? Method.Nar : method, algo < 0 ? HashAlgo.SHA256 : algo);
    if (flag(f, ADDRESSED)) setOutputsKind(Outputs.Floating);
    else if (flag(f, IMPURE)) setOutputsKind(Outputs.Impure);
    else setOutputsKind(Outputs.Deferred);
    return true;
  }
  const parsed = strLen(hash) ? readHash(strBytes(hash), strLen(hash), algo, DIGEST) : algo;
  if (parsed < 0) return false;
  setOutputAddressing(method < 0 ? Method.Flat : method, parsed);
  setOutputsKind(Outputs.Fixed);
  const path = fixedPath();
  if (!path) return false;
  setPairSecond(OUTPUTS, 0, path);
  return true;
}
function checkOutputNames(): bool {
  const n = pairCount(OUTPUTS);
  for (let i: u32 = 0; i < n; i++) {
    if (pairFirst(OUTPUTS, i) != wordSymbol(Word.Json)) continue;
    return fail(Err.Plain, "Cannot have an environment variable named '__json'. This key is reserved for encoding structured attrs") != 0;
  }
  return true;
}

function compute(f: usize): i32 {
  draftReset();
  restoreOutputs(f);
  pairsSort(OUTPUTS);
  setDraftStrings(slot(f, D.Name), slot(f, D.Platform), slot(f, D.Builder));
  if (!fillAddressing(f) || !checkOutputNames()) return Act.Fail;
  draftInputs(frameContext(f, D.List));
  const unknown = unknownInput();
  if (unknown) return callProc(f, Proc.derivationModulo, symbolString(unknown), tag(0), tag(0), tag(0), I.Input);
  const args = slot(f, D.Args);
  const argCount = slotInt(f, D.ArgCount);
  for (let i = 0; i < argCount; i++) pairAdd(ARGS, <u32>cell(args, i), 0);
  fillEnv(f);
  if (!draftComplete()) return Act.Fail;
  const path = draftPath();
  if (!path) return Act.Fail;
  const known = knownGet(path) != 0;
  if (!draftRemember(path)) return Act.Fail;
  const result = resultSet(path);
  if (!result) return Act.Fail;
  if (known || readOnly()) return done(result);
  setSlot(f, D.List, result);
  setSlotInt(f, D.Path, path);
  return write(f, path);
}

/** Hands the text to the host. */
function write(f: usize, path: u32): i32 {
  atermWrite(false, false);
  drvName();
  bufReset(BUF);
  const n = pairCount(REFERENCES);
  for (let i: u32 = 0; i < n; i++) {
    const r = pairFirst(REFERENCES, i);
    bufBytes(BUF, symbolBytes(r), symbolLen(r));
    bufByte(BUF, 0);
  }
  requestBegin(Req.AddText);
  requestBytes(bufData(NAME_BUF), bufLen(NAME_BUF));
  requestBytes(bufData(TEXT), bufLen(TEXT));
  requestBytes(bufData(BUF), bufLen(BUF));
  requestBytes(symbolBytes(path), symbolLen(path));
  return awaitHost(f, I.Written);
}
function written(f: usize): i32 {
  const path = slotInt(f, D.Path);
  if (!answered(symbolBytes(path), symbolLen(path))) return Act.Fail;
  return done(slot(f, D.List));
}

// ---- the result

/** The string of an output: its path, or what stands for it; 0 after an error. */
export function outputString(element: u32, path: u32): usize {
  const context = contextOf(element);
  if (path) return mkString(symbolBytes(path), symbolLen(path), context);
  const text = memory.data(64);
  const n = downstreamPlaceholder(element, text);
  return n == PLACEHOLDER ? mkString(text, n, context) : 0;
}
/** The set of `drvPath` and the outputs; 0 after an error. */
function resultSet(path: u32): usize {
  const mark = attrsBegin();
  attrsAdd(wordSymbol(Word.DrvPath), mkString(symbolBytes(path), symbolLen(path), contextOf(deepElement(path))), 0);
  const n = pairCount(OUTPUTS);
  for (let i: u32 = 0; i < n; i++) {
    const output = pairFirst(OUTPUTS, i);
    const s = outputString(outputElement(output, path), pairSecond(OUTPUTS, i));
    attrsAdd(output, s ? s : EMPTY_STRING, 0);
    if (!s) {
      attrsFinish(mark, DUP_LAST);
      return 0;
    }
  }
  return attrsFinish(mark, DUP_LAST);
}

/**
 * All exports of the evaluator: the boundary to its host. Addresses and lengths are 32-bit numbers of linear memory; values are handles
 * (vm/jobs.ts). What may have to evaluate starts a job and returns the handle that will hold its result; `run` drives it.
 */
import { Proc, builtinName, proceduresInit } from './gen/builtins';
import { registerBuiltins } from './builtins/registry';
import { bufType } from './diag/check';
import { functionDoc, functionName, functionPos } from './compile/functions';
import { Err } from './diag/errors';
import { Origin } from './diag/positions';
import { bufByte, bufBytes, bufData, bufI64, bufLen, bufReserve, bufReset, bufStr } from './heap/text';
import { ST_MEMORY_LIMIT, ST_OUT_OF_MEMORY, ST_REQUEST } from './heap/state';
import { pagesAlloc, pagesFree, permAlloc } from './heap/pages';
import { collect } from './heap/collect';
import { argumentsText } from './inspect/arguments';
import { TEXT, textField, textSymbol, textString } from './inspect/text';
import { treeText } from './inspect/tree';
import { rangesKeep } from './syntax/ranges';
import { printAst } from './print/ast';
import { PRINT_DRV_PATHS, PRINT_FORCE, PRINT_PRETTY, PRINT_THROW_TOP } from './print/printer';
import { JSON_LAZY, JSON_NO_COPY } from './builtins/json';
import { XML_LAZY, XML_LOCATIONS } from './builtins/xml';
import { answerSet } from './requests';
import { settingSetNumber, settingSetString } from './settings';
import { debugEnter, debugLeave } from './vm/debug';
import { contextInit, contextCount, contextElement } from './value/context';
import {
  shapesInit,
  attrsAdd,
  attrsBegin,
  attrsCount,
  attrsFinish,
  attrsGet,
  attrsPos,
  attrsShape,
  attrsSymbol,
  attrsValue,
  DUP_LAST,
  shapeFind,
  shapeNameOrder,
  shapeSymbol,
} from './value/shapes';
import { KIND_ATTRS, KIND_LIST, KIND_NULL, KIND_PRIMOP_APP, KIND_STRING } from './value/kinds';
import {
  NULL,
  TRUE,
  deref,
  emptyAttrs,
  floatValue,
  intValue,
  isValue,
  kindOf,
  listGet,
  listLen,
  mkApp,
  mkInt,
  mkLambda,
  mkString,
  strBytes,
  strContext,
  strLen,
  tag,
} from './value/layout';
import { symbolBytes, symbolFind, symbolIntern, symbolLen, symbolString } from './value/symbols';
import { handleDrop, handleGet, handleNew, jobResult, runJob, setStress, startDone, startFailed, startJob, stopWith } from './vm/jobs';
import { placeAt, placeScope, placeVariables, placesCollect } from './vm/debug';
import { compileParsed, importForget, loadSource, parseSource } from './vm/import';
import { compileIn } from './builtins/imports';
import { WARNINGS } from './vm/warnings';
import { calledName, calledPosition, eventsForget, eventsLength, eventsTake } from './vm/events';

export { sha256 as sha256Own } from '../../wasm/assembly/sha256';

const ANSWER: usize = memory.data(12); // Buf: the host's answer
const READY: usize = memory.data(4);

// ---- set-up

export function init(): void {
  if (load<u32>(READY)) return;
  store<u32>(READY, 1);
  proceduresInit();
  shapesInit();
  contextInit();
}
/** The global scope is made at the first job, when the settings are known. */
function ready(): void {
  if (load<u32>(READY) == 2) return;
  store<u32>(READY, 2);
  registerBuiltins();
}
export function alloc(bytes: u32): usize {
  return pagesAlloc(bytes);
}
export function release(address: usize, bytes: u32): void {
  pagesFree(address, bytes);
}
export function setOption(id: u32, value: u32): void {
  settingSetNumber(id, value);
}
export function setOptionText(id: u32, address: usize, length: u32): void {
  settingSetString(id, address, length);
}
/** Bytes of linear memory that an evaluation may use; 0: no limit but the engine's. */
export function setMemoryLimit(bytes: u32): void {
  store<u32>(ST_MEMORY_LIMIT, bytes);
}
/** Whether the machine has trapped because the engine had no more memory; it cannot be used any more. */
export function outOfMemory(): u32 {
  return u32(load<u32>(ST_OUT_OF_MEMORY) == 2);
}
/** Collects after so many evaluations (1: at every safepoint); 0 as needed: for tests. */
export function setGcStress(evaluations: u32): void {
  setStress(evaluations);
}

// ---- sources

function permBytes(ptr: usize, len: u32): usize {
  const p = permAlloc(12 + ((<usize>len + 3) & ~3));
  store<u32>(p, KIND_STRING | ((3 + ((len + 3) >>> 2)) << 8));
  store<u32>(p, len, 4);
  store<u32>(p, 0, 8);
  memory.copy(p + 12, ptr, len);
  return p;
}
/** A source's origin: '' a string, a path (the name of a file), anything else stdin. */
function originOf(origin: usize, length: u32): Origin {
  if (!length) return Origin.String;
  return load<u8>(origin) == 0x2f ? Origin.Path : Origin.Stdin;
}
function originName(origin: usize, length: u32): usize {
  return originOf(origin, length) == Origin.Path ? permBytes(origin, length) : 0;
}
/** A function whose call evaluates the source, or 0 after an error. */
function sourceFunction(src: usize, srcLen: u32, base: usize, baseLen: u32, origin: usize, originLen: u32): usize {
  ready();
  const fn = loadSource(src, srcLen, base, baseLen, originOf(origin, originLen), originName(origin, originLen), 0, 0);
  return fn ? mkLambda(fn, 0) : 0;
}
export function evalString(src: usize, srcLen: u32, base: usize, baseLen: u32, origin: usize, originLen: u32): u32 {
  const f = sourceFunction(src, srcLen, base, baseLen, origin, originLen);
  return f ? startJob(Proc.apply, f, NULL, 1, 1) : startFailed();
}
export function suspendString(src: usize, srcLen: u32, base: usize, baseLen: u32, origin: usize, originLen: u32): u32 {
  const f = sourceFunction(src, srcLen, base, baseLen, origin, originLen);
  return f ? startDone(mkApp(f, NULL)) : startFailed();
}
export function evalScoped(src: usize, srcLen: u32, base: usize, baseLen: u32, origin: usize, originLen: u32, scope: u32): u32 {
  ready();
  const root = parseSource(src, srcLen, base, baseLen, originOf(origin, originLen), originName(origin, originLen));
  const f = root ? compileIn(root, deref(handleGet(scope))) : 0;
  return f ? startJob(Proc.apply, f, NULL, 1, 1) : startFailed();
}
export function evalFile(path: usize, len: u32): u32 {
  ready();
  return startJob(Proc.importFile, mkString(path, len, 0), 1, 1, 1);
}
/** Forgets the files that were evaluated. */
export function forgetFiles(): void {
  importForget();
}
export function parsePrint(src: usize, srcLen: u32, base: usize, baseLen: u32, origin: usize, originLen: u32): u32 {
  ready();
  const root = parseSource(src, srcLen, base, baseLen, originOf(origin, originLen), originName(origin, originLen));
  if (!root) return startFailed();
  bufReset(TEXT);
  printAst(root, TEXT);
  const fn = compileParsed(root, 0, 0);
  return fn ? startDone(NULL) : startFailed();
}
/** The syntax tree as data, to the text (inspect/tree.ts). */
export function parseTree(src: usize, srcLen: u32, base: usize, baseLen: u32, origin: usize, originLen: u32): u32 {
  ready();
  rangesKeep(true);
  const root = parseSource(src, srcLen, base, baseLen, originOf(origin, originLen), originName(origin, originLen));
  if (root) treeText(root);
  rangesKeep(false);
  return root ? startDone(NULL) : startFailed();
}
/** A function whose call evaluates the source. */
export function compileString(src: usize, srcLen: u32, base: usize, baseLen: u32, origin: usize, originLen: u32): u32 {
  const f = sourceFunction(src, srcLen, base, baseLen, origin, originLen);
  return f ? startDone(f) : startFailed();
}
/** Whether the next run does nothing but collect. */
export { collectsNext } from './vm/jobs';
export function run(fuel: i32): i32 {
  const status = runJob(fuel);
  if (status == 1 && load<u32>(PRINTING)) takeResultText();
  return status;
}
const PRINTING: usize = memory.data(4);
/** A job that prints leaves a string: it becomes the text. */
function takeResultText(): void {
  store<u32>(PRINTING, 0);
  const v = jobResult();
  if (kindOf(v) != KIND_STRING) return;
  bufReset(TEXT);
  bufBytes(TEXT, strBytes(v), strLen(v));
}
/** Ends the job in flight: its error says that it was interrupted. */
export function interrupt(): void {
  stopWith(Err.Interrupted, 'interrupted by the user');
}

// ---- operations that evaluate

export function opForce(h: u32): u32 {
  ready();
  return startJob(Proc.forceValue, handleGet(h), 1, 1, 1);
}
export function opDeepForce(h: u32): u32 {
  ready();
  return startJob(Proc.deepForce, handleGet(h), 1, 1, 1);
}
export function opAutoCall(h: u32, args: u32): u32 {
  ready();
  return startJob(Proc.autoCall, handleGet(h), args ? deref(handleGet(args)) : emptyAttrs(), 1, 1);
}
export function opApply(h: u32, argument: u32): u32 {
  ready();
  return startJob(Proc.apply, handleGet(h), handleGet(argument), 1, 1);
}
export function opCoerce(h: u32, context: usize, len: u32): u32 {
  ready();
  // the context must be a static literal: it is kept in permanent memory, in the same form
  const literal = permAlloc(<usize>len * 2 + 24) + 20;
  store<u32>(literal - 4, len * 2);
  for (let i: u32 = 0; i < len; i++) store<u16>(literal + ((<usize>i) << 1), load<u8>(context + i));
  const job = startJob(Proc.coerceToString, handleGet(h), tag(0), len ? tag(<i32>literal) : 1, 1);
  store<u32>(PRINTING, 1);
  return job;
}
const MODE_PLAIN: u32 = 0;
const MODE_VALUE: u32 = 1;
const MODE_JSON: u32 = 2;
const MODE_XML: u32 = 3;
const MODE_RAW: u32 = 4;
/** Flags of opPrint. */
const FLAG_STRICT: u32 = 1;
const FLAG_LOCATIONS: u32 = 2;
const FLAG_NO_COPY: u32 = 4;
/**
 * Prints a value (PrintMode of the loader); the text is there when the job is done. Flags: 1 strict (Plain, JSON, XML), 2 locations (XML),
 * 4 paths are not copied to the store (JSON); for the repl 1 is `:p`.
 */
export function opPrint(h: u32, mode: u32, flags: u32): u32 {
  ready();
  const strict = (flags & FLAG_STRICT) != 0;
  const job = startPrint(handleGet(h), mode, flags, strict);
  store<u32>(PRINTING, 1);
  return job;
}
function startPrint(v: usize, mode: u32, flags: u32, strict: bool): u32 {
  switch (mode) {
    case MODE_PLAIN:
      return startJob(Proc.printPlainText, v, tag(i32(strict)), 1, 1);
    case MODE_JSON:
      return startJob(Proc.toJsonText, v, tag((strict ? 0 : JSON_LAZY) | (flags & FLAG_NO_COPY ? JSON_NO_COPY : 0)), 1, 1);
    case MODE_XML:
      return startJob(Proc.toXmlText, v, tag((strict ? 0 : XML_LAZY) | (flags & FLAG_LOCATIONS ? XML_LOCATIONS : 0)), 1, 1);
    case MODE_RAW:
      return startJob(Proc.coerceToString, v, tag(0), 1, 1);
    case MODE_VALUE:
      return startJob(Proc.printValue, v, tag(PRINT_FORCE | PRINT_DRV_PATHS), tag(-1), 1);
    default:
      return startJob(Proc.printValue, v, tag(PRINT_FORCE | PRINT_DRV_PATHS | PRINT_THROW_TOP | PRINT_PRETTY), tag(strict ? -1 : 1), 1);
  }
}

// ---- values

const KIND_NUMBERS: usize = memory.data<u8>([4, 3, 1, 2, 5, 6, 7, 8, 9, 10, 10]);
/** ValueKind of the loader. */
export function valueKind(h: u32): u32 {
  const v = deref(handleGet(h));
  if (!isValue(v)) return 0;
  const k = kindOf(v);
  return k >= KIND_NULL && k <= KIND_PRIMOP_APP ? <u32>load<u8>(KIND_NUMBERS + (k - KIND_NULL)) : 0;
}
export function valueSize(h: u32): u32 {
  const v = deref(handleGet(h));
  const k = kindOf(v);
  return k == KIND_ATTRS ? attrsCount(v) : k == KIND_LIST ? listLen(v) : 0;
}
export function selectAttr(h: u32, name: usize, len: u32): u32 {
  const sym = symbolFind(name, len);
  const v = sym ? attrsGet(deref(handleGet(h)), sym) : 0;
  return v ? handleNew(v) : 0;
}
export function attrPosition(h: u32, name: usize, len: u32): u32 {
  const sym = symbolFind(name, len);
  const s = deref(handleGet(h));
  const i = sym ? shapeFind(attrsShape(s), sym) : -1;
  return i < 0 ? 0 : attrsPos(s, i);
}
/** Nix's name of a value's type: to the text. */
export function typeName(h: u32): void {
  bufReset(TEXT);
  bufType(TEXT, deref(handleGet(h)));
}
/** The name that a function was given by its attribute or variable, or nothing: to the text. */
export function lambdaName(h: u32): void {
  const sym = functionName(<usize>load<u32>(deref(handleGet(h)), 4));
  bufReset(TEXT);
  if (sym) bufBytes(TEXT, symbolBytes(sym), symbolLen(sym));
}
export function lambdaPosition(h: u32): u32 {
  return functionPos(<usize>load<u32>(deref(handleGet(h)), 4));
}
/** Where a function's docstring begins, or 0. */
export function lambdaDoc(h: u32): u32 {
  return functionDoc(<usize>load<u32>(deref(handleGet(h)), 4));
}
/** What a function takes: to the text. */
export function lambdaArguments(h: u32): void {
  argumentsText(<usize>load<u32>(deref(handleGet(h)), 4));
}
export function selectElement(h: u32, i: u32): u32 {
  return handleNew(listGet(deref(handleGet(h)), i));
}
export function attrNames(h: u32): void {
  const s = deref(handleGet(h));
  const shape = attrsShape(s);
  const order = shapeNameOrder(shape);
  bufReset(TEXT);
  for (let i: u32 = 0; i < attrsCount(s); i++) {
    if (i) bufByte(TEXT, 0);
    const sym = shapeSymbol(shape, load<u32>(order + ((<usize>i) << 2)));
    bufBytes(TEXT, symbolBytes(sym), symbolLen(sym));
  }
}
export function boolValue(h: u32): u32 {
  return u32(deref(handleGet(h)) == TRUE);
}
export function getInt(h: u32): i64 {
  return intValue(deref(handleGet(h)));
}
export { getInt as intValue };
export function getFloat(h: u32): f64 {
  return floatValue(deref(handleGet(h)));
}
export { getFloat as floatValue };
export function stringValue(h: u32): void {
  const v = deref(handleGet(h));
  bufReset(TEXT);
  bufBytes(TEXT, strBytes(v), strLen(v));
}
export function stringContext(h: u32): void {
  const c = strContext(deref(handleGet(h)));
  bufReset(TEXT);
  for (let i: u32 = 0; i < contextCount(c); i++) {
    if (i) bufByte(TEXT, 0);
    bufBytes(TEXT, symbolBytes(contextElement(c, i)), symbolLen(contextElement(c, i)));
  }
}
export function identity(h: u32): u32 {
  return <u32>deref(handleGet(h));
}
export function makeString(address: usize, len: u32): u32 {
  return handleNew(mkString(address, len, 0));
}
export function makeInt(n: i64): u32 {
  return handleNew(mkInt(n));
}
export function makeAttrs(): u32 {
  return handleNew(emptyAttrs());
}
export function addAttr(h: u32, name: usize, len: u32, value: u32): u32 {
  const s = deref(handleGet(h));
  const mark = attrsBegin();
  for (let i: u32 = 0; i < attrsCount(s); i++) attrsAdd(attrsSymbol(s, i), attrsValue(s, i), attrsPos(s, i));
  attrsAdd(symbolIntern(name, len), handleGet(value), 0);
  return handleNew(attrsFinish(mark, DUP_LAST));
}
export function dropHandle(h: u32): void {
  handleDrop(h);
}
export function textAddress(): usize {
  return bufData(TEXT);
}
export function textLength(): u32 {
  return bufLen(TEXT);
}

// ---- requests

export function requestAddress(): usize {
  return ST_REQUEST;
}
/** Room for an answer; eight NUL bytes follow it, which spares the parser a copy. */
export function answerBuffer(len: u32): usize {
  bufReset(ANSWER);
  const p = bufReserve(ANSWER, len + 8);
  store<u64>(p + len, 0);
  return p;
}
export function answer(status: u32, len: u32, value: i32): void {
  const p = bufReserve(ANSWER, len + 8);
  store<u64>(p + len, 0);
  answerSet(status, p, len, value);
}

// ---- diagnostics

export { errorJson, positionInfo } from './inspect/errors';
export { stats } from './inspect/statistics';
/** Where evaluation stands, as JSON: `what` (Place), position, name. Then `debugVariables` and `debugLevels` are about one of them. */
export function debugPlaces(): void {
  bufReset(TEXT);
  bufByte(TEXT, 0x5b);
  const n = placesCollect();
  for (let i: u32 = 0; i < n; i++) {
    const p = placeAt(i);
    bufStr(TEXT, i ? ',{"what":' : '{"what":');
    bufI64(TEXT, <i64>load<u32>(p));
    textField('position', load<u32>(p, 4));
    const name = load<u32>(p, 8);
    bufStr(TEXT, ',"name":');
    if (name) textSymbol(name);
    else bufStr(TEXT, 'null');
    bufByte(TEXT, 0x7d);
  }
  bufByte(TEXT, 0x5d);
}
/** All variables at a place, as a set. */
export function debugVariables(i: u32): u32 {
  return handleNew(placeVariables(i));
}
/** The names of each scope at a place as JSON, innermost first; a `with` has none. */
export function debugLevels(i: u32): void {
  bufReset(TEXT);
  bufByte(TEXT, 0x5b);
  let first = true;
  for (let r = placeScope(i); r; r = <usize>load<u32>(r)) {
    bufStr(TEXT, first ? '[' : ',[');
    first = false;
    for (let k: u32 = 0; k < load<u32>(r, 12); k++) {
      if (k) bufByte(TEXT, 0x2c);
      textString(symbolString(load<u32>(r + ((<usize>k) << 3), 16)));
    }
    bufByte(TEXT, 0x5d);
  }
  bufByte(TEXT, 0x5d);
}
/** Puts the job that waits aside, so that others can run; then takes it up again. */
/** While a request waits, other jobs may run between these two (vm/debug.ts). */
export function asideEnter(ahead: u32): void {
  store<u32>(PRINTING_BELOW, load<u32>(PRINTING));
  debugEnter(ahead);
}
export function asideLeave(): void {
  debugLeave();
  store<u32>(PRINTING, load<u32>(PRINTING_BELOW));
}
const PRINTING_BELOW: usize = memory.data(4);
/** Calls since the last look, as they lie in memory (vm/events.ts); `callEventsForget` makes room for the next. */
export function callEvents(): usize {
  return eventsTake();
}
export function callEventsLength(): u32 {
  return eventsLength();
}
export function callEventsForget(): void {
  eventsForget();
}
/** Of a function's record: its name, to the text, and its position. */
export function functionInfo(fn: u32): u32 {
  bufReset(TEXT);
  const name = calledName(fn);
  if (name) bufBytes(TEXT, symbolBytes(name), symbolLen(name));
  return calledPosition(fn);
}
/** The record of a function value (compile/functions.ts). */
export function functionRecord(h: u32): usize {
  return <usize>load<u32>(deref(handleGet(h)), 4);
}
/** What an instruction refers to, to the text. */
export { constantText, shapeText } from './inspect/code';
/** What was forced, as it lies in memory, how much in all, and how often, to the text. */
export { forceEvents, forceEventsLength, forcesTotal } from './vm/forces';
export { forceCountsText as forceCounts } from './inspect/forces';
/** A symbol's text. */
export function symbolText(sym: u32): void {
  bufReset(TEXT);
  bufBytes(TEXT, symbolBytes(sym), symbolLen(sym));
}
/** A builtin's name, to the text. */
export function builtinText(id: u32): void {
  bufReset(TEXT);
  bufStr(TEXT, builtinName(id));
}
/** Bytes of the parser's warnings that wait. */
export function warningsLength(): u32 {
  return bufLen(WARNINGS);
}
/** Moves the parser's warnings to the text: | kind | position | length | bytes, padded |. */
export function takeWarnings(): void {
  bufReset(TEXT);
  bufBytes(TEXT, bufData(WARNINGS), bufLen(WARNINGS));
  bufReset(WARNINGS);
}

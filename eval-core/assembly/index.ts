/**
 * All exports of the evaluator: the boundary to its host. Addresses and lengths are 32-bit numbers of linear memory; values are handles
 * (vm/jobs.ts). What may have to evaluate starts a job and returns the handle that will hold its result; `run` drives it.
 */
import { Proc, PROC_LAZY, builtinName, proceduresInit } from './gen/builtins';
import { builtinsForget, registerBuiltins } from './builtins/registry';
import { bufType } from './diag/check';
import { functionDoc, functionIsRoot, functionName, functionPos } from './compile/functions';
import { COERCE_COPY } from './compile/coercion';
import {
  Err,
  E_MESSAGE,
  E_POS,
  E_STATUS,
  E_SUGGESTIONS,
  E_TRACES,
  T_FLAGS,
  T_MESSAGE,
  T_NEXT,
  T_POS,
  currentError,
  errorCode,
  fail,
  msgBegin,
  msgLit,
  raise,
} from './diag/errors';
import { Origin, posColumn, posKind, posLine, posName, posText, posTextLen, posFile } from './diag/positions';
import { BUF_BYTES, bufByte, bufBytes, bufData, bufI64, bufLen, bufReserve, bufReset, bufSetLen, bufStr, literalCopy } from './heap/text';
import { ST_CHUNK_COUNT, ST_GC_COUNT, ST_HIGH_WATER, ST_LARGE_COUNT, ST_MEMORY_LIMIT, ST_OUT_OF_MEMORY, ST_REQUEST } from './heap/state';
import { pagesAlloc, pagesFree, permAlloc } from './heap/pages';
import { collect } from './heap/collect';
import { argumentsText } from './inspect/arguments';
import { TEXT } from './inspect/text';
import { treeText } from './inspect/tree';
import { rangesKeep } from './syntax/ranges';
import { bufInternalName } from './print/position';
import { printAst } from './print/ast';
import { STAT_NODES } from './syntax/nodes';
import { PRINT_DRV_PATHS, PRINT_FORCE, PRINT_PRETTY, PRINT_THROW_TOP } from './print/printer';
import { JSON_LAZY, JSON_NO_COPY } from './builtins/json';
import { XML_LAZY, XML_LOCATIONS } from './builtins/xml';
import { answerSet, ANSWER_CAP } from './requests';
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
  STAT_COPIED,
  STAT_SETS,
  STAT_SET_VALUES,
} from './value/shapes';
import { STAT_ELEMENTS } from './value/layout';
import { STAT_CONCATS } from './vm/operators';
import {
  KIND_ATTRS,
  KIND_BOOL,
  KIND_FLOAT,
  KIND_INT,
  KIND_LIST,
  KIND_NULL,
  KIND_PATH,
  KIND_PRIMOP,
  KIND_PRIMOP_APP,
  KIND_STRING,
} from './value/kinds';
import {
  NULL,
  TRUE,
  cell,
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
  untag,
} from './value/layout';
import { symbolBytes, symbolCount, symbolFind, symbolIntern, symbolLen, symbolString } from './value/symbols';
import { handleDrop, handleGet, handleNew, jobResult, runJob, setStress, startDone, startFailed, startJob, stopWith } from './vm/jobs';
import { STAT_AVOIDED } from './vm/rare';
import { placeAt, placeScope, placeVariables, placesCollect } from './vm/debug';
import { compileParsed, importForget, loadSource, parseSource } from './vm/import';
import { compileIn } from './builtins/imports';
import { WARNINGS } from './vm/warnings';
import { STAT_CALLS, STAT_LOOKUPS, STAT_PRIMOPS, STAT_THUNKS, STAT_UPDATES, STAT_ENV_SLOTS, STAT_LOCAL_ENVS } from './vm/statistics';
import { Counted, countNext, countedKey, countedTimes } from './vm/counting';
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

function jsonText(s: usize): void {
  bufByte(TEXT, 0x22);
  const n = strLen(s);
  const p = strBytes(s);
  for (let i: u32 = 0; i < n; i++) {
    const c = load<u8>(p + i);
    if (c == 0x22 || c == 0x5c) {
      bufByte(TEXT, 0x5c);
      bufByte(TEXT, c);
    } else if (c < 0x20) {
      bufStr(TEXT, '\\u00');
      bufByte(TEXT, 0x30 + (c >>> 4));
      bufByte(TEXT, (c & 15) < 10 ? 0x30 + (c & 15) : 0x57 + (c & 15));
    } else bufByte(TEXT, c);
  }
  bufByte(TEXT, 0x22);
}
export function errorJson(): void {
  const e = currentError();
  bufReset(TEXT);
  bufStr(TEXT, '{"code":');
  bufI64(TEXT, <i64>errorCode(e));
  bufStr(TEXT, ',"message":');
  jsonText(cell(e, E_MESSAGE));
  bufStr(TEXT, ',"pos":');
  bufI64(TEXT, <i64>untag(cell(e, E_POS)));
  bufStr(TEXT, ',"status":');
  bufI64(TEXT, <i64>untag(cell(e, E_STATUS)));
  bufStr(TEXT, ',"traces":[');
  let first = true;
  for (let t = cell(e, E_TRACES); t != NULL; t = cell(t, T_NEXT)) {
    if (!first) bufByte(TEXT, 0x2c);
    first = false;
    bufStr(TEXT, '{"message":');
    jsonText(cell(t, T_MESSAGE));
    bufStr(TEXT, ',"pos":');
    bufI64(TEXT, <i64>untag(cell(t, T_POS)));
    bufStr(TEXT, ',"flags":');
    bufI64(TEXT, <i64>untag(cell(t, T_FLAGS)));
    bufByte(TEXT, 0x7d);
  }
  bufStr(TEXT, '],"suggestions":[');
  const s = cell(e, E_SUGGESTIONS);
  if (s != NULL)
    for (let i: u32 = 0; i < listLen(s); i += 2) {
      bufStr(TEXT, i ? ',{"distance":' : '{"distance":');
      bufI64(TEXT, <i64>untag(listGet(s, i)));
      bufStr(TEXT, ',"text":');
      jsonText(listGet(s, i + 1));
      bufByte(TEXT, 0x7d);
    }
  bufStr(TEXT, ']}');
}
export function positionInfo(pos: u32): void {
  bufReset(TEXT);
  bufI64(TEXT, <i64>posLine(pos));
  bufByte(TEXT, 0);
  bufI64(TEXT, <i64>posColumn(pos));
  bufByte(TEXT, 0);
  const kind = posKind(pos);
  bufByte(
    TEXT,
    kind == Origin.Path ? 0x70 : kind == Origin.String ? 0x73 : kind == Origin.Stdin ? 0x69 : kind == Origin.Internal ? 0x62 : 0x6e,
  );
  bufByte(TEXT, 0);
  if (kind == Origin.Path) bufBytes(TEXT, strBytes(posName(pos)), strLen(posName(pos)));
  if (kind == Origin.Internal) {
    bufInternalName(TEXT, posName(pos));
    bufByte(TEXT, 0);
  }
  if (posText(pos)) bufBytes(TEXT, posText(pos), posTextLen(pos));
}
function stat(name: string, n: u32): void {
  bufStr(TEXT, ',"');
  bufStr(TEXT, name);
  bufStr(TEXT, '":');
  bufI64(TEXT, <i64>n);
}
/** `file`, `line` and `column` of what was counted, in an object that is open. */
function statPosition(pos: u32): void {
  const file = posFile(pos);
  if (posKind(pos) == Origin.Internal) {
    bufStr(TEXT, ',"file":"');
    bufInternalName(TEXT, file);
    bufByte(TEXT, 0x22);
  } else if (file) {
    bufStr(TEXT, ',"file":');
    jsonText(file);
  }
  if (!pos) return;
  stat('line', posLine(pos));
  stat('column', posColumn(pos));
}
/** An array of what was counted, each with its number. */
function statCounts(name: string, which: Counted): void {
  bufStr(TEXT, ',"');
  bufStr(TEXT, name);
  bufStr(TEXT, '":[');
  let first = true;
  for (let i = countNext(which, 0); i >= 0; i = countNext(which, i + 1)) {
    const key = countedKey(which, i);
    if (which == Counted.Functions && functionIsRoot(<usize>key)) continue;
    bufStr(TEXT, first ? '{"count":' : ',{"count":');
    first = false;
    bufI64(TEXT, <i64>countedTimes(which, i));
    if (which == Counted.Attributes) statPosition(key);
    else if (which == Counted.Functions) {
      const symbol = functionName(<usize>key);
      bufStr(TEXT, ',"name":');
      if (symbol) jsonText(symbolString(symbol));
      else bufStr(TEXT, 'null');
      statPosition(functionPos(<usize>key));
    } else {
      bufStr(TEXT, ',"name":"');
      bufStr(TEXT, builtinName(key));
      bufByte(TEXT, 0x22);
    }
    bufByte(TEXT, 0x7d);
  }
  bufByte(TEXT, 0x5d);
}
/** What the machine counts, as JSON; the host puts it under Nix's keys. */
export function stats(): void {
  bufReset(TEXT);
  bufStr(TEXT, '{"nrFunctionCalls":');
  bufI64(TEXT, <i64>load<u32>(STAT_CALLS));
  stat('nrAvoided', load<u32>(STAT_AVOIDED));
  stat('nrExprs', load<u32>(STAT_NODES));
  stat('nrThunks', load<u32>(STAT_THUNKS));
  stat('nrLookups', load<u32>(STAT_LOOKUPS));
  stat('nrPrimOpCalls', load<u32>(STAT_PRIMOPS));
  stat('nrOpUpdates', load<u32>(STAT_UPDATES));
  stat('nrOpUpdateValuesCopied', load<u32>(STAT_COPIED));
  stat('envs', load<u32>(STAT_CALLS) + load<u32>(STAT_LOCAL_ENVS));
  stat('envSlots', load<u32>(STAT_ENV_SLOTS));
  stat('elements', load<u32>(STAT_ELEMENTS));
  stat('concats', load<u32>(STAT_CONCATS));
  stat('sets', load<u32>(STAT_SETS));
  stat('setValues', load<u32>(STAT_SET_VALUES));
  stat('memoryPages', <u32>memory.size());
  stat('touchedPages', load<u32>(ST_HIGH_WATER) >>> 16);
  stat('heapChunks', load<u32>(ST_CHUNK_COUNT));
  stat('largeObjects', load<u32>(ST_LARGE_COUNT));
  stat('collections', load<u32>(ST_GC_COUNT));
  const symbols = symbolCount();
  let bytes: u32 = 0;
  for (let i: u32 = 1; i <= symbols; i++) bytes += symbolLen(i);
  stat('symbols', symbols);
  stat('symbolBytes', bytes);
  statCounts('functions', Counted.Functions);
  statCounts('primops', Counted.Builtins);
  statCounts('attributes', Counted.Attributes);
  bufByte(TEXT, 0x7d);
}
/** Where evaluation stands, as JSON: `what` (Place), position, name. Then `debugVariables` and `debugLevels` are about one of them. */
export function debugPlaces(): void {
  bufReset(TEXT);
  bufByte(TEXT, 0x5b);
  const n = placesCollect();
  for (let i: u32 = 0; i < n; i++) {
    const p = placeAt(i);
    bufStr(TEXT, i ? ',{"what":' : '{"what":');
    bufI64(TEXT, <i64>load<u32>(p));
    stat('position', load<u32>(p, 4));
    const name = load<u32>(p, 8);
    bufStr(TEXT, ',"name":');
    if (name) jsonText(symbolString(name));
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
      jsonText(symbolString(load<u32>(r + ((<usize>k) << 3), 16)));
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

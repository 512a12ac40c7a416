/**
 * The evaluator as a component: the functions of wit/eval.wit as the canonical ABI calls them. Each name is that of the interface in camel
 * case (scripts/lib/component.mjs writes the names that the component model wants). Records, lists and strings come as their flat
 * parts; a result of more than one part is the address of its parts.
 */
import * as machine from './index';
export { sha256 as sha256Own } from '../../wasm/assembly/sha256';
import { ERROR, positionOption, storeError, takeWarningList } from './component/diagnostics';
import { arena, arenaCopy, leave, realloc, storeList, storeText } from './component/abi';
import { ST_REQUEST } from './heap/state';

/** What asc calls for a failed assertion; there are none in a release build. */
export function trap(_message: usize, _file: usize, _line: u32, _column: u32): void {
  unreachable();
}
export function cabi_realloc(old: usize, oldBytes: usize, align: usize, bytes: usize): usize {
  machine.init();
  return realloc(old, oldBytes, align, bytes);
}

function bytesResult(data: usize, length: u32): usize {
  const at = arena(8);
  storeList(at, data, length);
  return at;
}
/** What an operation has left as the text. */
function textResult(): usize {
  return bytesResult(machine.textAddress(), machine.textLength());
}
function started(handle: u32): u32 {
  leave();
  return handle;
}

// ---- settings

export function setNumber(setting: u32, value: u32): void {
  machine.init();
  machine.setOption(setting, value);
}
export function setText(setting: u32, value: usize, length: u32): void {
  machine.setOptionText(setting, value, length);
  leave();
}
export function setMemoryLimit(bytes: u32): void {
  machine.init();
  machine.setMemoryLimit(bytes);
}

// ---- jobs

export function evaluate(text: usize, n: u32, base: usize, baseLength: u32, origin: usize, originLength: u32): u32 {
  return started(machine.evalString(text, n, base, baseLength, origin, originLength));
}
export function evaluateFile(path: usize, length: u32): u32 {
  return started(machine.evalFile(path, length));
}
export function evaluateIn(text: usize, n: u32, base: usize, baseLength: u32, origin: usize, originLength: u32, scope: u32): u32 {
  return started(machine.evalScoped(text, n, base, baseLength, origin, originLength, scope));
}
export function suspend(text: usize, n: u32, base: usize, baseLength: u32, origin: usize, originLength: u32): u32 {
  return started(machine.suspendString(text, n, base, baseLength, origin, originLength));
}
export function parse(text: usize, n: u32, base: usize, baseLength: u32, origin: usize, originLength: u32): u32 {
  return started(machine.parsePrint(text, n, base, baseLength, origin, originLength));
}
export function force(value: u32): u32 {
  return machine.opForce(value);
}
export function deepForce(value: u32): u32 {
  return machine.opDeepForce(value);
}
export function autoCall(value: u32, args: u32): u32 {
  return machine.opAutoCall(value, args);
}
export function apply(fun: u32, argument: u32): u32 {
  return machine.opApply(fun, argument);
}
export function coerce(value: u32, context: usize, length: u32): u32 {
  return started(machine.opCoerce(value, context, length));
}
export function print(value: u32, mode: u32, options: u32): u32 {
  return machine.opPrint(value, mode, options);
}

// ---- driving a job

const OUTCOME: usize = 4 + ERROR;

/** An `outcome`: | case | error or request |. */
export function run(fuel: u32): usize {
  const at = arena(OUTCOME);
  const status = machine.run(fuel);
  store<u32>(at, status);
  if (status == 2) storeError(at + 4);
  else if (status == 3) storeRequest(at + 4);
  leave();
  return at;
}

const NUMBER: u32 = 0xffffffff;
const OPERAND: usize = 12;

/** Stores the request block (requests.ts) as a `request`: | kind | operands: address, length |. */
function storeRequest(at: usize): void {
  const n = load<u32>(ST_REQUEST, 4);
  let operand = arena(<usize>n * OPERAND);
  // Kinds count from 1, the cases of the enum from 0.
  store<u32>(at, load<u32>(ST_REQUEST) - 1);
  storeList(at + 4, operand, n);
  for (let i: u32 = 0; i < n; i++) {
    const source = ST_REQUEST + 8 + ((<usize>i) << 3);
    const isNumber = load<u32>(source, 4) == NUMBER;
    store<u32>(operand, u32(isNumber));
    storeList(operand + 4, <usize>load<u32>(source), isNumber ? 0 : load<u32>(source, 4));
    operand += OPERAND;
  }
}
/** The cases of `answer-status` count from 0, the machine's numbers from 1. */
export function reply(status: u32, bytes: usize, length: u32, number: i32): void {
  memory.copy(machine.answerBuffer(length), bytes, length);
  machine.answer(status + 1, length, number);
  leave();
}
export function interrupt(): usize {
  const at = arena(ERROR);
  machine.interrupt();
  storeError(at);
  leave();
  return at;
}
export function text(): usize {
  const result = textResult();
  leave();
  return result;
}
export function takeWarnings(): usize {
  const result = takeWarningList();
  leave();
  return result;
}

// ---- values in weak head normal form

export function kind(value: u32): u32 {
  return machine.valueKind(value);
}
export function size(value: u32): u32 {
  return machine.valueSize(value);
}
/** An `option<handle>`: | 1 or 0 | handle |. */
export function attribute(value: u32, name: usize, length: u32): usize {
  const found = machine.selectAttr(value, name, length);
  const at = arena(8);
  store<u32>(at, u32(found != 0));
  store<u32>(at, found, 4);
  leave();
  return at;
}
export function attributePosition(value: u32, name: usize, length: u32): usize {
  const at = positionOption(machine.attrPosition(value, name, length));
  leave();
  return at;
}
/** The text as a list of `n` parts, which NUL separates. */
function partsResult(n: u32): usize {
  const length = machine.textLength();
  const data = arenaCopy(machine.textAddress(), length);
  let item = arena((<usize>n) << 3);
  const list = bytesResult(item, n);
  let start: u32 = 0;
  for (let i: u32 = 0; i <= length && n; i++) {
    if (i < length && load<u8>(data + i)) continue;
    storeList(item, data + start, i - start);
    item += 8;
    start = i + 1;
  }
  leave();
  return list;
}
export function attributeNames(value: u32): usize {
  machine.attrNames(value);
  return partsResult(machine.valueSize(value));
}
export function element(value: u32, index: u32): u32 {
  return machine.selectElement(value, index);
}
export function boolValue(value: u32): u32 {
  return machine.boolValue(value);
}
export function intValue(value: u32): i64 {
  return machine.getInt(value);
}
export function floatValue(value: u32): f64 {
  return machine.getFloat(value);
}
export function stringValue(value: u32): usize {
  machine.stringValue(value);
  const result = textResult();
  leave();
  return result;
}
export function stringContext(value: u32): usize {
  machine.stringContext(value);
  let n: u32 = machine.textLength() ? 1 : 0;
  for (let i: u32 = 0; i < machine.textLength(); i++) n += u32(load<u8>(machine.textAddress() + i) == 0);
  return partsResult(n);
}
export function makeString(text: usize, length: u32): u32 {
  return started(machine.makeString(text, length));
}
export function makeInt(value: i64): u32 {
  machine.init();
  return machine.makeInt(value);
}
/** The attributes are tuples: | name: address, length | handle |. */
export function makeAttributes(attributes: usize, count: u32): u32 {
  machine.init();
  let set = machine.makeAttrs();
  for (let i: u32 = 0; i < count; i++) {
    const at = attributes + <usize>i * 12;
    const more = machine.addAttr(set, <usize>load<u32>(at), load<u32>(at, 4), load<u32>(at, 8));
    machine.dropHandle(set);
    set = more;
  }
  return started(set);
}
export function drop(value: u32): void {
  machine.dropHandle(value);
}
/** The counters, as JSON text. */
export function statistics(): usize {
  machine.stats();
  const at = arena(8);
  storeText(at, machine.textAddress(), machine.textLength());
  leave();
  return at;
}

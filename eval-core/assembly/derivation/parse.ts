/**
 * Reads an ATerm into the draft (Nix manual, "Derivation", "ATerm format"), so that a derivation that was not made in this evaluation
 * can be an input. The strings are made in the heap.
 */
import { Err, msgBegin, msgLit, raise } from '../diag/errors';
import { bufByte, bufData, bufLen, bufReset, bytesAre, bytesStart } from '../heap/text';
import { EMPTY_STRING, mkString, strBytes, strLen } from '../value/layout';
import { symbolIntern } from '../value/symbols';
import {
  ARGS,
  DIGEST,
  ENV,
  OUTPUTS,
  Outputs,
  SOURCES,
  draftReset,
  drvsFill,
  inputAdd,
  pairAdd,
  pairsSort,
  setDraftRead,
  setDraftStrings,
  setOutputAddressing,
  setOutputsKind,
  INPUTS,
  DYNAMIC,
  NODES,
} from './draft';
import { outputOfElement } from './elements';
import { algoOf, readHash } from './hashes';
import { Method } from './store-path';

const STRING: usize = memory.data(12, 4);
const CURSOR: usize = memory.data(12, 4); // | at | end | failed |

// @ts-ignore: decorator
@inline
function at(): usize {
  return <usize>load<u32>(CURSOR);
}
function failed(): bool {
  return load<u32>(CURSOR, 8) != 0;
}
function peek(): u32 {
  return at() < <usize>load<u32>(CURSOR, 4) ? <u32>load<u8>(at()) : 0;
}
function take(c: u32): bool {
  if (peek() != c) return false;
  store<u32>(CURSOR, <u32>(at() + 1));
  return true;
}
function expect(c: u32): void {
  if (!take(c)) store<u32>(CURSOR, 1, 8);
}
function expectText(text: string): void {
  const left = <u32>(<usize>load<u32>(CURSOR, 4) - at());
  if (bytesStart(at(), left, text)) store<u32>(CURSOR, <u32>(at() + text.length));
  else store<u32>(CURSOR, 1, 8);
}
/** Reads a string into STRING. */
function readString(): void {
  bufReset(STRING);
  expect(0x22);
  while (!failed()) {
    const c = peek();
    if (!c && at() >= <usize>load<u32>(CURSOR, 4)) {
      store<u32>(CURSOR, 1, 8);
      return;
    }
    store<u32>(CURSOR, <u32>(at() + 1));
    if (c == 0x22) return;
    if (c != 0x5c) {
      bufByte(STRING, c);
      continue;
    }
    const e = peek();
    store<u32>(CURSOR, <u32>(at() + 1));
    bufByte(STRING, e == 0x6e ? 0x0a : e == 0x72 ? 0x0d : e == 0x74 ? 0x09 : e);
  }
}
function readSymbol(): u32 {
  readString();
  return symbolIntern(bufData(STRING), bufLen(STRING));
}
function readObject(): usize {
  readString();
  return bufLen(STRING) ? mkString(bufData(STRING), bufLen(STRING), 0) : EMPTY_STRING;
}
/** After `[` or an item: whether another item follows. */
function more(first: bool): bool {
  if (failed() || take(0x5d)) return false;
  if (!first) expect(0x2c);
  return !failed();
}

function readAlgo(ptr: usize, len: u32): void {
  let method: i32 = Method.Flat;
  if (bytesStart(ptr, len, 'r:')) method = Method.Nar;
  else if (bytesStart(ptr, len, 'git:')) method = Method.Git;
  else if (bytesStart(ptr, len, 'text:')) method = Method.Text;
  let skip: u32 = 0;
  if (method == Method.Nar) skip = 2;
  else if (method == Method.Git) skip = 4;
  else if (method == Method.Text) skip = 5;
  setOutputAddressing(method, algoOf(ptr + skip, len - skip));
}
function readOutput(): void {
  expect(0x28);
  const name = readSymbol();
  expect(0x2c);
  readString();
  const path: u32 = bufLen(STRING) ? symbolIntern(bufData(STRING), bufLen(STRING)) : 0;
  pairAdd(OUTPUTS, name, path);
  expect(0x2c);
  const algo = readObject();
  expect(0x2c);
  readString();
  expect(0x29);
  if (!strLen(algo)) {
    setOutputsKind(path ? Outputs.InputAddressed : Outputs.Deferred);
    return;
  }
  readAlgo(strBytes(algo), strLen(algo));
  if (!bufLen(STRING)) setOutputsKind(Outputs.Floating);
  else if (bytesAre(bufData(STRING), bufLen(STRING), 'impure')) setOutputsKind(Outputs.Impure);
  else {
    setOutputsKind(Outputs.Fixed);
    let skip: u32 = 0;
    while (skip < strLen(algo) && load<u8>(strBytes(algo) + skip) != 0x3a) skip++;
    const bare = skip == strLen(algo) ? 0 : skip + 1;
    readHash(bufData(STRING), bufLen(STRING), algoOf(strBytes(algo) + bare, strLen(algo) - bare), DIGEST);
  }
}
/** `["out"]`, or `(["out"],[("dev",…)])`; `parent` is the derivation, or the element that it is. */
function readNode(parent: u32): void {
  const nested = take(0x28);
  expect(0x5b);
  for (let first = true; more(first); first = false) inputAdd(outputOfElement(readSymbol(), parent));
  if (!nested) return;
  expect(0x2c);
  expect(0x5b);
  for (let first = true; more(first); first = false) {
    expect(0x28);
    const output = readSymbol();
    expect(0x2c);
    readNode(outputOfElement(output, parent));
    expect(0x29);
  }
  expect(0x29);
}

/** Reads a derivation named `name` (a string object); false after an error. */
export function draftParse(text: usize, len: u32, name: usize): bool {
  draftReset();
  store<u32>(CURSOR, <u32>text);
  store<u32>(CURSOR, <u32>(text + len), 4);
  store<u32>(CURSOR, 0, 8);
  if (bytesStart(text, len, 'DrvWithVersion(')) expectText('DrvWithVersion("xp-dyn-drv",[');
  else expectText('Derive([');
  for (let first = true; more(first); first = false) readOutput();
  expectText(',[');
  for (let first = true; more(first); first = false) {
    expect(0x28);
    const drv = readSymbol();
    expect(0x2c);
    readNode(drv);
    expect(0x29);
  }
  expectText(',[');
  for (let first = true; more(first); first = false) pairAdd(SOURCES, readSymbol(), 0);
  expect(0x2c);
  const platform = readObject();
  expect(0x2c);
  const builder = readObject();
  expectText(',[');
  for (let first = true; more(first); first = false) pairAdd(ARGS, <u32>readObject(), 0);
  expectText(',[');
  for (let first = true; more(first); first = false) {
    expect(0x28);
    const key = readSymbol();
    expect(0x2c);
    pairAdd(ENV, key, <u32>readObject());
    expect(0x29);
  }
  expect(0x29);
  if (failed()) {
    msgBegin();
    msgLit('error parsing derivation');
    raise(Err.Plain);
    return false;
  }
  setDraftStrings(name, platform, builder);
  setDraftRead();
  pairsSort(INPUTS);
  pairsSort(SOURCES);
  pairsSort(DYNAMIC);
  pairsSort(NODES);
  drvsFill();
  return true;
}

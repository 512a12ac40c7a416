/**
 * Copying a path to the store: the host is asked once for each path, the answer is kept.
 *
 *   table: open addressing over | symbol of the path | store path (permanent string with its context) |, a power of two
 */
import { Err, fail, msgArgStr, msgBegin, msgBytes, msgLit, raise } from '../diag/errors';
import { pagesAlloc, pagesFree, permAlloc } from '../heap/pages';
import { ST_VM } from '../heap/state';
import {
  Answer,
  Req,
  answerData,
  answerLen,
  answerNumber,
  answerStatus,
  requestBegin,
  requestBytes,
  requestNumber,
  requestString,
} from '../requests';
import { KIND_STRING } from '../value/kinds';
import { strBytes, strLen } from '../value/layout';
import { contextOf } from '../value/context';
import { symbolFind, symbolIntern } from '../value/symbols';
import { readOnly } from '../settings';
import { Act, awaitHost } from './native';

const TABLE: usize = ST_VM + 128;
const MASK: usize = ST_VM + 132;
const COUNT: usize = ST_VM + 136;

function place(sym: u32): usize {
  const table = <usize>load<u32>(TABLE);
  const mask = load<u32>(MASK);
  let at = (sym * 0x9e3779b1) & mask;
  while (load<u32>(table + ((<usize>at) << 3)) && load<u32>(table + ((<usize>at) << 3)) != sym) at = (at + 1) & mask;
  return table + ((<usize>at) << 3);
}
function grow(): void {
  const old = <usize>load<u32>(TABLE);
  const size = old ? load<u32>(MASK) + 1 : 0;
  const next: u32 = size ? size * 2 : 8192;
  store<u32>(TABLE, <u32>pagesAlloc((<usize>next) << 3));
  store<u32>(MASK, next - 1);
  for (let i: u32 = 0; i < size; i++) {
    const from = old + ((<usize>i) << 3);
    if (load<u32>(from)) store<u64>(place(load<u32>(from)), load<u64>(from));
  }
  if (old) pagesFree(old, (<usize>size) << 3);
}

/** The store path of a path that was copied before, as a string with context, or 0. */
export function copyKnown(path: usize): usize {
  if (!load<u32>(TABLE)) return 0;
  const sym = symbolFind(strBytes(path), strLen(path));
  return sym ? <usize>load<u32>(place(sym), 4) : 0;
}

/** Asks the host to copy (or, in read-only mode, to compute); `next` takes the answer by copyTake. */
export function copyRequest(f: usize, path: usize, next: i32): i32 {
  const bytes = strBytes(path);
  const len = strLen(path);
  // Nix refuses to import a derivation file by interpolation
  if (len > 4 && load<u32>(bytes + len - 4) == 0x7672642e) {
    msgBegin();
    msgLit("file names are not allowed to end in '");
    msgLit('.drv');
    msgLit("'");
    raise(Err.Eval);
    return Act.Fail;
  }
  let name = len;
  while (name > 0 && load<u8>(bytes + name - 1) != 0x2f) name--;
  requestBegin(Req.AddPath);
  requestString(path);
  requestBytes(bytes + name, len - name);
  requestBytes(0, 0);
  requestNumber(readOnly() ? 5 : 1);
  requestBytes(0, 0);
  return awaitHost(f, next);
}

/** The host's answer: the store path as a string with itself as context; 0 after an error. */
export function copyTake(path: usize): usize {
  if (answerStatus() != Answer.Ok) return answerFailed(path);
  const len = answerLen();
  const sym = symbolIntern(answerData(), len);
  const s = permAlloc(12 + ((<usize>len + 3) & ~3));
  store<u32>(s, KIND_STRING | (((12 + ((len + 3) & ~3)) >>> 2) << 8));
  store<u32>(s, len, 4);
  store<u32>(s, <u32>contextOf(sym), 8);
  memory.copy(s + 12, answerData(), len);
  if (load<u32>(COUNT) * 2 >= load<u32>(MASK)) grow();
  const at = place(symbolIntern(strBytes(path), strLen(path)));
  store<u32>(at, symbolIntern(strBytes(path), strLen(path)));
  store<u32>(at, <u32>s, 4);
  store<u32>(COUNT, load<u32>(COUNT) + 1);
  return s;
}

/** Raises what the host answered in place of a result; `path` (0: none) is named where it has no message. Returns 0. */
export function answerFailed(path: usize): usize {
  msgBegin();
  if (answerLen()) msgBytes(answerData(), answerLen());
  else if (path) {
    msgLit("path '");
    msgArgStr(path);
    msgLit("' does not exist");
  } else msgLit('the host has no answer');
  const code = answerStatus() == Answer.Error && answerNumber() ? answerNumber() : Err.Io;
  return raise(code);
}

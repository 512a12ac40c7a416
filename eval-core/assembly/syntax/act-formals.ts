/** Actions of the rules of functions with formals, which are items of three words. */
import { bufI64, bufStr } from '../heap/text';
import { arenaAlloc } from './arena';
import { FORMAL_WORDS, FS_COUNT, FS_ELLIPSIS, FS_ITEMS } from './ast';
import { ErrorKind, bufSymbol, colourBegin, colourEnd, errorBegin } from './errors';
import { itemsPush, itemsTake, itemsTop } from './items';
import { nodeLambda } from './nodes';
import { beginOf, internAt, second, value, yields } from './slots';
import { E_SECOND } from './stack';

const MAX_FORMALS: u32 = 65535;

/** The value of a formal is its symbol and its default. */
export function formal(at: usize, fallback: u32): bool {
  const symbol = internAt(at, 0);
  store<u32>(at, fallback, E_SECOND);
  return yields(at, symbol);
}

export function pushFormal(at: usize): void {
  const item = itemsPush(FORMAL_WORDS * 4);
  store<u32>(item, value(at, 0));
  store<u32>(item, beginOf(at, 0), 4);
  store<u32>(item, second(at, 0), 8);
}

export function formals(start: u32, ellipsis: u32): usize {
  const count = (itemsTop() - start) / (FORMAL_WORDS * 4);
  const result = arenaAlloc(12);
  store<u32>(result, <u32>itemsTake(start), FS_ITEMS);
  store<u32>(result, count, FS_COUNT);
  store<u32>(result, ellipsis, FS_ELLIPSIS);
  return result;
}

// @ts-ignore: decorator
@inline
function formalBefore(a: usize, b: usize): bool {
  const x = load<u32>(a);
  const y = load<u32>(b);
  return x < y || (x == y && load<u32>(a, 4) < load<u32>(b, 4));
}

const SWAP: usize = memory.data(12);

/** Sorts by symbol, then position. Shell sort: in place, and quick on the few dozens that functions have. */
function sortFormals(items: usize, count: u32): void {
  const bytes: u32 = FORMAL_WORDS * 4;
  for (let gap = count > 24 ? gapFor(count) : 1; gap; gap = gap > 1 ? (gap - 1) / 3 : 0) {
    for (let i = gap; i < count; i++) {
      let to = i;
      memory.copy(SWAP, items + <usize>(i * bytes), bytes);
      while (to >= gap && formalBefore(SWAP, items + <usize>((to - gap) * bytes))) {
        memory.copy(items + <usize>(to * bytes), items + <usize>((to - gap) * bytes), bytes);
        to -= gap;
      }
      memory.copy(items + <usize>(to * bytes), SWAP, bytes);
    }
  }
}

/** The largest of Knuth's gaps 1, 4, 13, 40, … below a third of `count`. */
function gapFor(count: u32): u32 {
  let gap: u32 = 1;
  while (gap < count / 9) gap = gap * 3 + 1;
  return gap;
}

function duplicateFormal(symbol: u32, pos: u32): bool {
  const buf = errorBegin(ErrorKind.Parse, pos);
  bufStr(buf, "duplicate formal function argument '");
  colourBegin(buf);
  bufSymbol(buf, symbol);
  colourEnd(buf);
  bufStr(buf, "'");
  return false;
}

/** Sorts the formals; the first duplicate by symbol is an error, and so is `arg` among them. */
function checkFormals(fs: usize, arg: u32, pos: u32): bool {
  const items = <usize>load<u32>(fs, FS_ITEMS);
  const count = load<u32>(fs, FS_COUNT);
  const bytes = FORMAL_WORDS * 4;
  sortFormals(items, count);
  let has = false;
  for (let i: u32 = 0; i < count; i++) {
    const item = items + <usize>(i * bytes);
    const symbol = load<u32>(item);
    has = has || symbol == arg;
    if (i + 1 < count && load<u32>(item + bytes) == symbol) return duplicateFormal(symbol, load<u32>(item + bytes, 4));
  }
  return arg && has ? duplicateFormal(arg, pos) : true;
}

export function lambdaFormals(at: usize, arg: u32, fs: usize, body: usize): bool {
  const pos = beginOf(at, 0);
  if (!checkFormals(fs, arg, pos)) return false;
  if (load<u32>(fs, FS_COUNT) > MAX_FORMALS) {
    const buf = errorBegin(ErrorKind.Plain, pos);
    bufStr(buf, 'too many formal arguments, implementation supports at most ');
    colourBegin(buf);
    bufI64(buf, MAX_FORMALS);
    colourEnd(buf);
    return false;
  }
  return yields(at, nodeLambda(pos, arg, fs, body));
}

/**
 * "Did you mean": the names nearest to one that is missing, by Levenshtein distance as Nix's Suggestions::bestMatches and
 * `trim` do it: distance at most 2, at most five names. Kept as a list of distances and names in turn; the host words it.
 */
import { bytesCompare } from '../heap/text';
import { EMPTY_LIST, allocList, listSet, tag } from '../value/layout';
import { attrsShape, shapeCount, shapeNameOrder, shapeSymbol } from '../value/shapes';
import { symbolBytes, symbolLen, symbolString } from '../value/symbols';

const ROW: usize = memory.data(1032);
const BEST: usize = memory.data(64); // pairs: distance, symbol
const MAX_LEN: u32 = 250;
const LIMIT: u32 = 5;
const MAX_DISTANCE: u32 = 2;

/** Levenshtein distance of two names; MAX_LEN where one is too long to be compared. */
export function editDistance(a: u32, b: u32): u32 {
  const an = symbolLen(a);
  const bn = symbolLen(b);
  if (an > MAX_LEN || bn > MAX_LEN) return MAX_LEN;
  const pa = symbolBytes(a);
  const pb = symbolBytes(b);
  for (let j: u32 = 0; j <= bn; j++) store<u32>(ROW + ((<usize>j) << 2), j);
  for (let i: u32 = 1; i <= an; i++) {
    let diagonal = i - 1;
    store<u32>(ROW, i);
    for (let j: u32 = 1; j <= bn; j++) {
      const at = ROW + ((<usize>j) << 2);
      const up = load<u32>(at);
      const left = load<u32>(at - 4);
      const same = load<u8>(pa + i - 1) == load<u8>(pb + j - 1);
      store<u32>(at, min(min(up, left) + 1, diagonal + u32(!same)));
      diagonal = up;
    }
  }
  return load<u32>(ROW + ((<usize>bn) << 2));
}

let found: u32 = 0;
function begin(): void {
  found = 0;
}
function consider(sym: u32, wanted: u32): void {
  const d = editDistance(sym, wanted);
  if (d > MAX_DISTANCE) return;
  let at = found < LIMIT ? found : LIMIT;
  while (at > 0) {
    const other = BEST + ((<usize>(at - 1)) << 3);
    const od = load<u32>(other);
    if (od < d) break;
    const os = load<u32>(other, 4);
    if (od == d && bytesCompare(symbolBytes(os), symbolLen(os), symbolBytes(sym), symbolLen(sym)) <= 0) break;
    if (at < LIMIT) store<u64>(BEST + ((<usize>at) << 3), load<u64>(other));
    at--;
  }
  if (at >= LIMIT) return;
  store<u32>(BEST + ((<usize>at) << 3), d);
  store<u32>(BEST + ((<usize>at) << 3), sym, 4);
  if (found < LIMIT) found++;
}
function take(): usize {
  if (!found) return EMPTY_LIST;
  const l = allocList(found * 2);
  for (let i: u32 = 0; i < found; i++) {
    listSet(l, i * 2, tag(load<u32>(BEST + ((<usize>i) << 3))));
    listSet(l, i * 2 + 1, symbolString(load<u32>(BEST + ((<usize>i) << 3), 4)));
  }
  return l;
}

/** The names of a set that are nearest to `sym`, best first. */
export function suggestAttributes(attrs: usize, sym: u32): usize {
  const shape = attrsShape(attrs);
  const n = shapeCount(shape);
  shapeNameOrder(shape);
  begin();
  for (let i: u32 = 0; i < n; i++) consider(shapeSymbol(shape, i), sym);
  return take();
}
/** The same for symbols at `data`, `stride` bytes apart. */
export function suggestSymbols(data: usize, n: u32, stride: usize, sym: u32): usize {
  begin();
  for (let i: u32 = 0; i < n; i++) consider(load<u32>(data + <usize>i * stride), sym);
  return take();
}

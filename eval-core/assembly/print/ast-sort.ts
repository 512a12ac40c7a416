/** Order by name, as trees are printed in. */
import { symbolCompare } from '../value/symbols';
import { arenaAlloc } from '../syntax/arena';

/** Addresses of `count` records of `bytes`, each of which begins with a symbol, in the order of their names. */
export function sortByName(records: usize, count: u32, bytes: u32): usize {
  let from = arenaAlloc((<usize>count) << 2);
  let to = arenaAlloc((<usize>count) << 2);
  for (let i: u32 = 0; i < count; i++) store<u32>(from + ((<usize>i) << 2), <u32>records + i * bytes);
  for (let width: u32 = 1; width < count; width *= 2) {
    for (let start: u32 = 0; start < count; start += width * 2) {
      const middle = min(start + width, count);
      mergeByName(from, to, start, middle, min(middle + width, count));
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

function mergeByName(from: usize, to: usize, start: u32, middle: u32, end: u32): void {
  let a = start;
  let b = middle;
  for (let i = start; i < end; i++) {
    const left = a < middle && (b >= end || !nameAfter(load<u32>(from + ((<usize>a) << 2)), load<u32>(from + ((<usize>b) << 2))));
    store<u32>(to + ((<usize>i) << 2), load<u32>(from + ((<usize>(left ? a++ : b++)) << 2)));
  }
}

function nameAfter(a: usize, b: usize): bool {
  return symbolCompare(load<u32>(a), load<u32>(b)) > 0;
}

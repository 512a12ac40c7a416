/**
 * What part of the source each expression was made of, for those who ask: the tree itself knows only the positions that messages show.
 *
 *   range: | node | begin | end |           a node that has grown (`f x y`) has several: the last one counts
 *   index: open addressing over nodes, | node | begin | end | each
 */
import { bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { Act } from '../gen/grammar';
import { arenaAlloc } from './arena';

const KEPT: usize = memory.data(4); // 1: the next parse keeps ranges
const RANGES: usize = memory.data(12); // Buf
const INDEX: usize = memory.data(8); // address, mask
const BYTES: u32 = 12;

/** Ranges are kept from the next parse on, or no more. */
export function rangesKeep(on: bool): void {
  store<u32>(KEPT, u32(on));
  bufReset(RANGES);
}
export function rangesKept(): bool {
  return load<u32>(KEPT) != 0;
}

/** Whether an action makes an expression. */
// @ts-ignore: decorator
@inline
function makesExpression(action: u32): bool {
  return (action >= <u32>Act.Lambda && action <= <u32>Act.StringEmpty) || action == <u32>Act.Path || action == <u32>Act.HomePath;
}
/** An action has made `node` of a part of the source. */
export function rangeAdd(action: u32, node: u32, begin: u32, end: u32): void {
  if (!makesExpression(action)) return;
  const at = bufReserve(RANGES, BYTES);
  store<u32>(at, node);
  store<u32>(at, begin, 4);
  store<u32>(at, end, 8);
  bufSetLen(RANGES, bufLen(RANGES) + BYTES);
}

function place(node: u32): usize {
  const mask = load<u32>(INDEX, 4);
  let i = (node * 0x9e3779b1) & mask;
  for (;;) {
    const at = <usize>load<u32>(INDEX) + <usize>(i * BYTES);
    const found = load<u32>(at);
    if (!found || found == node) return at;
    i = (i + 1) & mask;
  }
  return 0;
}
/** Makes what was kept ready to be looked up, in the syntax arena. */
export function rangesIndex(): void {
  const count = bufLen(RANGES) / BYTES;
  const size: u32 = 1 << (33 - clz(count | 1));
  store<u32>(INDEX, <u32>arenaAlloc(<usize>(size * BYTES)));
  store<u32>(INDEX, size - 1, 4);
  memory.fill(<usize>load<u32>(INDEX), 0, <usize>(size * BYTES));
  for (let i: u32 = 0; i < count; i++) {
    const from = bufData(RANGES) + <usize>(i * BYTES);
    memory.copy(place(load<u32>(from)), from, BYTES);
  }
}
/** Where a node begins, 0 where that is not known. */
export function rangeBegin(node: usize): u32 {
  return load<u32>(place(<u32>node), 4);
}
export function rangeEnd(node: usize): u32 {
  return load<u32>(place(<u32>node), 8);
}

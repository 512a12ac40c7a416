/**
 * The arena of the syntax tree: blocks that are bumped through and kept for the next file.
 *
 *   | next block | size | data … |
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { ST_SYNTAX } from '../heap/state';

const FIRST: usize = ST_SYNTAX + 0;
const CURRENT: usize = ST_SYNTAX + 4;
const BUMP: usize = ST_SYNTAX + 8;
const LIMIT: usize = ST_SYNTAX + 12;
const BLOCK_BYTES: usize = 262144;

/** `bytes` of uninitialised, 4-byte aligned memory. */
export function arenaAlloc(bytes: usize): usize {
  bytes = (bytes + 3) & ~3;
  const p = <usize>load<u32>(BUMP);
  if (p + bytes > <usize>load<u32>(LIMIT)) return arenaSlow(bytes);
  store<u32>(BUMP, <u32>(p + bytes));
  return p;
}

function enter(block: usize): void {
  store<u32>(CURRENT, <u32>block);
  store<u32>(BUMP, <u32>(block + 8));
  store<u32>(LIMIT, <u32>(block + <usize>load<u32>(block, 4)));
}

function arenaSlow(bytes: usize): usize {
  const current = <usize>load<u32>(CURRENT);
  const next = current ? <usize>load<u32>(current) : 0;
  if (next && <usize>load<u32>(next, 4) >= bytes + 8) {
    enter(next);
    return arenaAlloc(bytes);
  }
  const size = bytes + 8 > BLOCK_BYTES ? (bytes + 8 + 65535) & ~65535 : BLOCK_BYTES;
  const block = pagesAlloc(size);
  store<u32>(block, <u32>next);
  store<u32>(block, <u32>size, 4);
  if (current) store<u32>(current, <u32>block);
  else store<u32>(FIRST, <u32>block);
  enter(block);
  return arenaAlloc(bytes);
}

/** Empties the arena. Blocks beyond the first megabytes are given back. */
export function arenaReset(): void {
  const first = <usize>load<u32>(FIRST);
  if (!first) return;
  let kept: usize = first;
  let total: usize = 0;
  while (kept) {
    total += <usize>load<u32>(kept, 4);
    const next = <usize>load<u32>(kept);
    if (total > 4 << 20 && next) {
      store<u32>(kept, 0);
      freeFrom(next);
      break;
    }
    kept = next;
  }
  enter(first);
}

function freeFrom(block: usize): void {
  while (block) {
    const next = <usize>load<u32>(block);
    pagesFree(block, <usize>load<u32>(block, 4));
    block = next;
  }
}

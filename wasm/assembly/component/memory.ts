/**
 * Memory of the component: blocks of powers of two, free ones in a list for each size.
 *
 *     | size, a power | kind | next free, next temporary | | data …
 *       u32             u32    u32
 *
 * What the caller lowers into a call, and what a call leaves for its caller to lift (component model, "Canonical ABI"), are temporary: a caller has
 * lifted all before it can make the next call, so they are given back at the first use of memory after a call has ended.
 */
import { alloc } from '../index';

const HEADER: usize = 16;
const KIND: usize = 4;
const NEXT: usize = 8;

const FREE: usize = memory.data(128, 4);
const TEMPORARY: usize = memory.data(4, 4);
const ENDED: usize = memory.data(4, 4);

/** What a block holds. */
export const enum Kind {
  Nothing,
  Hasher,
  Chunker,
  Scanner,
  NarParser,
}

/** Takes a block; its address is a handle for whoever gives it away. Traps when there is no memory. */
export function take(bytes: u32, kind: Kind): usize {
  if (bytes > 0x40000000) unreachable();
  const power: u32 = 32 - clz<u32>(bytes + <u32>HEADER - 1);
  const list = FREE + (power << 2);
  let block: usize = load<u32>(list);
  if (block != 0) store<u32>(list, load<u32>(block, NEXT));
  else block = alloc(1 << power);
  if (block == 0) unreachable();
  store<u32>(block, power);
  store<u32>(block, kind, KIND);
  return block + HEADER;
}

/** Gives a block back. */
export function give(data: usize): void {
  const block = data - HEADER;
  const list = FREE + (load<u32>(block) << 2);
  store<u32>(block, Kind.Nothing, KIND);
  store<u32>(block, load<u32>(list), NEXT);
  store<u32>(list, <u32>block);
}

/** The block of a handle; traps for what is none of this kind. */
export function blockOf(handle: u32, kind: Kind): usize {
  if (kindOf(handle) != kind) unreachable();
  return handle;
}

export function kindOf(handle: u32): Kind {
  if ((handle & 15) != 0 || handle < <u32>__heap_base || handle >= <u32>(memory.size() << 16)) unreachable();
  return load<u32>(<usize>handle - HEADER, KIND);
}

/** A block that lives until the next call. */
export function temporary(bytes: u32): usize {
  if (load<u32>(ENDED)) {
    store<u32>(ENDED, 0);
    for (let data: usize = load<u32>(TEMPORARY); data != 0;) {
      const next = load<u32>(data - HEADER, NEXT);
      give(data);
      data = next;
    }
    store<u32>(TEMPORARY, 0);
  }
  const data = take(bytes, Kind.Nothing);
  store<u32>(data - HEADER, load<u32>(TEMPORARY), NEXT);
  store<u32>(TEMPORARY, <u32>data);
  return data;
}

/** Every exported function ends by this. */
export function leave(): void {
  store<u32>(ENDED, 1);
}

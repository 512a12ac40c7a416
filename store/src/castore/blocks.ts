/**
 * Bytes of unknown number, kept in blocks: each is filled before the next is made, so that what arrives is copied once, and pieces however small
 * take no more room than their bytes. Blocks grow with what came before, from 4 KiB to 1 MiB. A large piece that is given away is a block itself.
 */
import { joinBytes } from '@vixen/wasm';

export type Blocks = readonly Uint8Array[];

const [smallest, largest] = [4 * 1024, 1024 * 1024];
/** From this size on, pieces are kept as they are. */
const worthKeeping = 128 * 1024;

export class BlockWriter {
  readonly #full: Uint8Array[] = [];
  #block: Uint8Array = new Uint8Array();
  #filled = 0;
  #size = 0;

  /** `owned`: nobody else will use the chunk. */
  append(chunk: Uint8Array, owned = false): void {
    if (owned && chunk.length >= worthKeeping && isMostOfItsBuffer(chunk)) this.#keep(chunk);
    else this.#copy(chunk);
  }

  #keep(chunk: Uint8Array): void {
    this.#close();
    this.#full.push(chunk);
    this.#size += chunk.length;
  }

  #copy(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#filled === this.#block.length) this.#next(chunk.length - at);
      const part = chunk.subarray(at, at + this.#block.length - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      this.#size += part.length;
      at += part.length;
    }
  }

  #next(wanted: number): void {
    this.#close();
    this.#block = new Uint8Array(Math.min(largest, Math.max(smallest, wanted, this.#size)));
  }

  #close(): void {
    if (this.#filled > 0) this.#full.push(this.#filled < this.#block.length ? this.#block.slice(0, this.#filled) : this.#block);
    this.#block = new Uint8Array();
    this.#filled = 0;
  }

  /** The blocks; the writer is used up. */
  finish(): Blocks {
    this.#close();
    return this.#full;
  }
}

/** What is kept of a large buffer keeps all of it. */
const isMostOfItsBuffer = ({ length, buffer }: Uint8Array): boolean => length >= buffer.byteLength / 2;

export const sizeOfBlocks = (blocks: Blocks): number => blocks.reduce((sum, { length }) => sum + length, 0);

/** All bytes: a view where they are one block. */
export const joinBlocks = (blocks: Blocks): Uint8Array => (blocks.length === 1 ? blocks[0]! : joinBytes([...blocks]));

/** Views of the bytes from `start` to before `end`, each of at most 1 MiB. */
export function* partsOfBlocks(blocks: Blocks, start: number, end: number): Generator<Uint8Array, void, void> {
  let before = 0;
  for (const block of blocks) {
    const stop = Math.min(block.length, end - before);
    for (let at = Math.max(0, start - before); at < stop; at += largest) yield block.subarray(at, Math.min(at + largest, stop));
    before += block.length;
  }
}

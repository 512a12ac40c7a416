/** The archive of one plain file. */
import { NarChunks, narPadding } from '@vixen/wasm';
import type { Bytes } from '../../service.ts';

/** `contents` have to be of this size. */
export async function* fileArchive(size: number, contents: Bytes): AsyncGenerator<Uint8Array, void, void> {
  const out = new NarChunks();
  try {
    out.tokens('magic');
    out.tokens('file');
    out.number(size);
    yield out.take();
    yield* contents;
    out.zeros(narPadding(size));
    out.tokens('end');
    yield out.take();
  } finally {
    out.release();
  }
}

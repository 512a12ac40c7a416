/** The archive of one plain file. */
import { NarChunks, narMagic, narPadding } from '@vixen/wasm';
import type { Bytes } from '../../service.ts';

/** `contents` have to be of this size. */
export async function* fileArchive(size: number, contents: Bytes): AsyncGenerator<Uint8Array, void, void> {
  const out = new NarChunks();
  try {
    out.text(narMagic, '(', 'type', 'regular', 'contents');
    out.number(size);
    yield out.take();
    yield* contents;
    out.zeros(narPadding(size));
    out.text(')');
    yield out.take();
  } finally {
    out.release();
  }
}

/** Archives (Nix manual, "Nix Archive (NAR) format") as files. */
import { NarError, NarReader } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import type { Bytes } from '../service.ts';
import type { FilePath } from './paths.ts';
import { type TargetOptions, TreeTarget } from './tree-target.ts';

/** The parser is given pieces of this size, whatever comes: between two of them what is full is written. */
const pieceSize = 64 * 1024;

/**
 * Makes files of an archive, as `nix-store --restore`. Refuses a path where there is something, and archives that Nix refuses; what follows the archive is refused,
 * too. After a failure nothing is left.
 */
export async function restoreTree(nar: Bytes, path: FilePath, options: TargetOptions = {}): Promise<void> {
  const target = new TreeTarget(path, options);
  try {
    const reader = readerInto(target);
    for await (const chunk of nar) {
      for (let at = 0; at < chunk.length; at += pieceSize) {
        const piece = chunk.subarray(at, at + pieceSize);
        if (invalidNar(() => reader.write(piece)) < piece.length) throw new StoreError('invalid', 'bad archive: data after the end');
        await target.drain();
      }
    }
    invalidNar(() => reader.end());
    await target.finish();
  } catch (error) {
    await target.abandon(error);
    throw error;
  }
}

const nameOf = (path: readonly string[]): Uint8Array | undefined => (path.length === 0 ? undefined : latin1(path[path.length - 1]!));
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function readerInto(target: TreeTarget): NarReader {
  return new NarReader(
    {
      directory: (path) => target.directory(nameOf(path)),
      endDirectory: () => target.endDirectory(),
      file: (path, { executable }) => target.file(nameOf(path), executable),
      contents: (bytes) => target.contents(bytes),
      symlink: (path, to) => target.symlink(nameOf(path), latin1(to)),
    },
    // Names are bytes: a character each.
    { decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1') },
  );
}

function invalidNar<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof NarError) throw new StoreError('invalid', cause.message, { cause });
    throw cause;
  }
}

/** Archives (Nix manual, "Nix Archive (NAR) format") as files. */
import { NarError, NarParser } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import type { Bytes } from '../service.ts';
import { wasmHashes } from '../wasm.ts';
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
  const parser = parserInto(target);
  try {
    for await (const chunk of nar) {
      for (let at = 0; at < chunk.length; at += pieceSize) {
        const piece = chunk.subarray(at, at + pieceSize);
        if (invalidNar(() => parser.write(piece)) < piece.length) throw new StoreError('invalid', 'bad archive: data after the end');
        await target.drain();
      }
    }
    invalidNar(() => parser.end());
    await target.finish();
  } catch (error) {
    parser.close();
    await target.abandon(error);
    throw error;
  }
}

function parserInto(target: TreeTarget): NarParser {
  return new NarParser(wasmHashes(), {
    directory: (name) => target.directory(name),
    endDirectory: () => target.endDirectory(),
    file: (name, _, executable) => target.file(name, executable),
    data: (bytes) => target.contents(bytes),
    symlink: (name, to) => target.symlink(name, to),
  });
}

function invalidNar<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof NarError) throw new StoreError('invalid', cause.message, { cause });
    throw cause;
  }
}

// A pack in a folder of this machine.
import fs from 'node:fs/promises';
import path from 'node:path';
import type { PackSource } from '../../core/pack/blocks.ts';
import { PackError } from '../../core/pack/errors.ts';
import { manifestName } from '../../core/pack/format.ts';
import { hasErrorCode } from '../system-error.ts';

export class FolderSource implements PackSource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return new Uint8Array(await fs.readFile(path.join(this.#folder, name)));
    } catch (cause) {
      if (!hasErrorCode(cause, 'ENOENT')) throw cause;
      if (name === manifestName) throw new PackError('absent', `there is no pack in '${this.#folder}'`, { cause });
      throw new PackError('missing', `the pack in '${this.#folder}' lacks ${name}`, { cause });
    }
  }
}

/** Where snapshots of trees are kept, by the trees' paths. */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { systemCode } from './file-errors.ts';
import { bytesOf, type FilePath } from './paths.ts';

export interface TreeStates {
  load(tree: FilePath): Uint8Array | undefined;
  save(tree: FilePath, snapshot: Uint8Array): void;
}

/** Trees that are remembered at once: those longest not seen are forgotten. */
const most = 256;

/** Keeps snapshots in a folder that is made when it is needed. It is a cache: it may be deleted at any time, and where it cannot be written nothing is kept. */
export function folderStates(folder: string): TreeStates {
  const fileOf = (tree: FilePath) => path.join(folder, createHash('sha256').update(bytesOf(tree)).digest('hex'));
  return {
    load(tree) {
      return unlessFailed(() => new Uint8Array(fs.readFileSync(fileOf(tree))));
    },
    save(tree, snapshot) {
      unlessFailed(() => {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        const temporary = path.join(folder, `.new-${randomBytes(8).toString('hex')}`);
        fs.writeFileSync(temporary, snapshot, { mode: 0o600 });
        fs.renameSync(temporary, fileOf(tree));
        forgetOldest(folder);
      });
    },
  };
}

function unlessFailed<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function forgetOldest(folder: string): void {
  const names = fs.readdirSync(folder);
  if (names.length <= most) return;
  const aged = names.map((name) => ({ name, time: fs.lstatSync(path.join(folder, name)).mtimeMs })).sort((a, b) => a.time - b.time);
  for (const { name } of aged.slice(0, names.length - most)) fs.rmSync(path.join(folder, name), { force: true });
}

import fs from 'node:fs';
import { StoreError } from '../errors.ts';
import { fileError, systemCode } from './file-errors.ts';
import { listFolder, lstatKind } from './listing.ts';
import { type FilePath, join, native } from './paths.ts';

/** Removes what lies at a path with all that is in it, read-only or not; symlinks are not followed. Nothing there is fine. */
export function removeTree(root: FilePath): void {
  const open: { readonly path: FilePath; readonly emptied: boolean }[] = [{ path: root, emptied: false }];
  for (let top = open.pop(); top; top = open.pop()) {
    const { path, emptied } = top;
    if (emptied) remove(path, fs.rmdirSync);
    else if (!isDirectory(path)) remove(path, fs.unlinkSync);
    else {
      fs.chmodSync(native(path), 0o700);
      open.push({ path, emptied: true });
      for (const { name } of listFolder(path)) open.push({ path: join(path, name), emptied: false });
    }
  }
}

function isDirectory(path: FilePath): boolean {
  try {
    return lstatKind(path) === 'directory';
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not-found') return false;
    throw error;
  }
}

function remove(path: FilePath, how: (path: string | Buffer) => void): void {
  try {
    how(native(path));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw fileError('removing', path, error);
  }
}

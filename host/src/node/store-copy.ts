// Trees copied into a store, in the canonical form that everything in a store has (Nix manual, "File System Object").
import fs from 'node:fs';
import type { NarFilter } from '@vixen/wasm';
import { joinPath } from '../core/files/paths.ts';
import type { FileTree } from '../core/files/tree.ts';
import { nativePath } from './files.ts';

const fileMode = { plain: 0o444, executable: 0o555 };
const folderMode = 0o555;

// Everything in a store was last changed one second after 1970 began.
const setOldTime = (target: string | Buffer) => fs.utimesSync(target, 1, 1);

/** One file as a store has it. */
export function writeStoreFile(target: string | Buffer, contents: Uint8Array, executable: boolean) {
  fs.writeFileSync(target, contents);
  fs.chmodSync(target, executable ? fileMode.executable : fileMode.plain);
  setOldTime(target);
}

export interface TreeCopy {
  tree: FileTree;
  source: string;
  /** A path of the machine where nothing is yet. */
  target: string;
  /** What is taken of what lies below `source`. */
  keep: NarFilter | undefined;
}

/** Copies a file, a symlink or a folder. */
export function copyTree({ tree, source, target, keep }: TreeCopy) {
  const todo: [from: string, to: string][] = [[source, target]];
  const folders: string[] = [];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const [from, to] = next;
    const stat = tree.lstat(from);
    if (stat?.type === 'symlink') fs.symlinkSync(nativePath(tree.readLink(from)), nativePath(to));
    else if (stat?.type === 'directory') {
      fs.mkdirSync(nativePath(to));
      folders.push(to);
      for (const [name, type] of tree.readDir(from)) {
        const child = joinPath(from, name);
        if (!keep || keep(child, type === 'other' ? 'unknown' : type)) todo.push([child, `${to}/${name}`]);
      }
    } else writeStoreFile(nativePath(to), tree.readFile(from), stat?.executable ?? false);
  }
  for (const folder of folders.reverse()) {
    fs.chmodSync(nativePath(folder), folderMode);
    setOldTime(nativePath(folder));
  }
}

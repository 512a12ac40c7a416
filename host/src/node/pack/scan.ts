// What is to be packed: a folder of this machine, looked at once.
import fs from 'node:fs';
import path from 'node:path';
import { largestBlock } from '../../core/pack/format.ts';

export interface FileNode {
  readonly kind: 'file' | 'executable';
  /** Below the folder that was scanned: `/lib/default.nix`. */
  readonly path: string;
  readonly size: number;
}

export interface LinkNode {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface FolderNode {
  readonly kind: 'folder';
  /** `/` for the folder that was scanned. */
  readonly path: string;
  readonly children: ReadonlyMap<string, TreeNode>;
}

export type TreeNode = FileNode | LinkNode | FolderNode;

/** A folder cannot be packed. */
export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly code = 'VIXEN_PACK';
}

/** What version control keeps is no part of a tree. */
const leftOut = new Set(['.git']);

function nodeOf(root: string, below: string, entry: fs.Dirent): TreeNode {
  const native = path.join(root, below);
  if (entry.isSymbolicLink()) return { kind: 'symlink', target: fs.readlinkSync(native) };
  if (entry.isDirectory()) return scan(root, below);
  if (!entry.isFile()) throw new ScanError(`'${native}' is neither file, folder nor symlink`);
  const { size, mode } = fs.statSync(native);
  if (size > largestBlock) throw new ScanError(`'${native}' has ${size} bytes, more than a pack can hold (${largestBlock})`);
  return { kind: (mode & 0o100) === 0 ? 'file' : 'executable', path: below, size };
}

/** The tree below a folder, entries sorted by name, so that equal trees make equal packs. */
export function scan(root: string, below = '/'): FolderNode {
  const entries = fs.readdirSync(path.join(root, below), { withFileTypes: true }).filter(({ name }) => !leftOut.has(name));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    kind: 'folder',
    path: below,
    children: new Map(entries.map((entry) => [entry.name, nodeOf(root, path.posix.join(below, entry.name), entry)])),
  };
}

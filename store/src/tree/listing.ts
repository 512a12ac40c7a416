/** What lies at paths of this machine. */
import fs from 'node:fs';
import { compareNames } from '@vixen/wasm';
import { fileError } from './file-errors.ts';
import { bytesOf, type FilePath, native, pathOf, replacement } from './paths.ts';

/** `unknown` where the file system does not say without being asked; `other` is what no archive can hold. */
export type FileKind = 'file' | 'directory' | 'symlink' | 'other' | 'unknown';

export interface Listed {
  readonly name: FilePath;
  readonly kind: FileKind;
}

function compareListed(a: Listed, b: Listed): number {
  if (typeof a.name === 'string' && typeof b.name === 'string') return compareNames(a.name, b.name);
  return Buffer.compare(bytesOf(a.name), bytesOf(b.name));
}

function kindOf(entry: fs.Dirent | fs.Stats | fs.BigIntStats): Exclude<FileKind, 'unknown'> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

/** What lies at a path itself: symlinks are not followed. */
export function lstatKind(path: FilePath): Exclude<FileKind, 'unknown'> {
  try {
    return kindOf(fs.lstatSync(native(path)));
  } catch (error) {
    throw fileError('getting status of', path, error);
  }
}

// Bun's entries of folders that are listed as bytes have no types.
const listBytes = (path: FilePath): Listed[] =>
  fs.readdirSync(native(path), { encoding: 'buffer' }).map((name) => ({ name: pathOf(name), kind: 'unknown' }));

function list(path: FilePath): Listed[] {
  if (typeof path !== 'string') return listBytes(path);
  const entries = fs.readdirSync(path, { withFileTypes: true });
  // A name that holds the character itself is rare, too.
  if (entries.some(({ name }) => name.includes(replacement))) return listBytes(path);
  // An entry of another kind may also be one that the file system did not tell.
  return entries.map((entry) => {
    const kind = kindOf(entry);
    return { name: entry.name, kind: kind === 'other' ? 'unknown' : kind };
  });
}

/** The entries of a folder, ascending by the bytes of their names. */
export function listFolder(path: FilePath): Listed[] {
  try {
    return list(path).sort(compareListed);
  } catch (error) {
    throw fileError('opening directory', path, error);
  }
}

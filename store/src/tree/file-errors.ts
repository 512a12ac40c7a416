/** What the system says of files, in Nix's words. */
import { StoreError, type StoreErrorCode } from '../errors.ts';
import { type FilePath, shownPath } from './paths.ts';

const known: Readonly<Record<string, readonly [StoreErrorCode, string]>> = {
  ENOENT: ['not-found', 'No such file or directory'],
  EACCES: ['forbidden', 'Permission denied'],
  EPERM: ['forbidden', 'Operation not permitted'],
  EROFS: ['forbidden', 'Read-only file system'],
  EEXIST: ['io', 'File exists'],
  ENOTDIR: ['io', 'Not a directory'],
  EISDIR: ['io', 'Is a directory'],
  ELOOP: ['io', 'Too many levels of symbolic links'],
  ENAMETOOLONG: ['invalid', 'File name too long'],
  EMFILE: ['exhausted', 'Too many open files'],
  ENFILE: ['exhausted', 'Too many open files in system'],
  ENOSPC: ['exhausted', 'No space left on device'],
  EDQUOT: ['exhausted', 'Disk quota exceeded'],
  EFBIG: ['exhausted', 'File too large'],
  EIO: ['io', 'Input/output error'],
};

export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** An error of `node:fs` as one of this room: what was being done, with which path, and why it failed. */
export function fileError(action: string, path: FilePath, cause: unknown): StoreError {
  const [code, words] = known[systemCode(cause) ?? ''] ?? ['io', cause instanceof Error ? cause.message : String(cause)];
  return new StoreError(code, `${action} '${shownPath(path)}': ${words}`, { cause });
}

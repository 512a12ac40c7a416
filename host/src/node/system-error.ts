// The texts of system errors as the C library has them (strerror), which Nix's messages end with.
import { getSystemErrorMap } from 'node:util';

const texts: Record<string, string> = {
  EACCES: 'Permission denied',
  EBADF: 'Bad file descriptor',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENFILE: 'Too many open files in system',
  ENODEV: 'No such device',
  ENOENT: 'No such file or directory',
  ENOMEM: 'Cannot allocate memory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  ENXIO: 'No such device or address',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ETXTBSY: 'Text file busy',
  EXDEV: 'Invalid cross-device link',
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Whether a system call has failed in this way. */
export const hasErrorCode = (error: unknown, code: string) => codeOf(error) === code;

/** What went wrong, in the C library's words. */
export function systemErrorText(error: unknown): string {
  const code = codeOf(error);
  if (code && texts[code]) return texts[code];
  const known = code && [...getSystemErrorMap().values()].find(([name]) => name === code);
  if (known) return known[1];
  return error instanceof Error ? error.message : String(error);
}

/** Whether an error is one of a system call. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error;

/** The error as a sentence that says which call, and of what: `open '/x': No such file or directory`. */
export function systemErrorSentence(error: NodeJS.ErrnoException): string {
  const what = error.path === undefined ? '' : ` '\x0e${error.path}\x0f'`;
  return `${error.syscall}${what}: \x0e${systemErrorText(error)}\x0f`;
}

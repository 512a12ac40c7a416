// The file system as the machine sees it. It is synchronous, because the command line must not wait between two files; a host that has to
// (a browser that fetches a file) throws a promise, and the request is answered again when it has been kept (`answer` in answers.ts).

export type FileType = 'regular' | 'directory' | 'symlink' | 'other';

export interface FileStat {
  type: FileType;
  size: number;
  executable: boolean;
}

/** Gives room for so many bytes: the machine's own answer buffer, or a new array. */
export type Room = (length: number) => Uint8Array<ArrayBuffer>;

/** Files by absolute, normal path (no `.`, `..`, no double or last slash, except for `/`). Failures are FileErrors. */
export interface FileTree {
  /** Undefined where nothing is. The final symlink is not followed. */
  lstat(path: string): FileStat | undefined;
  /** As lstat, all symlinks followed. */
  stat(path: string): FileStat | undefined;
  /** The contents, all symlinks followed. The bytes lie in `room(n)`, or in an array of their own. */
  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer>;
  /** Names in a folder (all symlinks to it followed) with their own types. */
  readDir(path: string): [name: string, type: FileType][];
  readLink(path: string): string;
  /** Fails for a path that may not be seen. */
  check?(path: string): void;
  /** Lets a tree that hides things show what is below a path: what the program itself has put into the store. */
  allow?(path: string): void;
  /** Before all that `accept` takes below a path is read: a tree that fetches throws the promise of all of it, and not of one file after the other. */
  prepare?(path: string, accept?: (path: string) => boolean): void;
}

export type FileErrorCode = 'missing' | 'forbidden' | 'failed';

/** What went wrong with a file, in Nix's words, with marks (errors.ts of eval-core). */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const doesNotExist = (path: string, cause?: unknown) => new FileError('missing', `path '\x0e${path}\x0f' does not exist`, { cause });

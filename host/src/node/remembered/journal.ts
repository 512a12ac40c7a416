// What an evaluation has looked at outside of itself: what has to be as it was for the evaluation to give the same result (docs/remembered-evaluations.md).
import type fs from 'node:fs';
import type { FileType } from '../../core/files/tree.ts';

/** What tells one state of a file or folder from another. */
export interface Identity {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** Milliseconds since 1970, with fractions. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** The one thing whose value nobody has to ask the host for; it is no other at each evaluation. */
const clock = 'currentTime';

/** What stands for bytes that are not UTF-8 (eval-core's `decodeText`). */
const escaped = /[\udc80-\udcff]/;

export class Journal {
  /** Why the evaluation cannot be remembered; undefined where it can. */
  unrepeatable: string | undefined;
  /** Variables of the environment that were asked for. */
  readonly variables = new Map<string, string | undefined>();
  /** Files that were read, symlinks followed, and what they were then. */
  readonly files = new Map<string, Identity>();
  /** Folders that were listed. */
  readonly folders = new Set<string>();
  /** What a path was, the last symlink not followed; undefined where nothing was there. */
  readonly looks = new Map<string, FileType | undefined>();
  /** The same, all symlinks followed. */
  readonly finalLooks = new Map<string, FileType | undefined>();
  /** What symlinks led to. */
  readonly links = new Map<string, string>();

  /** The first reason counts. */
  refuse(why: string) {
    this.unrepeatable ??= why;
  }

  /** Names that are not UTF-8 are rare enough to be left out. */
  #met(path: string) {
    if (escaped.test(path)) this.refuse(`'${path}' has a name that is not UTF-8`);
  }

  looked(path: string, found: FileType | undefined) {
    this.#met(path);
    this.looks.set(path, found);
  }

  lookedThrough(path: string, found: FileType | undefined) {
    this.#met(path);
    this.finalLooks.set(path, found);
  }

  read(path: string, stat: fs.Stats, bytes: Uint8Array) {
    this.#met(path);
    if (!stat.isFile()) return this.refuse(`'${path}' is no regular file`);
    const { dev, ino, size, mtimeMs, ctimeMs } = stat;
    this.files.set(path, { dev, ino, size, mtimeMs, ctimeMs });
    if (mentionsClock(bytes)) this.refuse(`'${path}' may ask for the time`);
  }

  listed(path: string) {
    this.#met(path);
    this.folders.add(path);
  }

  readLink(path: string, target: string) {
    this.#met(path);
    this.#met(target);
    this.links.set(path, target);
  }

  variable(name: string, value: string | undefined) {
    this.variables.set(name, value);
  }
}

/** Whether a source may ask for the time. */
export function mentionsClock(source: string | Uint8Array): boolean {
  if (typeof source === 'string') return source.includes(clock);
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength).includes(clock, 0, 'latin1');
}

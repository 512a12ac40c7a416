/**
 * A disk that loses, when the power fails, all that was not synced: contents that were written, and the names of files that were made or renamed. (Removals take
 * effect at once: that is the worse case for who removes too early.) It works in real folders; `fail` puts them into the state after the failure.
 */
import fs from 'node:fs';
import path from 'node:path';
import { diskFiles, type Files, type OutputFile } from '../embedded/files.ts';

export class PowerFailure extends Error {
  override readonly name = 'PowerFailure';
}

interface Change {
  /** What makes it last: a sync of this file or folder. */
  readonly lastsWith: string;
  readonly undo: () => void;
  /** The name that it makes. */
  readonly makes?: string;
}

export class ForgetfulFiles implements Files {
  /** Operations until now. */
  operations = 0;
  readonly #failAt: number;
  #changes: Change[] = [];
  /** Where a file that was opened under one name is now. */
  readonly #names = new Map<string, string>();

  /** The power fails at this operation. */
  constructor(failAt = Number.POSITIVE_INFINITY) {
    this.#failAt = failAt;
  }

  #step(): void {
    if (this.operations++ >= this.#failAt) throw new PowerFailure('the power has failed');
  }

  get hasFailed(): boolean {
    return this.operations > this.#failAt;
  }

  create(file: string): OutputFile {
    this.#step();
    const out = diskFiles.create(file);
    this.#changes.push({ lastsWith: path.dirname(file), makes: file, undo: () => fs.rmSync(file, { force: true }) });
    return this.#output(file, out);
  }

  open(file: string): OutputFile {
    this.#step();
    return this.#output(file, diskFiles.open(file));
  }

  #now(file: string): string {
    return this.#names.get(file) ?? file;
  }

  #output(file: string, out: OutputFile): OutputFile {
    return {
      write: (buffers, position) => {
        this.#step();
        const size = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
        const before = readPart(this.#now(file), position, size);
        this.#changes.push({ lastsWith: file, undo: () => writePart(this.#now(file), position, before) });
        out.write(buffers, position);
      },
      sync: async () => {
        this.#step();
        await out.sync();
        this.#lasts(file);
      },
      close: () => out.close(),
    };
  }

  #lasts(what: string): void {
    this.#changes = this.#changes.filter((change) => change.lastsWith !== what);
  }

  makeFolder(folder: string): void {
    this.#step();
    diskFiles.makeFolder(folder);
  }

  rename(from: string, to: string): void {
    this.#step();
    diskFiles.rename(from, to);
    this.#names.set(from, to);
    // The file has one name, whose making lasts when the new folder is synced.
    this.#changes = this.#changes.filter((change) => change.makes !== from);
    this.#changes.push({ lastsWith: path.dirname(to), makes: to, undo: () => fs.rmSync(to, { force: true }) });
  }

  remove(file: string): void {
    this.#step();
    diskFiles.remove(file);
  }

  async syncFolder(folder: string): Promise<void> {
    this.#step();
    await diskFiles.syncFolder(folder);
    this.#lasts(folder);
  }

  /** The power fails: what was not synced is gone; with `keep`, by luck, some of it is not. */
  fail(keep: () => boolean = () => false): void {
    for (const change of this.#changes.reverse()) if (!keep()) change.undo();
    this.#changes = [];
  }
}

/** What stood there: contents up to the old end, and where that was. */
function readPart(file: string, position: number, size: number): { readonly bytes: Buffer; readonly end: number } {
  const end = fs.statSync(file).size;
  const fd = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, Math.min(size, end - position)));
    fs.readSync(fd, bytes, 0, bytes.length, position);
    return { bytes, end };
  } finally {
    fs.closeSync(fd);
  }
}

function writePart(file: string, position: number, { bytes, end }: { readonly bytes: Buffer; readonly end: number }): void {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) return;
  fs.chmodSync(file, 0o644);
  const fd = fs.openSync(file, 'r+');
  try {
    fs.writeSync(fd, bytes, 0, bytes.length, position);
    fs.ftruncateSync(fd, end);
  } finally {
    fs.closeSync(fd);
  }
  fs.chmodSync(file, stat.mode);
}

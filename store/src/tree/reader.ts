/**
 * A file tree as its archive, written into a buffer as far as there is room. Between two buffers the state can go to another thread: it is plain data, and
 * file descriptors belong to the process.
 */
import fs from 'node:fs';
import { maxNarDepth, type NarChunks, narPadding } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import { fileError, systemCode } from './file-errors.ts';
import { type FileKind, type Listed, listFolder, lstatKind } from './listing.ts';
import { bytesOf, type FilePath, join, native, shownPath } from './paths.ts';
import { lstatExactly, nothingRecorded, type Recorded, StateRecorder } from './states.ts';
import type { TreeSink } from './tree-sink.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
/** A path that has become a symlink is not followed, and one that has become a pipe does not block. */
const openFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const ownerMayRun = 0o100;

/** Whether to take what lies at a path below the root. */
export type TreeFilter = (path: FilePath, kind: FileKind) => boolean;

interface OpenFolder {
  readonly path: FilePath;
  readonly entries: readonly Listed[];
  next: number;
}

interface OpenFile {
  readonly path: FilePath;
  readonly name: Uint8Array;
  readonly executable: boolean;
  readonly fd: number;
  readonly size: number;
  left: number;
  /** What the sink was told of it. */
  told: 'nothing' | 'begin' | 'all';
}

export interface TreeState {
  readonly root: FilePath;
  readonly begun: boolean;
  readonly open: OpenFolder[];
  readonly file: OpenFile | undefined;
  readonly recorded: Recorded | undefined;
}

export class TreeReader {
  readonly #root: FilePath;
  readonly #filter: TreeFilter | undefined;
  readonly #open: OpenFolder[];
  readonly #recorder: StateRecorder | undefined;
  #begun: boolean;
  #file: OpenFile | undefined;

  constructor({ root, begun, open, file, recorded }: TreeState, filter?: TreeFilter) {
    this.#root = root;
    this.#begun = begun;
    this.#open = open;
    this.#file = file;
    this.#filter = filter;
    this.#recorder = recorded && new StateRecorder(recorded);
  }

  /** Reads from the beginning. With `record`, the states of what is read are collected. */
  static of(root: FilePath, { filter, record = false }: { filter?: TreeFilter | undefined; record?: boolean } = {}): TreeReader {
    return new TreeReader({ root, begun: false, open: [], file: undefined, recorded: record ? nothingRecorded() : undefined }, filter);
  }

  /** The states of what was read so far. */
  get recorded(): Recorded | undefined {
    return this.#recorder?.recorded;
  }

  /** Where the reading stands. Whoever goes on from there owns the open file. */
  handOver(): TreeState {
    const state = { root: this.#root, begun: this.#begun, open: this.#open, file: this.#file, recorded: this.recorded };
    this.#file = undefined;
    return state;
  }

  /** Closes what is open. */
  close(): void {
    if (this.#file) fs.closeSync(this.#file.fd);
    this.#file = undefined;
  }

  /** Writes the next part of the archive; answers whether there is more. With a sink, no file is cut that an empty buffer can hold. */
  fill(out: NarChunks, sink?: TreeSink): boolean {
    if (!this.#begun) this.#begin(out, sink);
    while (out.hasRoom && sink?.hasRoom !== false) {
      if (this.#file) {
        if (sink && this.#file.told === 'nothing' && out.wouldCut(this.#file.size)) return true;
        this.#contents(out, this.#file, sink);
      } else if (this.#open.length > 0) this.#nextEntry(out, this.#open[this.#open.length - 1]!, sink);
      else return false;
    }
    return true;
  }

  #begin(out: NarChunks, sink: TreeSink | undefined): void {
    this.#begun = true;
    out.tokens('magic');
    this.#node(out, sink, this.#root, nameless, rootKind(this.#root));
  }

  #nextEntry(out: NarChunks, folder: OpenFolder, sink: TreeSink | undefined): void {
    const entry = folder.entries[folder.next++];
    if (!entry) {
      this.#open.pop();
      this.#close(out);
      sink?.endDirectory();
      return;
    }
    const path = join(folder.path, entry.name);
    const kind = entry.kind === 'unknown' ? lstatKind(path) : entry.kind;
    if (this.#filter && !this.#filter(path, kind)) return;
    if (this.#open.length >= maxNarDepth) {
      throw new StoreError('invalid', `path '${shownPath(path)}' exceeds maximum NAR directory depth of ${maxNarDepth}`);
    }
    const name = bytesOf(entry.name);
    out.tokens('entry');
    out.bytes(name);
    out.tokens('node');
    this.#node(out, sink, path, name, kind);
  }

  #node(out: NarChunks, sink: TreeSink | undefined, path: FilePath, name: Uint8Array, kind: FileKind): void {
    if (kind === 'directory') {
      const state = this.#recorder && lstatExactly(path);
      const entries = listFolder(path);
      if (state) this.#recorder?.add('directory', name, state, entries.length);
      this.#open.push({ path, entries, next: 0 });
      out.tokens('directory');
      sink?.directory(name);
    } else if (kind === 'symlink') {
      this.#recorder?.add('symlink', name, lstatExactly(path));
      const target = readLink(path);
      out.tokens('symlink');
      out.bytes(target);
      this.#close(out);
      sink?.symlink(name, target);
    } else if (kind === 'file') {
      this.#beginFile(out, path, name);
    } else {
      throw new StoreError('invalid', `file '${shownPath(path)}' has an unsupported type`);
    }
  }

  #beginFile(out: NarChunks, path: FilePath, name: Uint8Array): void {
    const { fd, stat } = openFile(path, this.#recorder !== undefined);
    const size = Number(stat.size);
    const executable = (Number(stat.mode) & ownerMayRun) !== 0;
    this.#file = { path, name, executable, fd, size, left: size, told: 'nothing' };
    if (typeof stat.size === 'bigint') this.#recorder?.add('file', name, stat as fs.BigIntStats);
    out.tokens(executable ? 'executable' : 'file');
    out.number(size);
  }

  #contents(out: NarChunks, file: OpenFile, sink: TreeSink | undefined): void {
    if (file.left > 0 || file.told === 'nothing') {
      const bytes = file.left > 0 ? out.fill(file.left, (into) => readFrom(file, into)) : nothing;
      file.left -= bytes.length;
      // At once: a chunk that begins behind the padding would be out of step with words of eight bytes, and copying that from shared memory is ten times slower.
      if (file.left === 0) out.zeros(narPadding(file.size));
      tell(file, bytes, sink);
    }
    if (file.left > 0 || !out.hasRoom) return;
    this.close();
    this.#close(out);
    if (file.told === 'begin') sink?.endFile();
  }

  /** The end of a node, and of the entry that holds it. */
  #close(out: NarChunks): void {
    out.tokens(this.#open.length > 0 ? 'endEntry' : 'end');
  }
}

const nothing = new Uint8Array();
const nameless = nothing;

/** Tells the next part of a file. */
function tell(file: OpenFile, bytes: Uint8Array, sink: TreeSink | undefined): void {
  if (file.told === 'nothing' && file.left === 0) {
    file.told = 'all';
    sink?.file(file.name, file.executable, bytes);
    return;
  }
  if (file.told === 'nothing') sink?.beginFile(file.name, file.executable);
  file.told = 'begin';
  sink?.contents(bytes);
}

function rootKind(root: FilePath): FileKind {
  try {
    return lstatKind(root);
  } catch (error) {
    if (!(error instanceof StoreError) || !['ENOENT', 'ENOTDIR'].includes(systemCode(error.cause) ?? '')) throw error;
    throw new StoreError('not-found', `path '${shownPath(root)}' does not exist`, { cause: error });
  }
}

function openFile(path: FilePath, exactly: boolean): { fd: number; stat: fs.Stats | fs.BigIntStats } {
  let fd: number | undefined;
  try {
    fd = fs.openSync(native(path), openFlags);
    const stat = fs.fstatSync(fd, { bigint: exactly });
    if (!stat.isFile()) throw new StoreError('io', `file '${shownPath(path)}' changed while it was read`);
    return { fd, stat };
  } catch (error) {
    if (fd !== undefined) fs.closeSync(fd);
    throw error instanceof StoreError ? error : fileError('opening file', path, error);
  }
}

function readFrom(file: OpenFile, into: Uint8Array): number {
  let count: number;
  try {
    count = fs.readSync(file.fd, into);
  } catch (error) {
    throw fileError('reading from file', file.path, error);
  }
  if (count === 0) throw new StoreError('io', `file '${shownPath(file.path)}' became shorter while it was read`);
  return count;
}

function readLink(path: FilePath): Uint8Array {
  try {
    return fs.readlinkSync(native(path), { encoding: 'buffer' });
  } catch (error) {
    throw fileError('reading symbolic link', path, error);
  }
}

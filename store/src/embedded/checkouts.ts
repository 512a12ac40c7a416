/**
 * Paths as files: ROOT/nix/store/<base name>, in Nix's canonical form (files 444 or 555, directories 555, times 1). A checkout is made beside its place and
 * renamed, and stays until its path is collected. Large files are hard links to the blobs' own files.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { FileNode, Node } from '../castore/node.ts';
import { notValid } from '../errors.ts';
import type { CallOptions, CheckoutService } from '../service.ts';
import { checkoutTree, removeTree } from '../tree/index.ts';
import type { EmbeddedBlobs } from './blobs.ts';
import type { EmbeddedDirectories } from './directories.ts';
import { isSystemError, type StoreLayout, systemError } from './files.ts';
import type { EmbeddedPaths } from './paths.ts';

const temporaryPrefix = '.vixen-';

export class EmbeddedCheckouts implements CheckoutService {
  readonly root: string;
  readonly #layout: StoreLayout;
  readonly #paths: EmbeddedPaths;
  readonly #blobs: EmbeddedBlobs;
  readonly #directories: EmbeddedDirectories;
  readonly #making = new Map<string, Promise<void>>();
  #serial = 0;

  constructor(layout: StoreLayout, paths: EmbeddedPaths, blobs: EmbeddedBlobs, directories: EmbeddedDirectories) {
    this.root = layout.root;
    this.#layout = layout;
    this.#paths = paths;
    this.#blobs = blobs;
    this.#directories = directories;
  }

  async checkout(storePath: string, options: CallOptions = {}): Promise<string> {
    options.signal?.throwIfAborted();
    const info = this.#paths.find(storePath);
    if (!info) throw notValid(storePath);
    const place = this.#placeOf(storePath);
    if (!exists(place)) {
      const making = this.#making.get(storePath) ?? this.#make(storePath, place, info.node!, options);
      this.#making.set(storePath, making);
      await making.finally(() => this.#making.delete(storePath));
    }
    return this.root + storePath;
  }

  #placeOf(storePath: string): string {
    return path.join(this.#layout.checkouts, this.#paths.baseOf(storePath));
  }

  async #make(storePath: string, place: string, node: Node, options: CallOptions): Promise<void> {
    const temporary = this.#temporary();
    try {
      fs.mkdirSync(this.#layout.checkouts, { recursive: true });
      const blobFile = (file: FileNode) => this.#blobs.linkable(file);
      const blobPlace = (file: FileNode) => this.#blobs.placeOf(file);
      await checkoutTree(node, { blobs: this.#blobs, directories: this.#directories }, temporary, { ...options, blobFile, blobPlace });
      renameUnlessThere(temporary, place);
    } catch (error) {
      throw systemError(`cannot write the files of '${storePath}'`, error);
    } finally {
      removeTree(temporary);
    }
  }

  #temporary(): string {
    return path.join(this.#layout.checkouts, `${temporaryPrefix}${process.pid}-${Date.now().toString(36)}-${this.#serial++}`);
  }

  /** Removes a checkout, if there is one. */
  async discard(storePath: string): Promise<void> {
    const temporary = this.#temporary();
    try {
      fs.renameSync(this.#placeOf(storePath), temporary);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return;
      throw systemError(`cannot remove '${this.#placeOf(storePath)}'`, error);
    }
    removeTree(temporary);
  }

  /** Removes what is no valid path's: what killed processes left. */
  async sweep(options: CallOptions): Promise<void> {
    for (const name of names(this.#layout.checkouts)) {
      options.signal?.throwIfAborted();
      const file = path.join(this.#layout.checkouts, name);
      if (name.startsWith(temporaryPrefix)) {
        if (!isRecent(file)) removeTree(file);
      } else if (/^[0-9a-z]{32}-/.test(name) && !this.#paths.isValid(this.#paths.prefix + name))
        await this.discard(this.#paths.prefix + name);
    }
  }
}

// Numbers of processes are used again, so age decides: nobody writes a checkout for a day.
const patience = 24 * 3600 * 1000;

function isRecent(file: string): boolean {
  try {
    return Date.now() - fs.lstatSync(file).ctimeMs < patience;
  } catch {
    return false;
  }
}

const names = (folder: string): string[] => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

function exists(file: string): boolean {
  try {
    fs.lstatSync(file);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw systemError(`cannot read '${file}'`, error);
  }
}

/** Whoever comes first has made the same. */
function renameUnlessThere(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if (!isSystemError(error, 'ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR', 'EISDIR') || !exists(to)) throw error;
  }
}

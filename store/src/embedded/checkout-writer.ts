/** Writes a node of the castore as files, in Nix's canonical form. Names are bytes. */
import fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { digestKey, hex } from '../castore/bytes.ts';
import type { DirectoryEntry, FileNode, Node } from '../castore/node.ts';
import { notFound } from '../errors.ts';
import type { CallOptions } from '../service.ts';
import type { EmbeddedBlobs } from './blobs.ts';
import type { EmbeddedDirectories } from './directories.ts';
import { isSystemError } from './files.ts';

/** How long the event loop may wait, in milliseconds. */
const breath = 20;
/** Small files are read from the store so many bytes at once. */
const batchBytes = 4 * 1024 * 1024;

interface Source {
  readonly blobs: EmbeddedBlobs;
  readonly directories: EmbeddedDirectories;
}

/** Makes `target`, which must not be there yet. */
export async function writeCheckout(
  blobs: EmbeddedBlobs,
  directories: EmbeddedDirectories,
  node: Node,
  target: string,
  options: CallOptions,
): Promise<void> {
  await new CheckoutWriter({ blobs, directories }, options).write(node, Buffer.from(target));
}

class CheckoutWriter {
  readonly #source: Source;
  readonly #options: CallOptions;
  /** Folders that were made, those above first: they are closed when all is in them. */
  readonly #folders: Buffer[] = [];
  #last = performance.now();

  constructor(source: Source, options: CallOptions) {
    this.#source = source;
    this.#options = options;
  }

  async write(root: Node, target: Buffer): Promise<void> {
    if (root.type !== 'directory') {
      await this.#writeLeaves([{ target, node: root }]);
      return;
    }
    const todo = [{ target, digest: root.digest }];
    for (let next = todo.pop(); next; next = todo.pop()) {
      const directory = this.#source.directories.find(next.digest);
      if (!directory) throw notFound(`directory ${hex(next.digest)}`);
      fs.mkdirSync(next.target);
      this.#folders.push(next.target);
      const leaves: Leaf[] = [];
      for (const { name, node } of directory.entries as readonly DirectoryEntry[]) {
        const place = Buffer.concat([next.target, slash, name]);
        if (node.type === 'directory') todo.push({ target: place, digest: node.digest });
        else leaves.push({ target: place, node });
      }
      await this.#writeLeaves(leaves);
    }
    for (const folder of this.#folders.reverse()) {
      fs.chmodSync(folder, 0o555);
      fs.utimesSync(folder, 1, 1);
    }
  }

  async #writeLeaves(leaves: readonly Leaf[]): Promise<void> {
    let waiting: SmallFile[] = [];
    let bytes = 0;
    for (const { target, node } of leaves) {
      await this.#breathe();
      if (node.type === 'symlink') {
        fs.symlinkSync(Buffer.from(node.target), target);
        fs.lutimesSync(target, 1, 1);
      } else if (!(await this.#link(node, target))) {
        waiting.push({ target, node });
        bytes += Number(node.size);
      }
      if (bytes < batchBytes) continue;
      await this.#writeSmall(waiting);
      [waiting, bytes] = [[], 0];
    }
    await this.#writeSmall(waiting);
  }

  /** Links a file to the blob's own, where it has one. */
  async #link(node: FileNode, target: Buffer): Promise<boolean> {
    const own = node.size > 0n ? this.#source.blobs.ownFile(node.digest) : undefined;
    if (!own) return false;
    if (own.executable !== node.executable) await this.#makeOther(own.file, own.otherFile, node.executable);
    try {
      fs.linkSync(own.executable === node.executable ? own.file : own.otherFile, target);
    } catch (error) {
      // Too many links already, or another file system.
      if (!isSystemError(error, 'EMLINK', 'EXDEV', 'EPERM')) throw error;
      fs.copyFileSync(own.file, target, fs.constants.COPYFILE_FICLONE);
      finish(target, node.executable);
    }
    return true;
  }

  /** Links share their mode: a blob that is used as an executable and as plain file has a file for each. */
  async #makeOther(file: string, other: string, executable: boolean): Promise<void> {
    if (fs.existsSync(other)) return;
    const temporary = `${other}.${process.pid}-${Date.now().toString(36)}`;
    await fs.promises.copyFile(file, temporary, fs.constants.COPYFILE_FICLONE);
    finish(Buffer.from(temporary), executable);
    const handle = await fs.promises.open(temporary, 'r');
    await handle.sync();
    await handle.close();
    fs.renameSync(temporary, other);
  }

  async #writeSmall(files: readonly SmallFile[]): Promise<void> {
    if (files.length === 0) return;
    const digests = new Map(files.filter(({ node }) => node.size > 0n).map(({ node }) => [digestKey(node.digest), node.digest]));
    const contents = await this.#source.blobs.readMany([...digests.values()], this.#options);
    const byKey = new Map([...digests.keys()].map((key, i) => [key, contents[i]]));
    for (const { target, node } of files) {
      await this.#breathe();
      const bytes = node.size === 0n ? new Uint8Array() : byKey.get(digestKey(node.digest));
      if (!bytes) throw notFound(`blob ${hex(node.digest)}`);
      writeFile(target, bytes, node.executable);
    }
  }

  async #breathe(): Promise<void> {
    if (performance.now() - this.#last > breath) {
      await setImmediate();
      this.#last = performance.now();
    }
    this.#options.signal?.throwIfAborted();
  }
}

type SmallFile = { readonly target: Buffer; readonly node: FileNode };
type Leaf = { readonly target: Buffer; readonly node: Exclude<Node, { type: 'directory' }> };

const slash = Buffer.from('/');

function writeFile(target: Buffer, contents: Uint8Array, executable: boolean): void {
  const fd = fs.openSync(target, 'wx', 0o600);
  try {
    for (let at = 0; at < contents.length; ) at += fs.writeSync(fd, contents, at);
    fs.fchmodSync(fd, executable ? 0o555 : 0o444);
    fs.futimesSync(fd, 1, 1);
  } finally {
    fs.closeSync(fd);
  }
}

function finish(target: Buffer, executable: boolean): void {
  fs.chmodSync(target, executable ? 0o555 : 0o444);
  fs.utimesSync(target, 1, 1);
}

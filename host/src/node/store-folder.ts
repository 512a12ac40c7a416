// A store in Nix's layout in a folder of the user's: objects below ROOT/nix/store, what is known about them below ROOT/nix/var/vixen/info,
// one file for each valid path. Paths always say /nix/store. Several processes may use one folder: everything appears by a rename.
import fs from 'node:fs';
import path from 'node:path';
import { ErrorCode } from '@vixen/eval-core';
import { derivationOutputs } from '@vixen/store/formats';
import { formatHash, type Hash, type HasherFactory, hashChunks, type NarFilter, narDump, nix32 } from '@vixen/wasm';
import type { FileTree } from '../core/files/tree.ts';
import { type AddPathRequest, type ClosureEntry, HostError } from '../core/io.ts';
import { computeStorePath, keptFilter, narFs, sourceOf } from '../core/store/add-path.ts';

import { notValid, VirtualStore } from '../core/store/virtual-store.ts';
import { NativeTree } from './files.ts';
import { copyTree, writeStoreFile } from './store-copy.ts';
import { hasErrorCode, systemErrorText } from './system-error.ts';

/** What is known about a store path; the fields are those of Nix's path info. */
export interface PathInfo {
  narHash: string;
  references: string[];
  ca?: string;
}

/** A path that has just been added. */
export interface StoredPath {
  path: string;
  narHash: string;
}

export interface StoreFolderOptions {
  /** The folder that `/nix/store` stands below; '' for the machine's own root. */
  root: string;
  directory?: string;
  readOnly: boolean;
  /** What paths to be added are read from. */
  tree: FileTree;
  hashers: HasherFactory;
}

export class StoreFolder extends VirtualStore {
  readonly root: string;
  readonly readOnly: boolean;
  readonly #folder: NativeTree;
  #serial = 0;

  constructor({ root, directory = '/nix/store', readOnly, tree, hashers }: StoreFolderOptions) {
    super(tree, hashers, directory);
    this.root = root;
    this.readOnly = readOnly;
    this.#folder = new NativeTree(root);
  }

  /** Where a logical path lies on the machine. */
  physical(logical: string): string {
    return this.root + logical;
  }

  #infoFile(storePath: string): string {
    return path.join(this.root || '/', 'nix/var/vixen/info', `${path.basename(storePath)}.json`);
  }

  info(storePath: string): PathInfo | undefined {
    try {
      return JSON.parse(fs.readFileSync(this.#infoFile(storePath), 'utf8')) as PathInfo;
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  override isValid(storePath: string): boolean {
    return fs.existsSync(this.#infoFile(storePath));
  }

  override references(storePath: string): string[] | undefined {
    return this.info(storePath)?.references;
  }

  override closure(storePath: string): ClosureEntry[] {
    const found = new Map<string, ClosureEntry>();
    const todo = [storePath];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      if (found.has(next)) continue;
      const references = this.references(next);
      if (!references) throw notValid(next);
      const outputs = next.endsWith('.drv') ? [...derivationOutputs(this.readDerivation(next), next, this.directory).keys()] : [];
      found.set(next, { path: next, outputs });
      todo.push(...references);
    }
    return [...found.values()];
  }

  override readDerivation(storePath: string): Uint8Array<ArrayBuffer> {
    return (this.#folder.lstat(storePath) ? this.#folder : this.tree).readFile(storePath);
  }

  override makeValid(storePath: string) {
    if (!this.isValid(storePath)) throw notValid(storePath);
  }

  override realise(elements: string[], _forImport: boolean): Map<string, string> {
    for (const element of elements) {
      const start = element.lastIndexOf(this.directory);
      const storePath = element.slice(start);
      if (!this.isValid(storePath)) throw notValid(storePath);
      if (element.startsWith('!')) this.#requireOutput(storePath, element.slice(1, element.indexOf('!', 1)));
    }
    return new Map();
  }

  #requireOutput(drvPath: string, output: string) {
    const outPath = derivationOutputs(this.readDerivation(drvPath), drvPath, this.directory).get(output);
    if (outPath && this.isValid(outPath)) return;
    throw new HostError(ErrorCode.Ifd, `cannot build '\x0e${drvPath}^${output}\x0f': this store cannot build derivations`);
  }

  protected override add(request: AddPathRequest): string {
    if (request.expected !== '' && this.isValid(request.expected)) return request.expected;
    const { path: storePath, hash } = computeStorePath(this.tree, this.hashers, this.paths, request);
    if (request.computeOnly || this.readOnly || this.isValid(storePath)) return storePath;
    const source = sourceOf(this.tree, request);
    this.#place(storePath, (target) => copyTree({ tree: this.tree, source, target, keep: keptFilter(source, request.kept) }));
    const narHash = request.recursive ? hash : this.#narHash(storePath);
    this.#register(storePath, { narHash, references: request.references, ca: `fixed:${request.recursive ? 'r:' : ''}${hash}` });
    return storePath;
  }

  override addText(_name: string, contents: Uint8Array, references: string[], storePath: string) {
    if (this.readOnly || this.isValid(storePath)) return;
    this.#place(storePath, (target) => writeStoreFile(target, contents, false));
    const textHash = formatHash({ algo: 'sha256', digest: hashChunks(this.hashers, 'sha256', [contents]) }, 'base16');
    this.#register(storePath, { narHash: this.#narHash(storePath), references, ca: `text:${textHash}` });
  }

  /** Adds something of any tree, in read-only mode too: what was fetched has to be there to be read. */
  addFrom(tree: FileTree, path: string, name: string, options: { recursive: boolean; keep?: NarFilter | undefined }): StoredPath {
    const { recursive, keep } = options;
    const chunks = recursive ? narDump(narFs(tree), path, keep) : [tree.readFile(path)];
    const hash: Hash = { algo: 'sha256', digest: hashChunks(this.hashers, 'sha256', chunks) };
    const storePath = this.paths.makeFixedOutputPath(name, { method: recursive ? 'nar' : 'flat', hash });
    const known = this.info(storePath);
    if (known) return { path: storePath, narHash: known.narHash };
    this.#place(storePath, (target) => copyTree({ tree, source: path, target, keep }));
    const narHash = recursive ? formatHash(hash, 'base16') : this.#narHash(storePath);
    this.#register(storePath, { narHash, references: [], ca: `fixed:${recursive ? 'r:' : ''}${formatHash(hash, 'base16')}` });
    return { path: storePath, narHash };
  }

  /** The path that contents with a known hash have. */
  fixedPath(name: string, recursive: boolean, hash: Hash): string {
    return this.paths.makeFixedOutputPath(name, { method: recursive ? 'nar' : 'flat', hash });
  }

  /** A symlink of the user's that keeps a path alive, registered as Nix registers indirect roots. */
  addRoot(storePath: string, link: string) {
    const auto = path.join(this.root || '/', 'nix/var/nix/gcroots/auto');
    const digest = this.hashers('sha1').update(new TextEncoder().encode(link)).digest();
    replaceSymlink(storePath, link);
    if (!this.readOnly) replaceSymlink(link, path.join(auto, nix32.encode(digest)));
  }

  #narHash(storePath: string): string {
    const digest = hashChunks(this.hashers, 'sha256', narDump(narFs(this.#folder), storePath));
    return formatHash({ algo: 'sha256', digest }, 'base16');
  }

  // Another process may do the same: whoever renames first wins, and both have made the same thing.
  #place(storePath: string, make: (target: string) => void) {
    const final = this.physical(storePath);
    const temporary = path.join(path.dirname(final), `.vixen-${process.pid}-${this.#serial++}`);
    try {
      fs.mkdirSync(path.dirname(final), { recursive: true });
      make(temporary);
      fs.rmSync(final, { recursive: true, force: true });
      fs.renameSync(temporary, final);
    } catch (error) {
      fs.rmSync(temporary, { recursive: true, force: true });
      if (fs.existsSync(final) && this.isValid(storePath)) return;
      if (error instanceof Error && 'syscall' in error) {
        throw new HostError(ErrorCode.Io, `cannot write '\x0e${final}\x0f': \x0e${systemErrorText(error)}\x0f`, { cause: error });
      }
      throw error;
    }
  }

  #register(storePath: string, info: PathInfo) {
    const file = this.#infoFile(storePath);
    const temporary = `${file}.${process.pid}-${this.#serial++}`;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(temporary, JSON.stringify(info));
    fs.renameSync(temporary, file);
  }
}

function replaceSymlink(target: string, link: string) {
  fs.mkdirSync(path.dirname(link), { recursive: true });
  const temporary = `${link}.tmp-${process.pid}`;
  fs.symlinkSync(target, temporary);
  fs.renameSync(temporary, link);
}

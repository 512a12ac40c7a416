// A store that exists in the mind alone: paths are computed, nothing is kept. What evaluation in read-only mode and in a page needs.
import { ErrorCode } from '@vixen/eval-core';
import { type HasherFactory, StoreDir } from '@vixen/wasm';
import { doesNotExist, type FileTree } from '../files/tree.ts';
import { type AddPathRequest, type ClosureEntry, type EvalStore, HostError } from '../io.ts';
import { computeStorePath } from './add-path.ts';

export class VirtualStore implements EvalStore {
  readonly directory: string;
  protected readonly tree: FileTree;
  protected readonly hashers: HasherFactory;
  protected readonly paths: StoreDir;
  // Sources do not change while a program is evaluated, as far as Nix is concerned.
  readonly #added = new Map<string, string>();

  constructor(tree: FileTree, hashers: HasherFactory, directory = '/nix/store') {
    this.tree = tree;
    this.hashers = hashers;
    this.directory = directory;
    this.paths = new StoreDir(hashers, directory);
  }

  addPath(request: AddPathRequest): string | Promise<string> {
    if (request.kept) return this.add(request);
    const key = JSON.stringify(request);
    const known = this.#added.get(key);
    if (known !== undefined) return known;
    const path = this.add(request);
    this.#added.set(key, path);
    return path;
  }

  protected add(request: AddPathRequest): string {
    return computeStorePath(this.tree, this.hashers, this.paths, request).path;
  }

  addText(_name: string, _contents: Uint8Array, _references: string[], _path: string) {}

  isValid(_path: string): boolean {
    return false;
  }

  makeValid(path: string) {
    if (!this.isValid(path)) throw notValid(path);
  }

  closure(path: string): ClosureEntry[] {
    throw notValid(path);
  }

  references(_path: string): string[] | undefined {
    return undefined;
  }

  readDerivation(path: string): Uint8Array {
    throw doesNotExist(path);
  }

  realise(elements: string[], _forImport: boolean): Map<string, string> {
    for (const element of elements) {
      const path = element.slice(element.indexOf(this.directory));
      if (!this.isValid(path)) throw notValid(path);
    }
    return new Map();
  }
}

export const notValid = (path: string) => new HostError(ErrorCode.InvalidPath, `path '\x0e${path}\x0f' is not valid`);

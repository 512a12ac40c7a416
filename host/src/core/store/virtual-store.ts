// A store that exists in the mind alone: paths are computed, nothing is kept. What evaluation in read-only mode and in a page needs.
import { ErrorCode } from '@vixen/eval-core';
import { type HasherFactory, StoreDir } from '@vixen/wasm';
import { doesNotExist, type FileTree } from '../files/tree.ts';
import { type AddPathRequest, type ClosureEntry, type EvalStore, HostError, type MaybePromise } from '../io.ts';
import { computeStorePath } from './add-path.ts';

export class VirtualStore implements EvalStore {
  readonly directory: string;
  protected readonly tree: FileTree;
  protected readonly hashers: HasherFactory;
  protected readonly paths: StoreDir;
  // Sources do not change while a program is evaluated, as far as Nix is concerned.
  readonly #added = new Map<string, MaybePromise<string>>();

  constructor(tree: FileTree, hashers: HasherFactory, directory = '/nix/store') {
    this.tree = tree;
    this.hashers = hashers;
    this.directory = directory;
    this.paths = new StoreDir(hashers, directory);
  }

  addPath(request: AddPathRequest): MaybePromise<string> {
    if (request.kept) return this.add(request);
    const key = JSON.stringify(request);
    const known = this.#added.get(key);
    if (known !== undefined) return known;
    const path = this.add(request);
    this.#added.set(key, path);
    return path;
  }

  protected add(request: AddPathRequest): MaybePromise<string> {
    return this.computedPath(request);
  }

  protected computedPath(request: AddPathRequest): string {
    return computeStorePath(this.tree, this.hashers, this.paths, request).path;
  }

  addText(_name: string, _contents: Uint8Array, _references: string[], _path: string) {}

  isValid(_path: string): MaybePromise<boolean> {
    return false;
  }

  makeValid(path: string): MaybePromise<void> {
    return afterwards(this.isValid(path), (valid) => {
      if (!valid) throw notValid(path);
    });
  }

  closure(path: string): MaybePromise<ClosureEntry[]> {
    throw notValid(path);
  }

  references(_path: string): MaybePromise<string[] | undefined> {
    return undefined;
  }

  readDerivation(path: string): MaybePromise<Uint8Array> {
    throw doesNotExist(path);
  }

  async realise(elements: string[], _forImport: boolean): Promise<Map<string, string>> {
    for (const element of elements) await this.makeValid(element.slice(element.indexOf(this.directory)));
    return new Map();
  }
}

/** Uses a value when it is there: at once, or later. */
const afterwards = <T, U>(value: MaybePromise<T>, use: (value: T) => U): MaybePromise<U> =>
  value instanceof Promise ? value.then(use) : use(value);

export const notValid = (path: string) => new HostError(ErrorCode.InvalidPath, `path '\x0e${path}\x0f' is not valid`);

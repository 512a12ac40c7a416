// A store in memory: what a program adds can be read again, and is gone with the tree.
import type { HasherFactory } from '@vixen/wasm';
import type { MemoryTree } from '../files/memory.ts';
import { joinPath } from '../files/paths.ts';
import type { FileTree } from '../files/tree.ts';
import type { AddPathRequest, ClosureEntry } from '../io.ts';
import { keptFilter, sourceOf } from './add-path.ts';
import { notValid, VirtualStore } from './virtual-store.ts';

/** Something to be added whose hash is known. */
export interface FixedTree {
  tree: MemoryTree;
  /** Where in the tree it is. */
  root: string;
  /** Whether the hash is that of the archive, or of the file's bytes. */
  method: 'nar' | 'flat';
  sha256: Uint8Array;
}

export class MemoryStore extends VirtualStore {
  readonly #files: MemoryTree;
  readonly #references = new Map<string, string[]>();

  /** `sources`: where what is added comes from, if not from the memory's files alone. */
  constructor(files: MemoryTree, hashers: HasherFactory, directory = '/nix/store', sources: FileTree = files) {
    super(sources, hashers, directory);
    this.#files = files;
  }

  protected override add(request: AddPathRequest): string {
    const path = this.computedPath(request);
    if (request.computeOnly || this.isValid(path)) return path;
    const source = sourceOf(this.tree, request);
    const accept = keptFilter(source, request.kept);
    const takes = (child: string) => accept?.(child, this.tree.lstat(child)?.type === 'directory' ? 'directory' : 'regular') ?? true;
    if (this.#files.lstat(source)) this.#files.copy(source, path, takes);
    else this.#copyFrom(source, path, takes);
    this.#references.set(path, request.references);
    return path;
  }

  /** Adds what comes from elsewhere; what it holds is shared with its tree, not copied. */
  addFixed(name: string, { tree, root, method, sha256 }: FixedTree): string {
    const path = this.paths.makeFixedOutputPath(name, { method, hash: { algo: 'sha256', digest: sha256 } });
    if (this.isValid(path)) return path;
    this.#files.graft(tree, root, path);
    this.#references.set(path, []);
    return path;
  }

  /** Copies what lies in another tree. */
  #copyFrom(source: string, path: string, takes: (child: string) => boolean) {
    const stat = this.tree.lstat(source);
    if (stat?.type === 'symlink') return this.#files.writeLink(path, this.tree.readLink(source));
    if (stat?.type !== 'directory') return this.#files.write(path, this.tree.readFile(source), { executable: stat?.executable ?? false });
    this.#files.writeFolder(path);
    for (const [name] of this.tree.readDir(source)) {
      const child = joinPath(source, name);
      if (takes(child)) this.#copyFrom(child, joinPath(path, name), takes);
    }
  }

  override addText(_name: string, contents: Uint8Array, references: string[], path: string) {
    this.#files.write(path, contents);
    this.#references.set(path, references);
  }

  override isValid(path: string): boolean {
    return this.#references.has(path);
  }

  override references(path: string): string[] | undefined {
    return this.#references.get(path);
  }

  override closure(path: string): ClosureEntry[] {
    const found = new Set<string>();
    const todo = [path];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const references = this.#references.get(next);
      if (!references) throw notValid(next);
      if (found.has(next)) continue;
      found.add(next);
      todo.push(...references);
    }
    return [...found].map((entry) => ({ path: entry, outputs: [] }));
  }

  override readDerivation(path: string): Uint8Array {
    return this.#files.readFile(path);
  }
}

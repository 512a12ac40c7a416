// A store in memory: what a program adds can be read again, and is gone with the tree.
import type { HasherFactory } from '@vixen/wasm';
import type { MemoryTree } from '../files/memory.ts';
import type { AddPathRequest, ClosureEntry } from '../io.ts';
import { keptFilter, sourceOf } from './add-path.ts';
import { notValid, VirtualStore } from './virtual-store.ts';

export class MemoryStore extends VirtualStore {
  readonly #files: MemoryTree;
  readonly #references = new Map<string, string[]>();

  constructor(files: MemoryTree, hashers: HasherFactory, directory = '/nix/store') {
    super(files, hashers, directory);
    this.#files = files;
  }

  protected override add(request: AddPathRequest): string {
    const path = this.computedPath(request);
    if (request.computeOnly || this.isValid(path)) return path;
    const source = sourceOf(this.#files, request);
    const accept = keptFilter(source, request.kept);
    this.#files.copy(
      source,
      path,
      accept && ((child) => accept(child, this.#files.lstat(child)?.type === 'directory' ? 'directory' : 'regular')),
    );
    this.#references.set(path, request.references);
    return path;
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

/**
 * Listings of archives, `<hash>.ls` of a binary cache: what is in them and where (Nix manual, "NAR listing"; libutil/nar-listing.cc).
 *
 *     {"root":{"entries":{"file":{"executable":true,"narOffset":400,"size":5,"type":"regular"}},"type":"directory"},"version":1}
 */
import type { NarSink } from '@vixen/wasm';
import { sortedJson } from './json.ts';

export type Listing =
  | { readonly type: 'directory'; readonly entries: Map<string, Listing> }
  | { readonly type: 'regular'; readonly size: number; readonly executable: boolean; readonly narOffset: number }
  | { readonly type: 'symlink'; readonly target: string };

// An archive is strings, each a length and its bytes up to a multiple of eight, in a fixed order: so offsets follow from names and sizes.
const padded = (size: number) => Math.ceil(size / 8) * 8;
const utf8 = new TextEncoder();
const textLength = (text: string) => 8 + padded(utf8.encode(text).length);
const length = (...texts: string[]) => texts.reduce((sum, text) => sum + textLength(text), 0);

const start = length('nix-archive-1');
const openDirectory = length('(', 'type', 'directory');
const openEntry = length('entry', '(', 'name', 'node');
const openFile = length('(', 'type', 'regular', 'contents') + 8;
const openSymlink = length('(', 'type', 'symlink', 'target');
const executableMark = length('executable', '');
const close = length(')');

/** A sink for `NarReader` that keeps what is where. */
export class ListingSink implements NarSink {
  #root: Listing | undefined;
  readonly #open: Map<string, Listing>[] = [];
  #at = start;

  /** The whole, once the archive has been read. */
  get root(): Listing {
    if (!this.#root) throw new Error('the archive has not been read');
    return this.#root;
  }

  directory(path: readonly string[]): void {
    const entries = new Map<string, Listing>();
    this.#add(path, { type: 'directory', entries });
    this.#at += openDirectory;
    this.#open.push(entries);
  }

  endDirectory(path: readonly string[]): void {
    this.#open.pop();
    this.#end(path);
  }

  file(path: readonly string[], { executable, size }: { executable: boolean; size: number }): void {
    this.#enter(path);
    this.#at += openFile + (executable ? executableMark : 0);
    this.#put(path, { type: 'regular', size, executable, narOffset: this.#at });
    this.#at += padded(size);
    this.#end(path);
  }

  contents(_bytes: Uint8Array): void {}

  symlink(path: readonly string[], target: string): void {
    this.#add(path, { type: 'symlink', target });
    this.#at += openSymlink + textLength(target);
    this.#end(path);
  }

  #add(path: readonly string[], node: Listing): void {
    this.#enter(path);
    this.#put(path, node);
  }

  #enter(path: readonly string[]): void {
    if (path.length > 0) this.#at += openEntry + textLength(path.at(-1)!);
  }

  #end(path: readonly string[]): void {
    this.#at += close + (path.length > 0 ? close : 0);
  }

  #put(path: readonly string[], node: Listing): void {
    if (path.length === 0) this.#root = node;
    else this.#open.at(-1)!.set(path.at(-1)!, node);
  }
}

/** The text of a `.ls`. */
export const formatListing = (root: Listing): string => sortedJson({ root: jsonOfListing(root), version: 1 });

/** As Nix prints a node, for `sortedJson`. */
export function jsonOfListing(node: Listing): object {
  switch (node.type) {
    case 'directory':
      return { type: node.type, entries: new Map([...node.entries].map(([name, child]) => [name, jsonOfListing(child)])) };
    case 'symlink':
      return { type: node.type, target: node.target };
    case 'regular':
      return { type: node.type, size: node.size, narOffset: node.narOffset, ...(node.executable ? { executable: true } : {}) };
  }
}

/** The node at a path below the root. */
export function findInListing(root: Listing, path: readonly string[]): Listing | undefined {
  let node: Listing | undefined = root;
  for (const name of path) {
    if (node?.type !== 'directory') return undefined;
    node = node.entries.get(name);
  }
  return node;
}

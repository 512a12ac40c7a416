/**
 * Listings of archives, `<hash>.ls` of a binary cache: what is in them and where (libutil/nar-listing.cc of Nix).
 *
 *     {"root":{"entries":{"file":{"executable":true,"narOffset":400,"size":5,"type":"regular"}},"type":"directory"},"version":1}
 */
import { NarError } from '../errors.ts';
import type { WasmHashes } from '../module.ts';
import { decodeText } from '../text.ts';
import { maxDepth } from './format.ts';
import { type NarNodeSink, parseNar } from './parser.ts';

/** A node of an archive. Names and targets as `decodeText` makes them. */
export type NarListing =
  | { readonly type: 'directory'; readonly entries: ReadonlyMap<string, NarListing> }
  /** `narOffset` is where the contents begin, in bytes from the archive's start; old listings lack it. */
  | { readonly type: 'regular'; readonly size: number; readonly executable: boolean; readonly narOffset?: number }
  | { readonly type: 'symlink'; readonly target: string };

/** A sink for `NarParser` that keeps what is where. */
export class ListingSink implements NarNodeSink {
  #root: NarListing | undefined;
  readonly #open: Map<string, NarListing>[] = [];

  /** The whole, once the archive has been read. */
  get root(): NarListing {
    if (!this.#root || this.#open.length > 0) throw new Error('the archive has not been read');
    return this.#root;
  }

  directory(name: Uint8Array): void {
    const entries = new Map<string, NarListing>();
    this.#put(name, { type: 'directory', entries });
    this.#open.push(entries);
  }

  endDirectory(): void {
    this.#open.pop();
  }

  file(name: Uint8Array, size: number, executable: boolean, narOffset: number): void {
    this.#put(name, { type: 'regular', size, executable, narOffset });
  }

  data(): void {}

  symlink(name: Uint8Array, target: Uint8Array): void {
    this.#put(name, { type: 'symlink', target: decodeText(target) });
  }

  #put(name: Uint8Array, node: NarListing): void {
    const directory = this.#open.at(-1);
    if (directory) directory.set(decodeText(name), node);
    else this.#root = node;
  }
}

/** The listing of an archive. */
export function listNar(wasm: WasmHashes, chunks: Iterable<Uint8Array>): NarListing {
  const sink = new ListingSink();
  parseNar(wasm, chunks, sink);
  return sink.root;
}

/** The text of a `.ls`. */
export function formatListing(root: NarListing): string {
  return JSON.stringify({ root: jsonOfListing(root), version: 1 });
}

/** A node as Nix writes it, keys in their order. */
export function jsonOfListing(node: NarListing): object {
  if (node.type === 'symlink') return { target: node.target, type: node.type };
  if (node.type === 'directory') {
    // Without a prototype, so that `__proto__` is a name like any other.
    const entries: Record<string, object> = Object.create(null);
    for (const [name, child] of node.entries) entries[name] = jsonOfListing(child);
    return { entries, type: node.type };
  }
  const { executable, narOffset, size, type } = node;
  return { ...(executable && { executable }), ...(narOffset !== undefined && { narOffset }), size, type };
}

/** Reads a `.ls`; what comes from a cache is checked. Throws `NarError` of code `nar-listing`. */
export function parseListing(text: string): NarListing {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new NarError('nar-listing', 'bad NAR listing: it is no JSON', { cause });
  }
  if (!isObject(json) || json.version !== 1) throw bad('', 'it has another version than 1');
  return parseNode(json.root, '', 0);
}

function parseNode(json: unknown, path: string, depth: number): NarListing {
  if (!isObject(json)) throw bad(path, 'it is no object');
  if (depth > maxDepth) throw bad(path, `it lies deeper than ${maxDepth} directories`);
  switch (json.type) {
    case 'symlink':
      if (typeof json.target !== 'string' || json.target === '') throw bad(path, 'it has no target');
      return { type: 'symlink', target: json.target };
    case 'regular': {
      const size = wholeNumber(json.size ?? 0, path);
      const place = json.narOffset === undefined ? {} : { narOffset: wholeNumber(json.narOffset, path) };
      return { type: 'regular', size, executable: json.executable === true, ...place };
    }
    case 'directory':
      if (!isObject(json.entries)) throw bad(path, 'it has no entries');
      return { type: 'directory', entries: parseEntries(json.entries, path, depth) };
    default:
      throw bad(path, 'its type is unknown');
  }
}

function parseEntries(json: Record<string, unknown>, path: string, depth: number): ReadonlyMap<string, NarListing> {
  const entries = new Map<string, NarListing>();
  for (const [name, node] of Object.entries(json)) {
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) throw bad(path, `it has an entry '${name}'`);
    entries.set(name, parseNode(node, `${path}/${name}`, depth + 1));
  }
  return entries;
}

const isObject = (json: unknown): json is Record<string, unknown> => typeof json === 'object' && json !== null && !Array.isArray(json);

function wholeNumber(json: unknown, path: string): number {
  if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0) return json;
  throw bad(path, 'it has a number that is no count of bytes');
}

const bad = (path: string, why: string) => new NarError('nar-listing', `bad NAR listing: at '${path || '/'}' ${why}`);

/** The node at names from the root, or undefined. */
export function findInListing(root: NarListing, path: readonly string[]): NarListing | undefined {
  let node: NarListing | undefined = root;
  for (const name of path) {
    if (node?.type !== 'directory') return undefined;
    node = node.entries.get(name);
  }
  return node;
}

/** Reads `length` bytes of an archive from `offset`, in pieces: from a file, or by a range request. */
export type NarRangeReader = (offset: number, length: number, signal?: AbortSignal) => AsyncIterable<Uint8Array>;

/** Files of an archive, read without reading all of it. Paths are names from the root, joined by `/`. Errors are Nix's (libutil/nar-accessor.cc). */
export class NarAccessor {
  readonly #root: NarListing;
  readonly #read: NarRangeReader;

  constructor(root: NarListing, read: NarRangeReader) {
    this.#root = root;
    this.#read = read;
  }

  /** What is at a path, or undefined. */
  find(path: string): NarListing | undefined {
    return findInListing(
      this.#root,
      path.split('/').filter((name) => name !== ''),
    );
  }

  /** Names in the order of the archive. */
  readDirectory(path: string): string[] {
    const node = this.#get(path);
    if (node.type !== 'directory') throw new NarError('nar-file-type', `path '${path}' inside NAR file is not a directory`);
    return [...node.entries.keys()];
  }

  readLink(path: string): string {
    const node = this.#get(path);
    if (node.type !== 'symlink') throw new NarError('nar-file-type', `path '${path}' inside NAR file is not a symlink`);
    return node.target;
  }

  /** The contents of a file. Ends with an error when the archive gives fewer or more bytes than the listing says. */
  async *readFile(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const node = this.#get(path);
    if (node.type !== 'regular') throw new NarError('nar-file-type', `path '${path}' inside NAR file is not a regular file`);
    if (node.size === 0) return;
    if (node.narOffset === undefined) throw new NarError('nar-listing', `the NAR listing does not say where '${path}' lies`);
    let left = node.size;
    for await (const bytes of this.#read(node.narOffset, node.size, signal)) {
      signal?.throwIfAborted();
      left -= bytes.length;
      if (left < 0) break;
      yield bytes;
    }
    if (left !== 0)
      throw new NarError('nar-truncated', `the NAR file has ${left < 0 ? 'more' : 'fewer'} than the ${node.size} bytes of '${path}'`);
  }

  #get(path: string): NarListing {
    const node = this.find(path);
    if (!node) throw new NarError('nar-path', `NAR file does not contain path '${path}'`);
    return node;
  }
}

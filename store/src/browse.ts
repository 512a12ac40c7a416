/** Looking into a store path without making files of it: by its castore nodes where the store has them, else by the listing of its archive. */
import type { DirectoryNode, FileNode, Node } from './castore/node.ts';
import { notFound, notValid, StoreError } from './errors.ts';
import type { CallOptions, Castore, Store } from './service.ts';

export type BrowsedEntry = BrowsedFile | BrowsedDirectory | BrowsedSymlink;

export interface BrowsedFile {
  readonly type: 'regular';
  readonly size: bigint;
  readonly executable: boolean;
  /** Where the contents begin in the archive, where that is known. */
  readonly narOffset?: number;
  /** The browser's own key to it. */
  readonly node?: FileNode;
}

export interface BrowsedDirectory {
  readonly type: 'directory';
  readonly node?: DirectoryNode;
  readonly children?: ReadonlyMap<string, BrowsedEntry>;
}

export interface BrowsedSymlink {
  readonly type: 'symlink';
  readonly target: string;
}

export interface PathBrowser {
  readonly root: BrowsedEntry;
  /** What is in a directory, by name, ascending by bytes. */
  entries(directory: BrowsedDirectory): Promise<ReadonlyMap<string, BrowsedEntry>>;
  read(file: BrowsedFile): AsyncIterable<Uint8Array>;
}

const text = new TextDecoder();

class CastoreBrowser implements PathBrowser {
  readonly root: BrowsedEntry;
  readonly #castore: Castore;
  readonly #options: CallOptions;

  constructor(castore: Castore, root: Node, options: CallOptions) {
    this.#castore = castore;
    this.root = entryOf(root);
    this.#options = options;
  }

  async entries({ node }: BrowsedDirectory): Promise<ReadonlyMap<string, BrowsedEntry>> {
    const directory = await this.#castore.directories.get(node!.digest, this.#options);
    if (!directory) throw new StoreError('corrupt', 'a directory of the path is missing from the store');
    return new Map(directory.entries.map(({ name, node: child }) => [text.decode(name), entryOf(child)]));
  }

  read({ node }: BrowsedFile): AsyncIterable<Uint8Array> {
    return this.#castore.blobs.read(node!.digest, this.#options);
  }
}

function entryOf(node: Node): BrowsedEntry {
  if (node.type === 'file') return { type: 'regular', size: node.size, executable: node.executable, node };
  if (node.type === 'directory') return { type: 'directory', node };
  return { type: 'symlink', target: text.decode(node.target) };
}

/** Opens a valid path. Fails with `not-found` for others. */
export async function browse(store: Store, path: string, options: CallOptions = {}): Promise<PathBrowser> {
  const info = await store.pathInfo(path, options);
  if (!info) throw notValid(path);
  if (store.castore && info.node) return new CastoreBrowser(store.castore, info.node, options);
  const { archiveBrowser } = await import('./browse-archive.ts');
  return archiveBrowser(() => store.nar(path, options));
}

/** The entry at `rest` ('' or `/a/b`) below the root. Symlinks are not followed. Fails with `not-found`. */
export async function findEntry(browser: PathBrowser, rest: string): Promise<BrowsedEntry> {
  let entry = browser.root;
  let at = '';
  for (const name of rest.split('/').filter((part) => part !== '')) {
    if (entry.type !== 'directory') throw new StoreError('invalid', `path '${at || '/'}' is not a directory`);
    const child: BrowsedEntry | undefined = (await browser.entries(entry)).get(name);
    at = `${at}/${name}`;
    if (!child) throw notFound(`path '${at}'`);
    entry = child;
  }
  return entry;
}

/** The contents of a store path that is one file. */
export async function readWholeFile(store: Store, path: string, options: CallOptions = {}): Promise<Uint8Array> {
  const browser = await browse(store, path, options);
  if (browser.root.type !== 'regular') throw new StoreError('invalid', `path '${path}' is not a regular file`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of browser.read(browser.root)) chunks.push(chunk.slice());
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

interface ListingJson {
  type: 'regular' | 'directory' | 'symlink';
  size?: number;
  executable?: true;
  target?: string;
  narOffset?: number;
  entries?: Record<string, ListingJson | Record<string, never>>;
}

/** An entry as Nix's listings show it (Nix manual, "NAR listing"): with what is below it, or with the names of that alone. */
export async function listingJson(browser: PathBrowser, entry: BrowsedEntry, recursive: boolean): Promise<ListingJson> {
  if (entry.type === 'symlink') return { target: entry.target, type: 'symlink' };
  if (entry.type === 'regular') {
    const { size, executable, narOffset } = entry;
    return { ...(executable && { executable }), ...(narOffset !== undefined && { narOffset }), size: Number(size), type: 'regular' };
  }
  const entries: Record<string, ListingJson | Record<string, never>> = {};
  for (const [name, child] of await browser.entries(entry)) entries[name] = recursive ? await listingJson(browser, child, true) : {};
  return { entries, type: 'directory' };
}

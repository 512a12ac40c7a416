// A pack as a tree of files. What is not there yet is fetched: the methods throw the promise of it, and are called again (docs/embedding.md).
import { decodeText } from '@vixen/eval-core';
import { baseName, joinPath, parentPath, resolveSymlinks } from '../files/paths.ts';
import { doesNotExist, FileError, type FileStat, type FileTree, type FileType, type Room } from '../files/tree.ts';
import { PackBlocks, type PackFigures, type PackOptions, type PackSource } from './blocks.ts';
import { type BlockRef, manifestName, type PackManifest, parseManifest } from './format.ts';
import { decodeListing, type Listing, type PackEntry, type Place } from './listing.ts';

interface Folder {
  readonly block: BlockRef;
  readonly listing: Listing;
}

const types = { file: 'regular', executable: 'regular', folder: 'directory', symlink: 'symlink' } as const;
const largestManifest = 1024 * 1024;
/** What is made ready at once has at most so many entries, and so many bytes: more than any source that a package adds to the store. */
const most = { entries: 5_000, bytes: 64 * 1024 * 1024 };

/** What takes a path, or leaves it and all below it out. */
export type Accept = (path: string) => boolean;

export class PackTree implements FileTree {
  readonly manifest: PackManifest;
  readonly #blocks: PackBlocks;
  readonly #folders = new Map<string, Folder>();

  constructor(manifest: PackManifest, source: PackSource, options: PackOptions) {
    this.manifest = manifest;
    this.#blocks = new PackBlocks(source, manifest.groups, options);
  }

  /** What was fetched so far. */
  get figures(): Readonly<PackFigures> {
    return this.#blocks.figures;
  }

  #block(ref: BlockRef): Uint8Array<ArrayBuffer> {
    const bytes = this.#blocks.peek(ref);
    if (!bytes) throw this.#blocks.load(ref);
    return bytes;
  }

  #folder(path: string): Folder | undefined {
    const known = this.#folders.get(path);
    if (known) return known;
    const place = path === '/' ? this.manifest.root : this.#folderPlace(path);
    if (!place) return undefined;
    const folder = { block: place.block, listing: decodeListing(this.#block(place.block), place.offset) };
    this.#folders.set(path, folder);
    return folder;
  }

  #folderPlace(path: string): { block: BlockRef; offset: number } | undefined {
    const parent = this.#folder(parentPath(path));
    const entry = parent?.listing.get(baseName(path));
    if (!parent || entry?.kind !== 'folder') return undefined;
    return { block: entry.place.block ?? parent.block, offset: entry.place.offset };
  }

  /** An entry by a path without symlinks on its way. */
  #entry(path: string): PackEntry | undefined {
    if (path === '/') return { kind: 'folder', place: this.manifest.root };
    return this.#folder(parentPath(path))?.listing.get(baseName(path));
  }

  #contents(path: string, { place, length }: { place: Place; length: number }): Uint8Array<ArrayBuffer> {
    const block = this.#block(place.block ?? this.#folder(parentPath(path))!.block);
    return block.subarray(place.offset, place.offset + length);
  }

  readonly #plain = {
    lstat: (path: string): FileStat | undefined => {
      const entry = this.#entry(path);
      if (!entry) return undefined;
      return { type: types[entry.kind], size: 'length' in entry ? entry.length : 0, executable: entry.kind === 'executable' };
    },
    readLink: (path: string): string => {
      const entry = this.#entry(path);
      if (!entry) throw doesNotExist(path);
      if (entry.kind !== 'symlink') throw new FileError('failed', `reading symbolic link '\x0e${path}\x0f': Invalid argument`);
      return entry.target;
    },
  };

  /** Where the path leads; few trees have symlinks, so it is tried without them first. */
  #resolved(path: string): string {
    const entry = this.#entry(path);
    return entry && entry.kind !== 'symlink' ? path : resolveSymlinks(this.#plain, path);
  }

  lstat(path: string): FileStat | undefined {
    return this.#plain.lstat(path) ?? this.#plain.lstat(resolveSymlinks(this.#plain, path, 'parents'));
  }

  stat(path: string): FileStat | undefined {
    return this.#plain.lstat(this.#resolved(path));
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    const resolved = this.#resolved(path);
    const entry = this.#entry(resolved);
    if (!entry) throw doesNotExist(path);
    if (!('length' in entry)) throw new FileError('failed', 'read of \x0e4096\x0f bytes: \x0eIs a directory\x0f');
    const bytes = this.#contents(resolved, entry);
    // A part of a block would keep all of it, and might be written to.
    if (!room) return bytes.slice();
    const into = room(bytes.length);
    into.set(bytes);
    return into;
  }

  readDir(path: string): [name: string, type: FileType][] {
    const resolved = this.#resolved(path);
    const folder = this.#folder(resolved);
    if (folder) return Array.from(folder.listing, ([name, { kind }]) => [name, types[kind]]);
    if (!this.#entry(resolved)) throw doesNotExist(path);
    throw new FileError('failed', `cannot read directory \x0e"${resolved}"\x0f: \x0eNot a directory\x0f`);
  }

  readLink(path: string): string {
    return this.#plain.readLink(resolveSymlinks(this.#plain, path, 'parents'));
  }

  /**
   * Sees to it that all that `accept` takes below a path can be read at once: throws the promise of what is missing, all of it together. Who reads a
   * whole tree would wait for one file after the other otherwise, and begin anew each time.
   */
  prepare(path: string, accept: Accept = () => true) {
    const missing = new Map<string, BlockRef>();
    const wanted = new Map<string, BlockRef>();
    const sum = { entries: 0, bytes: 0 };
    const todo = [this.#resolved(path)];
    const want = (ref: BlockRef) => {
      if (wanted.has(ref.hash)) return;
      wanted.set(ref.hash, ref);
      sum.bytes += ref.rawSize;
      if (!this.#blocks.peek(ref)) missing.set(ref.hash, ref);
    };
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const entry = this.#entry(next);
      sum.entries += 1;
      if (entry && 'length' in entry) {
        want(entry.place.block ?? this.#folder(parentPath(next))!.block);
      } else if (entry?.kind === 'folder') {
        const place = next === '/' ? this.manifest.root : this.#folderPlace(next)!;
        if (!this.#folders.has(next) && !this.#blocks.peek(place.block)) want(place.block);
        else for (const name of this.#folder(next)!.listing.keys()) if (accept(joinPath(next, name))) todo.push(joinPath(next, name));
      }
      if (sum.entries > most.entries || sum.bytes > most.bytes) {
        throw new FileError('failed', `'\x0e${path}\x0f' is too large to be fetched as a whole`);
      }
    }
    if (missing.size === 0) return;
    const loaded = Promise.all(Array.from(missing.values(), (ref) => this.#blocks.load(ref)));
    loaded.catch(() => {});
    throw loaded;
  }
}

/** Opens a pack: reads its manifest. Fails with a PackError, `absent` where there is none. */
export async function openPack(source: PackSource, options: PackOptions): Promise<PackTree> {
  const json = await source.read(manifestName, { limit: largestManifest, fetched: () => {} });
  return new PackTree(parseManifest(decodeText(json)), source, options);
}

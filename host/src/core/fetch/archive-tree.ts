// An archive as a tree of files in memory.
import { MemoryTree } from '../files/memory.ts';
import { joinPath } from '../files/paths.ts';
import { fetchError } from './input.ts';
import { readTar, type TarEntry } from './tar.ts';

const mostEntries = 200_000;
const failed = (what: string) => fetchError(`Failed to extract archive (${what})`);

/** The parts of a name. What leads out of the archive is refused; a slash in front leads nowhere else. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw failed(`Path contains '..': '${path}'`);
  return parts;
}

type Kind = TarEntry['type'];

class Extraction {
  readonly tree = new MemoryTree();
  /** By the path in the tree. */
  readonly #kinds = new Map<string, Kind>([['/', 'folder']]);
  readonly #files = new Map<string, Extract<TarEntry, { type: 'file' }>>();

  take(entry: TarEntry) {
    const parts = partsOf(entry.path);
    if (entry.type === 'folder') return void this.#folder(parts);
    const name = parts.at(-1);
    if (name === undefined) throw failed('a file without a name');
    const path = joinPath(this.#folder(parts.slice(0, -1)), name);
    if (this.#kinds.get(path) === 'folder') throw failed(`Can't replace existing directory '${path.slice(1)}'`);
    const own = entry.type === 'link' ? this.#linked(entry.target) : entry;
    this.#put(path, own);
  }

  #put(path: string, entry: Extract<TarEntry, { type: 'file' | 'symlink' }>) {
    this.#kinds.set(path, entry.type);
    this.#files.delete(path);
    if (entry.type === 'symlink') return this.tree.writeLink(path, entry.target);
    this.#files.set(path, entry);
    this.tree.write(path, entry.contents, { executable: entry.executable });
  }

  /** Makes a folder. Never through a link: nobody knows where that leads. */
  #folder(parts: readonly string[]): string {
    let path = '/';
    for (const part of parts) {
      path = joinPath(path, part);
      const kind = this.#kinds.get(path);
      if (kind === 'folder') continue;
      if (kind !== undefined) throw failed(`Cannot extract through '${path.slice(1)}', which is no folder`);
      this.#kinds.set(path, 'folder');
      this.tree.writeFolder(path);
    }
    return path;
  }

  #linked(target: string) {
    const file = this.#files.get(`/${partsOf(target).join('/')}`);
    if (!file) throw failed(`Hard-link target '${target}' does not exist.`);
    return file;
  }
}

export interface ArchiveTree {
  tree: MemoryTree;
  /** What was in the archive: its only folder, where it holds just one. */
  root: string;
}

/** Unpacks a tar archive. Symlinks are kept as they are, wherever they point to. */
export function treeOfTar(bytes: Uint8Array): ArchiveTree {
  const extraction = new Extraction();
  let count = 0;
  for (const entry of readTar(bytes)) {
    if (++count > mostEntries) throw failed(`more than ${mostEntries} entries`);
    extraction.take(entry);
  }
  if (count === 0) throw fetchError('Failed to open archive (Unrecognized archive format)');
  const { tree } = extraction;
  const [first, second] = tree.readDir('/');
  return { tree, root: first && !second && first[1] === 'directory' ? `/${first[0]}` : '/' };
}

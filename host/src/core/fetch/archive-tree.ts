// An archive as a tree of files in memory.
import { MemoryTree } from '../files/memory.ts';
import { joinPath } from '../files/paths.ts';
import { fetchError } from './input.ts';
import { readTar, type TarEntry } from './tar.ts';

const mostEntries = 200_000;
/** Bytes of all files, hard links counted like what they lead to. All of nixpkgs has 156 MiB, and 235 as an archive. */
export const mostUnpacked = 384 * 2 ** 20;
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
  #size = 0;

  take(entry: TarEntry) {
    const parts = partsOf(entry.path);
    if (entry.type === 'folder') return void this.#folder(parts);
    const name = parts.at(-1);
    if (name === undefined) throw failed('a file without a name');
    const path = joinPath(this.#folder(parts.slice(0, -1)), name);
    if (this.#kinds.get(path) === 'folder') throw failed(`Can't replace existing directory '${path.slice(1)}'`);
    if (entry.type === 'symlink') this.tree.writeLink(path, entry.target);
    else if (entry.type === 'link') this.#link(path, entry.target);
    else this.#file(path, entry);
    this.#kinds.set(path, entry.type === 'link' ? 'file' : entry.type);
  }

  #file(path: string, { contents, executable }: Extract<TarEntry, { type: 'file' }>) {
    this.#count(contents.length);
    this.tree.write(path, contents, { executable });
  }

  /** A hard link shares the bytes of its file, but whoever reads the tree reads them anew. */
  #link(path: string, target: string) {
    const file = `/${partsOf(target).join('/')}`;
    if (this.#kinds.get(file) !== 'file') throw failed(`Hard-link target '${target}' does not exist.`);
    this.#count(this.tree.lstat(file)!.size);
    this.tree.copy(file, path);
  }

  #count(size: number) {
    this.#size += size;
    if (this.#size > mostUnpacked) throw failed(`it holds more than ${mostUnpacked / 2 ** 20} MiB`);
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

// A commit of a git repository as a tree of files, read by `git ls-tree` and one `git cat-file --batch`.

import { decodeText } from '@vixen/eval-core';
import type { FileStat, FileTree, FileType, Room } from '../../core/files/tree.ts';
import { doesNotExist } from '../../core/files/tree.ts';

interface Node {
  type: FileType;
  executable: boolean;
  object: string;
  names: [string, FileType][];
}

/** Runs git in a repository. */
export type Git = (args: string[], options?: { input?: string; quiet?: boolean }) => Buffer;

/** A submodule as a commit names it. */
export interface Gitlink {
  path: string;
  rev: string;
}

const typeOfMode: Record<string, FileType> = { '040000': 'directory', '120000': 'symlink', '160000': 'directory' };

/** Contents of many objects at once (git-cat-file(1), "BATCH OUTPUT"). */
function readObjects(git: Git, objects: string[]): Map<string, Uint8Array<ArrayBuffer>> {
  const output = git(['cat-file', '--batch'], { input: objects.map((object) => `${object}\n`).join('') });
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    const [object = '', , size = '0'] = output.toString('latin1', at, end).split(' ');
    const start = end + 1;
    contents.set(object, new Uint8Array(output.subarray(start, start + Number(size))));
    at = start + Number(size) + 1;
  }
  return contents;
}

export class GitTree implements FileTree {
  readonly #nodes = new Map<string, Node>();
  readonly #contents: Map<string, Uint8Array<ArrayBuffer>>;
  readonly submodules: Gitlink[] = [];

  /** `kept` are the paths that are taken; undefined for all. */
  constructor(git: Git, rev: string, kept?: ReadonlySet<string>) {
    this.#nodes.set('/', { type: 'directory', executable: false, object: '', names: [] });
    const blobs = new Set<string>();
    for (const line of decodeText(git(['ls-tree', '-r', '-t', '-z', '--full-tree', rev])).split('\0')) {
      const [fields = '', name] = line.split('\t');
      if (name === undefined || (kept && !kept.has(name))) continue;
      const [mode = '', , object = ''] = fields.split(' ');
      const type = typeOfMode[mode] ?? 'regular';
      if (mode === '160000') this.submodules.push({ path: name, rev: object });
      if (type !== 'directory') blobs.add(object);
      this.#insert(`/${name}`, { type, executable: mode === '100755', object, names: [] });
    }
    this.#contents = readObjects(git, [...blobs]);
  }

  #insert(path: string, node: Node) {
    const slash = path.lastIndexOf('/');
    this.#nodes.get(path.slice(0, slash) || '/')?.names.push([path.slice(slash + 1), node.type]);
    this.#nodes.set(path, node);
  }

  #node(path: string): Node {
    const node = this.#nodes.get(path);
    if (!node) throw doesNotExist(path);
    return node;
  }

  lstat(path: string): FileStat | undefined {
    const node = this.#nodes.get(path);
    if (!node) return undefined;
    return { type: node.type, executable: node.executable, size: this.#contents.get(node.object)?.length ?? 0 };
  }

  stat(path: string): FileStat | undefined {
    return this.lstat(path);
  }

  readFile(path: string, _room?: Room): Uint8Array<ArrayBuffer> {
    return this.#contents.get(this.#node(path).object) ?? new Uint8Array(0);
  }

  readDir(path: string): [string, FileType][] {
    return this.#node(path).names;
  }

  readLink(path: string): string {
    return decodeText(this.readFile(path));
  }
}

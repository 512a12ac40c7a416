// Which object of a pack goes into which block.
//
// A listing gives the hashes of the blocks that its entries lie in, so these must be complete before it: blocks of files come first, then folders from the
// leaves to the root. What workloads have asked for stands apart, a workload's in its order of use. The rest lies by folder: files of the language
// together with their listings, since who asks for one asks for the other; patches, scripts and lock files in blocks of their own.
import type { Recorded } from './record.ts';
import type { FileNode, FolderNode, TreeNode } from './scan.ts';

export type ObjectNode = FileNode | FolderNode;

export interface GroupPlan {
  readonly name: string;
  readonly ahead: number;
  readonly files: readonly (readonly FileNode[])[];
  readonly folders: readonly (readonly FolderNode[])[];
}

export interface Plan {
  /** Blocks of files alone. */
  readonly leaves: readonly (readonly FileNode[])[];
  /** Blocks that hold folders, too; each listing names blocks before its own, or its own. */
  readonly mixed: readonly (readonly ObjectNode[])[];
  /** The listings of later groups come before those of earlier ones, which lead to them. */
  readonly groups: readonly GroupPlan[];
}

/** Bytes of a block before it is compressed; what is larger has a block of its own. */
const target = {
  /** Fetched for one folder's sake. */
  cold: 64 * 1024,
  /** Fetched to be used whole. */
  hot: 256 * 1024,
};
/** A block is not closed within a folder unless it is so much too large. */
const patience = 1.5;

/** What a listing takes, about: nobody needs it exactly. */
const sizeOf = (node: ObjectNode) => (node.kind === 'folder' ? 24 * node.children.size : node.size);

/** Fills one block after the other. */
class Filler<T extends ObjectNode> {
  readonly blocks: T[][] = [];
  readonly #target: number;
  #current: T[] = [];
  #size = 0;

  constructor(size: number) {
    this.#target = size;
  }

  add(node: T, limit = this.#target) {
    this.#current.push(node);
    this.#size += sizeOf(node);
    this.close(limit);
  }

  /** Closes the block if it has so many bytes. */
  close(limit = this.#target) {
    if (this.#current.length === 0 || this.#size < limit) return;
    this.blocks.push(this.#current);
    this.#current = [];
    this.#size = 0;
  }

  end(): T[][] {
    this.close(0);
    return this.blocks;
  }
}

/** All in one block each that is about full. */
function filled<T extends ObjectNode>(nodes: Iterable<T>, size: number): T[][] {
  const filler = new Filler<T>(size);
  for (const node of nodes) filler.add(node);
  return filler.end();
}

/** What evaluation reads, rather than builders. */
const isSource = ({ path, size }: FileNode) => /\.(?:nix|json|toml)$/.test(path) && size < target.cold;

class ColdFiller {
  readonly mixed = new Filler<ObjectNode>(target.cold);
  readonly leaves = new Filler<FileNode>(target.cold);
  readonly large: FileNode[][] = [];
  readonly #taken: (node: ObjectNode) => boolean;

  constructor(taken: (node: ObjectNode) => boolean) {
    this.#taken = taken;
  }

  folder(folder: FolderNode) {
    for (const child of folder.children.values()) if (child.kind === 'folder') this.folder(child);
    for (const child of folder.children.values()) if (child.kind === 'file' || child.kind === 'executable') this.#file(child);
    if (!this.#taken(folder)) this.mixed.add(folder, target.cold * patience);
    this.mixed.close();
    this.leaves.close();
  }

  #file(file: FileNode) {
    if (this.#taken(file)) return;
    if (file.size >= target.cold) this.large.push([file]);
    else if (isSource(file)) this.mixed.add(file, target.cold * patience);
    else this.leaves.add(file, target.cold * patience);
  }
}

function nodesByPath(root: FolderNode): Map<string, ObjectNode> {
  const nodes = new Map<string, ObjectNode>();
  const visit = (node: TreeNode) => {
    if (node.kind === 'symlink') return;
    nodes.set(node.path, node);
    if (node.kind === 'folder') for (const child of node.children.values()) visit(child);
  };
  visit(root);
  return nodes;
}

const depth = ({ path }: FolderNode) => (path === '/' ? 0 : path.split('/').length);
const isFolder = (node: ObjectNode | undefined): node is FolderNode => node?.kind === 'folder';
const isFile = (node: ObjectNode | undefined): node is FileNode => node !== undefined && node.kind !== 'folder';

/** Large files stay alone: blocks are filled with what is between them. */
function hotFiles(files: readonly FileNode[]): FileNode[][] {
  const large = files.filter(({ size }) => size >= target.hot).map((file) => [file]);
  const small = files.filter(({ size }) => size < target.hot);
  return [...large, ...filled(small, target.hot)];
}

export function planPack(root: FolderNode, recorded: readonly Recorded[]): Plan {
  const nodes = nodesByPath(root);
  const taken = new Set<ObjectNode>();
  const groups = recorded.map(({ workload: { name, ahead = 0 }, files, folders }): GroupPlan => {
    const fileNodes = files.map((path) => nodes.get(path)).filter(isFile);
    const folderNodes = folders.map((path) => nodes.get(path)).filter(isFolder);
    for (const node of [...fileNodes, ...folderNodes]) taken.add(node);
    folderNodes.sort((a, b) => depth(b) - depth(a));
    return { name, ahead, files: hotFiles(fileNodes), folders: filled(folderNodes, target.hot) };
  });
  const cold = new ColdFiller((node) => taken.has(node));
  cold.folder(root);
  return { leaves: [...cold.large, ...cold.leaves.end()], mixed: cold.mixed.end(), groups };
}

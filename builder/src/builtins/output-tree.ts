/** A tree that is put together in any order, and then put into a castore. Names are latin1: a character each byte. */
import type { CallOptions, Castore, Node } from '@vixen/store';
import { type OpenDirectory, putDirectories, unknownDigest } from '@vixen/store/castore';

export class TreeFolder {
  readonly entries = new Map<string, TreeFolder | Node>();
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Puts folders, whose files are in the castore already. */
export async function putTree(castore: Castore, root: TreeFolder | Node, options: CallOptions): Promise<Node> {
  if (!(root instanceof TreeFolder)) return root;
  const ended: OpenDirectory[] = [];
  const nodes = new Map<TreeFolder, OpenDirectory['node']>();
  const stack = [{ folder: root, leave: false }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    const { folder, leave } = step;
    if (!leave) {
      stack.push({ folder, leave: true });
      for (const child of folder.entries.values()) if (child instanceof TreeFolder) stack.push({ folder: child, leave: false });
      continue;
    }
    const node: OpenDirectory['node'] = { type: 'directory', digest: unknownDigest, size: 0n };
    nodes.set(folder, node);
    ended.push({ node, entries: sortedEntries(folder, nodes) });
  }
  await putDirectories(castore, ended, options);
  return nodes.get(root)!;
}

function sortedEntries({ entries }: TreeFolder, nodes: ReadonlyMap<TreeFolder, OpenDirectory['node']>): OpenDirectory['entries'] {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([name, child]) => {
    const node: Mutable<Node> = child instanceof TreeFolder ? nodes.get(child)! : { ...child };
    return { name: Buffer.from(name, 'latin1'), node };
  });
}

export const linkNode = (target: string): Node => ({ type: 'symlink', target: Buffer.from(target, 'latin1') });

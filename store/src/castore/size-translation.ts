/** Trees written anew for a peer that computes `DirectoryEntry.size` by the other formula (directory.ts): same contents, other digests. */
import { blake3 } from '../wasm.ts';
import { digestKey } from './bytes.ts';
import { directorySize, encodeDirectory, type SizeFormula } from './directory.ts';
import type { Directory, DirectoryNode } from './node.ts';

export interface Translated {
  readonly directories: readonly Directory[];
  /** The directories as nodes, in the same order. */
  readonly nodes: readonly DirectoryNode[];
}

/** Directories, leaves before what names them, with the sizes of a formula. What they name and is not among them stays as it is. */
export function translateSizes(directories: readonly Directory[], formula: SizeFormula): Translated {
  const known = new Map<string, DirectoryNode>();
  const out = { directories: [] as Directory[], nodes: [] as DirectoryNode[] };
  for (const directory of directories) {
    const entries = directory.entries.map(({ name, node }) => ({
      name,
      node: (node.type === 'directory' && known.get(digestKey(node.digest))) || node,
    }));
    const translated = { entries };
    const node: DirectoryNode = {
      type: 'directory',
      digest: blake3(encodeDirectory(translated)),
      size: directorySize(translated, formula),
    };
    known.set(digestKey(blake3(encodeDirectory(directory))), node);
    out.directories.push(translated);
    out.nodes.push(node);
  }
  return out;
}

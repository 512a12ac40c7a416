/** Nodes and directories as messages of snix.castore.v1, and back. Messages may come from anyone: what breaks the rules fails with `invalid`. */
import type { Directory as DirectoryMessage, Entry } from '@vixen/proto/castore';
import { StoreError } from '../errors.ts';
import { compareBytes } from './bytes.ts';
import { checkDirectory, checkNode } from './check.ts';
import type { Directory, DirectoryEntry, Node } from './node.ts';

/** The three lists of a directory's message. The directory has to be a valid one. */
export function directoryMessage({ entries }: Directory): DirectoryMessage {
  const message: DirectoryMessage = { directories: [], files: [], symlinks: [] };
  for (const { name, node } of entries) {
    if (node.type === 'file') message.files.push({ name, digest: node.digest, size: node.size, executable: node.executable });
    else if (node.type === 'directory') message.directories.push({ name, digest: node.digest, size: node.size });
    else message.symlinks.push({ name, target: node.target });
  }
  return message;
}

/** The directory that a message holds, its lists merged by name. */
export function directoryOfMessage({ directories, files, symlinks }: DirectoryMessage): Directory {
  const lists: DirectoryEntry[][] = [
    directories.map(({ name, digest, size }) => ({ name, node: { type: 'directory', digest, size } })),
    files.map(({ name, digest, size, executable }) => ({ name, node: { type: 'file', digest, size, executable } })),
    symlinks.map(({ name, target }) => ({ name, node: { type: 'symlink', target } })),
  ];
  for (const list of lists) requireAscending(list);
  const entries = lists.flat();
  if (lists.filter((list) => list.length > 0).length > 1) entries.sort((a, b) => compareBytes(a.name, b.name));
  const directory = { entries };
  checkDirectory(directory);
  return directory;
}

function requireAscending(list: readonly DirectoryEntry[]): void {
  for (let i = 1; i < list.length; i++) {
    if (compareBytes(list[i - 1]!.name, list[i]!.name) >= 0) throw new StoreError('invalid', outOfOrder);
  }
}

const outOfOrder = 'not a valid castore directory: its names are not ascending';
const noName = new Uint8Array();

/** A node with a name: none where it stands alone. */
export function entryMessage(node: Node, name: Uint8Array = noName): Entry {
  const { type, ...fields } = node;
  return { entry: { $case: type, value: { name, ...fields } } } as Entry;
}

/** The node that an entry holds, and its name. */
export function nodeOfEntry(message: Entry | undefined): { readonly name: Uint8Array; readonly node: Node } {
  if (!message?.entry) throw new StoreError('invalid', 'an entry is neither a directory nor a file nor a symlink');
  const { $case, value } = message.entry;
  const { name, ...fields } = value;
  const node = { type: $case, ...fields } as Node;
  checkNode(node);
  return { name, node };
}

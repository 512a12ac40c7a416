// flake.lock (libflake/lockfile.cc).
import { type Attributes, fetchError, q } from '../../core/fetch/input.ts';

export interface LockNode {
  /** A node's name, or the path of names from the root that it follows. */
  inputs?: Record<string, string | string[]>;
  locked?: Attributes;
  original?: Attributes;
  flake?: boolean;
  parent?: string[];
}

export interface LockFile {
  version: number;
  root: string;
  nodes: Record<string, LockNode>;
}

export const emptyLock = (): LockFile => ({ version: 7, root: 'root', nodes: { root: {} } });

const oldest = 5;
const newest = 7;

export function parseLockFile(text: string, file: string): LockFile {
  let lock: LockFile;
  try {
    lock = JSON.parse(text) as LockFile;
  } catch (error) {
    throw fetchError(`Could not parse ${q(file)}: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
  const { version = 0 } = lock;
  if (version < oldest || version > newest) throw fetchError(`lock file ${q(file)} has unsupported version \x0e${version}\x0f`);
  for (const node of Object.values(lock.nodes)) {
    for (const input of Object.values(node.inputs ?? {})) {
      if (typeof input === 'string' && !lock.nodes[input]) throw fetchError(`lock file references missing node ${q(input)}`);
    }
  }
  return lock;
}

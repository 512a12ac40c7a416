/** File system objects as the castore knows them (snix.castore.v1). Names and link targets are bytes, not text. */

/** Bytes of a BLAKE3 digest, which names blobs and directories. */
export const digestSize = 32;

export interface FileNode {
  readonly type: 'file';
  /** The blob of the contents. */
  readonly digest: Uint8Array;
  /** Bytes of the contents. */
  readonly size: bigint;
  readonly executable: boolean;
}

export interface DirectoryNode {
  readonly type: 'directory';
  /** BLAKE3 of the directory's canonical encoding. */
  readonly digest: Uint8Array;
  /** What `directorySize` computes of the directory: not bytes, but a count of what lies below. */
  readonly size: bigint;
}

export interface SymlinkNode {
  readonly type: 'symlink';
  readonly target: Uint8Array;
}

export type Node = FileNode | DirectoryNode | SymlinkNode;

export interface DirectoryEntry {
  readonly name: Uint8Array;
  readonly node: Node;
}

/** One directory: entries strictly ascending by the bytes of their names, whatever their types. */
export interface Directory {
  readonly entries: readonly DirectoryEntry[];
}

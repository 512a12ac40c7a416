/** A tree whose nodes come one after another, each directory's between its beginning and its end. */
import type { CallOptions, Castore } from '../service.ts';
import { blake3 } from '../wasm.ts';
import { directorySize, encodeDirectory } from './directory.ts';
import type { DirectoryEntry, Node } from './node.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type OpenFile = Mutable<Extract<Node, { type: 'file' }>>;

/** A directory whose entries come; its node gets digest and size when it is put. */
export interface OpenDirectory {
  readonly entries: { readonly name: Uint8Array; readonly node: Mutable<Node> }[];
  readonly node: Mutable<Extract<Node, { type: 'directory' }>>;
}

/** Stands where the digest is not known yet. */
export const unknownDigest = new Uint8Array(32);

export class OpenTree {
  readonly #open: OpenDirectory[] = [];
  #root: Node | undefined;

  /** The root, once it has come. */
  get root(): Node | undefined {
    return this.#root;
  }

  /** A node of the open directory, or the root. */
  add(name: Uint8Array, node: Mutable<Node>): void {
    const directory = this.#open.at(-1);
    if (directory) directory.entries.push({ name, node });
    else this.#root = node;
  }

  directory(name: Uint8Array): void {
    const node: OpenDirectory['node'] = { type: 'directory', digest: unknownDigest, size: 0n };
    this.add(name, node);
    this.#open.push({ entries: [], node });
  }

  endDirectory(): OpenDirectory {
    return this.#open.pop()!;
  }
}

/** Puts directories that have ended, inner ones first, when the digests of all files in them are known. */
export async function putDirectories(castore: Castore, ended: readonly OpenDirectory[], options: CallOptions): Promise<void> {
  if (ended.length === 0) return;
  const directories = ended.map(({ entries, node }) => {
    const directory = { entries: entries as DirectoryEntry[] };
    const encoded = encodeDirectory(directory);
    node.digest = blake3(encoded);
    node.size = directorySize(directory);
    return { digest: node.digest, encoded, directory };
  });
  if (castore.directories.putEncoded) await castore.directories.putEncoded(directories, options);
  else
    await castore.directories.put(
      directories.map(({ directory }) => directory),
      options,
    );
}

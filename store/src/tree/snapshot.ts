/** A remembered tree (`states.ts` has the layout), and whether it is still the same. */
import { equalBytes } from '../castore/bytes.ts';
import { decodeDirectory, encodeDirectory } from '../castore/directory.ts';
import type { Node } from '../castore/node.ts';
import { StoreError } from '../errors.ts';
import type { CallOptions } from '../service.ts';
import { Breather } from './breather.ts';
import { listFolder } from './listing.ts';
import { bytesOf, type FilePath, join } from './paths.ts';
import { kinds, lstatExactly, type Recorded, stateSize, viewOf, writeState } from './states.ts';

export interface IngestedTree {
  readonly node: Node;
  /** SHA-256 of the archive. */
  readonly narHash: Uint8Array;
  /** Bytes of the archive. */
  readonly narSize: number;
}

const magic = Buffer.from('vixen-tree-1\n');
const hashSize = 32;
const fixedSize = magic.length + hashSize + 8 + 4;
const rootName = Buffer.from('root');

/** What to remember of a tree; undefined where it changed too short a time before it was read. */
export function snapshotOf({ node, narHash, narSize }: IngestedTree, { bytes, used, racy }: Recorded): Uint8Array | undefined {
  if (racy) return undefined;
  const root = encodeDirectory({ entries: [{ name: rootName, node }] });
  const out = new Uint8Array(fixedSize + root.length + used);
  const view = viewOf(out);
  out.set(magic);
  out.set(narHash, magic.length);
  view.setBigUint64(magic.length + hashSize, BigInt(narSize), true);
  view.setUint32(fixedSize - 4, root.length, true);
  out.set(root, fixedSize);
  out.set(bytes.subarray(0, used), fixedSize + root.length);
  return out;
}

export interface RecallOptions extends CallOptions {
  /** Whether all of a remembered tree is still in the castore (its path is valid, say). */
  readonly isStored?: (tree: IngestedTree) => Promise<boolean>;
}

/**
 * The tree of a snapshot, if it is stored and nothing has changed at `path` since. Only lists and looks at states; whatever is wrong with the snapshot counts as a
 * change.
 */
export async function recall(snapshot: Uint8Array, path: FilePath, options: RecallOptions): Promise<IngestedTree | undefined> {
  const opened = openSnapshot(snapshot);
  if (!opened || (await options.isStored?.(opened.tree)) === false) return undefined;
  try {
    return (await new Comparison(snapshot, opened.states, options).matches(path)) ? opened.tree : undefined;
  } catch (error) {
    if (error instanceof StoreError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function openSnapshot(bytes: Uint8Array): { readonly tree: IngestedTree; readonly states: number } | undefined {
  if (bytes.length < fixedSize || !equalBytes(bytes.subarray(0, magic.length), magic)) return undefined;
  const view = viewOf(bytes);
  const states = fixedSize + view.getUint32(fixedSize - 4, true);
  try {
    // A snapshot that is cut off behind its head has an empty directory where the root should be.
    const node = decodeDirectory(bytes.subarray(fixedSize, states)).entries[0]?.node;
    if (!node) return undefined;
    const narHash = bytes.slice(magic.length, magic.length + hashSize);
    return { tree: { node, narHash, narSize: Number(view.getBigUint64(magic.length + hashSize, true)) }, states };
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

interface Folder {
  readonly path: FilePath;
  readonly names: readonly FilePath[];
  next: number;
}

class Comparison {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #breather: Breather;
  readonly #open: Folder[] = [];
  readonly #state = new Uint8Array(stateSize);
  readonly #stateView = viewOf(this.#state);
  #at: number;

  constructor(bytes: Uint8Array, at: number, options: CallOptions) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#breather = new Breather(options);
    this.#at = at;
  }

  async matches(root: FilePath): Promise<boolean> {
    if (!this.#node(root, '')) return false;
    for (let folder = this.#open.at(-1); folder; folder = this.#open.at(-1)) {
      const name = folder.names[folder.next++];
      if (name === undefined) {
        this.#open.pop();
        await this.#breather.breathe();
      } else if (!this.#node(join(folder.path, name), name)) return false;
    }
    return this.#at === this.#bytes.length;
  }

  /** Compares the next node that was recorded with what lies at a path now. */
  #node(path: FilePath, name: FilePath): boolean {
    const kind = this.#view.getUint8(this.#at);
    const nameEnd = this.#at + 3 + this.#view.getUint16(this.#at + 1, true);
    if (!equalBytes(this.#bytes.subarray(this.#at + 3, nameEnd), bytesOf(name))) return false;
    writeState(this.#stateView, 0, lstatExactly(path));
    if (!equalBytes(this.#bytes.subarray(nameEnd, nameEnd + stateSize), this.#state)) return false;
    this.#at = nameEnd + stateSize;
    if (kind !== kinds.directory) return true;
    const names = listFolder(path).map((entry) => entry.name);
    if (names.length !== this.#view.getUint32(this.#at, true)) return false;
    this.#at += 4;
    this.#open.push({ path, names, next: 0 });
    return true;
  }
}

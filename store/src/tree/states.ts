/**
 * What is remembered of a tree that was read: the state of every file, so that the next look at it need not read them again.
 *
 * ```
 *   a node      kind u8 | bytes of its name u16 | name | dev, ino, mode, size, mtime, ctime (ns): u64 each | a directory: count of entries u32, the entries
 *   snapshot    "vixen-tree-1\n" | narHash 32 | narSize u64 | bytes of the root u32 | the root as an encoded entry | root node
 * ```
 *
 * Git's rule: a file that has changed within the clock's tick in which it was looked at may change again without a trace. So nothing is remembered of a tree
 * in which something has changed since shortly before its reading began.
 */
import fs from 'node:fs';
import { fileError } from './file-errors.ts';
import { bytesOf, type FilePath, native } from './paths.ts';

export const stateSize = 48;
/** Clocks of file systems tick every 10 ms at most, and every 2 s where times have no fractions. */
const tick = 50_000_000n;
const coarseTick = 2_000_000_000n;
const second = 1_000_000_000n;

export const kinds = { file: 1, directory: 2, symlink: 3 } as const;
export type RecordedKind = keyof typeof kinds;

/** As plain data, for another thread. */
export interface Recorded {
  readonly began: bigint;
  readonly bytes: Uint8Array;
  readonly used: number;
  /** Something changed too short a time before. */
  readonly racy: boolean;
}

/** Where recording begins, before the first look at the tree. */
export const nothingRecorded = (): Recorded => ({
  began: BigInt(Date.now()) * 1_000_000n,
  bytes: new Uint8Array(64 * 1024),
  used: 0,
  racy: false,
});

export function writeState(into: DataView, at: number, stat: fs.BigIntStats): void {
  into.setBigUint64(at, stat.dev, true);
  into.setBigUint64(at + 8, stat.ino, true);
  into.setBigUint64(at + 16, stat.mode, true);
  into.setBigUint64(at + 24, stat.size, true);
  into.setBigInt64(at + 32, stat.mtimeNs, true);
  into.setBigInt64(at + 40, stat.ctimeNs, true);
}

export function lstatExactly(path: FilePath): fs.BigIntStats {
  try {
    return fs.lstatSync(native(path), { bigint: true });
  } catch (error) {
    throw fileError('getting status of', path, error);
  }
}

/** Collects the states of a tree's nodes, in the order in which they are read. */
export class StateRecorder {
  readonly #began: bigint;
  #bytes: Uint8Array;
  #view: DataView;
  #used: number;
  #racy: boolean;

  constructor({ began, bytes, used, racy }: Recorded) {
    this.#began = began;
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#used = used;
    this.#racy = racy;
  }

  get recorded(): Recorded {
    return { began: this.#began, bytes: this.#bytes, used: this.#used, racy: this.#racy };
  }

  add(kind: RecordedKind, name: FilePath, stat: fs.BigIntStats, entries = 0): void {
    const bytes = bytesOf(name);
    this.#need(3 + bytes.length + stateSize + 4);
    this.#bytes[this.#used] = kinds[kind];
    this.#view.setUint16(this.#used + 1, bytes.length, true);
    this.#bytes.set(bytes, this.#used + 3);
    this.#used += 3 + bytes.length;
    writeState(this.#view, this.#used, stat);
    this.#used += stateSize;
    if (kind === 'directory') {
      this.#view.setUint32(this.#used, entries, true);
      this.#used += 4;
    }
    this.#racy ||= this.#isRacy(stat.mtimeNs) || this.#isRacy(stat.ctimeNs);
  }

  #isRacy(time: bigint): boolean {
    return time + (time % second === 0n ? coarseTick : tick) >= this.#began;
  }

  #need(count: number): void {
    if (this.#used + count <= this.#bytes.length) return;
    const larger = new Uint8Array((this.#used + count) * 2);
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

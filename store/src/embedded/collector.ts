/**
 * Garbage collection beside everything else that goes on:
 *
 *   1. roots: files, and what open sessions keep
 *   2. dead paths are removed, those that refer to others first; each is looked at again in the transaction that removes it, and so are the roots
 *   3. what the remaining paths reach is marked; what is neither marked nor kept by a session goes (sessions.ts)
 *   4. packs that are mostly garbage are written anew
 *
 * Killed at any moment, it leaves a store that is whole, and garbage that the next one finds.
 */
import { setTimeout } from 'node:timers/promises';
import { type KeepSettings, livePaths, pathsToRemove, type StoreContents } from '../collect-plan.ts';
import { derivationOutputs } from '../formats/derivation/outputs.ts';
import type { PathInfo } from '../path-info.ts';
import type { CallOptions, CollectOptions, CollectorService, CollectResult, Root } from '../service.ts';
import type { EmbeddedBlobs } from './blobs.ts';
import type { EmbeddedCheckouts } from './checkouts.ts';
import { type CompactionParts, compactPacks } from './compaction.ts';
import type { EmbeddedPaths } from './paths.ts';
import { isRunning, type ProcessId, thisProcess } from './process.ts';
import type { FileRoots } from './roots.ts';
import { sweepFiles } from './stray-files.ts';
import { Sweep, type SweepParts } from './sweep.ts';

/** Paths that one transaction removes. */
const batch = 200;
/** Milliseconds between two looks at whether another collection has ended. */
const pause = 50;

export interface CollectorParts extends CompactionParts, SweepParts {
  readonly paths: EmbeddedPaths;
  readonly blobs: EmbeddedBlobs;
  readonly checkouts: EmbeddedCheckouts;
  readonly roots: FileRoots;
  readonly keep: KeepSettings;
  readonly directory: string;
}

const lockKey = Buffer.from('collector');

export class EmbeddedCollector implements CollectorService {
  readonly #parts: CollectorParts;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  async *roots({ signal }: CallOptions = {}): AsyncGenerator<Root, void, void> {
    for (const root of this.#allRoots()) {
      signal?.throwIfAborted();
      if (this.#parts.paths.isValid(root.path)) yield root;
    }
  }

  #rootPaths(): string[] {
    return [...this.#allRoots()].map((root) => root.path);
  }

  /** What sessions keep comes first: a path that none keeps any more was given its root, if it was to have one, before its session ended. */
  *#allRoots(): Generator<Root, void, void> {
    for (const { pid, base } of this.#parts.sessions.keptPaths()) yield { name: `{temp:${pid}}`, path: this.#parts.paths.prefix + base };
    yield* this.#parts.roots.list();
  }

  async addIndirectRoot(link: string, { signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#parts.index.requireWritable();
    this.#parts.roots.add(link);
  }

  async indirectRoot(link: string): Promise<string | undefined> {
    return this.#parts.roots.find(link);
  }

  async addTemporaryRoots(paths: readonly string[], { signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const { sessions, index } = this.#parts;
    await index.write(() => sessions.keepPaths(paths.map((path) => this.#parts.paths.baseOf(path))));
  }

  async collect(options: CollectOptions): Promise<CollectResult> {
    options.signal?.throwIfAborted();
    if (options.mode === 'live') return { paths: [...(await livePaths(this.#contents()))].sort(), bytesFreed: 0 };
    if (options.mode === 'dead') return { paths: await pathsToRemove(this.#contents(), options), bytesFreed: 0 };
    await this.#lock(options);
    try {
      const paths = await this.#removePaths(await pathsToRemove(this.#contents(), options), options);
      return { paths, bytesFreed: await this.#removeContents(options) };
    } finally {
      await this.#parts.index.write(() => this.#parts.index.tables.meta.remove(lockKey));
    }
  }

  #contents(): StoreContents {
    const { index, paths, keep } = this.#parts;
    index.refresh();
    const infos = new Map<string, Pick<PathInfo, 'references' | 'deriver' | 'narSize'>>();
    for (const { path, references, deriver, narSize } of paths.infos())
      infos.set(path, { references, narSize, ...(deriver ? { deriver } : {}) });
    return { ...keep, infos, roots: this.#rootPaths(), outputsOf: (drvPath) => this.#outputsOf(drvPath) };
  }

  async #outputsOf(drvPath: string): Promise<string[]> {
    const node = this.#parts.paths.find(drvPath)?.node;
    if (node?.type !== 'file') return [];
    const [text] = await this.#parts.blobs.readMany([node.digest]);
    return text ? [...derivationOutputs(text, drvPath, this.#parts.directory).values()] : [];
  }

  /** One collection at a time. */
  async #lock({ signal }: CallOptions): Promise<void> {
    const { index } = this.#parts;
    const own = Buffer.from(JSON.stringify({ ...thisProcess(), since: Date.now() }));
    const take = () => {
      const bytes = index.tables.meta.get(lockKey);
      const other = bytes && (JSON.parse(bytes.toString()) as ProcessId & { since: number });
      if (other && isRunning(other, other.since)) return false;
      index.tables.meta.put(lockKey, own);
      return true;
    };
    while (!(await index.write(take))) await setTimeout(pause, undefined, signal ? { signal } : {});
  }

  async #removePaths(order: readonly string[], options: CollectOptions): Promise<string[]> {
    const { index, paths, checkouts } = this.#parts;
    const removed: string[] = [];
    for (let at = 0; at < order.length; at += batch) {
      options.signal?.throwIfAborted();
      const now = await index.write(() => {
        paths.indexReferrers();
        const kept = new Set(options.ignoreLiveness ? [] : this.#rootPaths());
        return order.slice(at, at + batch).filter((path) => {
          if (kept.has(path) || !paths.isValid(path) || paths.isReferredTo(path)) return false;
          paths.remove(path);
          return true;
        });
      });
      for (const path of now) {
        await checkouts.discard(path);
        options.onPath?.(path);
        removed.push(path);
      }
    }
    return removed;
  }

  async #removeContents(options: CallOptions): Promise<number> {
    const { index, sessions, paths, checkouts } = this.#parts;
    const keeps = await index.write(() => sessions.beginCollection());
    // From here on, what is registered bears a stamp that is kept.
    index.refresh();
    const sweep = new Sweep(this.#parts, keeps, options);
    for (const { node } of paths.infos()) if (node) sweep.mark([node]);
    const freed = await sweep.run();
    await compactPacks(this.#parts, options);
    await sweepFiles(this.#parts, options);
    await checkouts.sweep(options);
    return freed;
  }
}

/** Garbage collection of a store in memory. Nothing runs beside it: JavaScript is not interrupted between its looks and its removals. */
import { type KeepSettings, livePaths, pathsToRemove, type StoreContents } from '../collect-plan.ts';
import { derivationOutputs } from '../formats/derivation/outputs.ts';
import type { PathInfo } from '../path-info.ts';
import type { CollectOptions, CollectorService, CollectResult, Root } from '../service.ts';
import { joinBlocks, sizeOfBlocks } from './blocks.ts';
import { digestKey } from './bytes.ts';
import { decodeDirectory } from './directory.ts';
import { type MemoryBlobs, type MemoryDirectories, reachable } from './memory.ts';

export interface MemoryContents extends KeepSettings {
  readonly directory: string;
  readonly infos: Map<string, PathInfo>;
  readonly blobs: MemoryBlobs;
  readonly directories: MemoryDirectories;
  /** Where a link of the user's points to; undefined where there is none. */
  readonly readLink: (link: string) => string | undefined;
}

export class MemoryCollector implements CollectorService {
  readonly #contents: MemoryContents;
  readonly #links = new Set<string>();
  readonly #temporary = new Set<string>();

  constructor(contents: MemoryContents) {
    this.#contents = contents;
  }

  async *roots(): AsyncGenerator<Root, void, void> {
    const { directory, infos, readLink } = this.#contents;
    for (const link of this.#links) {
      const target = readLink(link);
      if (target === undefined) this.#links.delete(link);
      const path = target && infos.has(target) && target.startsWith(directory) ? target : undefined;
      if (path !== undefined) yield { name: link, path };
    }
    for (const path of this.#temporary) yield { name: '{temp}', path };
  }

  async addIndirectRoot(link: string): Promise<void> {
    this.#links.add(link);
  }

  async addTemporaryRoots(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.#temporary.add(path);
  }

  async collect(options: CollectOptions): Promise<CollectResult> {
    const { infos } = this.#contents;
    const roots: string[] = [];
    for await (const { path } of this.roots()) roots.push(path);
    const contents: StoreContents = { ...this.#contents, infos, roots, outputsOf: (drv) => this.#outputsOf(drv) };
    options.signal?.throwIfAborted();
    if (options.mode === 'live') return { paths: [...(await livePaths(contents))].sort(), bytesFreed: 0 };
    const paths = await pathsToRemove(contents, options);
    if (options.mode === 'dead') return { paths, bytesFreed: 0 };
    for (const path of paths) {
      options.onPath?.(path);
      infos.delete(path);
    }
    return { paths, bytesFreed: this.#sweep() };
  }

  async #outputsOf(drvPath: string): Promise<string[]> {
    const node = this.#contents.infos.get(drvPath)?.node;
    const blocks = node?.type === 'file' ? this.#contents.blobs.contents.get(digestKey(node.digest)) : undefined;
    return blocks ? [...derivationOutputs(joinBlocks(blocks), drvPath, this.#contents.directory).values()] : [];
  }

  /** Removes contents that no path reaches; answers their bytes. */
  #sweep(): number {
    const { infos, blobs, directories } = this.#contents;
    const nodes = [...infos.values()].flatMap((info) => info.node ?? []);
    const kept = reachable(nodes, (digest) => {
      const bytes = directories.contents.get(digestKey(digest));
      return bytes && decodeDirectory(bytes);
    });
    for (const key of directories.contents.keys()) if (!kept.directories.has(key)) directories.contents.delete(key);
    let freed = 0;
    for (const [key, blocks] of blobs.contents) {
      if (kept.blobs.has(key)) continue;
      freed += sizeOfBlocks(blocks);
      blobs.contents.delete(key);
    }
    return freed;
  }
}

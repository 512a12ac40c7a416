/** The paths of an embedded store. */
import type { PathTable } from '../castore/path-table.ts';
import { normalInfo, requireReferences } from '../castore/path-table.ts';
import { notValid } from '../errors.ts';
import { normalSignatures } from '../formats/signature.ts';
import { isHashPart } from '../formats/store-path.ts';
import type { PathInfo } from '../path-info.ts';
import type { CallOptions } from '../service.ts';
import { ContentsCheck } from './directories.ts';
import type { IndexFile } from './index-file.ts';
import { decodePath, encodePath, numberKey } from './records.ts';
import type { Sessions } from './sessions.ts';

const hashPartLength = 32;
/** How many paths are listed from one look at the index. */
const listed = 1000;

export class EmbeddedPaths implements PathTable {
  readonly prefix: string;
  readonly #index: IndexFile;
  readonly #sessions: Sessions;
  readonly #replaced: (path: string) => void;

  /** `replaced` is told of paths whose contents have changed. */
  constructor(index: IndexFile, sessions: Sessions, directory: string, replaced: (path: string) => void) {
    this.#index = index;
    this.#sessions = sessions;
    this.prefix = `${directory}/`;
    this.#replaced = replaced;
  }

  baseOf(path: string): string {
    return path.slice(this.prefix.length);
  }

  #key(path: string): Buffer {
    return Buffer.from(this.baseOf(path));
  }

  find(path: string): PathInfo | undefined {
    if (!path.startsWith(this.prefix) || path.length <= this.prefix.length) return undefined;
    const bytes = this.#index.tables.paths.get(this.#key(path));
    return bytes && decodePath(this.baseOf(path), bytes, this.prefix);
  }

  isValid(path: string): boolean {
    return path.startsWith(this.prefix) && path.length > this.prefix.length && this.#index.tables.paths.has(this.#key(path));
  }

  async get(paths: readonly string[]): Promise<Map<string, PathInfo>> {
    const found = new Map<string, PathInfo>();
    for (const path of paths) {
      const info = this.find(path);
      if (info) found.set(path, info);
    }
    return found;
  }

  async fromHashPart(hashPart: string): Promise<string | undefined> {
    if (!isHashPart(hashPart)) return undefined;
    for (const key of this.#index.tables.paths.keys({ start: Buffer.from(hashPart), limit: 1 })) {
      const base = key.toString();
      if (base.startsWith(`${hashPart}-`)) return this.prefix + base;
    }
    return undefined;
  }

  async *all(): AsyncGenerator<string, void, void> {
    for (let start = Buffer.alloc(0); ; ) {
      const bases = [...this.#index.tables.paths.keys({ start, limit: listed })].map((key) => key.toString());
      for (const base of bases) yield this.prefix + base;
      if (bases.length < listed) return;
      start = Buffer.from(`${bases.at(-1)}\0`);
    }
  }

  /** What is known of all valid paths. */
  *infos(): Generator<PathInfo, void, void> {
    for (const { key, value } of this.#index.tables.paths.entries()) yield decodePath(key.toString(), value, this.prefix);
  }

  async referrers(path: string): Promise<string[]> {
    if (!path.startsWith(this.prefix)) return [];
    if (!this.#index.readOnly && this.#index.tables.unindexed.isEmpty === false) await this.#index.write(() => this.indexReferrers());
    const isUnindexed = this.#index.readOnly && this.#index.tables.unindexed.isEmpty === false;
    const candidates = isUnindexed ? [...this.infos()].map((info) => info.path) : [...this.#referring(path)];
    const found = candidates.filter((candidate) => candidate !== path && this.find(candidate)?.references.includes(path));
    return found.sort();
  }

  /** Within a transaction, when all paths are indexed: valid paths that refer to this one. */
  *#referring(path: string): Generator<string, void, void> {
    const part = this.baseOf(path).slice(0, hashPartLength);
    const { paths, referrers } = this.#index.tables;
    for (const key of [...referrers.keys({ start: Buffer.from(part), end: Buffer.from(`${part}~`) })]) {
      const referrer = key.subarray(hashPartLength).toString();
      for (const base of paths.keys({ start: Buffer.from(referrer), limit: 1 })) yield this.prefix + base.toString();
    }
  }

  isReferredTo(path: string): boolean {
    for (const referrer of this.#referring(path)) if (referrer !== path && this.find(referrer)?.references.includes(path)) return true;
    return false;
  }

  /** Within a transaction: enters what was registered into the table of referrers. That is not done at once, for few ask for it. */
  indexReferrers(): void {
    const { unindexed, referrers, paths } = this.#index.tables;
    for (const { key, value } of [...unindexed.entries()]) {
      for (const base of value.toString().split('\n')) {
        const bytes = paths.get(Buffer.from(base));
        if (!bytes) continue;
        for (const reference of decodePath(base, bytes, this.prefix).references) referrers.put(this.#referrerKey(reference, base), nothing);
      }
      unindexed.remove(Buffer.from(key));
    }
  }

  #referrerKey(reference: string, referrer: string): Buffer {
    return Buffer.from(this.baseOf(reference).slice(0, hashPartLength) + referrer.slice(0, hashPartLength));
  }

  async register(
    infos: readonly PathInfo[],
    { replace = false, signal }: CallOptions & { readonly replace?: boolean } = {},
  ): Promise<void> {
    if (infos.length === 0) return;
    signal?.throwIfAborted();
    const session = await this.#sessions.current();
    const bases = infos.map((info) => this.baseOf(info.path));
    const replaced: string[] = [];
    await this.#index.write(() => {
      const { paths, unindexed } = this.#index.tables;
      requireReferences(infos, (path) => this.isValid(path));
      const known = infos.map((info) => paths.has(this.#key(info.path)));
      const contents = new ContentsCheck(this.#index, session);
      for (const [i, info] of infos.entries()) if (replace || !known[i]) contents.require(info.node!, info.path);
      contents.apply();
      const added: string[] = [];
      for (const [i, info] of infos.entries()) {
        if (known[i] && !replace) continue;
        paths.put(this.#key(info.path), encodePath(normalInfo(info), this.prefix.length));
        added.push(bases[i]!);
        if (known[i]) replaced.push(info.path);
      }
      if (added.length > 0) unindexed.put(numberKey(this.#index.nextNumber('unindexed')), Buffer.from(added.join('\n')));
      this.#sessions.keepPaths(bases);
    });
    this.#sessions.remember(bases);
    for (const path of replaced) this.#replaced(path);
  }

  async keep(paths: readonly string[]): Promise<void> {
    if (this.#index.readOnly) return;
    const bases = paths.map((path) => this.baseOf(path)).filter((base) => !this.#sessions.keeps(base));
    if (bases.length > 0) await this.#index.write(() => this.#sessions.keepPaths(bases));
    this.#sessions.remember(bases);
    this.#index.refresh();
  }

  async addSignatures(path: string, signatures: readonly string[]): Promise<void> {
    await this.#index.write(() => {
      const info = this.find(path);
      if (!info) throw notValid(path);
      const all = normalSignatures([...info.signatures, ...signatures]);
      this.#index.tables.paths.put(this.#key(path), encodePath({ ...info, signatures: all }, this.prefix.length));
    });
  }

  /** Within a transaction: makes a path invalid. */
  remove(path: string): void {
    const info = this.find(path);
    if (!info) return;
    const { paths, referrers } = this.#index.tables;
    for (const reference of info.references) referrers.remove(this.#referrerKey(reference, this.baseOf(path)));
    paths.remove(this.#key(path));
  }
}

const nothing = Buffer.alloc(0);

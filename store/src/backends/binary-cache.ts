/**
 * Binary caches (Nix manual, "Binary cache"; libstore/binary-cache-store.cc): files behind HTTP(S) or in a folder.
 *
 *     nix-cache-info                         what the cache says of itself
 *     <hash>.narinfo                         what is known of a path
 *     <hash>.ls                              what is in its archive
 *     nar/<file hash>.nar[.xz, .zst, …]      the archive
 *     log/<name>.drv                         a build's log
 *     realisations/<id>.doi                  which path an output became
 *     debuginfo/<build id>                   which archive has it
 */

import { allThreads, decompress, parseCompression } from '../compression/index.ts';
import type { Sums } from '../compression/sums.ts';
import { mapLimit } from '../concurrency.ts';
import { notValid, StoreError, unsupported } from '../errors.ts';
import { formatCacheInfo, parseCacheInfo } from '../formats/cache-info.ts';
import { pathFingerprint } from '../formats/fingerprint.ts';
import type { SecretKey } from '../formats/keys.ts';
import { formatListing } from '../formats/listing.ts';
import { formatNarInfo, type NarInfo, parseNarInfo } from '../formats/narinfo.ts';
import { normalSignatures } from '../formats/signature.ts';
import { hashPartOf, isHashPart, sortedPaths } from '../formats/store-path.ts';
import { debugInfoLinks } from '../http/debug-info.ts';
import { checkedFile, requireFileHash } from '../http/file-check.ts';
import { type CacheFiles, contentsOf } from '../http/files.ts';
import { type PackedNar, packNar } from '../http/nar-packing.ts';
import { limitedNar, requireSame } from '../nar-check.ts';
import type { PathInfo } from '../path-info.ts';
import type { AddOptions, Bytes, CallOptions, LogService, NarOptions, RealisationService, Store, VerifyOptions } from '../service.ts';
import { TtlCache } from '../ttl-cache.ts';
import type { BinaryCacheParams } from './binary-cache-params.ts';
import { CacheLogs, CacheRealisations } from './binary-cache-services.ts';

const cacheInfoFile = 'nix-cache-info';
const largestNarInfo = 4 * 1024 * 1024;
const largestCacheInfo = 64 * 1024;
/** Lookups at once; what Nix does, too. */
const lookups = 25;
const defaultPriority = 50;
const found = 3600_000;
const missing = 10_000;

export interface BinaryCacheOptions {
  readonly files: CacheFiles;
  readonly params: BinaryCacheParams;
  readonly secretKeys: readonly SecretKey[];
  readonly readOnly: boolean;
}

/** What a cache says of a path, without what is of one store only. */
function lasting({ registrationTime: _, ultimate: __, node: ___, ...info }: PathInfo): PathInfo {
  return { ...info, references: sortedPaths(info.references), signatures: normalSignatures(info.signatures) };
}

export class BinaryCache implements Store {
  readonly url: string;
  readonly directory: string;
  readonly realisations: RealisationService;
  readonly logs: LogService;
  readonly #files: CacheFiles;
  readonly #params: BinaryCacheParams;
  readonly #secretKeys: readonly SecretKey[];
  readonly #readOnly: boolean;
  readonly #narInfos: TtlCache<string, NarInfo>;
  /** Paths that we wrote: they are there. */
  readonly #written = new Set<string>();
  #priority = defaultPriority;
  #wantMassQuery = false;
  #exists = false;

  constructor({ files, params, secretKeys, readOnly }: BinaryCacheOptions) {
    this.url = files.url;
    this.directory = params.directory;
    this.#files = files;
    this.#params = params;
    this.#secretKeys = secretKeys;
    this.#readOnly = readOnly;
    this.#narInfos = new TtlCache({ limit: params.pathInfoCacheSize, positive: found, negative: missing });
    const beforeWriting = (options?: CallOptions) => this.#prepare(options);
    this.realisations = new CacheRealisations(files, params.directory, beforeWriting);
    this.logs = new CacheLogs(files, params.directory, beforeWriting);
  }

  get priority(): number {
    return this.#params.priority ?? this.#priority;
  }

  /** Whether the cache is meant to be asked for many paths that it may not have. */
  get wantMassQuery(): boolean {
    return this.#params.wantMassQuery ?? this.#wantMassQuery;
  }

  /** Reads what the cache says of itself; whether there was anything. */
  async readCacheInfo(options?: CallOptions): Promise<boolean> {
    const text = await this.#files.text(cacheInfoFile, largestCacheInfo, options);
    if (text === undefined) return false;
    const { storeDirectory, priority, wantMassQuery } = parseCacheInfo(text);
    if (storeDirectory !== undefined && storeDirectory !== this.directory) {
      throw new StoreError(
        'invalid',
        `binary cache '${this.url}' is for Nix stores with prefix '${storeDirectory}', not '${this.directory}'`,
      );
    }
    this.#priority = priority ?? defaultPriority;
    this.#wantMassQuery = wantMassQuery ?? false;
    this.#exists = true;
    return true;
  }

  async connect(options?: CallOptions): Promise<object> {
    if (!(await this.readCacheInfo(options))) throw new StoreError('not-found', `'${this.url}' does not appear to be a binary cache`);
    return {};
  }

  /** Makes the cache where it is not there yet. */
  async #prepare(options?: CallOptions): Promise<void> {
    if (this.#readOnly) throw new StoreError('forbidden', `store '${this.url}' is read-only`);
    if (this.#exists || (await this.readCacheInfo(options))) return;
    const info = formatCacheInfo({ storeDirectory: this.directory });
    await this.#files.write(cacheInfoFile, contentsOf(info), 'text/x-nix-cache-info', options);
    this.#exists = true;
  }

  async pathInfo(path: string, options?: CallOptions): Promise<NarInfo | undefined> {
    const info = await this.#lookUp(hashPartOf(path, this.directory), options);
    return info?.path === path ? info : undefined;
  }

  async pathInfos(paths: readonly string[], { signal }: CallOptions = {}): Promise<Map<string, PathInfo>> {
    const infos = await mapLimit(paths, lookups, (path, both) => this.pathInfo(path, { signal: both }), signal);
    return new Map(infos.flatMap((info) => (info ? [[info.path, info] as const] : [])));
  }

  async pathFromHashPart(hashPart: string, options?: CallOptions): Promise<string | undefined> {
    if (!isHashPart(hashPart)) throw new StoreError('invalid', `'${hashPart}' is not the hash part of a store path`);
    return (await this.#lookUp(hashPart, options))?.path;
  }

  async #lookUp(hashPart: string, options?: CallOptions): Promise<NarInfo | undefined> {
    const known = this.#narInfos.get(hashPart);
    if (known) return known.value;
    const file = `${hashPart}.narinfo`;
    const text = await this.#files.text(file, largestNarInfo, options);
    const info = text === undefined ? undefined : parseNarInfo(text, { whence: file, directory: this.directory });
    // Otherwise a cache could answer a question with the truth about something else.
    if (info && hashPartOf(info.path, this.directory) !== hashPart) {
      throw new StoreError('invalid', `NAR info file '${file}' of '${this.url}' is about '${info.path}'`);
    }
    this.#narInfos.set(hashPart, info);
    return info;
  }

  async *paths(options?: CallOptions): AsyncGenerator<string, void, void> {
    if (!this.#files.names) throw unsupported(this.url, 'listing all paths');
    for await (const name of this.#files.names(options)) {
      const hashPart = name.endsWith('.narinfo') ? name.slice(0, -'.narinfo'.length) : '';
      const info = isHashPart(hashPart) ? await this.#lookUp(hashPart, options) : undefined;
      if (info) yield info.path;
    }
  }

  async referrers(): Promise<string[]> {
    throw unsupported(this.url, 'finding referrers');
  }

  async *nar(path: string, { signal, check = true, told }: NarOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const info = await this.pathInfo(path, { signal });
    if (!info) throw notValid(path);
    const compression = parseCompression(info.compression);
    const sums: Sums | undefined = check || told ? { wantsFiles: told?.wantsFiles ?? false } : undefined;
    if (told) told.comes = true;
    const file = checkedFile(info, this.#files.read(info.url, { signal }), this.url, sums !== undefined);
    let size = 0;
    for await (const chunk of limitedNar(info, decompress(compression, file, { ahead: 2, sums }))) {
      size += chunk.length;
      if (told) told.files = sums?.files;
      yield chunk;
      signal?.throwIfAborted();
    }
    if (!sums) return;
    if (info.fileHash?.algo === 'sha256') requireFileHash(info, sums.source!, this.url);
    if (check) requireSame(info, sums.result!, size);
    if (told) told.sha256 = sums.result!;
  }

  async add(info: PathInfo, nar: Bytes, { signal, repair = false }: AddOptions = {}): Promise<void> {
    await this.#prepare({ signal });
    if (!repair && (await this.pathInfo(info.path, { signal }))) return;
    await this.#requireReferences(info, signal);
    const { compression, compressionLevel: level, parallelCompression: parallel } = this.#params;
    const packed = await packNar(info, nar, { directory: this.directory, compression, level, parallel, signal });
    try {
      await this.#writePacked(info, packed, repair, signal);
    } finally {
      await packed.spool.close();
    }
  }

  async #requireReferences({ path, references }: PathInfo, signal: AbortSignal | undefined): Promise<void> {
    const others = references.filter((reference) => reference !== path && !this.#written.has(reference));
    const valid = await this.pathInfos(others, { signal });
    const gone = others.find((reference) => !valid.has(reference));
    if (gone === undefined) return;
    throw new StoreError('not-found', `cannot add '${path}' to the binary cache because the reference '${gone}' is not valid`);
  }

  // The narinfo last: who finds it finds all that it speaks of.
  async #writePacked(info: PathInfo, packed: PackedNar, repair: boolean, signal: AbortSignal | undefined): Promise<void> {
    const { spool, url, fileHash, fileSize, listing } = packed;
    const options = { signal };
    if (this.#params.writeListings) {
      const name = `${hashPartOf(info.path, this.directory)}.ls`;
      await this.#files.write(name, contentsOf(formatListing(listing)), 'application/json', options);
    }
    if (this.#params.indexDebugInfo) await this.#writeDebugInfo(packed, signal);
    if (repair || !(await this.#files.exists(url, options))) await this.#files.write(url, spool, 'application/x-nix-nar', options);
    const { compression } = this.#params;
    await this.#writeNarInfo(this.#signed({ ...lasting(info), url, compression, fileHash, fileSize }), options);
  }

  async #writeDebugInfo({ listing, url }: PackedNar, signal: AbortSignal | undefined): Promise<void> {
    await mapLimit(
      [...debugInfoLinks(listing, url)],
      lookups,
      async ({ name, json }, both) => {
        if (await this.#files.exists(name, { signal: both })) return;
        await this.#files.write(name, contentsOf(json), 'application/json', { signal: both });
      },
      signal,
    );
  }

  #signed(info: NarInfo): NarInfo {
    if (this.#secretKeys.length === 0) return info;
    const fingerprint = pathFingerprint(info);
    return { ...info, signatures: normalSignatures([...info.signatures, ...this.#secretKeys.map((key) => key.sign(fingerprint))]) };
  }

  async #writeNarInfo(info: NarInfo, options: CallOptions): Promise<void> {
    const hashPart = hashPartOf(info.path, this.directory);
    await this.#files.write(`${hashPart}.narinfo`, contentsOf(formatNarInfo(info, this.directory)), 'text/x-nix-narinfo', options);
    // A server may keep it in another way than it was told: it is asked again.
    this.#narInfos.delete(hashPart);
    this.#written.add(info.path);
  }

  /** As in Nix, of two who do this at once one may lose: a cache has no locks. */
  async addSignatures(path: string, signatures: readonly string[], options: CallOptions = {}): Promise<void> {
    await this.#prepare(options);
    this.#narInfos.delete(hashPartOf(path, this.directory));
    const info = await this.pathInfo(path, options);
    if (!info) throw notValid(path);
    await this.#writeNarInfo({ ...info, signatures: normalSignatures([...info.signatures, ...signatures]) }, options);
  }

  async verify({ checkContents = false, signal, onProblem }: VerifyOptions): Promise<void> {
    const paths: string[] = [];
    for await (const path of this.paths({ signal })) paths.push(path);
    const check = async (path: string, both: AbortSignal) => {
      try {
        await this.#verifyPath(path, checkContents, both);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        onProblem({ path, message: error.message });
      }
    };
    await mapLimit(paths, allThreads(), check, signal);
  }

  async #verifyPath(path: string, checkContents: boolean, signal: AbortSignal): Promise<void> {
    const info = await this.pathInfo(path, { signal });
    if (!info) return;
    if (checkContents) for await (const _ of this.nar(path, { signal })) signal.throwIfAborted();
    else if (!(await this.#files.exists(info.url, { signal }))) {
      throw new StoreError('corrupt', `path '${path}' lacks its archive '${info.url}' in binary cache '${this.url}'`);
    }
  }

  async close(): Promise<void> {
    await this.#files.close();
  }
}

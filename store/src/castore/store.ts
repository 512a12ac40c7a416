/** A `Store` over a castore and a table of paths: archives are rendered from the castore, and taken into it. */
import { formatHash, StoreDir } from '@vixen/wasm';
import { notValid, StoreError } from '../errors.ts';
import type { PublicKeys } from '../formats/keys.ts';
import { normalSignatures } from '../formats/signature.ts';
import { baseNameOf, defaultStoreDirectory } from '../formats/store-path.ts';
import { nativeHashers } from '../hashing.ts';
import type { PathInfo } from '../path-info.ts';
import type {
  AddOptions,
  Bytes,
  CallOptions,
  Castore,
  CheckoutService,
  CollectorService,
  LogService,
  NarOptions,
  RealisationService,
  Store,
  VerifyOptions,
} from '../service.ts';
import { requireTrust } from '../trust.ts';
import { checkableAddress, flatHash, narContentHasher, requireSameHash } from './content-check.ts';
import { NarIngest } from './nar-ingest.ts';
import { renderNar } from './nar-render.ts';
import type { Node } from './node.ts';
import { type PathTable, requireReferences } from './path-table.ts';

/** Whose signatures count. */
export interface Trust {
  readonly keys: PublicKeys;
  /** Whether paths that are not content-addressed need one. */
  readonly required: boolean;
}

export interface CastoreStoreParts {
  readonly url: string;
  readonly directory?: string;
  readonly priority?: number;
  readonly castore: Castore;
  readonly table: PathTable;
  readonly trust: Trust;
  readonly collector?: CollectorService;
  readonly checkouts?: CheckoutService;
  readonly realisations?: RealisationService;
  readonly logs?: LogService;
  /** Makes the castore forget what is damaged of these contents, so that they can be put again. */
  readonly forgetDamaged?: (node: Node, options: CallOptions) => Promise<void>;
  /** More that can be verified than the paths. */
  readonly verifyParts?: (options: VerifyOptions) => Promise<void>;
  readonly close?: () => Promise<void>;
}

export class CastoreStore implements Store {
  readonly url: string;
  readonly directory: string;
  readonly priority: number;
  readonly castore: Castore;
  readonly collector: CollectorService | undefined;
  readonly checkouts: CheckoutService | undefined;
  readonly realisations: RealisationService | undefined;
  readonly logs: LogService | undefined;
  readonly #parts: CastoreStoreParts;
  readonly #table: PathTable;
  readonly #names: StoreDir;

  constructor(parts: CastoreStoreParts) {
    this.url = parts.url;
    this.directory = parts.directory ?? defaultStoreDirectory;
    this.priority = parts.priority ?? 0;
    this.castore = parts.castore;
    this.collector = parts.collector;
    this.checkouts = parts.checkouts;
    this.realisations = parts.realisations;
    this.logs = parts.logs;
    this.#parts = parts;
    this.#table = parts.table;
    this.#names = new StoreDir(nativeHashers, this.directory);
  }

  async pathInfo(path: string, options: CallOptions = {}): Promise<PathInfo | undefined> {
    return (await this.pathInfos([path], options)).get(path);
  }

  async pathInfos(paths: readonly string[], { signal }: CallOptions = {}): Promise<Map<string, PathInfo>> {
    signal?.throwIfAborted();
    return this.#table.get(paths);
  }

  async pathFromHashPart(hashPart: string, { signal }: CallOptions = {}): Promise<string | undefined> {
    signal?.throwIfAborted();
    return this.#table.fromHashPart(hashPart);
  }

  async *paths({ signal }: CallOptions = {}): AsyncGenerator<string, void, void> {
    for await (const path of this.#table.all()) {
      signal?.throwIfAborted();
      yield path;
    }
  }

  async referrers(path: string, { signal }: CallOptions = {}): Promise<string[]> {
    signal?.throwIfAborted();
    return this.#table.referrers(path);
  }

  async *nar(path: string, options: NarOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const info = await this.pathInfo(path, options);
    if (!info) throw notValid(path);
    try {
      yield* renderNar(this.castore, nodeOf(info), options);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new StoreError(error.code, `path '${path}': ${error.message}`, { cause: error });
    }
  }

  async add(info: PathInfo, nar: Bytes, options: AddOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.#check(info, options);
    const known = await this.#keptInfo(info.path, options);
    if (known && !options.repair) return closeUnread(nar);
    const valid = await this.pathInfos(info.references, options);
    requireReferences([info], (path) => valid.has(path));
    if (known?.node && options.repair) await this.#parts.forgetDamaged?.(known.node, options);
    const node = await this.#ingest(info, nar, options);
    await this.#table.register([{ ...info, node }], { ...options, replace: options.repair ?? false });
  }

  /** What is known of a path that is there, and stays. */
  async #keptInfo(path: string, options: CallOptions): Promise<PathInfo | undefined> {
    const known = await this.pathInfo(path, options);
    if (!known || !this.#table.keep) return known;
    await this.#table.keep([path]);
    return this.pathInfo(path, options);
  }

  async register(infos: readonly PathInfo[], options: AddOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    for (const info of infos) {
      nodeOf(info);
      this.#check(info, options);
    }
    await this.#table.register(infos, { ...options, replace: options.repair ?? false });
  }

  async forgetDamaged(paths: readonly string[], options: CallOptions = {}): Promise<void> {
    for (const { node } of (await this.pathInfos(paths, options)).values()) if (node) await this.#parts.forgetDamaged?.(node, options);
  }

  async addSignatures(path: string, signatures: readonly string[], { signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    await this.#table.addSignatures(path, signatures);
  }

  async verify(options: VerifyOptions): Promise<void> {
    const { signal, onProblem, checkContents = false } = options;
    await this.#parts.verifyParts?.(options);
    for await (const path of this.paths(options)) {
      try {
        const info = await this.pathInfo(path, { signal });
        if (!info) continue;
        const missing = [...info.references].filter((reference) => reference !== path);
        const valid = await this.pathInfos(missing, { signal });
        for (const reference of missing)
          if (!valid.has(reference)) onProblem({ path, message: `its reference '${reference}' is not valid` });
        await this.#verifyContents(info, checkContents, { signal });
      } catch (error) {
        signal?.throwIfAborted();
        onProblem({ path, message: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  async close(): Promise<void> {
    await this.#parts.close?.();
  }

  /** What has to be right before contents are looked at. References are right when they are valid. */
  #check(info: PathInfo, { checkSignatures = true }: AddOptions): void {
    baseNameOf(info.path, this.directory);
    if (info.deriver !== undefined) baseNameOf(info.deriver, this.directory);
    if (info.narHash.length !== 32)
      throw new StoreError('invalid', `path '${info.path}': its hash has ${info.narHash.length} bytes, not 32`);
    if (!Number.isSafeInteger(info.narSize) || info.narSize < 0)
      throw new StoreError('invalid', `path '${info.path}': its size is out of bounds`);
    normalSignatures(info.signatures);
    const { keys, required } = this.#parts.trust;
    if (checkSignatures && required) requireTrust(info, keys, this.#names);
  }

  async #ingest(info: PathInfo, nar: Bytes, options: AddOptions): Promise<Node> {
    const address = checkableAddress(info);
    const { told } = options;
    const hasher = nativeHashers('sha256');
    const plainNar = address?.method === 'nar' && address.hash.algo === 'sha256' && !info.references.includes(info.path);
    const other =
      address?.method === 'nar' && !plainNar ? narContentHasher(nativeHashers, address.hash.algo, info, this.directory) : undefined;
    const node = await this.#readArchive(info, nar, options, (chunk) => {
      if (!told?.comes) hasher.update(chunk);
      other?.update(chunk);
    });
    const narHash = told?.sha256 ?? hasher.digest();
    if (!Buffer.from(narHash).equals(info.narHash)) throw hashMismatch(info, narHash);
    if (!address) return node;
    const content =
      address.method === 'nar'
        ? (other?.digest() ?? narHash)
        : await flatHash(nativeHashers, address.hash.algo, this.castore, node, options);
    requireSameHash(info, address.hash, content);
    return node;
  }

  async #readArchive(info: PathInfo, nar: Bytes, { signal, told }: AddOptions, also: (chunk: Uint8Array) => void): Promise<Node> {
    const ingest = new NarIngest(this.castore, { signal, told });
    let size = 0;
    try {
      for await (const chunk of nar) {
        size += chunk.length;
        if (size > info.narSize) throw sizeMismatch(info, `more than ${info.narSize}`);
        also(chunk);
        await ingest.write(chunk);
      }
      const node = await ingest.finish();
      if (size !== info.narSize) throw sizeMismatch(info, String(size));
      return node;
    } catch (error) {
      await ingest.abandon(error);
      throw error;
    }
  }

  async #verifyContents(info: PathInfo, checkContents: boolean, options: CallOptions): Promise<void> {
    if (!checkContents) {
      await requireContents(this.castore, nodeOf(info), options);
      return;
    }
    const hasher = nativeHashers('sha256');
    for await (const chunk of renderNar(this.castore, nodeOf(info), options)) hasher.update(chunk);
    const digest = hasher.digest();
    if (!Buffer.from(digest).equals(info.narHash)) {
      throw new StoreError('corrupt', `path was modified! expected hash '${narHashText(info.narHash)}', got '${narHashText(digest)}'`);
    }
  }
}

/** Fails with `not-found` where something of a node is not in the castore. */
export async function requireContents(castore: Castore, node: Node, options: CallOptions = {}): Promise<void> {
  if (node.type === 'directory') {
    let found = false;
    for await (const { entries } of castore.directories.getRecursive(node.digest, options)) {
      found = true;
      await requireBlobs(
        castore,
        entries.map((entry) => entry.node),
        options,
      );
    }
    if (!found) throw new StoreError('not-found', 'its root directory is missing');
  } else await requireBlobs(castore, [node], options);
}

async function requireBlobs(castore: Castore, nodes: readonly Node[], options: CallOptions): Promise<void> {
  const digests = nodes.flatMap((node) => (node.type === 'file' && node.size > 0n ? [node.digest] : []));
  const there = await castore.blobs.has(digests, options);
  const missing = there.indexOf(false);
  if (missing >= 0) throw new StoreError('not-found', `blob ${Buffer.from(digests[missing]!).toString('hex')} is missing`);
}

function nodeOf({ path, node }: PathInfo): Node {
  if (!node) throw new StoreError('invalid', `path '${path}': what it consists of is not told`);
  return node;
}

/** Lets the source of an archive that nobody reads go. */
async function closeUnread(nar: Bytes): Promise<void> {
  const iterator = Symbol.asyncIterator in nar ? nar[Symbol.asyncIterator]() : nar[Symbol.iterator]();
  await iterator.return?.();
}

const narHashText = (digest: Uint8Array) => formatHash({ algo: 'sha256', digest }, 'nix32');

function hashMismatch(info: PathInfo, got: Uint8Array): StoreError {
  const message = `hash mismatch importing path '${info.path}';\n  specified: ${narHashText(info.narHash)}\n  got:       ${narHashText(got)}`;
  return new StoreError('corrupt', message);
}

const sizeMismatch = (info: PathInfo, got: string) =>
  new StoreError('corrupt', `size mismatch importing path '${info.path}';\n  specified: ${info.narSize}\n  got:       ${got}`);

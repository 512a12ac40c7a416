/**
 * What a store is. Two levels:
 *
 * ```
 *   Store            store paths: what is known of them, their archives; what every backend has
 *     ├ castore      blobs and directories by BLAKE3: memory, embedded, gRPC
 *     ├ collector    roots, leases, garbage collection: stores that own their contents
 *     ├ checkouts    paths as files on this machine
 *     └ realisations, logs
 * ```
 *
 * A capability that a backend lacks is undefined. Caching, verifying, signing and combining are decorators of `Store` (layers/). The same
 * interfaces are served and consumed over gRPC. All methods may fail with `StoreError`, and end early with the signal's reason when
 * `signal` aborts.
 */
import type { Directory } from './castore/node.ts';
import type { PathInfo, Realisation } from './path-info.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

// ——— castore ———

export interface BlobChunk {
  readonly digest: Uint8Array;
  readonly size: bigint;
}

export interface BlobStat {
  readonly size: bigint;
  /** How the blob is cut (FastCDC); empty: it is whole. */
  readonly chunks: readonly BlobChunk[];
}

export interface ReadManyOptions extends CallOptions {
  /** Whether bytes may be views of what the store itself holds, for a receiver that does not change them; false. */
  readonly views?: boolean;
  /** Memory of the receiver's in which bytes may lie: new memory costs more than what is read into it. */
  readonly room?: Uint8Array | undefined;
  /** Whether the bytes are checked against the digest where they are read; true. False is for who checks what he makes of them. */
  readonly check?: boolean | undefined;
}

export interface ReadBlobOptions extends ReadManyOptions {
  /** First byte; 0. */
  readonly offset?: number;
  /** Bytes; to the end. */
  readonly length?: number;
}

export interface PutBlobOptions extends CallOptions {
  /** What the blob will be used as first: a store may prepare for that. */
  readonly executable?: boolean;
  /** Whether chunks are given away: the store may keep them, since nobody else will use them; false. */
  readonly owned?: boolean;
}

export interface BeginBlobOptions extends Omit<PutBlobOptions, 'owned'> {
  /** Whether the caller computes the digest, answers for it, and gives it to `finish`; false. */
  readonly hashed?: boolean;
}

/** A whole blob with the digest that the caller has computed, and answers for. */
export interface HashedBlob {
  readonly digest: Uint8Array;
  readonly contents: Uint8Array;
  /** As in `PutBlobOptions`. */
  readonly executable?: boolean;
}

/** What a store has taken in. Until somebody asks for more it may wait, and share the work with what follows. */
export interface Taken {
  /** Resolves when all is durable. */
  durable(): Promise<void>;
}

/** A blob on its way into a store. Ends with `finish` or `discard`. */
export interface BlobSink {
  /** Takes bytes in, which are the caller's again when it returns. */
  write(bytes: Uint8Array): void;
  /** Resolves when more are welcome; undefined where they are. */
  ready?(): Promise<void> | undefined;
  /** Answers the digest when all is durable. It is given for a blob that was begun as `hashed`. */
  finish(digest?: Uint8Array): Promise<Uint8Array>;
  discard(reason: unknown): Promise<void>;
}

/** Immutable byte sequences, named by their BLAKE3 digest. Contents are verified by whoever first takes them in, and again on reading from disk or network. */
export interface BlobService {
  /** For each digest, whether the blob is there. */
  has(digests: readonly Uint8Array[], options?: CallOptions): Promise<boolean[]>;
  stat(digest: Uint8Array, options?: CallOptions & { readonly chunks?: boolean }): Promise<BlobStat | undefined>;
  /** Streams a blob; fails with `not-found`. A chunk is the receiver's own, but for `views`; with `room` it is valid until the next is asked for. */
  read(digest: Uint8Array, options?: ReadBlobOptions): AsyncIterable<Uint8Array>;
  /** Whole small blobs (together at most a few MiB); undefined where one is missing. */
  readMany(digests: readonly Uint8Array[], options?: ReadManyOptions): Promise<(Uint8Array | undefined)[]>;
  /** Takes a blob in, and answers its digest. Acknowledged is durable. */
  put(contents: Bytes, options?: PutBlobOptions): Promise<Uint8Array>;
  /** As `put`, for who gives the bytes one call after another. Where it is missing, `castore/blob-sink.ts` makes it of `put`. */
  begin?(options?: BeginBlobOptions): BlobSink;
  /** Takes in blobs of up to 1 MiB each. Contents are the caller's again when it answers. */
  take?(blobs: readonly HashedBlob[], options?: CallOptions): Promise<Taken>;
  /** Many small blobs at once. */
  putMany(contents: readonly Uint8Array[], options?: CallOptions): Promise<Uint8Array[]>;
}

/** A directory with its canonical encoding, whose digest the caller answers for. */
export interface EncodedDirectory {
  readonly digest: Uint8Array;
  readonly encoded: Uint8Array;
  readonly directory: Directory;
}

export interface DirectoryService {
  get(digest: Uint8Array, options?: CallOptions): Promise<Directory | undefined>;
  getMany(digests: readonly Uint8Array[], options?: CallOptions): Promise<(Directory | undefined)[]>;
  /** The directory and all below, the root first, each once; nothing where it is missing. */
  getRecursive(digest: Uint8Array, options?: CallOptions): AsyncIterable<Directory>;
  /** Leaves before what names them; any number of roots. Answers the digests in order. Refuses directories whose children are unknown. */
  put(directories: readonly Directory[], options?: CallOptions): Promise<Uint8Array[]>;
  /** The same for who has encoded them. */
  putEncoded?(directories: readonly EncodedDirectory[], options?: CallOptions): Promise<void>;
}

export interface Castore {
  readonly blobs: BlobService;
  readonly directories: DirectoryService;
}

// ——— store paths ———

export interface NarOptions extends CallOptions {
  /** Whether the archive's hash is checked against the path's info where it may have changed on its way; true. False is for who checks it himself. */
  readonly check?: boolean;
  /**
   * Whether each blob is checked against its digest; true. False is for who compares the hash of the whole archive, and reads again, with this, to be told what
   * is damaged.
   */
  readonly checkBlobs?: boolean;
  /** Filled by stores that hash what they give. */
  readonly told?: ToldHash | undefined;
}

/** The hash of an archive, from who computes it anyway while it passes. */
export interface ToldHash {
  /** Set before the archive's first bytes are given: `sha256` comes at their end. */
  comes?: boolean;
  sha256?: Uint8Array;
  /** Whether the receiver has use for `files`. */
  readonly wantsFiles?: boolean;
  /** BLAKE3 of the files in it, in its order, where the source computes them. Set before the archive's first bytes; each is known before its file's last bytes. */
  files?: { next(): Uint8Array } | undefined;
}

export interface AddOptions extends CallOptions {
  /** Filled by the archive's source while it is read: saves hashing it once more. */
  readonly told?: ToldHash | undefined;
  /** Replace what is there. */
  readonly repair?: boolean;
  /** Refuse what is neither content-addressed nor signed by a key that this store trusts. Default: true. */
  readonly checkSignatures?: boolean;
}

export interface RealisationService {
  get(id: string, options?: CallOptions): Promise<Realisation | undefined>;
  put(realisation: Realisation, options?: CallOptions & { readonly checkSignatures?: boolean }): Promise<void>;
}

/** Build logs, by the `.drv`'s path. Uncompressed on both sides of the interface. */
export interface LogService {
  get(drvPath: string, options?: CallOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  put(drvPath: string, log: Bytes, options?: CallOptions): Promise<void>;
}

export interface Root {
  /** The link that keeps `path` alive; `{temp:PID}` and the like for those without one. */
  readonly name: string;
  readonly path: string;
}

export interface CollectOptions extends CallOptions {
  /** `dead` and `live` only tell; `delete` removes what is dead; `specific` removes `paths`. */
  readonly mode: 'dead' | 'live' | 'delete' | 'specific';
  readonly paths?: readonly string[];
  /** Remove `paths` even though roots reach them (never what others refer to). */
  readonly ignoreLiveness?: boolean;
  /** Stop after about so many bytes. */
  readonly maxFreed?: number;
  readonly onPath?: (path: string) => void;
}

export interface CollectResult {
  readonly paths: readonly string[];
  readonly bytesFreed: number;
}

/** Of stores that own what they hold. */
export interface CollectorService {
  roots(options?: CallOptions): AsyncIterable<Root>;
  /** Registers the link at `link` (absolute), which the caller has made or will make, as an indirect root. */
  addIndirectRoot(link: string, options?: CallOptions): Promise<void>;
  /** The link by which `addIndirectRoot` has registered this one; undefined where it has not. Not of all stores. */
  indirectRoot?(link: string): Promise<string | undefined>;
  /** Keeps paths (valid or about to be) until this store object is closed or its process ends. */
  addTemporaryRoots(paths: readonly string[], options?: CallOptions): Promise<void>;
  collect(options: CollectOptions): Promise<CollectResult>;
}

export interface VerifyOptions extends CallOptions {
  /** Read and hash all contents, too. */
  readonly checkContents?: boolean;
  /** Fetch again or remove what is damaged, where that is possible. */
  readonly repair?: boolean;
  readonly onProblem: (problem: { readonly path: string | undefined; readonly message: string }) => void;
}

/** Paths as files on this machine, below the store's root. */
export interface CheckoutService {
  /** The folder that `/nix/store` stands below; '' for the machine's own root. */
  readonly root: string;
  /** Where the path lies as files; makes them when they are not there. Answers `root + path`. */
  checkout(path: string, options?: CallOptions): Promise<string>;
}

export interface StoreGreeting {
  /** The server's program and version. */
  readonly version?: string | undefined;
  /** Whether it trusts us; undefined where it does not say. */
  readonly trusted?: boolean | undefined;
}

export interface Store {
  /** As the user would write it. */
  readonly url: string;
  /** The logical store directory: `/nix/store`. */
  readonly directory: string;
  /** Lower is asked first. */
  readonly priority: number;

  /** Whether the store can be reached, and what it says of itself and of us. */
  connect?(options?: CallOptions): Promise<StoreGreeting>;

  pathInfo(path: string, options?: CallOptions): Promise<PathInfo | undefined>;
  /** Those that are valid, by path. */
  pathInfos(paths: readonly string[], options?: CallOptions): Promise<Map<string, PathInfo>>;
  /** The path whose name begins with these 32 digits. */
  pathFromHashPart(hashPart: string, options?: CallOptions): Promise<string | undefined>;
  /** All valid paths, in any order. `unsupported` where the store cannot tell. */
  paths(options?: CallOptions): AsyncIterable<string>;
  /** Valid paths that refer to this one (itself not). `unsupported` where the store cannot tell. */
  referrers(path: string, options?: CallOptions): Promise<string[]>;
  /** The archive of a valid path. A chunk is valid until the next is asked for. */
  nar(path: string, options?: NarOptions): AsyncIterable<Uint8Array>;
  /** Registers a path whose archive is `nar`, after checking it against `info` (hash, size, ca). References have to be valid before. */
  add(info: PathInfo, nar: Bytes, options?: AddOptions): Promise<void>;
  /** Adds signatures to a valid path. */
  addSignatures(path: string, signatures: readonly string[], options?: CallOptions): Promise<void>;
  verify(options: VerifyOptions): Promise<void>;

  readonly castore?: Castore | undefined;
  /** Registers a path whose contents are in `castore` already (with `info.node`). */
  register?(infos: readonly PathInfo[], options?: AddOptions): Promise<void>;
  /** Makes `castore` forget what is damaged of valid paths, so that whoever makes it again puts it anew. Paths stay registered. */
  forgetDamaged?(paths: readonly string[], options?: CallOptions): Promise<void>;
  readonly collector?: CollectorService | undefined;
  readonly checkouts?: CheckoutService | undefined;
  readonly realisations?: RealisationService | undefined;
  readonly logs?: LogService | undefined;

  /** Ends all work; what was acknowledged stays. */
  close(): Promise<void>;
}

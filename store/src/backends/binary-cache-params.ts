/** Settings of binary caches, as the parameters of their URLs (Nix manual, "HTTP Binary Cache Store", "Local Binary Cache Store"). */
import { type Compression, parseCompression } from '../compression/index.ts';
import { StoreError } from '../errors.ts';
import { defaultStoreDirectory } from '../formats/store-path.ts';

export interface BinaryCacheParams {
  /** Of archives that are written. */
  readonly compression: Compression;
  readonly compressionLevel: number | undefined;
  readonly parallelCompression: boolean;
  readonly narinfoCompression: Compression;
  readonly listingCompression: Compression;
  readonly logCompression: Compression;
  readonly writeListings: boolean;
  readonly indexDebugInfo: boolean;
  readonly secretKeyFiles: readonly string[];
  readonly certificateFile: string | undefined;
  readonly privateKeyFile: string | undefined;
  /** Undefined: as the cache says. */
  readonly priority: number | undefined;
  readonly wantMassQuery: boolean | undefined;
  readonly directory: string;
  /** How many paths are remembered. */
  readonly pathInfoCacheSize: number;
}

// Settings of Nix's that mean nothing here.
const ignored = new Set(['trusted', 'local-nar-cache', 'system-features', 'root', 'real', 'state', 'log']);

type Warn = ((message: string) => void) | undefined;

class Reader {
  readonly #url: URL;
  readonly #known = new Set<string>();

  constructor(url: URL) {
    this.#url = url;
  }

  text(name: string): string | undefined {
    this.#known.add(name);
    const value = this.#url.searchParams.get(name);
    return value === null || value === '' ? undefined : value;
  }

  bool(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'yes' || value === '1') return true;
    if (value === 'false' || value === 'no' || value === '0') return false;
    throw new StoreError('invalid', `Boolean setting '${name}' has invalid value '${value}'`);
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^-?\d{1,9}$/.test(value)) return Number(value);
    throw new StoreError('invalid', `setting '${name}' has invalid value '${value}'`);
  }

  compression(name: string): Compression | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : parseCompression(value);
  }

  unknown(): string[] {
    return [...this.#url.searchParams.keys()].filter((name) => !this.#known.has(name) && !ignored.has(name));
  }
}

/** Reads them; warns of names that are not known. */
export function binaryCacheParams(url: URL, warn: Warn): BinaryCacheParams {
  const reader = new Reader(url);
  const level = reader.integer('compression-level');
  const keyFiles = [reader.text('secret-key'), ...(reader.text('secret-keys')?.split(',') ?? [])];
  const params: BinaryCacheParams = {
    compression: reader.compression('compression') ?? 'xz',
    compressionLevel: level === -1 ? undefined : level,
    parallelCompression: reader.bool('parallel-compression') ?? false,
    narinfoCompression: reader.compression('narinfo-compression') ?? 'none',
    listingCompression: reader.compression('ls-compression') ?? 'none',
    logCompression: reader.compression('log-compression') ?? 'none',
    writeListings: reader.bool('write-nar-listing') ?? false,
    indexDebugInfo: reader.bool('index-debug-info') ?? false,
    secretKeyFiles: keyFiles.filter((file) => file !== undefined && file !== '') as string[],
    certificateFile: reader.text('tls-certificate'),
    privateKeyFile: reader.text('tls-private-key'),
    priority: reader.integer('priority'),
    wantMassQuery: reader.bool('want-mass-query'),
    directory: reader.text('store') ?? defaultStoreDirectory,
    pathInfoCacheSize: reader.integer('path-info-cache-size') ?? 65536,
  };
  for (const name of reader.unknown()) warn?.(`unknown setting '${name}' in the URL of a store`);
  return params;
}

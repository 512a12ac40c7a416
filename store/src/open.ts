/**
 * Stores by URL. A backend is one file below `backends/`, loaded when a URL asks for it, and one line here.
 *
 * | URL | backend |
 * |---|---|
 * | `embedded:`, `embedded:///ROOT` | the default: a folder of ours, below ROOT |
 * | `grpc+unix:///PATH`, `grpc+http://HOST:PORT`, `grpc+https://HOST:PORT` | a server of Vixen's or Snix's |
 * | `memory:` | kept in this process |
 * | `file:///FOLDER`, `http:`, `https:` | a binary cache |
 * | `daemon:`, `unix:///path/to/socket` | a Nix daemon's |
 */
import { StoreError } from './errors.ts';
import type { Store } from './service.ts';

export interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  /** Public keys (`name:base64`) whose signatures are trusted. */
  readonly trustedPublicKeys?: readonly string[];
  /** Files with secret keys that sign what is written. */
  readonly secretKeyFiles?: readonly string[];
  /** Whether paths need a signature of a trusted key; true. */
  readonly requireSignatures?: boolean;
  readonly readOnly?: boolean;
  /** Takes what the user should know and what does not stop the work. */
  readonly warn?: ((message: string) => void) | undefined;
  /** For HTTP stores. */
  readonly netrcFile?: string | undefined;
  /** Our folder in the user's data folder: the embedded default lies in its `root`. */
  readonly dataDirectory?: string | undefined;
}

export type OpenBackend = (url: URL, options: OpenOptions) => Promise<Store>;

const daemon = async () => (await import('./backends/daemon.ts')).openDaemonStore;
const binaryCache = async () => (await import('./backends/open-binary-cache.ts')).openBinaryCache;
const grpc = async () => (await import('./backends/grpc.ts')).openGrpcStore;

const backends: Readonly<Record<string, () => Promise<OpenBackend>>> = {
  embedded: async () => (await import('./backends/embedded.ts')).openEmbeddedStore,
  'grpc+http': grpc,
  'grpc+https': grpc,
  'grpc+unix': grpc,
  memory: async () => (await import('./backends/memory.ts')).openMemoryStore,
  file: binaryCache,
  http: binaryCache,
  https: binaryCache,
  daemon,
  unix: daemon,
};

/** Opens the store that a URL names. Fails with `invalid` for a scheme that no backend has. */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const parsed = parseStoreUrl(url);
  const scheme = parsed.protocol.slice(0, -1);
  if (!Object.hasOwn(backends, scheme)) {
    const known = Object.keys(backends).map((name) => `${name}:`);
    throw new StoreError('invalid', `don't know how to open Nix store with URL '${url}'; known are ${known.join(', ')}`);
  }
  const open = await backends[scheme]!();
  return open(parsed, options);
}

function parseStoreUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new StoreError('invalid', `'${url}' is not a valid store URL`, { cause });
  }
}

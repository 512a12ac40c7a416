/** The names of a binary cache's files. What is none of them does not exist: no name reaches a file system. */
import { isHashPart } from '../formats/store-path.ts';

export type Route =
  | { readonly kind: 'cache-info' }
  | { readonly kind: 'narinfo'; readonly hashPart: string }
  | { readonly kind: 'listing'; readonly hashPart: string }
  /** An archive as we name it in narinfos. */
  | { readonly kind: 'nar'; readonly hashPart: string; readonly narHash: string; readonly compression: 'none' | 'zstd' }
  /** An archive as who uploads it names it: by the hash of the file. */
  | { readonly kind: 'upload'; readonly name: string; readonly fileHash: string }
  /** The base name of a derivation. */
  | { readonly kind: 'log'; readonly name: string }
  | { readonly kind: 'realisation'; readonly id: string };

const digits = '[0-9a-df-np-sv-z]';
const files = /^\/([^/]{32})\.(narinfo|ls)$/;
const ours = new RegExp(`^/nar/(${digits}{32})-(${digits}{52})\\.nar(\\.zst)?$`);
const uploaded = new RegExp(`^/(nar/(${digits}{52})\\.nar(?:\\.[a-z0-9]{1,5})?)$`);
const log = new RegExp(`^/log/(${digits}{32}-[0-9a-zA-Z+\\-._?=]{1,211})$`);

export function routeOf(path: string): Route | undefined {
  if (path === '/nix-cache-info') return { kind: 'cache-info' };
  const decoded = decode(path);
  if (decoded === undefined) return undefined;
  return fileRoute(decoded) ?? narRoute(decoded) ?? otherRoute(decoded);
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function fileRoute(path: string): Route | undefined {
  const [, hashPart, kind] = files.exec(path) ?? [];
  if (hashPart === undefined || !isHashPart(hashPart)) return undefined;
  return { kind: kind === 'ls' ? 'listing' : 'narinfo', hashPart };
}

function narRoute(path: string): Route | undefined {
  const [, hashPart, narHash, suffix] = ours.exec(path) ?? [];
  if (hashPart !== undefined && narHash !== undefined) return { kind: 'nar', hashPart, narHash, compression: suffix ? 'zstd' : 'none' };
  const [, name, fileHash] = uploaded.exec(path) ?? [];
  return name !== undefined && fileHash !== undefined ? { kind: 'upload', name, fileHash } : undefined;
}

function otherRoute(path: string): Route | undefined {
  const name = log.exec(path)?.[1];
  if (name !== undefined) return { kind: 'log', name };
  const id = /^\/realisations\/([^/]{1,400})\.doi$/.exec(path)?.[1];
  return id === undefined ? undefined : { kind: 'realisation', id };
}

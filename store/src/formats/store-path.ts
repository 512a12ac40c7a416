/** Store paths as texts: with the store directory in front, or the base name alone, `<hash>-<name>`. */
import { parseBaseName } from '@vixen/wasm';
import { StoreError } from '../errors.ts';

export const defaultStoreDirectory = '/nix/store';

const hashPartLength = 32;

/** The base name of a path of this store; fails with `invalid` for anything else. */
export function baseNameOf(path: string, directory = defaultStoreDirectory): string {
  const prefix = `${directory}/`;
  const base = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  if (base === '' || base.includes('/')) throw new StoreError('invalid', `path '${path}' is not in the Nix store`);
  return checkBaseName(base);
}

/** Refuses what is no `<hash>-<name>`. */
export function checkBaseName(base: string): string {
  try {
    parseBaseName(base);
  } catch (cause) {
    throw new StoreError('invalid', cause instanceof Error ? cause.message : String(cause), { cause });
  }
  return base;
}

/** The 32 digits that a path's name begins with, which binary caches use as key. */
export const hashPartOf = (path: string, directory = defaultStoreDirectory): string => baseNameOf(path, directory).slice(0, hashPartLength);

/** The name behind the digits. */
export const nameOf = (path: string, directory = defaultStoreDirectory): string => baseNameOf(path, directory).slice(hashPartLength + 1);

/** Whether a text is 32 digits of Nix's base 32. */
export const isHashPart = (text: string): boolean => /^[0-9a-df-np-sv-z]{32}$/.test(text);

/** Sorted as Nix sorts sets of paths, each once. */
export const sortedPaths = (paths: Iterable<string>): string[] => [...new Set(paths)].sort();

// Store paths as users name them: the path itself, something in it, or a link that leads there (libstore/store-api.cc `followLinksToStore`).
import fs from 'node:fs';
import path from 'node:path';
import { type Store, StoreError } from '@vixen/store';
import { parseBaseName } from '@vixen/wasm';
import { hasErrorCode } from '../../node/system-error.ts';

export interface PathInStore {
  /** `/nix/store/<hash>-<name>`. */
  readonly storePath: string;
  /** What follows it: '' or `/…`. */
  readonly rest: string;
}

const mostLinks = 100;

/** Splits a path below the store directory; undefined for others. */
export function splitStorePath(store: Pick<Store, 'directory'>, absolute: string): PathInStore | undefined {
  const prefix = `${store.directory}/`;
  if (!absolute.startsWith(prefix)) return undefined;
  const [base, ...rest] = absolute.slice(prefix.length).split('/');
  parseBaseName(base!);
  return { storePath: prefix + base, rest: rest.length > 0 ? `/${rest.join('/')}` : '' };
}

/** A path as the store calls it: what lies below the store's root on this machine without the root. */
function logical(store: Store, absolute: string): string {
  const root = store.checkouts?.root ?? '';
  return root !== '' && absolute.startsWith(`${root}${store.directory}/`) ? absolute.slice(root.length) : absolute;
}

function readLink(place: string): string | undefined {
  try {
    return fs.readlinkSync(place);
  } catch (error) {
    if (hasErrorCode(error, 'EINVAL') || hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** What a word of the command line names in the store. Links outside of it are followed until one leads there. */
export function locate(store: Store, word: string): PathInStore {
  let place = path.resolve(word);
  for (let links = 0; links < mostLinks; links++) {
    const found = splitStorePath(store, logical(store, place));
    if (found) return found;
    const target = readLink(place);
    if (target === undefined) break;
    place = path.resolve(path.dirname(place), target);
  }
  throw new StoreError('invalid', `path '${place}' is not in the Nix store`);
}

/** The store path that a word of the command line names. */
export const storePathOf = (store: Store, word: string): string => locate(store, word).storePath;

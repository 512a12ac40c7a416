// Where a store's paths lie as files, known before the store is opened: opening it costs time that most evaluations do not have to spend.
import { embeddedIndex, embeddedRoot } from '@vixen/store';
import { dataFolder, storeUrl } from './stores.ts';

/** The folder that `/nix/store` stands below; '' for the machine's own root, where paths of a daemon's store lie, too. */
export function storeRoot(reference: string, env: Record<string, string | undefined>): string {
  const url = storeUrl(reference);
  return url.startsWith('embedded:') ? embeddedRoot(new URL(url), { dataDirectory: dataFolder(env) }) : '';
}

/** The folder of the store's index; undefined where the store is not one of this machine's folders. */
export function storeIndex(reference: string, env: Record<string, string | undefined>): string | undefined {
  return storeUrl(reference).startsWith('embedded:') ? embeddedIndex(storeRoot(reference, env)) : undefined;
}

// Where a store's paths lie as files, known before the store is opened: opening it costs time that most evaluations do not have to spend.
import { embeddedRoot } from '@vixen/store';
import { dataFolder, storeUrl } from './stores.ts';

/** The folder that `/nix/store` stands below; '' for the machine's own root, where paths of a daemon's store lie, too. */
export function storeRoot(reference: string, env: Record<string, string | undefined>): string {
  const url = storeUrl(reference);
  return url.startsWith('embedded:') ? embeddedRoot(new URL(url), { dataDirectory: dataFolder(env) }) : '';
}

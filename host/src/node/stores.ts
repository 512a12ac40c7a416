// Stores as users name them on the command line and in nix.conf, and what settings mean for them.
import path from 'node:path';
import { type OpenOptions, openStore, type Store } from '@vixen/store';
import type { Settings } from '../core/config/settings.ts';
import { xdgFolder } from './folders.ts';

export interface HostStoreOptions {
  readonly settings: Settings;
  readonly env: Record<string, string | undefined>;
  readonly signal?: AbortSignal;
  readonly readOnly?: boolean;
  readonly warn?: (message: string) => void;
}

/** Our folder in the user's data folder. */
export const dataFolder = (env: Record<string, string | undefined>) => `${xdgFolder(env, 'XDG_DATA_HOME', '.local/share')}/vixen`;

/** A reference as Nix's users write it (Nix manual, "Store URL format") as a URL that a backend knows. */
export function storeUrl(reference: string): string {
  if (reference === '' || reference === 'auto' || reference === 'dummy://') return 'embedded:';
  if (reference === 'local') return 'embedded:///';
  const [, query] = /^local(?:\/\/)?\?(.*)$/.exec(reference) ?? [];
  if (query !== undefined) return localUrl(new URLSearchParams(query), reference);
  if (reference === 'daemon') return 'daemon:';
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return reference;
  return `embedded://${encodeURI(path.resolve(reference))}`;
}

function localUrl(parameters: URLSearchParams, reference: string): string {
  const root = parameters.get('root');
  return root === null ? reference : `embedded://${encodeURI(path.resolve(root))}`;
}

/** Opens a store for a command. */
export async function openHostStore(reference: string, { settings, env, signal, readOnly, warn }: HostStoreOptions): Promise<Store> {
  const options: OpenOptions = {
    signal,
    trustedPublicKeys: settings.list('trusted-public-keys'),
    secretKeyFiles: settings.list('secret-key-files'),
    requireSignatures: settings.bool('require-sigs'),
    readOnly: readOnly ?? false,
    warn,
    netrcFile: settings.text('netrc-file'),
    dataDirectory: dataFolder(env),
  };
  return openStore(storeUrl(reference), options);
}

/** Where an embedded store lies. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StoreError } from '../errors.ts';
import type { OpenOptions } from '../open.ts';

/** The folder that `/nix/store` stands below; '' for the machine's own root. Says it without opening the store. */
export function embeddedRoot(url: URL, { dataDirectory }: Pick<OpenOptions, 'dataDirectory'>): string {
  if (url.host !== '') throw new StoreError('invalid', `'${url.href}': a root is an absolute path, as in embedded:///ROOT`);
  const given = decodeURIComponent(url.pathname);
  if (given !== '') return given.replace(/\/+$/, '');
  return isMachineOurs() ? '' : path.join(dataDirectory ?? defaultDataDirectory(), 'root');
}

/** The folder of the state of a store with this root. */
export const embeddedState = (root: string) => path.join(root || '/', 'nix/var/vixen');

/** The folder of its index. */
export const embeddedIndex = (root: string) => path.join(embeddedState(root), 'index');

/** Whether `/nix` is ours to write, and no Nix lives there. */
function isMachineOurs(): boolean {
  if (fs.existsSync('/nix/var/nix/db')) return false;
  try {
    fs.accessSync('/nix', fs.constants.W_OK);
    return fs.statSync('/nix').isDirectory();
  } catch {
    return false;
  }
}

function defaultDataDirectory(): string {
  const base = process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local/share');
  return path.join(base, 'vixen');
}

/** The stores of a Nix daemon: `daemon:` at its usual socket, `unix:///path/to/socket` at another. `?max-connections=N`, 8 by default. */
import { DaemonStore } from '../daemon/client/store.ts';
import { StoreError } from '../errors.ts';
import type { OpenOptions } from '../open.ts';
import type { Store } from '../service.ts';

const usualSocket = '/nix/var/nix/daemon-socket/socket';

/** Nothing is sent before it is needed: a daemon that is away fails the first call. */
export async function openDaemonStore(url: URL, _options: OpenOptions = {}): Promise<Store> {
  return new DaemonStore({ url: url.href, socketPath: socketOf(url), maxConnections: connectionsOf(url), priority: priorityOf(url) });
}

function socketOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  if (url.hostname !== '') throw new StoreError('invalid', `store URL '${url.href}' has to be 'unix:///path/to/socket'`);
  return path === '' || path === '/' ? (process.env.NIX_DAEMON_SOCKET_PATH ?? usualSocket) : path;
}

const connectionsOf = (url: URL) => count(url, 'max-connections', 8, 1);
const priorityOf = (url: URL) => count(url, 'priority', 0, 0);

function count({ searchParams }: URL, name: string, otherwise: number, least: number): number {
  const text = searchParams.get(name);
  if (text === null) return otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new StoreError('invalid', `store setting '${name}' is a number from ${least} on, not '${text}'`);
  }
  return value;
}

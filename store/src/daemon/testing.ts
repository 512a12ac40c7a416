/** A daemon over a store in memory, for specs. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type OpenOptions, openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { DaemonStore } from './client/store.ts';
import { type DaemonServer, type ServeOptions, serveDaemon } from './server/serve.ts';

export interface TestDaemon {
  readonly socket: string;
  readonly server: DaemonServer;
  /** What is served. */
  readonly store: Store;
  close(): Promise<void>;
}

export async function startTestDaemon(options: Partial<ServeOptions> = {}, storeOptions: OpenOptions = {}): Promise<TestDaemon> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-daemon-'));
  const socket = path.join(folder, 'socket');
  const store = await openStore('memory:', storeOptions);
  const server = await serveDaemon(store, { socket, trusted: true, ...options });
  const close = async () => {
    await server.close();
    await store.close();
    fs.rmSync(folder, { recursive: true });
  };
  return { socket, server, store, close };
}

export const clientOf = (
  { socket }: Pick<TestDaemon, 'socket'>,
  options: { readonly version?: number; readonly maxConnections?: number } = {},
) => new DaemonStore({ url: `unix://${socket}`, socketPath: socket, maxConnections: 4, ...options });

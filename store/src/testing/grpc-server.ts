/** Servers on sockets of their own, for specs. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { allRights } from '../grpc/rights.ts';
import { type GrpcServer, type Listener, type ServeGrpcOptions, serveGrpc } from '../grpc/server.ts';
import type { Store } from '../service.ts';

export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-grpc-'));
}

export interface TestServer extends GrpcServer {
  /** A store URL. */
  readonly url: string;
}

/** Serves a store on a socket, with all rights for everyone where nothing else is said. It ends with the test. */
export async function serveForTest(
  store: Store,
  options: Partial<Omit<ServeGrpcOptions, 'listen'>> & Partial<Omit<Listener, 'address'>> & { readonly socket?: string } = {},
): Promise<TestServer> {
  const folder = options.socket === undefined ? temporaryFolder() : undefined;
  const socket = options.socket ?? path.join(folder!, 'socket');
  const { access = { anonymous: allRights }, tls, ...rest } = options;
  const server = await serveGrpc(store, { ...rest, listen: [{ address: `unix:${socket}`, access, tls }] });
  const close = async (grace = 0) => {
    await server.close(grace);
    if (folder !== undefined) fs.rmSync(folder, { recursive: true, force: true });
  };
  onTestFinished(() => close());
  return { ...server, close, url: `grpc+unix://${socket}` };
}

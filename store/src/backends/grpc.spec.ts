import { afterAll } from 'vitest';
import { allRights } from '../grpc/rights.ts';
import { type GrpcServer, serveGrpc } from '../grpc/server.ts';
import { type OpenOptions, openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { storeTests } from '../testing/store-tests.ts';

const servers: GrpcServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close(0))));

async function openServed(options: OpenOptions, onlySnix: boolean): Promise<Store> {
  const served = await openStore('memory:', options);
  const access = { anonymous: allRights };
  const server = await serveGrpc(served, { listen: [{ address: '127.0.0.1:0', access }], onlySnix });
  servers.push(server);
  return openStore(`grpc+http://${server.addresses[0]}`, options);
}

storeTests('a server of Vixen', (options) => openServed(options, false));

storeTests('a server of Snix', (options) => openServed(options, true), { lacks: ['listing', 'repair'] });

/** TLS, and clients known by their certificates. Certificates are made by openssl, where there is one. */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { temporaryFolder } from '../testing/grpc-server.ts';
import { textOf } from '../testing/trees.ts';
import { type Access, allRights } from './rights.ts';
import { type GrpcServer, serveGrpc } from './server.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)(hasOpenssl ? 'TLS' : 'TLS (there is no openssl)', () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const opened: (Store | GrpcServer)[] = [];

  function authority(name: string): void {
    openssl('req', '-x509', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`);
  }

  function certificate(name: string, by: string): void {
    openssl('req', ...key.slice(0, 5), '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    fs.writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const signed = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
  }

  beforeAll(() => {
    folder = temporaryFolder();
    for (const name of ['ca', 'other-ca']) authority(name);
    for (const name of ['server', 'builder', 'reader']) certificate(name, 'ca');
    certificate('stranger', 'other-ca');
  });

  afterAll(async () => {
    for (const each of opened.reverse()) await each.close(0);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  async function serve(access: Access, mutual: boolean): Promise<string> {
    const tls = { key: fs.readFileSync(file('server.key')), certificate: fs.readFileSync(file('server.pem')) };
    const clientCa = mutual ? fs.readFileSync(file('ca.pem')) : undefined;
    const server = await serveGrpc(await openStore('memory:'), { listen: [{ address: '127.0.0.1:0', tls: { ...tls, clientCa }, access }] });
    opened.push(server);
    return `grpc+https://${server.addresses[0]!.replace('127.0.0.1', 'localhost')}`;
  }

  async function open(url: string): Promise<Store> {
    const store = await openStore(url);
    opened.push(store);
    return store;
  }

  const as = (name: string) => `ca=${file('ca.pem')}&certificate=${file(`${name}.pem`)}&key=${file(`${name}.key`)}`;
  const unavailable = expect.objectContaining({ code: 'unavailable' });

  test('a server is known by who issued its certificate', async () => {
    const url = await serve({ anonymous: allRights }, false);
    const store = await open(`${url}?ca=${file('ca.pem')}`);
    const { info, nar } = textOf('text');
    await store.add(info, [nar]);
    expect(await store.pathInfo(info.path)).toMatchObject({ path: info.path });
    await expect(openStore(`${url}?ca=${file('other-ca.pem')}`)).rejects.toEqual(unavailable);
    await expect(openStore(url.replace('https', 'http'))).rejects.toEqual(unavailable);
  });

  test('clients have the rights of their certificates', async () => {
    const certificates = [{ commonName: 'builder', rights: allRights }] as const;
    const url = await serve({ anonymous: ['read'], certificates }, true);
    const { info, nar } = textOf('text');
    const [builder, reader] = [await open(`${url}?${as('builder')}`), await open(`${url}?${as('reader')}`)];
    await expect(reader.add(info, [nar])).rejects.toEqual(expect.objectContaining({ code: 'forbidden' }));
    await builder.add(info, [nar]);
    expect(await reader.pathInfo(info.path)).toMatchObject({ path: info.path });
    expect(await builder.connect?.()).toMatchObject({ trusted: true });
    expect(await reader.connect?.()).toMatchObject({ trusted: false });
    await expect(openStore(`${url}?${as('stranger')}`)).rejects.toEqual(unavailable);
    await expect(openStore(`${url}?ca=${file('ca.pem')}`)).rejects.toEqual(unavailable);
  });

  test('a token is read from its file', async () => {
    const url = await serve({ tokens: [{ token: 'let-me-in', rights: allRights }] }, false);
    fs.writeFileSync(file('token'), 'let-me-in\n');
    const store = await open(`${url}?ca=${file('ca.pem')}&token-file=${file('token')}`);
    expect(await store.castore!.blobs.has([new Uint8Array(32)])).toEqual([false]);
    const stranger = await open(`${url}?ca=${file('ca.pem')}`);
    await expect(stranger.castore!.blobs.has([new Uint8Array(32)])).rejects.toEqual(expect.objectContaining({ code: 'forbidden' }));
  });
});

// What every store has to do, done by binary caches: in a folder, and behind our own server.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { type HttpServer, serveHttp } from '../http/server.ts';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { storeTests } from '../testing/store-tests.ts';

const top = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-caches-'));
afterAll(() => fs.rmSync(top, { recursive: true }));

storeTests('file:', (options) => openStore(`file://${fs.mkdtempSync(path.join(top, 'c-'))}?compression=none`, options), {
  lacks: ['listing', 'trust'],
});

const running: { server: HttpServer; store: Store }[] = [];
afterEach(async () => {
  for (const { server, store } of running.splice(0)) {
    await server.close();
    await store.close();
  }
});

for (const compression of ['none', 'zstd'] as const) {
  const open = async () => {
    const store = await openStore('memory:', { requireSignatures: false });
    const server = await serveHttp(store, { uploadToken: 'secret', compression });
    running.push({ server, store });
    return openStore(`http://user:secret@127.0.0.1:${server.port}?compression=${compression}`);
  };
  storeTests(`http:, ${compression}`, open, { lacks: ['listing', 'trust', 'repair', 'verify'] });
}

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../open.ts';
import { storeTests } from '../testing/store-tests.ts';
import { removeTree } from '../tree/index.ts';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-embedded-')));
afterAll(() => removeTree(folder));

let serial = 0;
storeTests('embedded:', (options) => openStore(`embedded://${folder}/${serial++}`, options), {
  reopen: async (store) => {
    await store.close();
    return openStore(store.url);
  },
});

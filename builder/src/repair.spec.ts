import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore } from '@vixen/store';
import { expect, test } from 'vitest';
import { collectBytes, noise, type Tree } from '../../store/src/testing/trees.ts';
import { addDerivation, buildWith } from './testing/derivations.ts';

/** Changes a byte of each file below a folder that holds `text`. */
function damage(folder: string, text: string): number {
  let damaged = 0;
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    if (!fs.statSync(file).isFile()) continue;
    const bytes = fs.readFileSync(file);
    const at = bytes.indexOf(text);
    if (at < 0) continue;
    bytes[at]! ^= 1;
    fs.chmodSync(file, 0o600);
    fs.writeFileSync(file, bytes);
    damaged++;
  }
  return damaged;
}

test('a repair makes anew what is damaged, and only that', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-repair-'));
  const store = await openStore(`embedded://${folder}`, { requireSignatures: false });
  try {
    const given = await addDerivation(store, 'damaged');
    const out = given.derivation.env.get('out')!;
    const tree: Tree = {
      entries: { small: { file: 'a small file' }, large: { file: Buffer.concat([Buffer.from('a large file'), noise(200_000)]) } },
    };
    await buildWith(store, given, () => ({ [out]: tree }));
    const before = await collectBytes(store.nar(out));
    const state = path.join(folder, 'nix/var/vixen');
    expect(damage(path.join(state, 'packs'), 'a small file') + damage(path.join(state, 'blobs'), 'a large file')).toBe(2);
    const reopened = await openStore(`embedded://${folder}`, { requireSignatures: false });
    await expect(collectBytes(reopened.nar(out))).rejects.toMatchObject({ code: 'corrupt' });
    await buildWith(reopened, given, () => ({ [out]: tree }), { mode: 'repair' });
    expect(Buffer.from(await collectBytes(reopened.nar(out))).equals(before)).toBe(true);
    await reopened.close();
  } finally {
    await store.close();
    fs.rmSync(folder, { recursive: true });
  }
});

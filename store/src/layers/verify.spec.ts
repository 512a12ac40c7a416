import { afterEach, beforeEach, expect, test } from 'vitest';
import { pathFingerprint } from '../formats/fingerprint.ts';
import { PublicKeys, SecretKey } from '../formats/keys.ts';
import { signRealisation } from '../formats/realisation.ts';
import { openStore } from '../open.ts';
import type { PathInfo } from '../path-info.ts';
import type { Store } from '../service.ts';
import { sampleClosure } from '../testing/sample-closure.ts';
import { collectBytes } from '../testing/trees.ts';
import { ForwardingStore } from './forward.ts';
import { verifying } from './verify.ts';

const [sample, other] = sampleClosure({ paths: 2, size: 1000, references: 0 });
const { ca: _, ...plain } = sample!.info;
const key = SecretKey.generate('k');
const keys = new PublicKeys([key.publicKey]);
let inner: Store;
beforeEach(async () => {
  inner = await openStore('memory:', { requireSignatures: false });
});
afterEach(() => inner.close());

const add = (info: PathInfo) => inner.add(info, sample!.nar());

test.each<[string, PathInfo]>([
  ['content-addressed', sample!.info],
  ['signed', { ...plain, signatures: [key.sign(pathFingerprint(plain))] }],
])('what is %s is there', async (__, info) => {
  await add(info);
  const store = verifying(inner, { keys });
  expect(await store.pathInfo(info.path)).toMatchObject(info);
  expect(await store.pathFromHashPart(info.path.slice(11, 43))).toBe(info.path);
  expect((await store.pathInfos([info.path])).size).toBe(1);
  expect((await collectBytes(store.nar(info.path))).length).toBe(info.narSize);
  expect(store.castore).toBeUndefined();
});

test('what is not signed is not there', async () => {
  await add({ ...plain, signatures: [SecretKey.generate('k').sign(pathFingerprint(plain))] });
  const untrusted: string[] = [];
  const store = verifying(inner, { keys, onUntrusted: (path) => untrusted.push(path) });
  expect(await store.pathInfo(plain.path)).toBeUndefined();
  expect(await store.pathFromHashPart(plain.path.slice(11, 43))).toBeUndefined();
  expect((await store.pathInfos([plain.path])).size).toBe(0);
  for await (const path of store.paths()) expect(path).toBe('nothing');
  await expect(collectBytes(store.nar(plain.path))).rejects.toMatchObject({ code: 'not-found' });
  expect(untrusted.length).toBeGreaterThan(3);
});

test('archives that were exchanged are found', async () => {
  await add(sample!.info);
  class Wrong extends ForwardingStore {
    override nar() {
      return (async function* () {
        yield* other!.nar();
      })();
    }
  }
  const store = verifying(new Wrong(inner), { keys });
  await expect(collectBytes(store.nar(sample!.info.path))).rejects.toMatchObject({ code: 'corrupt' });
});

test('realisations need a signature', async () => {
  const id = `sha256:${'0'.repeat(64)}!out`;
  const realisation = { id, outPath: plain.path, signatures: [], dependentRealisations: {} };
  const store = verifying(inner, { keys });
  await store.realisations!.put(realisation);
  expect(await store.realisations!.get(id)).toBeUndefined();
  await store.realisations!.put(signRealisation(realisation, key));
  expect(await store.realisations!.get(id)).toMatchObject({ id });
});

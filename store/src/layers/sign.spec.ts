import { expect, test } from 'vitest';
import { pathFingerprint } from '../formats/fingerprint.ts';
import { PublicKeys, SecretKey } from '../formats/keys.ts';
import { isSignedRealisation } from '../formats/realisation.ts';
import { openStore } from '../open.ts';
import { sampleClosure } from '../testing/sample-closure.ts';
import { signing } from './sign.ts';

test('what is written is signed by all keys', async () => {
  const keys = [SecretKey.generate('a'), SecretKey.generate('b')];
  const inner = await openStore('memory:', { requireSignatures: false });
  const store = signing(inner, keys);
  const [sample] = sampleClosure({ paths: 1, size: 1000 });
  await store.add(sample!.info, sample!.nar());
  const info = (await inner.pathInfo(sample!.info.path))!;
  const trusted = new PublicKeys(keys.map((key) => key.publicKey));
  expect([...trusted.signers(pathFingerprint(info), info.signatures)]).toEqual(['a', 'b']);
  await store.register!([{ ...info, signatures: [] }], { repair: true });
  expect((await inner.pathInfo(info.path))!.signatures).toEqual(info.signatures);
  const id = `sha256:${'0'.repeat(64)}!out`;
  await store.realisations!.put({ id, outPath: info.path, signatures: [], dependentRealisations: {} });
  expect(isSignedRealisation((await store.realisations!.get(id))!, trusted)).toBe(true);
  await store.close();
});

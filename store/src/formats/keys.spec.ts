import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pathFingerprint } from './fingerprint.ts';
import { readSecretKeyFile, writeSecretKeyFile } from './key-files.ts';
import { PublicKey, PublicKeys, SecretKey } from './keys.ts';
import { normalSignatures } from './signature.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-keys-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

test('the test vector of RFC 8032, section 7.1, TEST 1', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const pub = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
  const key = SecretKey.parse(`k:${Buffer.concat([seed, pub]).toString('base64')}`);
  const expected =
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b';
  expect(key.sign('')).toBe(`k:${Buffer.from(expected, 'hex').toString('base64')}`);
  expect(key.publicKey.toString()).toBe(`k:${pub.toString('base64')}`);
});

test('what a key signs, its public key verifies, and no other text or key', () => {
  const [key, other] = [SecretKey.generate('cache-1'), SecretKey.generate('cache-1')];
  const signature = key.sign('text');
  const trusted = new PublicKeys([PublicKey.parse(key.publicKey.toString())]);
  expect(trusted.verify('text', signature)).toBe(true);
  expect(trusted.verify('text!', signature)).toBe(false);
  expect(new PublicKeys([other.publicKey]).verify('text', signature)).toBe(false);
  expect(trusted.verify('text', signature.replace('cache-1', 'cache-2'))).toBe(false);
  expect(trusted.verify('text', 'cache-1:AAAA')).toBe(false);
  expect([...trusted.signers('text', [signature, signature, other.sign('text')])]).toEqual(['cache-1']);
  expect(SecretKey.parse(key.exportSecret()).sign('text')).toBe(signature);
});

test('of two keys with one name the first counts', () => {
  const [key, other] = [SecretKey.generate('k'), SecretKey.generate('k')];
  expect(new PublicKeys([key.publicKey, other.publicKey]).verify('x', other.sign('x'))).toBe(false);
});

test('keys that are none are refused, and secrets are not repeated', () => {
  const secret = SecretKey.generate('k').exportSecret();
  const bytes = Buffer.from(secret.slice(2), 'base64');
  const swapped = `k:${Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)]).toString('base64')}`;
  for (const text of ['', 'k', 'k:', ':AAAA', 'k:!', swapped, `k:${bytes.subarray(0, 32).toString('base64')}`]) {
    expect(() => SecretKey.parse(text)).toThrow(/^secret key (is corrupt|'k' is not valid)$/);
  }
  expect(() => PublicKey.parse(secret)).toThrow("public key 'k' is not valid");
  expect(JSON.stringify(SecretKey.parse(secret))).not.toContain(secret.slice(2, 12));
});

test('files: only for their owner, and who finds others reading is told', async () => {
  const file = path.join(folder, 'secret');
  const key = SecretKey.generate('k');
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  await writeSecretKeyFile(file, key);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect((await readSecretKeyFile(file, { warn })).publicKey.toString()).toBe(key.publicKey.toString());
  expect(warnings).toEqual([]);
  fs.chmodSync(file, 0o644);
  await readSecretKeyFile(file, { warn });
  expect(warnings).toEqual([`secret key file '${file}' can be read by every user of this machine (mode 0644); run: chmod 600 '${file}'`]);
  await expect(writeSecretKeyFile(file, key)).rejects.toThrow('EEXIST');
  await expect(readSecretKeyFile(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'io' });
});

test('the fingerprint of a path', () => {
  const info = {
    path: '/nix/store/00000000000000000000000000000001-a',
    narHash: new Uint8Array(32),
    narSize: 120,
    references: ['/nix/store/00000000000000000000000000000002-c', '/nix/store/00000000000000000000000000000001-a'],
  };
  expect(pathFingerprint(info)).toBe(
    `1;/nix/store/00000000000000000000000000000001-a;sha256:${'0'.repeat(52)};120;` +
      '/nix/store/00000000000000000000000000000001-a,/nix/store/00000000000000000000000000000002-c',
  );
  expect(() => pathFingerprint({ ...info, narSize: 0 })).toThrow('its size is not known');
});

test('signatures stand in the order of their keys and bytes, each once', () => {
  expect(normalSignatures(['b:AAAA', 'a:/wAA', 'a:AAAA', 'b:AAAA'])).toEqual(['a:AAAA', 'a:/wAA', 'b:AAAA']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCacheInfo, parseCacheInfo } from './cache-info.ts';
import { asCount, asObject, asString, member, sortedJson } from './json.ts';
import { PublicKeys, SecretKey } from './keys.ts';
import { parseNarInfo } from './narinfo.ts';
import { jsonOfPathInfo, pathInfoDocument, pathInfoOfJson } from './path-info-json.ts';
import {
  formatRealisation,
  isSignedRealisation,
  parseRealisation,
  parseRealisationId,
  realisationFingerprint,
  signRealisation,
} from './realisation.ts';

const hash = '1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3';
const path = '/nix/store/00000000000000000000000000000001-a';
const narInfo = parseNarInfo(
  `StorePath: ${path}\nURL: nar/x.nar\nCompression: none\nFileHash: sha256:${hash}\nFileSize: 5\nNarHash: sha256:${hash}\nNarSize: 120\n` +
    `References: 00000000000000000000000000000001-a 00000000000000000000000000000002-b\nDeriver: 00000000000000000000000000000003-a.drv\n` +
    `Sig: k:AAAA\nCA: fixed:r:sha256:${hash}\n`,
  { whence: 'x' },
);

test('members come sorted, however deep', () => {
  expect(sortedJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
});

test('what is not of the expected type is refused', () => {
  expect(() => asObject([])).toThrow("to be of type 'object' but it is of type 'array'");
  expect(() => asString(null)).toThrow("but it is of type 'null'");
  expect(() => asCount(-1)).toThrow('unsigned number');
  expect(() => asCount(1.5)).toThrow('unsigned number');
  expect(() => member({}, 'toString')).toThrow("to contain key 'toString'");
});

test('path infos in both versions', () => {
  const info = { ...narInfo, registrationTime: 23423, ultimate: true };
  expect(sortedJson(jsonOfPathInfo(info, { version: 1 }))).toBe(
    `{"ca":"fixed:r:sha256:${hash}","compression":"none","deriver":"/nix/store/00000000000000000000000000000003-a.drv",` +
      '"downloadHash":"sha256-45ZItsSr/fhG8GbfcYhur4sVbGtVPaxH4W07NIZzLvA=","downloadSize":5,' +
      '"narHash":"sha256-45ZItsSr/fhG8GbfcYhur4sVbGtVPaxH4W07NIZzLvA=","narSize":120,' +
      `"references":["${path}","/nix/store/00000000000000000000000000000002-b"],"registrationTime":23423,"signatures":["k:AAAA"],` +
      '"storeDir":"/nix/store","ultimate":true,"url":"nar/x.nar","version":1}',
  );
  expect(sortedJson(jsonOfPathInfo(info, { version: 2, pure: true }))).toBe(
    '{"ca":{"hash":"sha256-45ZItsSr/fhG8GbfcYhur4sVbGtVPaxH4W07NIZzLvA=","method":"nar"},' +
      '"narHash":"sha256-45ZItsSr/fhG8GbfcYhur4sVbGtVPaxH4W07NIZzLvA=","narSize":120,' +
      '"references":["00000000000000000000000000000001-a","00000000000000000000000000000002-b"],"storeDir":"/nix/store","version":2}',
  );
});

test.each([1, 2] as const)('path infos are read as they were written, version %i', (version) => {
  expect(pathInfoOfJson(path, jsonOfPathInfo({ ...narInfo, ultimate: false }, { version }))).toEqual({ ...narInfo, ultimate: false });
});

test('documents name paths that are not valid', () => {
  const gone = '/nix/store/00000000000000000000000000000009-gone';
  const infos = [[gone, undefined] as const, [path, narInfo] as const];
  expect(Object.entries(pathInfoDocument(infos, { version: 1 })).map(([key, value]) => [key, value === null])).toEqual([
    [path, false],
    [gone, true],
  ]);
  expect(pathInfoDocument(infos, { version: 2 })).toMatchObject({ info: { [gone.slice(11)]: null }, storeDir: '/nix/store', version: 2 });
});

test('realisations', () => {
  const id = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad!out';
  const text = `{"dependentRealisations":{},"id":"${id}","outPath":"00000000000000000000000000000001-a","signatures":["k:AAAA"]}`;
  const realisation = parseRealisation(text);
  expect(realisation.outPath).toBe(path);
  expect(formatRealisation(realisation)).toBe(text);
  expect(realisationFingerprint(realisation)).toBe(text.replace(',"signatures":["k:AAAA"]', ''));
  expect(parseRealisationId('sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s!out')).toBe(id);
  for (const bad of ['x', 'sha256:x!out', `${id}/../x`, id.slice(0, -3)]) expect(() => parseRealisationId(bad)).toThrow();
});

test('signed realisations, with and without dependent ones', () => {
  const key = SecretKey.generate('k');
  const keys = new PublicKeys([key.publicKey]);
  const id = `sha256:${'0'.repeat(64)}!out`;
  const plain = { id, outPath: path, signatures: [], dependentRealisations: {} };
  expect(isSignedRealisation(plain, keys)).toBe(false);
  const signed = signRealisation(plain, key);
  expect(isSignedRealisation(signed, keys)).toBe(true);
  expect(isSignedRealisation({ ...signed, outPath: '/nix/store/00000000000000000000000000000009-x' }, keys)).toBe(false);
  expect(isSignedRealisation(signRealisation({ ...plain, dependentRealisations: { [id]: path } }, key), keys)).toBe(true);
});

test('nix-cache-info', () => {
  const info = { storeDirectory: '/nix/store', wantMassQuery: true, priority: 40 };
  expect(formatCacheInfo(info)).toBe('StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n');
  expect(parseCacheInfo(`${formatCacheInfo(info)}Unknown: x\nnonsense\n`)).toEqual(info);
  expect(() => parseCacheInfo('Priority: high')).toThrow("the priority 'high'");
});

test('any JSON is read as a path info or refused', () => {
  const refusal = expect.objectContaining({ code: 'invalid' });
  const base = jsonOfPathInfo(narInfo, { version: 2 });
  const check = (key: string, value: unknown) => {
    try {
      pathInfoOfJson(path, { ...base, [key]: value });
    } catch (error) {
      expect(error).toEqual(refusal);
    }
  };
  fc.assert(fc.property(fc.constantFrom(...Object.keys(base)), fc.jsonValue(), check));
});

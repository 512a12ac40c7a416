import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNarInfo, type NarInfo, parseNarInfo } from './narinfo.ts';

const sample = `StorePath: /nix/store/00000000000000000000000000000001-first-1.0
URL: nar/1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3.nar.xz
Compression: xz
FileHash: sha256:1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3
FileSize: 4029
NarHash: sha256:1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3
NarSize: 34878
References: 00000000000000000000000000000001-first-1.0 00000000000000000000000000000002-second
Deriver: 00000000000000000000000000000003-first-1.0.drv
Sig: a-1:AAAA
Sig: b-1:AAAA
CA: fixed:r:sha256:1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3
`;
const read = (text: string) => parseNarInfo(text, { whence: 'x.narinfo' });
const without = (name: string) => sample.replace(new RegExp(`^${name}: .*\n`, 'm'), '');
const with_ = (name: string, value: string) => sample.replace(new RegExp(`^${name}: .*\n`, 'm'), `${name}: ${value}\n`);

test('a narinfo is read, and written as it was', () => {
  const info = read(sample);
  expect(info).toMatchObject({
    path: '/nix/store/00000000000000000000000000000001-first-1.0',
    compression: 'xz',
    fileSize: 4029,
    narSize: 34878,
    references: ['/nix/store/00000000000000000000000000000001-first-1.0', '/nix/store/00000000000000000000000000000002-second'],
    deriver: '/nix/store/00000000000000000000000000000003-first-1.0.drv',
    signatures: ['a-1:AAAA', 'b-1:AAAA'],
  });
  expect(formatNarInfo(info)).toBe(sample);
});

test('without compression it is bzip2, names that are not known are skipped, an unknown deriver is none', () => {
  expect(read(without('Compression')).compression).toBe('bzip2');
  expect(read(`${sample}Shape: round\n`)).toEqual(read(sample));
  expect(read(with_('Deriver', 'unknown-deriver')).deriver).toBeUndefined();
  expect(read(with_('References', '')).references).toEqual([]);
  expect(read(with_('CA', '')).ca).toBeUndefined();
});

test.each([
  ['StorePath missing', without('StorePath')],
  ['NarHash missing', without('NarHash')],
  ['URL missing', without('URL')],
  ['NarSize missing or zero', without('NarSize')],
  ['NarSize missing or zero', with_('NarSize', '0')],
  ['bad hash at line 6', with_('NarHash', 'sha256:xyz')],
  ['bad hash at line 4', with_('FileHash', '1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3')],
  ['bad hash at line 6', with_('NarHash', 'sha1:0000000000000000000000000000000000000000')],
  ['invalid NarSize at line 7', with_('NarSize', '12x')],
  ['invalid FileSize at line 5', with_('FileSize', '-1')],
  ['invalid NarSize at line 7', with_('NarSize', '99999999999999999999')],
  ['extra References at line 13', `${sample}References: 00000000000000000000000000000001-a\n`],
  ['extra CA at line 13', `${sample}CA: fixed:r:sha256:1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3\n`],
  ["expecting ':' at line 13", `${sample}nothing`],
  ["expecting '\\n' at line 13", `${sample}Name: value`],
  ["expecting '\\n' at line 13", `${sample}Name:`],
])('%s', (reason, text) => {
  expect(() => read(text)).toThrow(`NAR info file 'x.narinfo' is corrupt: ${reason}`);
});

test.each([
  ['signature is corrupt', with_('Sig', 'nonsense')],
  ["path '/tmp/x' is not in the Nix store", with_('StorePath', '/tmp/x')],
  ['too short to be a valid store path', with_('References', 'short')],
  ['is not a valid store path', with_('References', '00000000000000000000000000000002-a/../b')],
  ['content address prefix', with_('CA', 'wrong:sha256:x')],
])('what Nix refuses in its own words: %s', (reason, text) => {
  expect(() => read(text)).toThrow(reason);
});

const digit = fc.constantFrom(...'0123456789abcdfghijklmnpqrsvwxyz');
const storePath = fc
  .tuple(fc.string({ unit: digit, minLength: 32, maxLength: 32 }), fc.stringMatching(/^[a-z][a-z0-9+_?=.-]{0,20}$/))
  .map(([hash, name]) => `/nix/store/${hash}-${name}`);
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes));

const narInfos: fc.Arbitrary<NarInfo> = fc.record(
  {
    path: storePath,
    url: fc.stringMatching(/^nar\/[a-z0-9.?=&-]{1,40}$/),
    compression: fc.constantFrom('xz', 'zstd', 'none', 'bzip2'),
    fileHash: digest.map((bytes) => ({ algo: 'sha256' as const, digest: bytes })),
    fileSize: fc.nat(),
    narHash: digest,
    narSize: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    references: fc.array(storePath, { maxLength: 5 }).map((paths) => [...new Set(paths)].sort()),
    signatures: fc.constantFrom([], ['key-1:AAAA'], ['key-1:AAAA', 'key-2:AAAB']),
    deriver: storePath.map((path) => `${path}.drv`),
    ca: fc.constant('text:sha256:1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3'),
  },
  { requiredKeys: ['path', 'url', 'compression', 'fileHash', 'fileSize', 'narHash', 'narSize', 'references', 'signatures'] },
);

test('what is written is read', () => {
  const survives = (info: NarInfo) => {
    expect(read(formatNarInfo(info))).toEqual(info);
  };
  fc.assert(fc.property(narInfos, survives));
});

test('any text is read or refused, never anything else', () => {
  const line = fc.oneof(fc.constantFrom(...sample.split('\n').map((text) => `${text}\n`)), fc.string());
  const refusal = expect.objectContaining({ code: 'invalid' });
  const check = (lines: string[]) => {
    try {
      read(lines.join(''));
    } catch (error) {
      expect(error).toEqual(refusal);
    }
  };
  fc.assert(fc.property(fc.array(line, { maxLength: 16 }), check));
});

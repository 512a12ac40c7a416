import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { base16 } from './encoding.ts';
import { parseHash } from './hash-text.ts';
import type { HasherFactory } from './hasher.ts';
import { checkName, outputPathName, placeholder, StoreDir } from './store-path.ts';

const hashers: HasherFactory = (algo) => createHash(algo);
const store = new StoreDir(hashers);
const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

// Paths that Nix 2.34.8 computed for the same objects.
describe('paths', () => {
  const foo = '/nix/store/m0iyz1rzcgxw68h6skk8b9sg0p0napwc-foo.txt';

  test('of a text, with and without references', () => {
    expect(store.makeTextPath('foo.txt', sha256('hello'))).toBe(foo);
    expect(store.makeTextPath('bar.txt', sha256(`see ${foo}`), [foo])).toBe('/nix/store/vasdparc3kb043mic9kcw8f5a18ppdxb-bar.txt');
  });

  test.each([
    ['nar', 'sha256:0000000000000000000000000000000000000000000000000000', 'j6pcdwmw2hmiy97jvz23dzwnapj7aj4g'],
    ['flat', 'sha256:0000000000000000000000000000000000000000000000000000', '8zpc6376cga2h4p9bi7s451mvd76zk4l'],
    ['nar', 'sha1:00000000000000000000000000000000', '4bhyp1az4jd3c1ygwl7pgf6svx7a2y5q'],
    ['flat', 'md5:d41d8cd98f00b204e9800998ecf8427e', '9vy17adn8drhjpzwsm7c7q9s7scrhp9d'],
    [
      'flat',
      'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
      'qpxmpl0xgsqrqnk13dzsy2fayy1g1ass',
    ],
  ] as const)('of a fixed output, %s %s', (method, hash, digest) => {
    expect(store.makeFixedOutputPath('fo', { method, hash: parseHash(hash) })).toBe(`/nix/store/${digest}-fo`);
  });

  test('references belong to SHA-256 archives alone', () => {
    const hash = parseHash('md5:d41d8cd98f00b204e9800998ecf8427e');
    expect(() => store.makeFixedOutputPath('fo', { method: 'nar', hash, references: [foo] })).toThrow('is not allowed to refer');
    expect(() => store.makeFixedOutputPath('fo', { method: 'git', hash })).toThrow('must use SHA-1 or SHA-256');
  });

  test('of the same text in another store', () => {
    const other = new StoreDir(hashers, '/gnu/store').makeTextPath('foo.txt', sha256('hello'));
    expect(other).toMatch(/^\/gnu\/store\/[0-9a-z]{32}-foo\.txt$/);
    expect(other.slice(-40)).not.toBe(foo.slice(-40));
  });

  test('of outputs', () => {
    expect(outputPathName('hello', 'out')).toBe('hello');
    expect(store.makeOutputPath('dev', 'sha256:00', 'hello')).toMatch(/-hello-dev$/);
  });

  test('are read', () => {
    const { digest, name } = store.parse(foo);
    expect(name).toBe('foo.txt');
    expect(digest.length).toBe(20);
    expect(store.print({ digest, name })).toBe(foo);
  });

  test.each([
    ['/tmp/x', "path '/tmp/x' is not in the Nix store"],
    [`${foo}/bin`, `path '${foo}/bin' is not in the Nix store`],
    ['/nix/store/abc', "'abc' is too short to be a valid store path"],
    [
      '/nix/store/e0iyz1rzcgxw68h6skk8b9sg0p0napwc-x',
      "store path 'e0iyz1rzcgxw68h6skk8b9sg0p0napwc-x' contains illegal base-32 character 'e'",
    ],
  ])('%s is refused', (path, message) => {
    expect(() => store.parse(path)).toThrow(message);
  });
});

describe('names', () => {
  test.each(['a', '.x', '...', 'a-b+c_d?e=f.g', 'x'.repeat(211)])('%s is good', (name) => expect(() => checkName(name)).not.toThrow());
  test.each([
    ['', 'name must not be empty'],
    ['.', "name '.' is not valid"],
    ['..', "name '..' is not valid"],
    ['.-x', "name '.-x' is not valid: first dash-separated component must not be '.'"],
    ['..-x', "name '..-x' is not valid: first dash-separated component must not be '..'"],
    ['a b', "name 'a b' contains illegal character ' '"],
    ['x'.repeat(212), `name '${'x'.repeat(212)}' must be no longer than 211 characters`],
  ])('%o is refused', (name, message) => {
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: 'store-path-name', message }));
  });

  test('a bad name is refused with the path that it would have', () => {
    expect(() => store.makeTextPath('a b', sha256(''))).toThrow(
      "path 'sk64w0fn0hk63yrgvwpzkh853xfndyn1-a b' is not a valid store path: name 'a b' contains illegal character ' '",
    );
  });
});

test('placeholders', () => {
  expect(placeholder(hashers, 'out')).toBe('/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9');
});

test('a digest is as good as its text', () => {
  expect(store.makeStorePath('source', { algo: 'sha256', digest: base16.decode('00'.repeat(32))! }, 'fo')).toBe(
    '/nix/store/j6pcdwmw2hmiy97jvz23dzwnapj7aj4g-fo',
  );
});

import { describe, expect, test } from 'vitest';
import { base16 } from './encoding.ts';
import { HashError } from './errors.ts';
import { formatHash, type Hash, type HashFormat, parseHash, parseHashWithFormat, sri } from './hash-text.ts';

const empty: Hash = {
  algo: 'sha256',
  digest: base16.decode('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')!,
};
const texts: [HashFormat, string][] = [
  ['base16', 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['nix32', 'sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73'],
  ['base64', 'sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
  ['sri', 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
];

describe.each(texts)('%s', (format, text) => {
  test('is written', () => expect(formatHash(empty, format)).toBe(text));
  test('is read, and recognised', () => expect(parseHashWithFormat(text)).toEqual({ hash: empty, format }));
  test('is read when the algorithm is known too', () => expect(parseHash(text, 'sha256')).toEqual(empty));
});

test.each(texts.slice(0, 3))('%s without its algorithm', (format, text) => {
  const bare = text.slice('sha256:'.length);
  expect(formatHash(empty, format, false)).toBe(bare);
  expect(parseHash(bare, 'sha256')).toEqual(empty);
});

test('SRI without padding', () => expect(parseHash(sri(empty).slice(0, -1))).toEqual(empty));

// The messages are what Nix 2.34.8 says.
test.each<[string, Parameters<typeof parseHash>, string, string]>([
  ['wrong length', ['sha256:zzzz'], 'hash-length', "hash 'zzzz' has wrong length for hash algorithm 'sha256'"],
  ['bad digit', [`md5:${'g'.repeat(32)}`], 'hash-encoding', `invalid base16 hash '${'g'.repeat(32)}', length 0 != expected length 16`],
  [
    'too large a number',
    [`sha256:${'z'.repeat(52)}`],
    'hash-encoding',
    `invalid nix32 hash '${'z'.repeat(52)}', length 33 != expected length 32`,
  ],
  ['short SRI', ['sha256-AAAA'], 'hash-encoding', "invalid SRI hash 'AAAA', length 3 != expected length 32"],
  ['bad SRI', ['md5-AAA!'], 'hash-encoding', "invalid SRI hash 'AAA!', length 0 != expected length 16"],
  ['no algorithm', ['AAAA'], 'hash-without-algorithm', "hash 'AAAA' does not include a type, nor is the type otherwise known from context"],
  ['another algorithm', ['md5:AAAA', 'sha1'], 'hash-algorithm-mismatch', "hash 'md5:AAAA' should have type 'sha1'"],
  [
    'unknown algorithm',
    ['foo:AAAA'],
    'unknown-hash-algorithm',
    "unknown hash algorithm 'foo', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'",
  ],
])('refuses %s', (_, args, code, message) => {
  const parse = () => parseHash(...args);
  expect(parse).toThrow(HashError);
  expect(parse).toThrow(expect.objectContaining({ code, message }));
});

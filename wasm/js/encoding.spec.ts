import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base16, base64, nix32 } from './encoding.ts';

describe.each([
  ['base16', base16],
  ['nix32', nix32],
  ['base64', base64],
] as const)('%s', (_, encoding) => {
  test('decodes what it encodes, at the length that it says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = encoding.encode(bytes);
        expect(text.length).toBe(encoding.encodedLength(bytes.length));
        expect(encoding.decode(text)).toEqual(bytes);
      }),
    );
  });

  test('refuses a character that is no digit', () => {
    expect(encoding.decode('!!!!')).toBeUndefined();
  });
});

test('base 16 is read in either case, in pairs', () => {
  expect(base16.decode('fFa0')).toEqual(Uint8Array.of(0xff, 0xa0));
  expect(base16.decode('abc')).toBeUndefined();
});

test('base 32 puts the most significant digit first', () => {
  expect(nix32.encode(Uint8Array.of(1))).toBe('01');
  expect(nix32.encode(Uint8Array.of(0xff, 0xff))).toBe('1zzz');
  expect(nix32.encode(Uint8Array.of())).toBe('');
});

test('base 32 refuses letters that are no digits, upper case, and bits beyond the last byte', () => {
  for (const text of ['0e', '0o', '0t', '0u', '0A']) expect(nix32.decode(text)).toBeUndefined();
  expect(nix32.decode('7z')).toEqual(Uint8Array.of(0xff));
  expect(nix32.decode('80')).toBeUndefined();
});

test('base 64 is padded, and read without padding, across lines and up to the first =', () => {
  const bytes = new TextEncoder().encode('hello');
  expect(base64.encode(bytes)).toBe('aGVsbG8=');
  for (const text of ['aGVsbG8=', 'aGVsbG8', 'aGVs\nbG8=\n', 'aGVsbG8=!!']) expect(base64.decode(text)).toEqual(bytes);
  expect(base64.decode('aGVs bG8=')).toBeUndefined();
});

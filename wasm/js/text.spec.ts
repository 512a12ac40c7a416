import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText, encodeText, joinBytes } from './text.ts';

test('text is text', () => {
  expect(decodeText(encodeText('aä漢😀'))).toBe('aä漢😀');
});

test('bytes that are not UTF-8 become lone surrogates, and bytes again', () => {
  expect(decodeText(Uint8Array.of(0x61, 0xff, 0xc3, 0x62))).toBe('a\udcff\udcc3b');
  // Surrogates in UTF-8, too long forms and what lies beyond Unicode are no UTF-8.
  for (const bytes of [
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe0, 0x80, 0x80],
  ]) {
    expect([...encodeText(decodeText(Uint8Array.from(bytes)))]).toEqual(bytes);
  }
});

test('any bytes survive', () => {
  const survives = (bytes: Uint8Array) => {
    expect([...encodeText(decodeText(bytes))]).toEqual([...bytes]);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), survives));
});

test('joining', () => {
  expect([...joinBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)])]).toEqual([1, 2, 3]);
});

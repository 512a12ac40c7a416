import { expect, test } from 'vitest';
import { filterEscapes } from './ansi.ts';

test('colours stay or go, other sequences always go', () => {
  const text = '\x1b[31;1mred\x1b[0m \x1b[2Kx\x1b]8;;http://x\x07y\x1bM';
  expect(filterEscapes(text, true)).toBe('red xy');
  expect(filterEscapes(text, false)).toBe('\x1b[31;1mred\x1b[0m xy');
});

test('tabs become spaces up to the next multiple of eight, over line ends', () => {
  expect(filterEscapes('a\tb', true)).toBe('a       b');
  expect(filterEscapes('abc\n\tx', true)).toBe(`abc\n${' '.repeat(5)}x`);
});

test('carriage returns and bells are dropped', () => {
  expect(filterEscapes('a\r\nb\x07', true)).toBe('a\nb');
});

test('a width cuts, counting columns', () => {
  expect(filterEscapes('abcdef', true, 3)).toBe('abc');
  expect(filterEscapes('漢字', true, 3)).toBe('漢');
});

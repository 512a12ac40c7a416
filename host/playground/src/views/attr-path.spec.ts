import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePath, pathText } from './attr-path.ts';

test.each([
  ['', []],
  ['hello', ['hello']],
  ['a.0.b-c', ['a', 0, 'b-c']],
  ['a."b.c d".e', ['a', 'b.c d', 'e']],
  ['"0"', ['0']],
  ['"a${b}"', ['a${b}']],
  ['"\\$"', ['$']],
])('%s', (text, path) => expect(parsePath(text)).toEqual(path));

test('what is shown can be typed', () => {
  const key = fc.oneof(fc.string(), fc.nat(), fc.constantFrom('a"b', 'a\\b', '0', "x'", 'é'));
  fc.assert(
    fc.property(fc.array(key), (path) => {
      expect(parsePath(pathText(path))).toEqual(path);
    }),
  );
});

import { expect, test } from 'vitest';
import { bestMatches, editDistance, nearest } from './suggestions.ts';

test.each([
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['same', 'same', 0],
])('%s and %s are %i apart', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

test('the nearest five at most, none further than two', () => {
  const names = ['abc', 'abd', 'abe', 'abf', 'abg', 'abh', 'xyzzy'];
  expect(nearest(bestMatches(names, 'abx')).map(({ text }) => text)).toEqual(['abc', 'abd', 'abe', 'abf', 'abg']);
});

import { expect, test } from 'vitest';
import { fixGitUrl, parseUrl, percentDecode, percentEncode, printUrl, urlPathToFile } from './url.ts';

test.each([
  'https://user:pw@example.org:8080/a/b?x=1&y=2#frag',
  'file:///tmp/x',
  'path:./x',
  'git+ssh://git@github.com/a/b',
  'https://[::1]:80/x',
])('%s is printed as it was read', (text) => expect(printUrl(parseUrl(text))).toBe(text));

test('a query is sorted and encoded', () => {
  expect(printUrl(parseUrl('https://x.org/?b=%20&a=/?:@'))).toBe('https://x.org/?a=/?:@&b=%20');
});

test.each(['http://ho st/', 'x', 'http://x/%zz'])('%s is no URL', (text) => expect(() => parseUrl(text)).toThrow());

test('bytes that are not UTF-8 survive', () => {
  expect(percentEncode(percentDecode('%ff%fe'))).toBe('%FF%FE');
});

test('file names out of paths of URLs', () => {
  expect(urlPathToFile(parseUrl('file:///a/b%20c').path)).toBe('/a/b c');
  expect(() => urlPathToFile(['', 'a/b'])).toThrow('not allowed in file names');
});

test.each([
  ['/a/b', 'file:///a/b'],
  ['./a', 'file:./a'],
  ['git@github.com:a/b.git', 'ssh://git@github.com/a/b.git'],
  ['git+https://x.org/y', 'https://x.org/y'],
])('git knows %s as %s', (text, url) => expect(printUrl(fixGitUrl(text))).toBe(url));

import { expect, test } from 'vitest';
import { applyConfig, parseConfig } from './nix-conf.ts';
import { isPseudoUrl, parseSearchPathEntry, pseudoUrlTarget, splitNixPath } from './nix-path.ts';
import { Settings } from './settings.ts';

const noFiles = () => undefined;
const entries = (text: string, files: Record<string, string> = {}) => parseConfig(text, '/etc/nix/nix.conf', (path) => files[path]);

test('names, values, comments', () => {
  expect(entries('a = 1\n# x = 2\n\nb =  c   d # e\nempty =\n')).toEqual([
    ['a', '1'],
    ['b', 'c d'],
    ['empty', ''],
  ]);
});

test('other files are taken in where they are named', () => {
  const files = { '/etc/nix/more.conf': 'x = 1\n!include gone.conf\n', '/abs.conf': 'y = 2' };
  expect(entries('include more.conf\ninclude /abs.conf\n', files)).toEqual([
    ['x', '1'],
    ['y', '2'],
  ]);
  expect(() => entries('include gone.conf')).toThrow('included from');
});

test.each(['x', 'x y', 'include', 'include a b'])('%s is no configuration', (line) => {
  expect(() => parseConfig(line, '/x', noFiles)).toThrow('syntax error in configuration line');
});

test('features come first, and NIX_PATH goes before nix-path', () => {
  const settings = new Settings();
  const unknown = applyConfig(settings, entries('nix-path = a\nfoo = 1\ncores = 3\nextra-experimental-features = flakes\n'), {
    nixPathIsSet: true,
  });
  expect(unknown).toEqual(['foo']);
  expect(settings.list('nix-path')).toEqual([]);
  expect(settings.int('cores')).toBe(3);
  expect(settings.feature('flakes')).toBe(true);
});

test('settings by any of their names', () => {
  const settings = new Settings();
  expect(settings.set('build-cores', '4')).toBe(true);
  expect(settings.text('cores')).toBe('4');
  settings.set('substituters', 'a b');
  settings.set('extra-substituters', 'c');
  expect(settings.list('substituters')).toEqual(['a', 'b', 'c']);
  expect(settings.set('extra-cores', '1')).toBe(false);
  settings.set('min-free', '2G');
  expect(settings.int('min-free')).toBe(2 ** 31);
  expect(() => settings.set('restrict-eval', 'perhaps')).toThrow('Boolean setting');
  settings.set('experimental-features', 'flakes nonsense');
  expect(settings.unknownFeatures()).toEqual(['nonsense']);
});

test.each([
  ['a:b', ['a', 'b']],
  ['nixpkgs=https://x.org/a.tar:b=c', ['nixpkgs=https://x.org/a.tar', 'b=c']],
  ['https://x.org/a.tar', ['https://x.org/a.tar']],
  ['x=channel:nixos-unstable:y', ['x=channel:nixos-unstable', 'y']],
  ['x=flake:nixpkgs:y', ['x=flake:nixpkgs', 'y']],
  ['a::b:', ['a', '', 'b']],
  ['', []],
])('the search path %s', (text, expected) => expect(splitNixPath(text)).toEqual(expected));

test('entries of a search path', () => {
  expect(parseSearchPathEntry('a=b=c')).toEqual({ prefix: 'a', value: 'b=c' });
  expect(parseSearchPathEntry('/x')).toEqual({ prefix: '', value: '/x' });
  expect(isPseudoUrl('file:///x')).toBe(true);
  expect(isPseudoUrl('/x')).toBe(false);
  expect(pseudoUrlTarget('channel:nixos-unstable')).toBe('https://channels.nixos.org/nixos-unstable/nixexprs.tar.xz');
});

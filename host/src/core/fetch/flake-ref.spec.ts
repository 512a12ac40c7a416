import fs from 'node:fs';
import { expect, test } from 'vitest';
import { flakeRefFromAttributes, flakeRefToAttributes, parseFlakeRef, parseFlakeRefWithFragment, printFlakeRef } from './flake-ref.ts';
import { SchemeSet, sortKeys } from './input.ts';
import { allSchemes } from './schemes.ts';

const features = new Set(['flakes', 'fetch-tree']);
const schemes = new SchemeSet(allSchemes, (feature) => {
  if (features.has(feature)) return;
  throw new Error(`experimental Nix feature '${feature}' is disabled; add '--extra-experimental-features ${feature}' to enable it`);
});

/** What `parseFlakeRef` and `flakeRefToString` of Nix 2.34.8 give: text, then attributes and text again, or the error. */
const known = JSON.parse(fs.readFileSync(new URL('./fixtures/flake-refs.json', import.meta.url), 'utf8')) as [string, unknown][];

function parsed(text: string): unknown {
  try {
    const attributes = sortKeys(flakeRefToAttributes(parseFlakeRef(schemes, text)));
    return { r: attributes, s: printFlakeRef(schemes, flakeRefFromAttributes(schemes, attributes)) };
  } catch (error) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: marks of coloured arguments
    return `error: ${(error as Error).message.replace(/[\x0e\x0f]/g, '')}`;
  }
}

test.each(known)('%s', (text, expected) => expect(parsed(text)).toEqual(expected));

test('a fragment is taken off', () => {
  expect(parseFlakeRefWithFragment(schemes, 'github:a/b#x.y').fragment).toBe('x.y');
  expect(parseFlakeRefWithFragment(schemes, 'nixpkgs#hello').fragment).toBe('hello');
});

test('relative paths need a base, and a flake to be found there', () => {
  const locate = (path: string) => ({ root: path, dir: '', isGit: false, shallow: false });
  expect(parseFlakeRefWithFragment(schemes, './x#y', { base: '/base', locate })).toEqual({
    input: { type: 'path', path: '/base/./x' },
    dir: '',
    fragment: 'y',
  });
  expect(parseFlakeRef(schemes, './x', { keepRelative: true }).input).toEqual({ type: 'path', path: './x' });
});

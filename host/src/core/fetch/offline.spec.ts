import { expect, test } from 'vitest';
import { OfflineFetching } from './offline.ts';

const fetching = new OfflineFetching({ feature: (name) => name === 'flakes', advice: 'ask for it elsewhere' });
const failure = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: marks of coloured arguments
    return (error as Error).message.replace(/[\x0e\x0f]/g, '');
  }
};

test.each([
  ['fetchurl', { url: 'https://example.org/a' }, "'https://example.org/a' cannot be fetched here: ask for it elsewhere"],
  ['fetchTarball', { url: 'https://example.org/a.tar.gz' }, "'https://example.org/a.tar.gz' cannot be fetched here: ask for it elsewhere"],
  [
    'fetchTree',
    { type: 'github', owner: 'NixOS', repo: 'nix', ref: 'main' },
    "'github:NixOS/nix/main' cannot be fetched here: ask for it elsewhere",
  ],
  ['fetchTree', { url: 'path:/a' }, "'path:/a' cannot be fetched here: ask for it elsewhere"],
  [
    'fetchGit',
    { type: 'git', url: 'https://example.org/a', exportIgnore: true },
    "'https://example.org/a' cannot be fetched here: ask for it elsewhere",
  ],
  ['fetchGit', { type: 'git', exportIgnore: true }, "input attribute 'url' is missing"],
  ['fetchTree', { type: 'nothing' }, `cannot show unsupported input '{"type":"nothing"}'`],
])('%s %j', (fetcher, args, message) => expect(failure(() => fetching.fetch(fetcher, JSON.stringify(args)))).toBe(message));

test('references to flakes are read and written without a network', () => {
  expect(fetching.flake('parseFlakeRef', 'github:a/b?dir=c')).toBe('{"dir":"c","owner":"a","repo":"b","type":"github"}');
  expect(fetching.flake('flakeRefToString', '{"type":"github","owner":"a","repo":"b"}')).toBe('github:a/b');
  expect(failure(() => fetching.flake('getFlake', 'nixpkgs'))).toContain("'nixpkgs' cannot be fetched here");
  expect(failure(() => new OfflineFetching().flake('parseFlakeRef', 'a'))).toContain("experimental Nix feature 'flakes' is disabled");
});

// Fetchers and flakes.
const proc = (name, args, slots, doc, more = {}) => ({ name, kind: 'proc', args, slots, doc, ...more });

export default [
  proc(
    'fetchurl',
    ['force'],
    6,
    'Downloads a file and returns its store path. The argument is a URL, or a set of `url`, `name` and `sha256`.',
  ),
  proc(
    'fetchTarball',
    ['force'],
    6,
    'Downloads an archive, unpacks it and returns the store path of its one folder. The argument is a URL, or a set of `url`, `name` and `sha256`.',
    {
      global: true,
    },
  ),
  proc(
    'fetchGit',
    ['force'],
    4,
    'Fetches a Git repository and returns a set with `outPath` and what is known of the revision. The argument is a URL or path, or a set of `url`, `rev`, `ref`, `submodules`, `shallow` and others.',
    {
      global: true,
      file: 'builtins/fetchTree',
    },
  ),
  proc(
    'fetchMercurial',
    ['force'],
    5,
    'Fetches a Mercurial repository and returns a set with `outPath` and what is known of the revision. The argument is a URL, or a set of `url`, `rev` and `name`.',
    {
      global: true,
      file: 'builtins/fetchTree',
    },
  ),
  proc(
    'fetchTree',
    ['force'],
    4,
    'Fetches a source tree of any kind that is supported and returns a set with `outPath` and what is known of it. The argument is a set of `type` and what that type takes, or a flake reference.',
    {
      feature: 'fetch-tree',
      file: 'builtins/fetchTree',
    },
  ),
  // what evaluates lock files calls it; no feature of this name exists, so that it is nowhere in scope
  proc('fetchFinalTree', ['force'], 4, 'Fetches a source tree whose attributes are final.', {
    feature: 'internal',
    file: 'builtins/fetchTree',
  }),
  proc(
    'fetchClosure',
    ['attrs'],
    6,
    'Copies a store path and all that it needs from a binary cache. The set has `fromStore`, `fromPath`, and `toPath` or `inputAddressed`.',
    {
      ctx: ['while evaluating the argument passed to builtins.fetchClosure'],
      feature: 'fetch-closure',
      file: 'builtins/fetchClosure',
    },
  ),
  proc('getFlake', ['plain'], 3, 'The outputs of a flake and what is known of its source.', {
    ctx: ['while evaluating the argument passed to builtins.getFlake'],
    file: 'builtins/flakes',
  }),
  proc('parseFlakeRef', ['plain'], 1, 'A flake reference as a set of its parts.', {
    ctx: ['while evaluating the argument passed to builtins.parseFlakeRef'],
    file: 'builtins/flakes',
  }),
  proc('flakeRefToString', ['attrs'], 2, 'A flake reference as text, from a set of its parts.', {
    ctx: ['while evaluating the argument passed to builtins.flakeRefToString'],
    file: 'builtins/flakes',
  }),
];

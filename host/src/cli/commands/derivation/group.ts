// `vixen derivation`, `nix derivation`.
import { groupRun } from '../../groups.ts';

export const derivationGroup = groupRun('Works with derivations.', {
  show: { about: 'print derivations as JSON', load: async () => (await import('./show.ts')).derivationShow },
});

// `nix store optimise`: nothing to do, since equal files are one blob.
import { storeCommand } from '../../store/command.ts';

export const storeOptimise = storeCommand({
  usage: '[FLAGS]',
  about: 'Does nothing: files with equal contents are kept once anyway.',
  examples: [''],
  create: () => ({
    async run(context) {
      await context.store();
    },
  }),
});

// `vixen store export` and `import`: paths as one stream (libstore/export-import.cc), what `nix-store --export` writes.
import { exportPaths, importPaths } from '@vixen/store';
import { writeOut } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import { PathSelection } from '../../store/selection.ts';
import { stdinChunks, writeChunks } from '../../store/streams.ts';

export const storeExport = storeCommand({
  usage: '[FLAGS] PATH… > FILE',
  about: 'Writes store paths with what is known about them to stdout. What refers to something should come with it: --recursive.',
  examples: ['--recursive ./result > result.export'],
  create() {
    const selection = new PathSelection({ recursive: false });
    return {
      flags: selection.flags,
      positional: selection.positional,
      async run(context) {
        const store = await context.store();
        const infos = await selection.resolve(context, store);
        await writeChunks(exportPaths(store, infos, { signal: context.signal }));
      },
    };
  },
});

export const storeImport = storeCommand({
  usage: '[FLAGS] < FILE',
  about: 'Takes in what `store export` has written, and prints the paths.',
  examples: ['< result.export'],
  create: () => ({
    async run(context) {
      const store = await context.store();
      const options = { checkSignatures: false, signal: context.signal };
      for await (const path of importPaths(store, stdinChunks(context.signal), options)) writeOut(`${path}\n`);
    },
  }),
});

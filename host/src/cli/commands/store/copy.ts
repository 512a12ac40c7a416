// `vixen store copy`, `nix copy`: paths from one store to another (nix/copy.cc).
import { copyPaths } from '@vixen/store';
import { addOutLinks } from '../../../node/out-links.ts';
import type { Flag } from '../../flags.ts';
import { storeCommand } from '../../store/command.ts';
import { TransferProgress } from '../../store/progress.ts';
import { PathSelection } from '../../store/selection.ts';
import { UsageError } from '../../usage.ts';

export const storeCopy = storeCommand({
  usage: '[--from URL] [--to URL] [FLAGS] PATH…',
  about: 'Copies store paths, and all that they refer to, from one store to another.',
  examples: [
    '--to file:///tmp/cache ./result',
    '--from https://cache.nixos.org /nix/store/…-hello-2.12',
    '--all --from /mnt --to daemon',
    "--to file:///tmp/cache '/nix/store/…-hello.drv^out'",
  ],
  create() {
    const selection = new PathSelection({ recursive: true });
    let from: string | undefined;
    let to: string | undefined;
    let checkSignatures = true;
    let outLink: string | undefined;
    const flags: Flag[] = [
      { names: ['--from'], labels: ['store-url'], help: 'where the paths are', run: (url) => (from = url!) },
      { names: ['--to'], labels: ['store-url'], help: 'where they are to be', run: (url) => (to = url!) },
      { names: ['--no-check-sigs'], help: 'do not ask for signatures by trusted keys', run: () => (checkSignatures = false) },
      { names: ['--out-link', '-o'], labels: ['path'], help: 'make links to the paths, which keep them', run: (path) => (outLink = path!) },
      { names: ['--substitute-on-destination', '-s'], help: 'accepted for compatibility', run: () => {} },
      ...selection.flags,
    ];
    return {
      flags,
      positional: selection.positional,
      async run(context) {
        if (from === undefined && to === undefined) throw new UsageError("you must pass '\x0e--from\x0f' and/or '\x0e--to\x0f'");
        const source = from === undefined ? await context.store() : await context.open(from);
        const target = to === undefined ? await context.store() : await context.open(to);
        const { paths: roots, realisations } = await selection.named(context, source);
        const progress = new TransferProgress('copying');
        try {
          const closure = selection.isRecursive;
          await copyPaths(source, target, roots, {
            closure,
            checkSignatures,
            realisations,
            signal: context.signal,
            onEvent: progress.event,
          });
        } finally {
          progress.end();
        }
        if (outLink !== undefined) await addOutLinks(target, roots, outLink);
      },
    };
  },
});

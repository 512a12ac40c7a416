// `nix store copy-log`: build logs from one store to another.
import { StoreError, unsupported } from '@vixen/store';
import { storeCommand } from '../../store/command.ts';
import { PathSelection } from '../../store/selection.ts';
import { UsageError } from '../../usage.ts';

export const copyLog = storeCommand({
  usage: '[--from URL] [--to URL] DRV…',
  about: 'Copies the build logs of derivations from one store to another.',
  examples: ['--to file:///tmp/cache /nix/store/…-hello-2.12.drv'],
  create() {
    const selection = new PathSelection({ recursive: false });
    let from: string | undefined;
    let to: string | undefined;
    return {
      flags: [
        { names: ['--from'], labels: ['store-url'], help: 'where the logs are', run: (url) => (from = url!) },
        { names: ['--to'], labels: ['store-url'], help: 'where they are to be', run: (url) => (to = url!) },
        ...selection.flags,
      ],
      positional: selection.positional,
      async run(context) {
        if (from === undefined && to === undefined) throw new UsageError("you must pass '\x0e--from\x0f' and/or '\x0e--to\x0f'");
        const { signal } = context;
        const source = from === undefined ? await context.store() : await context.open(from);
        const target = to === undefined ? await context.store() : await context.open(to);
        if (!source.logs) throw unsupported(source.url, 'build logs');
        if (!target.logs) throw unsupported(target.url, 'build logs');
        for (const path of await selection.paths(context, source)) {
          const log = await source.logs.get(path, { signal });
          if (!log) throw new StoreError('not-found', `build log of derivation '${path}' is not available`);
          await target.logs.put(path, log, { signal });
        }
      },
    };
  },
});

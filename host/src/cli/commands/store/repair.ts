// `nix store repair`.
import { unsupported } from '@vixen/store';
import { storeCommand } from '../../store/command.ts';
import { repairFrom } from '../../store/repair.ts';
import { PathSelection } from '../../store/selection.ts';

export const storeRepair = storeCommand({
  usage: '[FLAGS] PATH…',
  about: 'Fetches the contents of store paths again from the substituters.',
  examples: ['--option substituters https://cache.nixos.org /nix/store/…-hello-2.12'],
  create() {
    const selection = new PathSelection({ recursive: false });
    return {
      flags: selection.flags,
      positional: selection.positional,
      async run(context) {
        const store = await context.store();
        const urls = context.config.settings.list('substituters');
        if (urls.length === 0) throw unsupported(store.url, 'repairing without substituters');
        for (const path of await selection.paths(context, store)) await repairFrom(context, store, urls, path, context.signal);
      },
    };
  },
});

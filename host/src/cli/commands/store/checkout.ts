// `vixen store checkout`: store paths as files on this machine.
import { notValid, unsupported } from '@vixen/store';
import { addOutLinks } from '../../../node/out-links.ts';
import { writeOut } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import { PathSelection } from '../../store/selection.ts';

export const storeCheckout = storeCommand({
  usage: '[FLAGS] PATH…',
  about: 'Makes store paths, and all that they refer to, files on this machine, and prints where they lie.',
  examples: ['/nix/store/…-hello-2.12', '--out-link result /nix/store/…-hello-2.12'],
  create() {
    const selection = new PathSelection({ recursive: true });
    let outLink: string | undefined;
    return {
      flags: [
        {
          names: ['--out-link', '-o'],
          labels: ['path'],
          help: 'make links to the paths, which keep them',
          run: (path) => (outLink = path!),
        },
        ...selection.flags,
      ],
      positional: selection.positional,
      async run(context) {
        const store = await context.store();
        const { checkouts } = store;
        if (!checkouts) throw unsupported(store.url, 'checkouts');
        const named = await selection.paths(context, store);
        const wanted = (await selection.resolve(context, store)).map(({ path }) => path);
        const places = new Map<string, string>();
        for (const path of wanted) places.set(path, await checkouts.checkout(path, { signal: context.signal }));
        for (const path of named) {
          const place = places.get(path);
          if (place === undefined) throw notValid(path);
          writeOut(`${place}\n`);
        }
        if (outLink !== undefined) await addOutLinks(store, named, outLink);
      },
    };
  },
});

// `vixen store info`, `nix store info`: whether a store can be reached, and what it is (nix/store-info.cc).
import { log, writeOut } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';

export const storeInfo = storeCommand({
  usage: '[FLAGS]',
  about: 'Tests whether a store can be accessed, and says what it is.',
  examples: ['', '--store file:///tmp/cache', '--json'],
  create() {
    let json = false;
    return {
      flags: [{ names: ['--json'], help: 'print JSON', run: () => (json = true) }],
      async run(context) {
        const store = await context.store();
        const { version, trusted } = (await store.connect?.({ signal: context.signal })) ?? {};
        if (json)
          return writeOut(
            `${JSON.stringify({ ...(trusted !== undefined && { trusted }), url: store.url, ...(version && { version }) })}\n`,
          );
        log(`Store URL: ${store.url}`);
        if (store.checkouts) log(`Root: ${store.checkouts.root || '/'}`);
        if (version) log(`Version: ${version}`);
        if (trusted !== undefined) log(`Trusted: ${trusted ? 1 : 0}`);
      },
    };
  },
});

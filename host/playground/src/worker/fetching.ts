// Fetchers: files and archives are fetched when the reader has allowed it, all else is refused with what to do instead.
import { OfflineFetching, WebFetching } from '@vixen/host';
import type { HasherFactory } from '@vixen/wasm';
import { permitted } from './asking.ts';

const instead = 'download it and drop the file or folder on the page';

export const fetching = (hashers: HasherFactory) =>
  new WebFetching({
    hashers,
    permitted,
    isSecure: globalThis.location.protocol === 'https:',
    advice: `this page fetches by builtins.fetchurl and builtins.fetchTarball alone. Otherwise, ${instead}`,
    unreadable: `You can ${instead}; of a nixpkgs folder, \`npm run playground:pack -- NIXPKGS\` makes a pack`,
    refused: 'Evaluate again (Ctrl-Enter) to be asked again',
  });

/** For what is evaluated unasked: nobody is asked for it, and nothing is sent. */
export const noFetching = new OfflineFetching({ advice: 'this was not asked for' });

import { formatHash, parseHash, sri } from '@vixen/wasm';

/** A hash in any form as SRI. */
export const toSri = (text: string) => sri(parseHash(text));

/** A hash in any form in Nix's base 32, with its algorithm. */
export const formatNix32 = (text: string) => formatHash(parseHash(text), 'nix32');

import { parseHash, sri } from '@vixen/wasm';

/** A hash in any form as SRI. */
export const toSri = (text: string) => sri(parseHash(text));

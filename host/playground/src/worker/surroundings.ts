// What evaluation finds around it besides the page's files. (A tree that is fetched on demand plugs in here: `files`, `searchPath`.)
import type { Surroundings } from '@vixen/host';
import { WasmHashes } from '@vixen/wasm';
import type { Modules } from '../modules.ts';

export function surroundings({ evaluator, hashes }: Modules): Surroundings {
  return { evaluator, hashers: new WasmHashes(hashes).createHasher };
}

// What evaluation finds around it besides the page's files.
import type { Surroundings } from '@vixen/host';
import { WasmHashes } from '@vixen/wasm';
import type { Modules } from '../modules.ts';
import { fetching } from './fetching.ts';
import { nixpkgs, nixpkgsFolder } from './nixpkgs.ts';

export function surroundings({ evaluator, hashes }: Modules, site: string): Surroundings {
  const hashers = new WasmHashes(hashes).createHasher;
  return { evaluator, hashers, fetching: fetching(hashers), files: nixpkgs(site, hashers), searchPath: { nixpkgs: nixpkgsFolder } };
}

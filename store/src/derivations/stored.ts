/** Derivations that lie in a store. */
import { readWholeFile } from '../browse.ts';
import { notValid, StoreError } from '../errors.ts';
import { type Derivation, parseDerivation } from '../formats/derivation/index.ts';
import type { CallOptions, Store } from '../service.ts';

/** No honest derivation is larger. */
const maxSize = 64 * 1024 * 1024;

/** Reads the `.drv` at a store path. Fails with `not-found` where it is not valid. */
export async function storedDerivation(store: Store, path: string, options: CallOptions): Promise<Derivation> {
  const info = await store.pathInfo(path, options);
  if (!info) throw notValid(path);
  if (!path.endsWith('.drv')) throw new StoreError('invalid', `path '${path}' is not a derivation`);
  if (info.narSize > maxSize) throw new StoreError('exhausted', `derivation '${path}' is too large: ${info.narSize} bytes`);
  return parseDerivation(await readWholeFile(store, path, options), path, store.directory);
}

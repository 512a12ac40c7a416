// Derivations that lie in a store.
import { notValid, readWholeFile, type Store } from '@vixen/store';
import { type Derivation, type DerivationOutput, parseDerivation } from '@vixen/store/formats';

/** Reads the derivation at a store path. */
export async function derivationOf(store: Store, path: string, signal: AbortSignal): Promise<Derivation> {
  if (!(await store.pathInfo(path, { signal }))) throw notValid(path);
  return parseDerivation(await readWholeFile(store, path, { signal }), path);
}

/** The path of an output, where it is known before the build. */
export const outputPath = (output: DerivationOutput): string | undefined => ('path' in output ? output.path : undefined);

/** Where the outputs of derivations are: as the derivation says it, or as a realisation does. */
import { StoreError } from '../errors.ts';
import type { Derivation } from '../formats/derivation/index.ts';
import type { Realisation } from '../path-info.ts';
import type { CallOptions, Store } from '../service.ts';
import { outputHashes } from './output-hashes.ts';
import { storedDerivation } from './stored.ts';

export interface RealisedOutput {
  readonly name: string;
  /** Undefined where it depends on a build that the store does not know. */
  readonly path: string | undefined;
  /** How that is known, where the derivation does not say it itself. */
  readonly realisation: Realisation | undefined;
}

/** Outputs of a derivation that lies in `store`, in the order of their names; `*` for all. */
export async function realisedOutputs(
  store: Store,
  drvPath: string,
  wanted: readonly string[] | '*',
  options: CallOptions = {},
): Promise<RealisedOutput[]> {
  const derivation = await storedDerivation(store, drvPath, options);
  const names = wanted === '*' ? [...derivation.outputs.keys()] : wanted;
  const unknown = names.find((name) => !derivation.outputs.has(name));
  if (unknown !== undefined) throw new StoreError('invalid', `derivation '${drvPath}' does not have wanted outputs '${unknown}'`);
  const isSaid = names.every((name) => 'path' in derivation.outputs.get(name)!);
  const hashes = isSaid || !store.realisations ? undefined : await outputHashes(store, derivation, options);
  const find = async (name: string) => {
    const said = saidPath(derivation, name);
    const hash = hashes?.get(name);
    if (said !== undefined || hash === undefined) return { name, path: said, realisation: undefined };
    const realisation = await store.realisations?.get(`sha256:${hash}!${name}`, options);
    return { name, path: realisation?.outPath, realisation };
  };
  return Promise.all([...names].sort().map(find));
}

function saidPath({ outputs }: Derivation, name: string): string | undefined {
  const output = outputs.get(name);
  return output && 'path' in output ? output.path : undefined;
}

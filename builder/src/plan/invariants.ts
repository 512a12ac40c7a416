/** Whether a derivation's outputs are where it says, and not at another's path (libstore/derivations.cc, checkInvariants). */
import type { CallOptions, Store } from '@vixen/store';
import { type OutputHashes, outputHashes } from '@vixen/store/castore';
import { type Derivation, pathOfContentAddress } from '@vixen/store/formats';
import type { DerivationToBuild } from '../build.ts';
import { BuildError } from '../errors.ts';
import { derivationName, storeDir } from './names.ts';

/** What is known of derivations that lie in one store: they never change. */
class Known {
  readonly hashes = new Map<string, OutputHashes>();
}

const known = new WeakMap<Store, Known>();

function knownOf(store: Store): Known {
  const found = known.get(store) ?? new Known();
  known.set(store, found);
  return found;
}

/** Fails with `invalid` for paths that do not follow from the derivation, whose inputs lie in `store`. */
export async function checkOutputPaths({ drvPath, derivation }: DerivationToBuild, store: Store, options: CallOptions): Promise<void> {
  const name = derivationName(drvPath, store.directory);
  const directory = storeDir(store.directory);
  const claimed = [...derivation.outputs].filter(([, output]) => 'path' in output);
  if (claimed.length === 0) return;
  const hashes =
    derivation.outputs.values().next().value?.type === 'fixed' ? undefined : await derivationHashes(derivation, store, options);
  for (const [outputName, output] of claimed) {
    if (!('path' in output)) continue;
    const right =
      output.type === 'fixed'
        ? pathOfContentAddress(directory, name, output)
        : directory.makeOutputPath(outputName, `sha256:${hashes!.get(outputName)!}`, name);
    if (output.path !== right) {
      const what = output.type === 'fixed' ? 'fixed output' : 'output';
      throw invalidPath(drvPath, `derivation has incorrect ${what} '${output.path}', should be '${right}'`);
    }
    requireVariable(derivation, outputName, right, drvPath);
  }
}

/** Hashes modulo of the outputs, which name realisations. */
export function derivationHashes(derivation: Derivation, store: Store, options: CallOptions): Promise<OutputHashes> {
  return outputHashes(store, derivation, { ...options, known: knownOf(store).hashes });
}

function requireVariable({ env }: Derivation, output: string, path: string, drvPath: string): void {
  const told = env.get(output);
  if (told === undefined) {
    if (env.has('__json')) return;
    throw invalidPath(drvPath, `derivation has missing environment variable '${output}', should be '${path}' but is not present`);
  }
  if (told === path) return;
  throw invalidPath(drvPath, `derivation has incorrect environment variable '${output}', should be '${path}' but is actually '${told}'`);
}

const invalidPath = (drvPath: string, message: string) => new BuildError('invalid', `${message} (while checking derivation '${drvPath}')`);

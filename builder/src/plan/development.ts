/** What a build would begin with, for a shell in a folder of the user's instead: nix-shell and its kin (nix/nix-build/nix-build.cc). */
import { type CallOptions, closureInfos, type Store } from '@vixen/store';
import { nativeHashers } from '@vixen/store/castore';
import { placeholder } from '@vixen/wasm';
import type { DerivationToBuild } from '../build.ts';
import { buildAttributes } from './files.ts';
import { derivationOptions } from './options.ts';
import { scratchPaths } from './plan.ts';
import { resolveDerivation } from './resolve.ts';
import { rewriteText } from './rewrite.ts';

export interface DevelopmentAttributes {
  readonly variables: ReadonlyMap<string, string>;
  /** Texts by name of the file in the folder. */
  readonly files: ReadonlyMap<string, string>;
  /** What the shell needs to be there. */
  readonly inputs: readonly string[];
}

/** The derivation's inputs have to be valid. `folder` is where the files will stand. */
export async function developmentAttributes(
  given: DerivationToBuild,
  store: Store,
  folder: string,
  call: CallOptions = {},
): Promise<DevelopmentAttributes> {
  const resolved = await resolveDerivation(given, store, call);
  const inputs = await closureInfos(store, [...resolved.derivation.inputSources, ...resolved.inputOutputs], call);
  const options = derivationOptions(resolved.derivation);
  const { variables, files } = await buildAttributes(resolved.derivation, options, { store, inputs, signal: call.signal }, folder);
  const scratch = scratchPaths(resolved, store.directory, undefined);
  const rewrites = new Map([...scratch].map(([name, path]) => [placeholder(nativeHashers, name), path]));
  const rewritten = (texts: ReadonlyMap<string, string>) => new Map([...texts].map(([name, text]) => [name, rewriteText(text, rewrites)]));
  return { variables: rewritten(variables), files: rewritten(files), inputs: [...inputs.keys()] };
}

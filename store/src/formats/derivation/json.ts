/** Derivations as JSON (Nix manual, "Derivation JSON format", version 4). Store paths are without their folder. */
import { formatHash } from '@vixen/wasm';
import type { JsonObject } from '../json.ts';
import { baseNameOf, nameOf } from '../store-path.ts';
import type { Derivation, DerivationInput, DerivationOutput } from './types.ts';

export const derivationJsonVersion = 4;

/** What Nix prints for the derivation at `path`. */
export function derivationJson(derivation: Derivation, path: string, directory: string): JsonObject {
  const base = (storePath: string) => baseNameOf(storePath, directory);
  const { outputs, inputDerivations, inputSources, system, builder, args, env } = derivation;
  const { __json: structured, ...plain } = Object.fromEntries(env);
  return {
    args,
    builder,
    env: plain,
    inputs: {
      drvs: Object.fromEntries([...inputDerivations].map(([drvPath, input]) => [base(drvPath), inputJson(input)])),
      srcs: inputSources.map(base),
    },
    name: nameOf(path, directory).replace(/\.drv$/, ''),
    outputs: Object.fromEntries([...outputs].map(([name, output]) => [name, outputJson(output, base)])),
    ...(structured !== undefined && { structuredAttrs: JSON.parse(structured) }),
    system,
    version: derivationJsonVersion,
  };
}

const inputJson = ({ outputs, dynamic = new Map() }: DerivationInput): JsonObject => ({
  dynamicOutputs: Object.fromEntries([...dynamic].map(([name, inner]) => [name, inputJson(inner)])),
  outputs,
});

function outputJson(output: DerivationOutput, base: (path: string) => string): JsonObject {
  switch (output.type) {
    case 'input-addressed':
      return { path: base(output.path) };
    case 'fixed':
      return { hash: formatHash(output.hash, 'sri'), method: output.method };
    case 'floating':
      return { hashAlgo: output.algo, method: output.method };
    case 'impure':
      return { hashAlgo: output.algo, impure: true, method: output.method };
    case 'deferred':
      return {};
  }
}

/**
 * Derivations whose inputs are known only after builds: when those are done, placeholders give way to paths, and what results is a derivation without input
 * derivations, with a path of its own (libstore/derivations.cc, tryResolve).
 */
import { type CallOptions, realisedOutputs, type Store, storedDerivation } from '@vixen/store';
import { nativeHashers, outputHashes } from '@vixen/store/castore';
import { type Derivation, type DerivationInput, type DerivationOutput, printDerivation, sortedPaths } from '@vixen/store/formats';
import type { DerivationToBuild } from '../build.ts';
import { BuildError } from '../errors.ts';
import { byName, parseJson, printJson } from './json.ts';
import { computedPlaceholder, type DerivationKind, derivationKind, derivationName, storeDir, upstreamPlaceholder } from './names.ts';
import { invalid } from './options.ts';
import type { ResolvedDerivation } from './plan.ts';
import { type Rewrites, rewriteText } from './rewrite.ts';

interface FoundInputs {
  readonly paths: Set<string>;
  /** Placeholders, and paths. */
  readonly rewrites: Map<string, string>;
}

/** The derivation as it is built. Fails with `invalid` where an input's path is not known. */
export async function resolveDerivation(given: DerivationToBuild, store: Store, options: CallOptions): Promise<ResolvedDerivation> {
  const { drvPath, derivation } = given;
  const kind = derivationKind(derivation);
  const found = await findInputs(given, store, options);
  if (!needsResolving(derivation, kind, found)) return { drvPath, derivation, kind, inputOutputs: [...found.paths] };
  if (kind === 'deferred' || kind === 'floating') await refuseImpureInputs(given, store, options);
  return resolved(given, found, store, options);
}

function needsResolving(derivation: Derivation, kind: DerivationKind, { rewrites }: FoundInputs): boolean {
  if (derivation.inputDerivations.size === 0 || kind === 'input-addressed') return false;
  // A fixed output has its path whatever its inputs are; only what it says of them may not be known.
  return kind !== 'fixed' || mentions(derivation, rewrites);
}

/** What is pure may not be made of what is not; only fixed outputs may, whose contents are known. */
async function refuseImpureInputs({ drvPath, derivation }: DerivationToBuild, store: Store, options: CallOptions): Promise<void> {
  for (const input of derivation.inputDerivations.keys()) {
    if (derivationKind(await storedDerivation(store, input, options)) !== 'impure') continue;
    throw invalid(`pure derivation '${drvPath}' depends on impure derivation '${input}'`);
  }
}

function mentions({ builder, args, env }: Derivation, rewrites: Rewrites): boolean {
  const texts = [builder, ...args, ...env.values()];
  return texts.some((text) => [...rewrites.keys()].some((placeholder) => text.includes(placeholder)));
}

async function findInputs({ derivation, inputOutputs }: DerivationToBuild, store: Store, options: CallOptions): Promise<FoundInputs> {
  const found: FoundInputs = { paths: new Set(), rewrites: new Map() };
  const finder = new InputFinder(store, inputOutputs, found, options);
  for (const [path, input] of byName(derivation.inputDerivations)) await finder.find(path, input, undefined);
  return found;
}

class InputFinder {
  readonly #store: Store;
  readonly #told: DerivationToBuild['inputOutputs'];
  readonly #found: FoundInputs;
  readonly #options: CallOptions;

  constructor(store: Store, told: DerivationToBuild['inputOutputs'], found: FoundInputs, options: CallOptions) {
    this.#store = store;
    this.#told = told;
    this.#found = found;
    this.#options = options;
  }

  /** `placeholder` is that of the derivation itself, where it is an output of another. */
  async find(drvPath: string, { outputs, dynamic }: DerivationInput, placeholder: string | undefined): Promise<void> {
    const placeholderOf = (output: string) =>
      placeholder === undefined ? upstreamPlaceholder(drvPath, output, this.#store.directory) : computedPlaceholder(placeholder, output);
    const wanted = [...outputs, ...(dynamic?.keys() ?? [])];
    const paths = await this.#pathsOf(drvPath, wanted);
    for (const output of outputs) {
      this.#found.paths.add(paths.get(output)!);
      this.#found.rewrites.set(placeholderOf(output), paths.get(output)!);
    }
    for (const [output, inner] of dynamic ?? []) {
      await this.find(paths.get(output)!, inner, placeholderOf(output));
    }
  }

  async #pathsOf(drvPath: string, outputs: readonly string[]): Promise<Map<string, string>> {
    const told = this.#told?.get(drvPath);
    const paths = new Map<string, string>();
    for (const output of outputs) if (told?.has(output)) paths.set(output, told.get(output)!);
    const left = outputs.filter((output) => !paths.has(output));
    if (left.length === 0) return paths;
    for (const { name, path } of await realisedOutputs(this.#store, drvPath, left, this.#options)) {
      if (path === undefined) throw invalid(`output '${name}' of derivation '${drvPath}' is not known: it has to be built before`);
      paths.set(name, path);
    }
    return paths;
  }
}

async function resolved(
  { drvPath, derivation }: DerivationToBuild,
  { paths, rewrites }: FoundInputs,
  store: Store,
  options: CallOptions,
): Promise<ResolvedDerivation> {
  const { directory } = store;
  const name = derivationName(drvPath, directory);
  const rewritten: Derivation = {
    ...rewriteDerivation(derivation, rewrites),
    inputDerivations: new Map(),
    inputSources: sortedPaths([...derivation.inputSources, ...paths]),
  };
  const filled = await fillDeferred(rewritten, name, store, options);
  const digest = nativeHashers('sha256').update(printDerivation(filled)).digest();
  const path = storeDir(directory).makeTextPath(`${name}.drv`, digest, filled.inputSources);
  return { drvPath: path, derivation: filled, kind: derivationKind(filled), inputOutputs: [] };
}

function rewriteDerivation(derivation: Derivation, rewrites: Rewrites): Derivation {
  const rewrite = (text: string) => rewriteText(text, rewrites);
  const env = [...derivation.env].map(([name, value]): [string, string] => [
    rewrite(name),
    name === '__json' ? normalJson(rewrite(value)) : rewrite(value),
  ]);
  return { ...derivation, builder: rewrite(derivation.builder), args: derivation.args.map(rewrite), env: new Map(env) };
}

// Nix parses and prints what it has rewritten.
function normalJson(text: string): string {
  try {
    return printJson(parseJson(text));
  } catch (cause) {
    throw new BuildError('invalid', `cannot process __json attribute: ${String(cause)}`, { cause });
  }
}

/** Outputs that were to be input-addressed once inputs are known are so now. */
async function fillDeferred(derivation: Derivation, name: string, store: Store, options: CallOptions): Promise<Derivation> {
  if (![...derivation.outputs.values()].some(({ type }) => type === 'deferred')) return derivation;
  const hashes = await outputHashes(store, derivation, options);
  const env = new Map(derivation.env);
  const outputs = new Map<string, DerivationOutput>();
  for (const output of derivation.outputs.keys()) {
    const path = storeDir(store.directory).makeOutputPath(output, `sha256:${hashes.get(output)!}`, name);
    env.set(output, path);
    outputs.set(output, { type: 'input-addressed', path });
  }
  return { ...derivation, env, outputs };
}

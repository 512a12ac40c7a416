/** Derivations made by hand, and a builder that does what a spec says, for specs of plans and outputs. */

import { addTexts, type Node, type Store } from '@vixen/store';
import { NarIngest, nativeHashers, outputHashes, wasmHashes } from '@vixen/store/castore';
import { type Derivation, type DerivationOutput, hashPartOf, printDerivation } from '@vixen/store/formats';
import { ReferenceScanner } from '@vixen/wasm';
import { archiveOf, type Tree } from '../../../store/src/testing/trees.ts';
import type { BuildSettings, DerivationToBuild } from '../build.ts';
import { type BuildDerivationOptions, type BuildRequest, type BuildService, buildDerivation, noLimits } from '../index.ts';
import { storeDir } from '../plan/names.ts';

export const settings: BuildSettings = {
  cores: 2,
  limits: noLimits,
  sandboxPaths: [],
  relaxed: false,
  impureEnv: new Map(),
  allowedImpureHostDeps: [],
};

export type DerivationParts = Partial<Omit<Derivation, 'outputs' | 'env'>> & {
  readonly outputs?: readonly string[] | Readonly<Record<string, DerivationOutput>>;
  readonly env?: Readonly<Record<string, string>>;
};

/** Puts a derivation into a store, with the paths that its outputs have. */
export async function addDerivation(store: Store, name: string, parts: DerivationParts = {}): Promise<DerivationToBuild> {
  const { outputs = ['out'], env = {}, ...rest } = parts;
  const masked: Derivation = {
    inputDerivations: new Map(),
    inputSources: [],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: [],
    ...rest,
    env: new Map(Object.entries(env)),
    outputs: new Map(Array.isArray(outputs) ? outputs.map((output) => [output, { type: 'deferred' }]) : Object.entries(outputs)),
  };
  const derivation = Array.isArray(outputs) ? await withPaths(store, name, masked) : masked;
  const contents = printDerivation(derivation);
  const digest = nativeHashers('sha256').update(contents).digest();
  const references = [...derivation.inputDerivations.keys(), ...derivation.inputSources].sort();
  const drvPath = storeDir(store.directory).makeTextPath(`${name}.drv`, digest, references);
  await addTexts(store, [{ path: drvPath, contents, references }], nativeHashers);
  return { drvPath, derivation };
}

async function withPaths(store: Store, name: string, masked: Derivation): Promise<Derivation> {
  const blank = new Map([...masked.outputs.keys()].map((output) => [output, ''] as const));
  const hashes = await outputHashes(store, { ...masked, env: new Map([...masked.env, ...blank]) });
  const env = new Map(masked.env);
  const outputs = new Map<string, DerivationOutput>();
  for (const [output, hash] of hashes) {
    const path = storeDir(store.directory).makeOutputPath(output, `sha256:${hash}`, name);
    env.set(output, path);
    outputs.set(output, { type: 'input-addressed', path });
  }
  return { ...masked, outputs, env };
}

export type Make = (
  request: BuildRequest,
  log: (text: string) => void,
) => Readonly<Record<string, Tree>> | Promise<Readonly<Record<string, Tree>>>;

/** Leaves what `make` answers: trees by absolute path. */
export class FakeBuilder implements BuildService {
  readonly url = 'fake:';
  readonly requests: BuildRequest[] = [];
  readonly #store: Store;
  readonly #make: Make;

  constructor(store: Store, make: Make) {
    this.#store = store;
    this.#make = make;
  }

  async describe() {
    return { name: 'fake', reason: 'a spec', sandboxed: true, systems: ['x86_64-linux'], features: ['big-parallel'] };
  }

  async build(request: BuildRequest, { onLog }: Parameters<BuildService['build']>[1] = {}) {
    this.requests.push(request);
    const trees = await this.#make(request, (text) => void onLog?.(Buffer.from(text)));
    const outputs = [];
    for (const path of request.outputs) {
      const tree = trees[`/${path}`];
      if (tree) outputs.push({ path, ...(await this.#take(tree, request.needles)) });
    }
    return { outputs, started: 1, ended: 2 };
  }

  async #take(tree: Tree, wanted: readonly string[]) {
    const archive = archiveOf(tree);
    const scanner = new ReferenceScanner(wasmHashes(), wanted);
    scanner.write(archive);
    const found = scanner.found();
    scanner.close();
    const needles = wanted.flatMap((needle, index) => (found.includes(needle) ? [index] : []));
    const narHash = nativeHashers('sha256').update(archive).digest();
    return { node: await nodeOf(this.#store, archive), needles, narHash, narSize: archive.length };
  }

  async close(): Promise<void> {}
}

async function nodeOf(store: Store, archive: Uint8Array): Promise<Node> {
  const ingest = new NarIngest(store.castore!);
  await ingest.write(archive);
  return ingest.finish();
}

/** Builds with a builder that does what `make` says. */
export function buildWith(store: Store, given: DerivationToBuild, make: Make, options: Partial<BuildDerivationOptions> = {}) {
  return buildDerivation(given, { store, builder: new FakeBuilder(store, make), settings, ...options });
}

export const hashPart = (path: string) => hashPartOf(path);

/** Makes the request of a derivation: everything that its build may see, and what it has to leave. */

import path from 'node:path';
import { type CallOptions, closureInfos, type PathInfo, type Store } from '@vixen/store';
import { nativeHashers } from '@vixen/store/castore';
import { type Derivation, hashPartOf } from '@vixen/store/formats';
import { encodeText, placeholder } from '@vixen/wasm';
import type { BuildSettings } from '../build.ts';
import { BuildError } from '../errors.ts';
import type { BuildInput, BuildRequest, SandboxPath } from '../service.ts';
import { buildEnvironment } from './environment.ts';
import { buildAttributes } from './files.ts';
import { type DerivationKind, scratchPath } from './names.ts';
import { type DerivationOptions, derivationOptions, invalid } from './options.ts';
import { rewriteText } from './rewrite.ts';

/** Where builds happen, as they see it. */
const buildFolder = '/build';

/** A derivation whose inputs are paths: nothing in it stands for what is not known. */
export interface ResolvedDerivation {
  readonly drvPath: string;
  readonly derivation: Derivation;
  readonly kind: DerivationKind;
  /** Outputs of other derivations that it uses. */
  readonly inputOutputs: readonly string[];
}

export interface BuildPlan extends ResolvedDerivation {
  readonly options: DerivationOptions;
  readonly request: BuildRequest;
  /** Where outputs stand during the build, by name. */
  readonly scratch: ReadonlyMap<string, string>;
  /** Everything that the build may see. */
  readonly inputs: ReadonlyMap<string, PathInfo>;
  /** Paths that the request's needles are the hash parts of. */
  readonly needles: readonly string[];
}

export interface PlanOptions extends CallOptions {
  readonly store: Store;
  readonly settings: BuildSettings;
  /** Paths of outputs that are known though the derivation does not say them. */
  readonly knownOutputs?: ReadonlyMap<string, string>;
  /** Outputs that stay as they are: they may be made, and are not looked at. */
  readonly kept?: ReadonlySet<string>;
}

export async function planBuild(resolved: ResolvedDerivation, given: PlanOptions): Promise<BuildPlan> {
  const { drvPath, derivation, kind } = resolved;
  const { store, settings, signal, knownOutputs, kept } = given;
  const { directory } = store;
  const options = derivationOptions(derivation);
  const inputs = await closureInfos(store, [...derivation.inputSources, ...resolved.inputOutputs], { signal });
  const scratch = scratchPaths(resolved, directory, knownOutputs);
  const rewrites = new Map([...scratch].map(([name, scratched]) => [placeholder(nativeHashers, name), scratched]));
  const attributes = await buildAttributes(derivation, options, { store, inputs, signal }, buildFolder);
  const fixed = kind === 'fixed';
  const impure = fixed || kind === 'impure';
  const hostile = mayLeaveSandbox(drvPath, options, settings);
  const needles = [...new Set([...scratch.values(), ...inputs.keys()])];
  const sandboxPaths = [...settings.sandboxPaths, ...impureHostPaths(drvPath, options, settings)];
  const request: BuildRequest = {
    inputs: buildInputs(inputs, directory),
    inputsDirectory: relative(directory),
    command: [derivation.builder, ...derivation.args.map((arg) => rewriteText(arg, rewrites))],
    workingDirectory: relative(buildFolder),
    scratchPaths: [relative(buildFolder), relative(directory)].sort(),
    outputs: [...scratch].flatMap(([name, place]) => (kept?.has(name) ? [] : [relative(place)])).sort(),
    environment: buildEnvironment({ directory, folder: buildFolder, settings, options, fixed, impure, rewrites, ...attributes }),
    additionalFiles: [...attributes.files]
      .map(([name, text]) => ({ path: `${relative(buildFolder)}/${name}`, contents: encodeText(rewriteText(text, rewrites)) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    needles: needles.map((needle) => hashPartOf(needle, directory)),
    constraints: {
      system: derivation.system,
      minMemory: 0,
      availableReadOnlyPaths: [],
      networkAccess: impure || hostile,
      provideBinSh: !sandboxPaths.some(({ target }) => target === '/bin/sh'),
    },
    limits: settings.limits,
    sandboxPaths,
    features: options.requiredSystemFeatures,
    ...(hostile ? { unsandboxed: true } : {}),
  };
  checkTexts(request);
  return { ...resolved, options, request, scratch, inputs, needles };
}

export function scratchPaths(
  { drvPath, derivation }: ResolvedDerivation,
  directory: string,
  known: ReadonlyMap<string, string> | undefined,
): Map<string, string> {
  const pathOf = (name: string, said: string | undefined) => said ?? known?.get(name) ?? scratchPath(drvPath, name, directory);
  return new Map([...derivation.outputs].map(([name, output]) => [name, pathOf(name, 'path' in output ? output.path : undefined)]));
}

/** Refuses what no process can be given; evaluation makes no such thing. */
function checkTexts({ command, environment }: BuildRequest): void {
  for (const text of [...command, ...environment.keys(), ...environment.values()]) {
    if (text.includes('\0')) throw invalid('a derivation may not hold a NUL byte');
  }
  for (const name of environment.keys()) if (name === '' || name.includes('=')) throw invalid(`'${name}' is no name of a variable`);
}

const relative = (absolute: string) => absolute.slice(1);

function buildInputs(inputs: ReadonlyMap<string, PathInfo>, directory: string): BuildInput[] {
  const prefix = directory.length + 1;
  return [...inputs.values()]
    .map((info) => ({ name: info.path.slice(prefix), node: info.node }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether the build runs without a sandbox, which the settings have to allow. */
function mayLeaveSandbox(drvPath: string, { noChroot }: DerivationOptions, { relaxed }: BuildSettings): boolean {
  if (noChroot && !relaxed) {
    throw new BuildError('invalid', `derivation '${drvPath}' has '__noChroot' set, but that's not allowed when 'sandbox' is 'true'`);
  }
  return noChroot;
}

function impureHostPaths(drvPath: string, { impureHostDeps }: DerivationOptions, settings: BuildSettings): SandboxPath[] {
  return impureHostDeps.map((wanted) => {
    const clean = cleanPath(wanted);
    const allowed = settings.allowedImpureHostDeps.map(cleanPath).some((prefix) => isWithin(clean, prefix));
    if (allowed) return { target: clean, source: clean, optional: true };
    throw invalid(`derivation '${drvPath}' requested impure path '${wanted}', but it was not in allowed-impure-host-deps`);
  });
}

function cleanPath(text: string): string {
  if (!text.startsWith('/')) throw invalid(`not an absolute path: '${text}'`);
  return path.posix.resolve(text);
}

const isWithin = (inner: string, outer: string) => inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);

/** What would have to be built for paths to be there (libstore/misc.cc, queryMissing). Nothing is substituted. */
import { realisedOutputs } from '../../derivations/realised.ts';
import { storedDerivation } from '../../derivations/stored.ts';
import { StoreError } from '../../errors.ts';
import type { DerivedPath } from '../../formats/derived-path.ts';
import type { CallOptions, Store } from '../../service.ts';

export interface MissingPaths {
  /** Derivations. */
  readonly willBuild: Set<string>;
  /** Paths that nothing here makes. */
  readonly unknown: Set<string>;
}

interface WantedOutputs {
  readonly drvPath: string;
  readonly outputs: readonly string[] | '*';
}

export async function missingPaths(store: Store, targets: readonly DerivedPath[], options: CallOptions): Promise<MissingPaths> {
  const result: MissingPaths = { willBuild: new Set(), unknown: new Set() };
  const todo: WantedOutputs[] = [];
  for (const target of targets) {
    if ('path' in target) await noteUnknown(store, [target.path], result, options);
    else if (typeof target.drvPath === 'string') todo.push({ drvPath: target.drvPath, outputs: target.outputs });
    else throw new StoreError('unsupported', 'derivations that are themselves built are not supported');
  }
  for (let wanted = todo.pop(); wanted; wanted = todo.pop()) {
    options.signal?.throwIfAborted();
    todo.push(...(await needs(store, wanted, result, options)));
  }
  return result;
}

/** What a derivation's build needs of others, where it has to be built. */
async function needs(store: Store, wanted: WantedOutputs, result: MissingPaths, options: CallOptions): Promise<WantedOutputs[]> {
  const { drvPath } = wanted;
  if (result.willBuild.has(drvPath)) return [];
  if (!(await store.pathInfo(drvPath, options))) {
    result.unknown.add(drvPath);
    return [];
  }
  if (await areValid(store, wanted, options)) return [];
  const derivation = await storedDerivation(store, drvPath, options);
  result.willBuild.add(drvPath);
  await noteUnknown(store, derivation.inputSources, result, options);
  return [...derivation.inputDerivations].map(([path, { outputs }]) => ({ drvPath: path, outputs }));
}

async function areValid(store: Store, { drvPath, outputs }: WantedOutputs, options: CallOptions): Promise<boolean> {
  const paths = (await realisedOutputs(store, drvPath, outputs, options)).map(({ path }) => path);
  const known = paths.filter((path) => path !== undefined);
  return known.length === paths.length && (await store.pathInfos(known, options)).size === new Set(known).size;
}

async function noteUnknown(store: Store, paths: readonly string[], { unknown }: MissingPaths, options: CallOptions): Promise<void> {
  const valid = await store.pathInfos(paths, options);
  for (const path of paths) if (!valid.has(path)) unknown.add(path);
}

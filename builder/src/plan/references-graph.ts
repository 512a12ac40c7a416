/** `exportReferencesGraph`: what a build is told of closures. */
import { type PathInfo, type Store, storedDerivation } from '@vixen/store';
import { outputPaths } from '@vixen/store/formats';
import { formatHash } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import { type Json, JsonNumber } from './json.ts';

type Infos = ReadonlyMap<string, PathInfo>;

export interface ClosureSource {
  readonly store: Store;
  /** Everything that the build may see. */
  readonly inputs: Infos;
  readonly signal: AbortSignal | undefined;
}

/** The closures of paths, and of the outputs of all derivations in them; ascending. Fails with `invalid` where a path is no input. */
export async function exportedInfos(source: ClosureSource, paths: readonly string[]): Promise<PathInfo[]> {
  const found = new Map<string, PathInfo>();
  for (const path of paths) {
    if (!source.inputs.has(path)) throw noInput(path);
    addClosure(found, source.inputs, path);
  }
  for (const path of [...found.keys()]) if (path.endsWith('.drv')) await addOutputs(found, source, path);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, info]) => info);
}

function addClosure(found: Map<string, PathInfo>, known: Infos, path: string): void {
  const todo = [path];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (found.has(next)) continue;
    const info = known.get(next)!;
    found.set(next, info);
    todo.push(...info.references);
  }
}

async function addOutputs(found: Map<string, PathInfo>, { store, inputs, signal }: ClosureSource, drvPath: string): Promise<void> {
  const outputs = [...outputPaths(await storedDerivation(store, drvPath, { signal })).values()];
  if (outputs.includes('')) throw new BuildError('unsupported', 'exportReferences on CA derivations is not yet implemented');
  const missing = outputs.filter((path) => !inputs.has(path) && !found.has(path));
  if (missing.length > 0) throw noInput(missing[0]!);
  for (const path of outputs) addClosure(found, inputs, path);
}

const noInput = (path: string) =>
  new BuildError('invalid', `cannot export references of path '${path}' because it is not in the input closure of the derivation`);

/** The text that `nix-store --load-db` reads: path, deriver (never told), number of references, references. */
export const registrationText = (infos: readonly PathInfo[]): string =>
  infos.map(({ path, references }) => `${[path, '', references.length, ...references].join('\n')}\n`).join('');

/** The same for structured attributes. */
export function registrationJson(infos: readonly PathInfo[]): Json {
  const byPath = new Map(infos.map((info) => [info.path, info]));
  return infos.map((info) => {
    const closure = new Map<string, PathInfo>();
    addClosure(closure, byPath, info.path);
    const closureSize = [...closure.values()].reduce((sum, { narSize }) => sum + narSize, 0);
    return new Map<string, Json>([
      ...(info.ca === undefined ? [] : ([['ca', info.ca]] as const)),
      ['closureSize', number(closureSize)],
      ['narHash', formatHash({ algo: 'sha256', digest: info.narHash }, 'nix32')],
      ['narSize', number(info.narSize)],
      ['path', info.path],
      ['references', info.references],
      ['valid', true],
    ]);
  });
}

const number = (value: number) => new JsonNumber(String(value));

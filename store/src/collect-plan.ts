/** What a garbage collection removes, and in which order. The decisions alone: stores bring what they know and do the removing. */
import { referrersClosure, topologicalOrder } from './closure.ts';
import { notValid, StoreError } from './errors.ts';
import type { PathInfo } from './path-info.ts';
import type { CollectOptions } from './service.ts';

export interface KeepSettings {
  /** A live path keeps the derivation that made it. Nix's default: true. */
  readonly keepDerivations: boolean;
  /** A live derivation keeps its outputs. Nix's default: false. */
  readonly keepOutputs: boolean;
}

export interface StoreContents extends KeepSettings {
  /** All valid paths. */
  readonly infos: ReadonlyMap<string, Pick<PathInfo, 'references' | 'deriver' | 'narSize'>>;
  /** Paths that roots name; those that are not valid do not count. */
  readonly roots: Iterable<string>;
  /** The outputs that a valid derivation says it has. */
  outputsOf(drvPath: string): Promise<readonly string[]>;
}

/** All paths that roots reach. */
export async function livePaths(contents: StoreContents): Promise<Set<string>> {
  const { infos, keepDerivations, keepOutputs } = contents;
  const live = new Set<string>();
  const todo = [...contents.roots];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    const info = infos.get(path);
    if (!info || live.has(path)) continue;
    live.add(path);
    for (const reference of info.references) todo.push(reference);
    if (keepDerivations && info.deriver !== undefined) todo.push(info.deriver);
    if (keepOutputs && path.endsWith('.drv')) todo.push(...(await contents.outputsOf(path)));
  }
  return live;
}

/** The paths that `options` asks to remove, each before what it refers to. Fails with `in-use` for those that may not go. */
export async function pathsToRemove(contents: StoreContents, options: CollectOptions): Promise<string[]> {
  const live = options.mode === 'specific' && options.ignoreLiveness ? new Set<string>() : await livePaths(contents);
  const wanted = options.mode === 'specific' ? await specificPaths(contents, live, options) : deadPaths(contents, live);
  const order = topologicalOrder(new Map([...wanted].map((path) => [path, contents.infos.get(path)!]))).reverse();
  if (options.maxFreed === undefined) return order;
  let [bytes, count] = [0, 0];
  while (count < order.length && bytes < options.maxFreed) bytes += contents.infos.get(order[count++]!)!.narSize;
  return order.slice(0, count);
}

function* deadPaths({ infos }: StoreContents, live: ReadonlySet<string>): Generator<string, void, void> {
  for (const path of infos.keys()) if (!live.has(path)) yield path;
}

/** The paths asked for with all that refers to them, which has to be dead too; alone, when liveness is ignored. */
async function specificPaths({ infos }: StoreContents, live: ReadonlySet<string>, options: CollectOptions): Promise<Set<string>> {
  const { paths = [], ignoreLiveness = false } = options;
  for (const path of paths) if (!infos.has(path)) throw notValid(path);
  const referrers = referrersOf(infos);
  const wanted = ignoreLiveness ? new Set(paths) : await referrersClosure({ referrers: async (path) => referrers.get(path) ?? [] }, paths);
  for (const path of wanted) {
    if (live.has(path)) throw inUse(path, 'it is still alive');
    const other = referrers.get(path)?.find((referrer) => !wanted.has(referrer));
    if (other !== undefined) throw inUse(path, `'${other}' refers to it`);
  }
  return wanted;
}

const inUse = (path: string, why: string) => new StoreError('in-use', `cannot delete path '${path}' since ${why}`);

function referrersOf(infos: StoreContents['infos']): Map<string, string[]> {
  const referrers = new Map<string, string[]>();
  for (const [path, { references }] of infos) {
    for (const reference of references) {
      if (reference === path) continue;
      const known = referrers.get(reference);
      if (known) known.push(path);
      else referrers.set(reference, [path]);
    }
  }
  return referrers;
}

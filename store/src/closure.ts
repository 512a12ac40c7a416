/** Closures: what paths refer to, directly or not. */
import { notValid, StoreError } from './errors.ts';
import type { PathInfo } from './path-info.ts';
import type { CallOptions, Store } from './service.ts';

type PathInfos = Pick<Store, 'pathInfos'>;

/** What is known of the paths and of all that they refer to, a level a query. Fails with `not-found` for a path that is not valid. */
export async function closureInfos(store: PathInfos, paths: readonly string[], options: CallOptions = {}): Promise<Map<string, PathInfo>> {
  const found = new Map<string, PathInfo>();
  for (let level = [...new Set(paths)]; level.length > 0; ) {
    options.signal?.throwIfAborted();
    const infos = await store.pathInfos(level, options);
    const next = new Set<string>();
    for (const path of level) {
      const info = infos.get(path);
      if (!info) throw notValid(path);
      found.set(path, info);
      for (const reference of info.references) next.add(reference);
    }
    level = [...next].filter((path) => !found.has(path));
  }
  return found;
}

/** All that refers to the paths, directly or not, and they themselves. */
export async function referrersClosure(
  store: Pick<Store, 'referrers'>,
  paths: readonly string[],
  options: CallOptions = {},
): Promise<Set<string>> {
  const found = new Set<string>();
  const todo = [...paths];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (found.has(path)) continue;
    options.signal?.throwIfAborted();
    found.add(path);
    todo.push(...(await store.referrers(path, options)));
  }
  return found;
}

/**
 * Paths ordered so that each comes after all those among them that it refers to; alphabetically where that leaves a choice. References may not
 * go in circles (`invalid`).
 */
export function topologicalOrder(infos: ReadonlyMap<string, Pick<PathInfo, 'references'>>): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const open = new Set<string>();
  const stack: { path: string; leave: boolean }[] = [...infos.keys()]
    .sort()
    .reverse()
    .map((path) => ({ path, leave: false }));
  for (let step = stack.pop(); step; step = stack.pop()) {
    const { path, leave } = step;
    if (leave) {
      open.delete(path);
      done.add(path);
      order.push(path);
      continue;
    }
    if (done.has(path) || open.has(path)) continue;
    open.add(path);
    stack.push({ path, leave: true });
    for (const reference of [...infos.get(path)!.references].sort().reverse()) {
      if (reference === path || !infos.has(reference)) continue;
      if (open.has(reference)) throw cycle(path, reference);
      stack.push({ path: reference, leave: false });
    }
  }
  return order;
}

const cycle = (from: string, to: string) => new StoreError('invalid', `cycle detected in the references of '${from}' from '${to}'`);

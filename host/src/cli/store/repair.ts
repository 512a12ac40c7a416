// Damaged paths, fetched again from substituters.
import { notValid, type Store, StoreError } from '@vixen/store';
import type { StoreContext } from './context.ts';

/** Replaces the contents of a path by what the first store that has it gives. */
export async function repairFrom(context: StoreContext, store: Store, urls: readonly string[], path: string, signal: AbortSignal) {
  if (!(await store.pathInfo(path, { signal }))) throw notValid(path);
  for (const url of urls) {
    const other = await context.open(url);
    const info = await other.pathInfo(path, { signal });
    if (!info) continue;
    await store.add(info, other.nar(path, { signal }), { repair: true, signal });
    return;
  }
  throw new StoreError('not-found', `cannot repair path '${path}': no substituter has it`);
}

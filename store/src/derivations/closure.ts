/** Closures with what the derivations among them make. */
import { closureInfos } from '../closure.ts';
import type { PathInfo } from '../path-info.ts';
import type { CallOptions, Store } from '../service.ts';
import { realisedOutputs } from './realised.ts';

/** What is known of the paths, of all that they refer to, and of the outputs of derivations among these that are there, until nothing more comes. */
export async function closureWithOutputs(
  store: Store,
  paths: readonly string[],
  options: CallOptions = {},
): Promise<Map<string, PathInfo>> {
  const found = new Map<string, PathInfo>();
  for (let next = [...paths]; next.length > 0; ) {
    const more = await closureInfos(store, next, options);
    const fresh = [...more.keys()].filter((path) => !found.has(path));
    for (const [path, info] of more) found.set(path, info);
    const outputs: string[] = [];
    for (const drvPath of fresh.filter((path) => path.endsWith('.drv'))) outputs.push(...(await validOutputs(store, drvPath, options)));
    next = outputs.filter((path) => !found.has(path));
  }
  return found;
}

async function validOutputs(store: Store, drvPath: string, options: CallOptions): Promise<string[]> {
  const outputs = await realisedOutputs(store, drvPath, '*', options);
  return [
    ...(
      await store.pathInfos(
        outputs.flatMap(({ path }) => path ?? []),
        options,
      )
    ).keys(),
  ];
}

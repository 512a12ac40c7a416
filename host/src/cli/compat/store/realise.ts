// `nix-store --realise`: makes paths valid, by fetching or building.
import type { DerivedPath } from '@vixen/store/formats';
import type { RealisedPath } from '../../../node/building/index.ts';
import { addPermanentRoot } from '../../../node/out-links.ts';
import { Building } from '../../building/building.ts';
import { missingText } from '../../building/missing.ts';
import { belongsTo } from '../../building/targets.ts';
import { log, writeOut } from '../../output.ts';
import type { StoreContext } from '../../store/context.ts';
import { storePathOf } from '../../store/paths.ts';
import type { Operation, OperationInput } from '../nix-store.ts';
import { refuseFlags } from './contents.ts';

/** What a word (`PATH` or `DRV!OUTPUT,…`) stands for. */
async function wanted(context: StoreContext, word: string): Promise<DerivedPath> {
  const [name, outputs] = word.split('!');
  const path = storePathOf(await context.store(), name!);
  return path.endsWith('.drv') ? { drvPath: path, outputs: outputs?.split(',') ?? '*' } : { path };
}

async function show(context: StoreContext, input: OperationInput, paths: readonly DerivedPath[], realised: readonly RealisedPath[]) {
  const store = await context.store();
  for (const [i, path] of paths.entries()) {
    const found = realised.filter(belongsTo(path));
    for (const { output = 'out', path: made } of found) {
      const suffix = `${i > 0 ? `-${i + 1}` : ''}${output === 'out' ? '' : `-${output}`}`;
      const shown = input.root === undefined ? made : await addPermanentRoot(store, made, input.root + suffix);
      if (!input.noOutput) writeOut(`${shown}\n`);
    }
    if (input.root === undefined && found.length > 0) {
      context.warn("you did not specify '--add-root'; the result might be removed by the garbage collector");
    }
  }
}

export const realise: Operation = async (context, input: OperationInput) => {
  refuseFlags(input, ['--dry-run', '--repair', '--check', '--ignore-unknown']);
  const has = (flag: string) => input.flags.includes(flag);
  const { settings } = context.config;
  const building = new Building({
    store: () => context.store(),
    settings,
    warn: (text) => context.warn(text),
    signal: context.signal,
    log,
  });
  building.logs = true;
  building.legacy = true;
  building.logFormat = context.logFormat;
  building.verbosity = context.verbosity;
  try {
    const named: DerivedPath[] = [];
    for (const word of input.args) named.push(await wanted(context, word));
    const missing = await (await building.realiser()).plan(named);
    const unknown = new Set(has('--ignore-unknown') ? missing.unknown : []);
    const paths = named.filter((path) => !('path' in path && unknown.has(path.path)));
    const text = missingText({ ...missing, unknown: missing.unknown.filter((path) => !unknown.has(path)) });
    if (text !== '') log(text);
    if (has('--dry-run')) return;
    const mode = has('--check') ? 'check' : has('--repair') ? 'repair' : 'normal';
    await show(context, input, paths, await building.realise(paths, { mode }));
  } finally {
    await building.close();
  }
};

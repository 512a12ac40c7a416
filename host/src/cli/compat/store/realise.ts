// `nix-store --realise`: makes paths valid. What is not there has to be built.
import { notValid, realisedOutputs, type Store, StoreError } from '@vixen/store';
import { addPermanentRoot } from '../../../node/out-links.ts';
import { writeOut } from '../../output.ts';
import type { StoreContext } from '../../store/context.ts';
import { storePathOf } from '../../store/paths.ts';
import type { Operation, OperationInput } from '../nix-store.ts';
import { refuseFlags } from './contents.ts';

interface Realised {
  /** Which output of a derivation it is; `out` for plain paths. */
  readonly output: string;
  readonly path: string;
}

/** What a word (`PATH` or `DRV!OUTPUT,…`) stands for. */
async function wanted(store: Store, word: string, signal: AbortSignal): Promise<Realised[]> {
  const [name, outputs] = word.split('!');
  const path = storePathOf(store, name!);
  if (!path.endsWith('.drv')) return [{ output: 'out', path }];
  const found = await realisedOutputs(store, path, outputs?.split(',') ?? '*', { signal });
  return found.map(({ name: output, path: known }) => {
    if (known === undefined)
      throw new StoreError('unsupported', `cannot realise '${path}!${output}': its path is known only after the build`);
    return { output, path: known };
  });
}

async function realiseOne(context: StoreContext, store: Store, word: string, ignoreUnknown: boolean): Promise<Realised[]> {
  const paths = await wanted(store, word, context.signal);
  const infos = await store.pathInfos(
    paths.map(({ path }) => path),
    { signal: context.signal },
  );
  const missing = paths.find(({ path }) => !infos.has(path));
  if (!missing) return paths;
  if (ignoreUnknown) return [];
  if (!word.includes('.drv')) throw notValid(missing.path);
  throw new StoreError('unsupported', `cannot build '${word}': this version of Vixen does not build derivations`);
}

export const realise: Operation = async (context, input: OperationInput) => {
  refuseFlags(input, ['--dry-run', '--repair', '--check', '--ignore-unknown']);
  const store = await context.store();
  let number = 0;
  for (const word of input.args) {
    const realised = await realiseOne(context, store, word, input.flags.includes('--ignore-unknown'));
    if (input.flags.includes('--dry-run')) continue;
    number += 1;
    for (const { output, path } of realised) {
      const suffix = `${number > 1 ? `-${number}` : ''}${output === 'out' ? '' : `-${output}`}`;
      const shown = input.root === undefined ? path : await addPermanentRoot(store, path, input.root + suffix);
      if (!input.noOutput) writeOut(`${shown}\n`);
    }
    if (input.root === undefined && realised.length > 0) {
      context.warn("you did not specify '--add-root'; the result might be removed by the garbage collector");
    }
  }
};

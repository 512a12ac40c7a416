// What an evaluation has cost.
import type { Run } from './run.ts';
import type { Statistics } from './types.ts';

const page = 65_536;

export function statisticsOf(run: Run): Statistics {
  const counted = run.machine.stats();
  const number = (name: string) => {
    const value = counted[name];
    return typeof value === 'number' ? value : 0;
  };
  return {
    elapsed: run.elapsed,
    working: Math.max(0, run.elapsed - run.waited),
    collecting: number('collecting'),
    collections: number('collections'),
    slices: run.slices,
    requests: { ...run.requests },
    samples: [...run.samples],
    memory: number('memoryPages') * page,
    touched: number('touchedPages') * page,
    expressions: number('nrExprs'),
    thunks: number('nrThunks'),
    calls: number('nrFunctionCalls'),
    builtinCalls: number('nrPrimOpCalls'),
    lookups: number('nrLookups'),
    sets: number('sets'),
    setValues: number('setValues'),
    updates: number('nrOpUpdates'),
    copiedValues: number('nrOpUpdateValuesCopied'),
    concatenations: number('concats'),
    elements: number('elements'),
    environments: number('envs'),
    environmentSlots: number('envSlots'),
    symbols: number('symbols'),
  };
}

// `NIX_SHOW_STATS`, `NIX_COUNT_CALLS`: statistics under Nix's keys (libexpr/eval.cc `printStatistics`).
import fs from 'node:fs';
import type { Session } from '../core/session.ts';
import { writeErr } from './output.ts';

const isOn = (value: string | undefined) => (value ?? '0') !== '0';
const page = 65536;
const microseconds = 1e6;
const milliseconds = 1e3;

// Bytes of the machine's objects (eval-core/assembly/value/layout.ts): what Nix's `sizeof` tells of its own.
const thunkBytes = 12;
const sizes = { Attr: 4, Bindings: 12, Env: 8, Value: 4 };

const cpuSeconds = () => process.cpuUsage().user / microseconds;
/** A machine's clock for statistics: how long the process has worked. */
export const cpuClock = () => cpuSeconds() * milliseconds;

interface Call {
  name?: string | null;
  count: number;
}

/** Nix's report, from what the machine counts. Values of their own are only the suspended ones. */
export function statistics(counted: Record<string, unknown>, countCalls: boolean): Record<string, unknown> {
  const number = (name: string) => (typeof counted[name] === 'number' ? counted[name] : 0);
  const calls = (name: string) => ((counted[name] ?? []) as Call[]).sort((a, b) => b.count - a.count);
  const cpu = cpuSeconds();
  const gc = number('collecting') / milliseconds;
  const [envs, slots] = [number('envs'), number('envSlots')];
  return {
    ...(countCalls && { attributes: calls('attributes') }),
    cpuTime: cpu,
    envs: { bytes: envs * sizes.Env + slots * sizes.Value, elements: slots, number: envs },
    ...(countCalls && { functions: calls('functions') }),
    gc: { cycles: number('collections'), heapSize: number('memoryPages') * page, totalBytes: number('touchedPages') * page },
    list: { bytes: number('elements') * sizes.Value, concats: number('concats'), elements: number('elements') },
    nrAvoided: number('nrAvoided'),
    nrExprs: number('nrExprs'),
    nrFunctionCalls: number('nrFunctionCalls'),
    nrLookups: number('nrLookups'),
    nrOpUpdateValuesCopied: number('nrOpUpdateValuesCopied'),
    nrOpUpdates: number('nrOpUpdates'),
    nrPrimOpCalls: number('nrPrimOpCalls'),
    nrThunks: number('nrThunks'),
    ...(countCalls && { primops: Object.fromEntries(calls('primops').map(({ name, count }) => [name, count])) }),
    sets: {
      bytes: number('sets') * sizes.Bindings + number('setValues') * sizes.Attr,
      elements: number('setValues'),
      number: number('sets'),
    },
    sizes,
    symbols: { bytes: number('symbolBytes'), number: number('symbols') },
    time: { cpu, gc, gcFraction: gc / cpu },
    values: { bytes: number('nrThunks') * thunkBytes, number: number('nrThunks') },
  };
}

/** Whether statistics are wanted. */
export const wantsStatistics = () => isOn(process.env.NIX_SHOW_STATS);

/** Whether calls are to be counted. */
export const countsCalls = () => wantsStatistics() && isOn(process.env.NIX_COUNT_CALLS);

/** Prints statistics where the environment asks for them. */
export function maybePrintStats({ machine }: Session) {
  const { env } = process;
  if (!wantsStatistics()) return;
  const text = `${JSON.stringify(statistics(machine.stats(), countsCalls()), null, 2)}\n`;
  const file = env.NIX_SHOW_STATS_PATH ?? '-';
  if (file === '-') writeErr(text);
  else fs.writeFileSync(file, text);
}

// `NIX_SHOW_STATS`, `NIX_COUNT_CALLS`: statistics under Nix's keys (libexpr/eval.cc `printStatistics`). What the machine does not count is 0.
import fs from 'node:fs';
import type { Session } from '../core/session.ts';
import { writeErr } from './output.ts';

const isOn = (value: string | undefined) => (value ?? '0') !== '0';
const page = 65536;
const microseconds = 1e6;

// Bytes of the machine's objects (eval-core/assembly/value/layout.ts): what Nix's `sizeof` tells of its own.
const sizes = { Attr: 4, Bindings: 12, Env: 8, Value: 4 };

/** Nix's report, from what the machine counts. */
export function statistics(counted: Record<string, unknown>, countCalls: boolean): Record<string, unknown> {
  const number = (name: string) => (typeof counted[name] === 'number' ? counted[name] : 0);
  const group = (name: string, ...fields: string[]) => Object.fromEntries(fields.map((field) => [field, number(`${name}.${field}`)]));
  const cpu = process.cpuUsage().user / microseconds;
  return {
    ...(countCalls && { attributes: [] }),
    cpuTime: cpu,
    envs: group('envs', 'bytes', 'elements', 'number'),
    ...(countCalls && { functions: [] }),
    gc: { cycles: number('collections'), heapSize: number('memoryPages') * page, totalBytes: number('touchedPages') * page },
    list: group('list', 'bytes', 'concats', 'elements'),
    nrAvoided: number('nrAvoided'),
    nrExprs: number('nrExprs'),
    nrFunctionCalls: number('nrFunctionCalls'),
    nrLookups: number('nrLookups'),
    nrOpUpdateValuesCopied: number('nrOpUpdateValuesCopied'),
    nrOpUpdates: number('nrOpUpdates'),
    nrPrimOpCalls: number('nrPrimOpCalls'),
    nrThunks: number('nrThunks'),
    ...(countCalls && { primops: {} }),
    sets: group('sets', 'bytes', 'elements', 'number'),
    sizes,
    symbols: { bytes: number('symbolBytes'), number: number('symbols') },
    time: { cpu, gc: 0, gcFraction: 0 },
    values: group('values', 'bytes', 'number'),
  };
}

/** Prints statistics where the environment asks for them. */
export function maybePrintStats({ machine }: Session) {
  const { env } = process;
  if (!isOn(env.NIX_SHOW_STATS)) return;
  const text = `${JSON.stringify(statistics(machine.stats(), isOn(env.NIX_COUNT_CALLS)), null, 2)}\n`;
  const file = env.NIX_SHOW_STATS_PATH ?? '-';
  if (file === '-') writeErr(text);
  else fs.writeFileSync(file, text);
}

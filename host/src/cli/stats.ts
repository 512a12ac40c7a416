// `NIX_SHOW_STATS` (libexpr/eval.cc `printStatistics`).
import fs from 'node:fs';
import type { Session } from '../core/session.ts';
import { writeErr } from './output.ts';

const isOn = (value: string | undefined) => (value ?? '0') !== '0';

/** Prints the machine's statistics where the environment asks for them. */
export function maybePrintStats({ machine }: Session) {
  const { env } = process;
  if (!isOn(env.NIX_SHOW_STATS)) return;
  const cpu = process.cpuUsage().user / 1e6;
  const stats = machine.stats();
  const time = { cpu, gc: 0, gcFraction: 0 };
  const text = `${JSON.stringify({ cpuTime: cpu, ...stats, time: { ...time, ...(stats.time as object | undefined) } }, null, 2)}\n`;
  const file = env.NIX_SHOW_STATS_PATH ?? '-';
  if (file === '-') writeErr(text);
  else fs.writeFileSync(file, text);
}

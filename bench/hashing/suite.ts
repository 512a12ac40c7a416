// What the Wasm room does in a second: `npm run bench -- hashing`. In one process, on data in memory; all works take turns, round by round.
import fs from 'node:fs';
import { WasmHashes } from '../../wasm/js/index.ts';
import { median } from '../statistics.ts';
import { type Work, works } from './works.ts';

export interface Rate {
  work: string;
  on: string;
  /** Bytes a second, and bytes a second of processor time: a busy machine leaves the second as it is. Medians of the rounds. */
  wall: number;
  cpu: number;
}

/** Milliseconds that one round of one work takes at least. */
const minimum = 25;

/** How fast one round is. */
export function measureRate({ size, run }: Pick<Work, 'size' | 'run'>): { wall: number; cpu: number } {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  let bytes = 0;
  let elapsed = 0;
  for (let times = 1; elapsed < minimum; times *= 2) {
    for (let i = 0; i < times; i++) run();
    bytes += size * times;
    elapsed = performance.now() - start;
  }
  const { user, system } = process.cpuUsage(cpuStart);
  return { wall: (bytes / elapsed) * 1e3, cpu: (bytes / (user + system)) * 1e6 };
}

/** The rates of works whose name matches. The first round warms up and is not counted. */
export function measureRates(all: readonly Work[], rounds: number): Rate[] {
  const samples = all.map(() => [] as { wall: number; cpu: number }[]);
  for (let round = 0; round <= rounds; round++) {
    all.forEach((work, i) => {
      const sample = measureRate(work);
      if (round > 0) samples[i]!.push(sample);
    });
  }
  return all.map(({ name, on }, i) => ({
    work: name,
    on,
    wall: median(samples[i]!.map(({ wall }) => wall)),
    cpu: median(samples[i]!.map(({ cpu }) => cpu)),
  }));
}

const megabytes = (rate: number) => String(Math.round(rate / 1e6));

/** The rates as a Markdown table, in MB (10^6 bytes) a second. */
export function rateTable(rates: readonly Rate[]): string {
  const rows = rates.map(({ work, on, wall, cpu }) => `| ${work} | ${on} | ${megabytes(wall)} | ${megabytes(cpu)} |`);
  return ['| work | on | MB/s | MB/s of processor time |', '|---|---|---:|---:|', ...rows].join('\n');
}

export interface HashingOptions {
  /** The module to measure. */
  module: string;
  only?: string | undefined;
  rounds?: string | undefined;
}

export function hashingSuite({ module, only = '', rounds = '5' }: HashingOptions): Rate[] {
  const wasm = new WasmHashes(new WebAssembly.Module(fs.readFileSync(module)));
  const chosen = works(wasm).filter(({ name, on }) => new RegExp(only).test(`${name} ${on}`));
  return measureRates(chosen, Number(rounds));
}

// Medians and ratios of samples.
import type { Sample } from './measure.ts';

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The medians of samples, figure by figure. */
export function medians(samples: Sample[]): Sample {
  const memory = samples.flatMap((sample) => sample.memory ?? []);
  const of = (key: 'wall' | 'cpu') => median(samples.map((sample) => sample[key]));
  return { wall: of('wall'), cpu: of('cpu'), ...(memory.length > 0 && { memory: median(memory) }) };
}

/** What is left of a sample when what a wrapper around the program takes is subtracted. */
export function without(sample: Sample, overhead: Sample | undefined): Sample {
  if (!overhead) return sample;
  return { ...sample, wall: Math.max(sample.wall - overhead.wall, 0), cpu: Math.max(sample.cpu - overhead.cpu, 0) };
}

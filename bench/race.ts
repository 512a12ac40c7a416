// A race: every runner in turn, round after round, so that whatever else the machine does hits all of them alike.
import { measure, type Run, type Sample } from './measure.ts';
import type { Runner } from './runners/runner.ts';
import { medians, without } from './statistics.ts';
import type { Workload } from './workloads.ts';

export interface Result {
  workload: string;
  rounds: number;
  /** Why the times do not count: a failure, or results that differ. */
  problem?: string;
  runners: { name: string; median: Sample; samples: Sample[] }[];
}

const sample = ({ wall, cpu, memory }: Run): Sample => ({ wall, cpu, ...(memory !== undefined && { memory }) });

/** Why the first outputs do not allow a race, or undefined. */
export function disagreement(names: string[], runs: Run[], workload: Workload): string | undefined {
  const failed = runs.findIndex((run) => run.status !== 0);
  if (failed >= 0) return `${names[failed]} failed: ${runs[failed]?.stderr.trim().split('\n').at(-1) ?? ''}`;
  const other = runs.findIndex((run) => run.stdout !== runs[0]?.stdout);
  return other < 0 || workload.differs ? undefined : `${names[0]} and ${names[other]} print different results`;
}

/** Races the runners over one workload. The first run of each is not counted: it warms the page cache and shows the results. */
export async function race(runners: Runner[], workload: Workload, rounds = workload.rounds): Promise<Result> {
  const run = (runner: Runner) => {
    workload.prepare?.(runner.name);
    return measure([...runner.command, ...workload.args], { anonymous: workload.anonymous ?? false });
  };
  const first: Run[] = [];
  for (const runner of runners) first.push(await run(runner));
  const names = runners.map((runner) => runner.name);
  const problem = disagreement(names, first, workload);
  if (problem !== undefined) return { workload: workload.name, rounds: 0, problem, runners: [] };

  const samples = runners.map((): Sample[] => []);
  const overheads = runners.map((): Sample[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, runner] of runners.entries()) {
      if (runner.overhead) overheads[index]?.push(sample(await measure(runner.overhead)));
      samples[index]?.push(sample(await run(runner)));
    }
  }
  const results = runners.map((runner, index) => {
    const taken = samples[index] ?? [];
    const overhead = overheads[index]?.length ? medians(overheads[index]) : undefined;
    return { name: runner.name, median: without(medians(taken), overhead), samples: taken };
  });
  return { workload: workload.name, rounds, runners: results };
}

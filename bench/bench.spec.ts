import { expect, test } from 'vitest';
import { measureRates, rateTable } from './hashing/suite.ts';
import { measure } from './measure.ts';
import { disagreement, race } from './race.ts';
import { header, row } from './report/table.ts';
import { median, medians, without } from './statistics.ts';
import { workloads } from './workloads.ts';

const run = (stdout: string, status = 0) => ({ stdout, stderr: '', status, wall: 1, cpu: 1 });
const workload = { name: 'w', args: [], rounds: 1 };

test('medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  const samples = [
    { wall: 1, cpu: 4, memory: 10 },
    { wall: 3, cpu: 6, memory: 30 },
    { wall: 2, cpu: 5, memory: 20 },
  ];
  expect(medians(samples)).toEqual({ wall: 2, cpu: 5, memory: 20 });
});

test('what a wrapper takes is subtracted, and never more than there is', () => {
  expect(without({ wall: 1, cpu: 0.5, memory: 5 }, { wall: 0.25, cpu: 1 })).toEqual({ wall: 0.75, cpu: 0, memory: 5 });
});

test('results that differ or fail do not race', () => {
  expect(disagreement(['a', 'b'], [run('1'), run('1')], workload)).toBeUndefined();
  expect(disagreement(['a', 'b'], [run('1'), run('2')], workload)).toContain('different results');
  expect(disagreement(['a', 'b'], [run('1'), run('2')], { ...workload, differs: true })).toBeUndefined();
  expect(disagreement(['a', 'b'], [run('1'), run('', 1)], workload)).toContain('b failed');
});

test('a run is measured', async () => {
  // By the process's own clock: others may have the processor meanwhile.
  const work = 'const end = 100_000; while (process.cpuUsage().user < end); console.log("out"); console.error("err"); process.exit(3)';
  const result = await measure([process.execPath, '-e', work]);
  expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', status: 3 });
  expect(result.wall).toBeGreaterThanOrEqual(0.1);
  expect(result.cpu).toBeGreaterThan(0.05);
  if (process.platform === 'linux') expect(result.memory).toBeGreaterThan(10e6);
});

test('a race between two commands', async () => {
  const echo = (name: string) => ({ name, command: ['echo'] });
  const result = await race([echo('a'), echo('b')], { name: 'echo', args: ['same'], rounds: 2 });
  expect(result.problem).toBeUndefined();
  expect(result.runners.map(({ name, samples }) => [name, samples.length])).toEqual([
    ['a', 2],
    ['b', 2],
  ]);
});

test('the table', () => {
  const a = { name: 'a', median: { wall: 0.5, cpu: 1.5, memory: 1e8 }, samples: [] };
  const b = { name: 'b', median: { wall: 0.25, cpu: 1.5, memory: 2e8 }, samples: [] };
  expect(header(['a', 'b']).split('\n')[0]).toBe(
    '| workload | a wall | b wall | ratio | a CPU | b CPU | ratio | a memory | b memory | ratio |',
  );
  expect(row({ workload: 'w', rounds: 1, runners: [a, b] })).toBe(
    '| w | 500 ms | 250 ms | 2.00 × | 1.50 s | 1.50 s | 1.00 × | 100 MB | 200 MB | 0.50 × |',
  );
  expect(row({ workload: 'w', rounds: 0, problem: 'no', runners: [] })).toBe('| w | no |');
});

test('nixpkgs only where there is one', () => {
  const names = (options: { nixpkgs?: string; heavy?: boolean }) => workloads('/w', options).map(({ name }) => name);
  expect(names({}).some((name) => name.includes('nixpkgs'))).toBe(false);
  expect(names({ nixpkgs: '/n' })).toContain('nixpkgs: hello');
  expect(names({ nixpkgs: '/n', heavy: true })).toContain('nixpkgs: every 25th');
});

test('rates are bytes a second', () => {
  const wait = () => {
    const end = performance.now() + 5;
    while (performance.now() < end);
  };
  const [rate] = measureRates([{ name: 'wait', on: 'nothing', size: 1e6, run: wait }], 2);
  expect(rate!.wall).toBeLessThanOrEqual(200e6);
  expect(rate!.wall).toBeGreaterThan(1e6);
  expect(rateTable([{ work: 'w', on: 'o', wall: 1.5e6, cpu: 2e6 }]).split('\n')[2]).toBe('| w | o | 2 | 2 |');
});

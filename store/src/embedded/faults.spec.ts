import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fastFolder } from '../testing/fast-folder.ts';
import { runFaults } from '../testing/faults.ts';
import { removeTree } from '../tree/index.ts';

// VIXEN_FAULTS=50 kills 200 processes.
const rounds = Number(process.env.VIXEN_FAULTS ?? 3);

/** Milliseconds. */
const longer = Math.min(rounds * 700, 30_000);

const folder = fastFolder('vixen-faults-');
afterAll(() => removeTree(folder));

describe('processes that are killed', () => {
  test('leave a store that keeps what it has acknowledged', { timeout: 60_000 + rounds * 10_000 }, async () => {
    const seed = Number(process.env.VIXEN_FAULTS_SEED ?? 1);
    const report = await runFaults({ folder, rounds, seed });
    if (rounds > 3) fs.writeSync(2, `${JSON.stringify(report)}\n`);
    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(report.collections).toBeGreaterThan(0);
  });

  test('and that go on for a while: two add the same and other paths, one copies, one collects', { timeout: 120_000 }, async () => {
    const report = await runFaults({ folder: path.join(folder, 'while'), rounds: 1, seed: 7, shortest: longer, longest: longer + 1 });
    if (rounds > 3) fs.writeSync(2, `${JSON.stringify(report)}\n`);
    expect(report.problems).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(10);
    expect(report.collections).toBeGreaterThan(3);
  });
});

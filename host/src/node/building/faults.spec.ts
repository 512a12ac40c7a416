// Processes that build a graph are killed at random moments: the next goes on, and the end is the same.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { closureInfos, openStore, type Store } from '@vixen/store';
import { afterAll, expect, test } from 'vitest';
import { addDerivation } from '../../../../builder/src/testing/derivations.ts';
import { bundleForTest } from '../../../../store/src/testing/bundle.ts';
import { fastFolder } from '../../../../store/src/testing/fast-folder.ts';
import { randomNumbers } from '../../../../store/src/testing/random-trees.ts';
import { removeTree } from '../../../../store/src/tree/index.ts';

// VIXEN_FAULTS=50 kills 50 processes that build 300 derivations.
const rounds = Number(process.env.VIXEN_FAULTS ?? 3);
const size = Math.min(300, rounds * 8);
const next = randomNumbers(Number(process.env.VIXEN_FAULTS_SEED ?? 1));

const folder = fastFolder('vixen-build-faults-');
afterAll(() => removeTree(folder));

/** Each needs some that came before. */
async function addGraph(store: Store): Promise<string> {
  const drvPaths: string[] = [];
  const outPaths: string[] = [];
  const random = randomNumbers(7);
  for (let number = 0; number < size; number++) {
    const isLast = number === size - 1;
    const chosen = isLast ? drvPaths.map((_, i) => i) : [random(number + 1), random(number + 1)].filter((i) => i < number);
    const inputDerivations = new Map([...new Set(chosen)].sort((a, b) => a - b).map((i) => [drvPaths[i]!, { outputs: ['out'] }]));
    const { drvPath, derivation } = await addDerivation(store, `graph-${number}`, {
      inputDerivations,
      env: { needed: [...new Set(chosen)].map((i) => outPaths[i]!).join(' ') },
      args: ['-c', 'echo "$name needs $needed" > $out'],
    });
    drvPaths.push(drvPath);
    outPaths.push(derivation.env.get('out')!);
  }
  return drvPaths.at(-1)!;
}

function run(program: string, url: string, drvPath: string, killAfter?: number): Promise<string> {
  const child = spawn(process.execPath, [program, url, drvPath], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text;
  });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(signal ?? (code === 0 ? 'done' : said));
    });
  });
}

async function hashesOf(url: string, drvPath: string): Promise<Record<string, string>> {
  const store = await openStore(url);
  try {
    const { realisedOutputs } = await import('@vixen/store');
    const [output] = await realisedOutputs(store, drvPath, '*');
    const infos = await closureInfos(store, [output!.path!]);
    return Object.fromEntries([...infos].map(([name, { narHash }]) => [name, Buffer.from(narHash).toString('hex')]));
  } finally {
    await store.close();
  }
}

/** Milliseconds of a run that has to succeed. */
async function timeOf(action: () => Promise<string>): Promise<number> {
  const started = Date.now();
  expect(await action()).toBe('done');
  return Date.now() - started;
}

test(`builds that are killed ${rounds} times go on`, { timeout: 60_000 + rounds * 10_000 }, async () => {
  const program = await bundleForTest('build-worker.ts', path.join(import.meta.dirname, 'testing'));
  const [killed, quiet] = ['killed', 'quiet'].map((name) => `embedded://${path.join(folder, name)}`) as [string, string];
  let drvPath = '';
  for (const url of [killed, quiet]) {
    const store = await openStore(url, { requireSignatures: false });
    drvPath = await addGraph(store);
    await store.close();
  }
  // What starting takes, and what there is to do, so that kills are spread over all of it.
  const usual = await timeOf(() => run(program, quiet, drvPath));
  const starting = await timeOf(() => run(program, quiet, drvPath));
  const share = Math.max(1, Math.ceil((2 * (usual - starting)) / rounds));
  const ends: string[] = [];
  for (let round = 0; round < rounds; round++) ends.push(await run(program, killed, drvPath, starting * 0.8 + next(share)));
  // On a machine that has become faster since, all of them may have come too late.
  for (let wait = starting / 2; !ends.includes('SIGKILL') && wait > 1; wait /= 2) ends.push(await run(program, killed, drvPath, wait));
  // Two at once share what is left.
  expect(await Promise.all([run(program, killed, drvPath), run(program, killed, drvPath)])).toEqual(['done', 'done']);
  expect(ends.filter((end) => end !== 'done' && end !== 'SIGKILL')).toEqual([]);
  expect(ends).toContain('SIGKILL');
  if (rounds > 10) console.log(`${ends.filter((end) => end === 'SIGKILL').length} of ${rounds} runs were killed`);
  const hashes = await hashesOf(killed, drvPath);
  expect(Object.keys(hashes).length).toBe(size);
  expect(hashes).toEqual(await hashesOf(quiet, drvPath));
});

/**
 * Kills processes that use a store, at random moments, and looks whether the store still keeps its promises: what was acknowledged and rooted is there and
 * whole, and `verify` objects to nothing. In each round two processes add (the same paths, and others), one copies and one collects.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { openEmbeddedStore } from '../backends/embedded.ts';
import { nativeHashers } from '../hashing.ts';
import type { Store } from '../service.ts';
import { bundleForTest } from './bundle.ts';
import { randomNumbers, randomTree } from './random-trees.ts';
import { sourceOf } from './trees.ts';

export interface FaultOptions {
  readonly folder: string;
  readonly rounds: number;
  readonly seed: number;
  /** Milliseconds of a round until the kill, at least (0) and at most. */
  readonly shortest?: number;
  readonly longest?: number;
}

export interface FaultReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly collections: number;
  readonly problems: readonly string[];
}

const sources = 40;

export async function runFaults({ folder, rounds, seed, shortest = 0, longest = 400 }: FaultOptions): Promise<FaultReport> {
  const program = await bundleForTest('fault-worker.ts');
  const [target, source] = ['target', 'source'].map((name) => `embedded://${path.join(folder, name)}`) as [string, string];
  fs.mkdirSync(path.join(folder, 'target/nix/var/nix/gcroots'), { recursive: true });
  await fillSource(source);
  const next = randomNumbers(seed);
  const run = new FaultRun(target);
  for (let round = 0; round < rounds; round++) {
    const number = seed + round * 10;
    const workers = [
      run.start(program, ['add', target, `${number}`]),
      run.start(program, ['add', target, `${number + 1}`]),
      run.start(program, ['copy', target, `${number + 2}`, source]),
      run.start(program, ['collect', target, `${number + 3}`]),
    ];
    await Promise.all(workers.map((worker) => worker.ready));
    await setTimeout(shortest + next(longest - shortest));
    // One of them first, while the others go on; then all.
    workers[next(workers.length)]!.child.kill('SIGKILL');
    await setTimeout(next(longest / 4));
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map((worker) => worker.ended));
    run.kills += workers.length;
    await run.check(round);
  }
  return run.report();
}

async function fillSource(url: string): Promise<void> {
  const store = await openEmbeddedStore(new URL(url));
  for (let i = 0; i < sources; i++) {
    const { info, nar } = sourceOf(randomTree(100 + i), { name: 'tree' });
    await store.add(info, [nar]);
  }
  await store.close();
}

interface Worker {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
}

class FaultRun {
  kills = 0;
  readonly #url: string;
  /** `SEED PATH` of roots that stand. */
  readonly #kept = new Set<string>();
  readonly #problems: string[] = [];
  #acknowledged = 0;
  #collections = 0;

  constructor(url: string) {
    this.#url = url;
  }

  start(program: string, args: readonly string[]): Worker {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const lines = createInterface({ input: child.stdout });
    const ready = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        if (line === 'ready') resolve();
        else this.#hear(line);
      });
      child.on('close', () => resolve());
    });
    const ended = new Promise<void>((resolve) => {
      child.on('close', (code, signal) => {
        if (signal !== 'SIGKILL')
          this.#problems.push(`${args[0]} ended by itself, with ${signal ?? code}: ${errors.join('').slice(0, 2000)}`);
        resolve();
      });
    });
    return { child, ready, ended };
  }

  #hear(line: string): void {
    const [word, seed, storePath] = line.split(' ');
    if (word === 'collected') this.#collections++;
    if (word === 'keep') this.#acknowledged++;
    if (word === 'keep') this.#kept.add(`${seed} ${storePath}`);
    if (word === 'drop') this.#kept.delete(`${seed} ${storePath}`);
  }

  async check(round: number): Promise<void> {
    const store = await openEmbeddedStore(new URL(this.#url));
    try {
      await store.verify({
        checkContents: round % 10 === 9,
        onProblem: ({ path: where, message }) => this.#problems.push(`${where ?? ''} ${message}`),
      });
      for (const storePath of new Set([...this.#kept].map((key) => key.split(' ')[1]!))) await this.#checkPath(store, storePath);
    } finally {
      await store.close();
    }
    this.#forgetSome();
  }

  async #checkPath(store: Store, storePath: string): Promise<void> {
    const info = await store.pathInfo(storePath);
    if (!info) {
      this.#problems.push(`${storePath} was acknowledged, and is gone`);
      return;
    }
    const hasher = nativeHashers('sha256');
    try {
      for await (const chunk of store.nar(storePath)) hasher.update(chunk);
      if (!Buffer.from(hasher.digest()).equals(info.narHash)) this.#problems.push(`${storePath} has changed`);
    } catch (error) {
      this.#problems.push(String(error));
    }
  }

  /** Lets older roots go, so that a long run stays small and collections have work. */
  #forgetSome(): void {
    const roots = path.join(decodeURIComponent(new URL(this.#url).pathname), 'nix/var/nix/gcroots');
    for (const key of [...this.#kept].slice(0, Math.max(0, this.#kept.size - 60))) {
      const [seed, storePath] = key.split(' ') as [string, string];
      fs.rmSync(path.join(roots, `${seed}-${path.basename(storePath)}`), { force: true });
      this.#kept.delete(key);
    }
  }

  report(): FaultReport {
    return { kills: this.kills, acknowledged: this.#acknowledged, collections: this.#collections, problems: this.#problems };
  }
}

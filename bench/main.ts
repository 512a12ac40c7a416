// The command line of `npm run bench`. docs/bench.md has the options.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildWorkloads } from './builds/workloads.ts';
import { hashingSuite, rateTable } from './hashing/suite.ts';
import { type Result, race } from './race.ts';
import { header, row } from './report/table.ts';
import { nix } from './runners/nix.ts';
import type { Runner } from './runners/runner.ts';
import { vixen } from './runners/vixen.ts';
import { grpcSuite, serveForSuite } from './store/grpc.ts';
import { storeRunner, storeWorkloads } from './store/workloads.ts';
import { type Workload, workloads } from './workloads.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nix: { type: 'string' },
    overhead: { type: 'string' },
    vixen: { type: 'string' },
    runtime: { type: 'string' },
    nixpkgs: { type: 'string' },
    folder: { type: 'string' },
    heavy: { type: 'boolean' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
  },
});

// npm runs this from the top of the repository.
const top = process.cwd();
const launcher = path.join(top, 'host/bin/vixen.cjs');
const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, memory: os.totalmem(), node: process.version };

function save(file: string, text: string) {
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, text);
}

function report(file: string, results: object, table: string) {
  save(values.json ?? file, `${JSON.stringify({ machine, ...results }, null, 2)}\n`);
  if (values.markdown !== undefined) save(values.markdown, `${table}\n`);
}

function contestants(): Runner[] {
  const rival = nix({ command: values.nix, overhead: values.overhead });
  if (!rival) console.error('bench: no nix-instantiate on PATH and none given (--nix): there is nobody to race');
  return [vixen(launcher, { command: values.vixen, runtime: values.runtime }), ...(rival ? [rival] : [])];
}

async function races(runners: Runner[], all: Workload[], file: string) {
  const chosen = all.filter(({ name }) => new RegExp(values.only ?? '').test(name));
  const lines = [header(runners.map(({ name }) => name))];
  console.log(lines[0]);

  const results: Result[] = [];
  for (const workload of chosen) {
    const result = await race(runners, workload, values.rounds === undefined ? undefined : Number(values.rounds));
    results.push(result);
    lines.push(row(result));
    console.log(row(result));
  }
  report(file, { runners, results }, lines.join('\n'));
  process.exitCode = results.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

function hashing() {
  const rates = hashingSuite({ module: path.join(top, 'wasm/build/vixen-wasm.wasm'), ...values });
  const table = rateTable(rates);
  console.log(table);
  report('bench/results/hashing.json', { rates }, table);
}

async function grpc(rounds = 5) {
  const [, serve, folder] = positionals;
  if (serve === 'serve' && folder !== undefined) return serveForSuite(folder);
  const { figures, table } = await grpcSuite(rounds);
  console.log(table);
  report('bench/results/grpc.json', { figures }, table);
}

const [suite] = positionals;
if (suite === undefined) await races(contestants(), workloads(path.join(top, 'bench/workloads'), values), 'bench/results/latest.json');
else if (suite === 'store') {
  await races(contestants().map(storeRunner), await storeWorkloads(values.folder ?? os.tmpdir()), 'bench/results/store.json');
} else if (suite === 'builds') {
  const options = { folder: values.folder ?? os.tmpdir(), expressions: path.join(top, 'bench/builds') };
  await races(contestants().map(storeRunner), buildWorkloads(options), 'bench/results/builds.json');
} else if (suite === 'hashing') hashing();
else if (suite === 'grpc') await grpc(values.rounds === undefined ? undefined : Number(values.rounds));
else throw new Error(`bench: there is no suite '${suite}': store, builds, hashing, grpc, or none for the races`);

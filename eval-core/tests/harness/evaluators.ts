// The evaluators that the language tests can be run with.
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { externals } from '../../../scripts/lib/externals.mjs';
import type { Outcome } from './cases.ts';
import { ServerPool } from './pool.ts';

export interface TestEvaluator {
  /** Evaluates with `nix-instantiate`'s arguments, in a folder. */
  evaluate(args: string[], folder: string): Promise<Outcome>;
  stop(): void;
}

/** What a test may see of the world. */
const environment = (folder: string) => ({
  HOME: '/fake-home',
  NIX_PATH: `found=${folder}/found:${folder}/search`,
  NIX_CONFIG: 'experimental-features =',
  NIX_REMOTE: 'dummy://',
  NIX_STORE_DIR: '/nix/store',
  NO_COLOR: '1',
  TEST_VAR: 'foo',
});

/** Where a wrapper that brings its own Nix keeps it: not in the home that tests see. */
const oracleRoot = path.join(os.homedir(), '.cache/nix-oracle');

/** An evaluator that is a program with a command line like `nix-instantiate`'s. */
function command(prefix: string): TestEvaluator {
  const [program = '', ...first] = prefix.split(/\s+/).filter((word) => word !== '');
  const evaluate = (args: string[], folder: string) =>
    new Promise<Outcome>((resolve, reject) => {
      const env = { NIX_ORACLE_ROOT: oracleRoot, ...process.env, ...environment(folder) };
      const child = spawn(program, [...first, '--eval', '--strict', ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const output = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output.stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output.stderr += text;
      });
      child.on('error', reject);
      child.on('close', (status) => resolve({ status: status ?? 128, ...output }));
    });
  return { evaluate, stop: () => {} };
}

export interface TestOptions {
  /** Evaluations between two collections, 0 for as many as the collector likes. */
  stress?: number;
}

const servers = 2;

/** Vixen's command line, in processes that stay: starting one for each of many hundred cases would take minutes. */
async function vixen({ stress = 0 }: TestOptions): Promise<TestEvaluator> {
  const here = path.dirname(fileURLToPath(import.meta.url));
  // Where the sources stand as deep: they find the Wasm modules from there.
  const outfile = path.join(here, `../../build/harness/server-${stress}.mjs`);
  const banner = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
  await build({
    entryPoints: [path.join(here, 'server.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: externals,
    banner: { js: banner },
    logLevel: 'error',
  });
  const pool = new ServerPool(outfile, servers);
  const env = (folder: string) => ({ ...environment(folder), VIXEN_GC_STRESS: String(stress) });
  return { evaluate: (args, folder) => pool.run({ args, folder, env: env(folder) }), stop: () => pool.stop() };
}

/** The real Nix that expectations are recorded from: the environment's `NIX_ORACLE`, a command such as `nix-instantiate`. */
export const oracle = (): TestEvaluator => command(process.env.NIX_ORACLE ?? 'nix-instantiate');

/** What is tested: Vixen, or the command that the environment's `NIX_UNDER_TEST` names. */
export async function underTest(options: TestOptions = {}): Promise<TestEvaluator> {
  const other = process.env.NIX_UNDER_TEST;
  return other ? command(other) : vixen(options);
}

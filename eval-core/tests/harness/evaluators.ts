// The evaluators that the language tests can be run with.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './cases.ts';

/** Evaluates with `nix-instantiate`'s arguments, in a folder. */
export type Evaluate = (args: string[], folder: string) => Promise<Outcome>;

/** What a test may see of the world; everything else of the caller's environment that Nix looks at is taken away. */
const environment = (folder: string) => ({
  HOME: '/fake-home',
  NIX_PATH: `found=${folder}/found:${folder}/search`,
  NIX_CONFIG: 'experimental-features =',
  NIX_REMOTE: 'dummy://',
  NIX_STORE_DIR: '/nix/store',
  NO_COLOR: '1',
  TEST_VAR: 'foo',
});

/** An evaluator that is a program with a command line like `nix-instantiate`'s. */
export const command =
  (prefix: string[]): Evaluate =>
  (args, folder) =>
    new Promise((resolve, reject) => {
      const [program = '', ...first] = prefix;
      const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
      const child = spawn(program, [...first, '--eval', '--strict', ...args], {
        cwd: folder,
        env: { ...inherited, ...environment(folder) },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
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

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
const launcher = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../host/bin/vixen.mjs');

/** The real Nix that expectations are recorded from: the environment's `NIX_ORACLE`, a command such as `nix-instantiate`. */
export const oracle = (): Evaluate => command(words(process.env.NIX_ORACLE ?? 'nix-instantiate'));

/** What is tested: Vixen, or the command that the environment's `NIX_UNDER_TEST` names. */
export function underTest(): Evaluate {
  const other = process.env.NIX_UNDER_TEST;
  return command(other ? words(other) : [process.execPath, launcher, 'nix-instantiate']);
}

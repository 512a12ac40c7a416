// Where real Nix is, and whether it is the one that Vixen is measured against.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';

const version = '2.34.8';
/** Where a wrapper that brings its own Nix keeps it: not in the home that tests see. */
const ownRoot = path.join(os.homedir(), '.cache/nix-oracle');

/** The command line of one of Nix's programs, from the one of `nix-instantiate` in the environment's `NIX_ORACLE`. */
export function nixCommand(program: 'nix-instantiate' | 'nix'): string[] {
  const words = (process.env.NIX_ORACLE ?? 'nix-instantiate').split(/\s+/).filter((word) => word !== '');
  return words.map((word) => word.replace(/(^|\/)nix-instantiate$/, `$1${program}`));
}

export function missingOracle(): string | undefined {
  if (!process.env.NIX_ORACLE && process.env.VIXEN_ORACLE !== '1') return 'NIX_ORACLE names no Nix';
  const [program = '', ...args] = nixCommand('nix-instantiate');
  const { status, stdout, error } = spawnSync(program, [...args, '--version'], { encoding: 'utf8' });
  if (status !== 0) return `${program} does not run: ${error?.message ?? `status ${status}`}`;
  const found = stdout.trim().split(' ').at(-1);
  return found === version ? undefined : `${program} is Nix ${found}, not ${version}`;
}

/** What both evaluators see of the world: a store in memory that takes what expressions add to it. */
export const environment = (home: string) => ({
  NIX_ORACLE_ROOT: ownRoot,
  ...process.env,
  HOME: home,
  NIX_PATH: '',
  NIX_CONFIG: 'experimental-features = nix-command pipe-operators',
  NIX_REMOTE: 'dummy://?read-only=false',
  NIX_STORE_DIR: '/nix/store',
  NO_COLOR: '1',
  TERM: 'dumb',
  TEST_VAR: 'foo',
});

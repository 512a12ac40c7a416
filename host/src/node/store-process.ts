// Running programs that lie in a store. Where its paths do not lie at /nix, the program gets a mount namespace in which they do: bubblewrap makes one
// without root.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '@vixen/builder/machine';
import { closureInfos, type Store, StoreError, unsupported } from '@vixen/store';

export interface StoreProcess {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it needs: with all that they refer to, these paths are made files. */
  readonly paths: readonly string[];
}

/** The signals that a shell would give to the program, too. */
const forwarded: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP'];
const signalBase = 128;

/** Runs a program with our standard streams; answers its exit code, 128 and more for signals as shells do. */
export async function runStoreProcess(store: Store, { program, args, env, paths }: StoreProcess): Promise<number> {
  if (!store.checkouts) throw unsupported(store.url, 'checkouts, which programs are run from');
  for (const each of (await closureInfos(store, paths)).keys()) await store.checkouts.checkout(each);
  const [file, ...words] = [...namespaceFor(store.checkouts.root), program, ...args] as [string, ...string[]];
  const child = spawn(file, words, { stdio: 'inherit', env: env as NodeJS.ProcessEnv });
  // Ctrl-C goes to the whole group: the program decides what it means.
  const ignore = () => {};
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', ignore);
  for (const signal of forwarded) process.on(signal, forward);
  try {
    return await exitCodeOf(child, program);
  } finally {
    process.off('SIGINT', ignore);
    for (const signal of forwarded) process.off(signal, forward);
  }
}

function exitCodeOf(child: ReturnType<typeof spawn>, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(new StoreError('io', `unable to execute '${program}': ${cause.message}`, { cause })));
    child.on('close', (code, signal) => resolve(code ?? signalBase + (signal ? signalNumber(signal) : 0)));
  });
}

const numbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};
const signalNumber = (signal: string) => numbers[signal] ?? 0;

/** The command that comes before the program's; none where /nix is where it should be. */
export function namespaceFor(root: string): string[] {
  if (root === '' || root === '/') return [];
  const bwrap = findProgram('bwrap');
  if (bwrap === undefined || spawnSync(bwrap, ['--version'], { stdio: 'ignore' }).status !== 0) {
    const why = `the store lies at '${root}', so running a program of it takes bubblewrap; install it: apt-get install bubblewrap`;
    throw new StoreError('unsupported', why);
  }
  const mounts = fs.readdirSync('/').flatMap((name) => (name === 'nix' ? [] : mountOf(name)));
  return [bwrap, '--die-with-parent', ...mounts, '--bind', path.join(root, 'nix'), '/nix', '--chdir', process.cwd(), '--'];
}

function mountOf(name: string): string[] {
  const place = `/${name}`;
  const stat = fs.lstatSync(place, { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isSymbolicLink()) return ['--symlink', fs.readlinkSync(place), place];
  return ['--dev-bind', place, place];
}

// `vixen shell`, `nix shell`: a shell, or a command, that finds the programs of what is built (nix/env.cc).
import type { Store } from '@vixen/store';
import { browse, findEntry, StoreError } from '@vixen/store';
import { runStoreProcess } from '../../node/store-process.ts';
import { InstallableCommand } from '../building/installable-command.ts';
import { runCommand } from '../command.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Flag } from '../flags.ts';
import type { Run as Runner } from '../groups.ts';

class Shell extends InstallableCommand {
  #command: string[] | undefined;
  exitCode = 0;

  protected get own(): Flag[] {
    return [];
  }

  // `-c` ends the flags: what follows is the command.
  override parse(args: string[]) {
    const at = args.findIndex((word) => word === '-c' || word === '--command');
    if (at >= 0) this.#command = args.slice(at + 1);
    super.parse(at < 0 ? args : args.slice(0, at));
  }

  protected async execute(evaluation: Evaluation) {
    const items = await this.installables(evaluation);
    const paths = (await this.realise(evaluation, items)).flat().map(({ path }) => path);
    const store = await evaluation.store.store();
    const all = await withPropagated(store, paths);
    const [program, ...args] = this.#command ?? [process.env.SHELL ?? '/bin/sh'];
    const env = { ...process.env, PATH: [...all.map((path) => `${path}/bin`), process.env.PATH ?? ''].join(':') };
    this.exitCode = await runStoreProcess(store, { program: program!, args, env, paths: all });
  }
}

const propagated = '/nix-support/propagated-user-env-packages';

/** The paths with those that they want to be used with, each once. */
async function withPropagated(store: Store, paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const todo = [...paths].reverse();
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    todo.push(...(await propagatedBy(store, path)).reverse());
  }
  return [...found];
}

async function propagatedBy(store: Store, path: string): Promise<string[]> {
  const browser = await browse(store, path);
  if (browser.root.type !== 'directory') return [];
  try {
    const entry = await findEntry(browser, propagated);
    if (entry.type !== 'regular') return [];
    let text = '';
    for await (const chunk of browser.read(entry)) text += Buffer.from(chunk).toString();
    return text.split(/\s+/).filter((word) => word !== '');
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not-found') return [];
    throw error;
  }
}

const texts = {
  usage: ['[FLAGS] INSTALLABLE … [-c COMMAND ARGUMENT …]'],
  about: 'Runs a shell, or a command, that finds the programs of what is named.',
  examples: ['.#hello', "-f '<nixpkgs>' jq -c jq --version"],
};

export const shellRun: Runner = (program, args) => runCommand(program, () => new Shell({ program, ...texts }, {}), args);

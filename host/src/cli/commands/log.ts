// `vixen log`, `nix log`: the log of a build (nix/log.cc).
import { type Store, StoreError } from '@vixen/store';
import { ansi, colourMarks } from '../../core/errors/ansi.ts';
import { InstallableCommand } from '../building/installable-command.ts';
import type { Installable } from '../building/installables.ts';
import { printLog } from '../building/log.ts';
import { runCommand } from '../command.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Run } from '../groups.ts';
import { log } from '../output.ts';

class Log extends InstallableCommand {
  protected get own() {
    return [];
  }

  protected async execute(evaluation: Evaluation) {
    const store = await evaluation.store.store();
    for (const item of await this.installables(evaluation)) await this.#print(store, item);
  }

  async #print(store: Store, { path, word }: Installable) {
    const drvPath = await derivationOf(store, path);
    if (drvPath !== undefined && ((await printLog(store, drvPath)) || (await this.#printFetched(drvPath)))) return;
    throw new StoreError('not-found', `build log of '${word}' is not available`);
  }

  /** The log as a substituter has it. One that is away is passed over. */
  async #printFetched(drvPath: string): Promise<boolean> {
    const { settings } = this.shared.config;
    const { openHostStore } = await import('../../node/stores.ts');
    for (const url of settings.bool('substitute') ? settings.list('substituters') : []) {
      let store: Store | undefined;
      try {
        store = await openHostStore(url, { settings, env: process.env });
        if (await printLog(store, drvPath)) return true;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        log(colourMarks(`${ansi.magenta}warning:${ansi.normal} ${error.message}`));
      } finally {
        await store?.close();
      }
    }
    return false;
  }
}

async function derivationOf(store: Store, path: Installable['path']): Promise<string | undefined> {
  if ('path' in path) return path.path.endsWith('.drv') ? path.path : (await store.pathInfo(path.path))?.deriver;
  return typeof path.drvPath === 'string' ? path.drvPath : undefined;
}

const texts = {
  usage: ['[FLAGS] [INSTALLABLE …]'],
  about: 'Prints the logs of builds.',
  examples: ['.#hello', "-f '<nixpkgs>' hello", '/nix/store/…-hello-2.12', '/nix/store/…-hello-2.12.drv'],
};

export const logCommand: Run = (program, args) => runCommand(program, () => new Log({ program, ...texts }, {}), args);

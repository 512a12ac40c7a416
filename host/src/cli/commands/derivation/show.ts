// `vixen derivation show`, `nix derivation show`: derivations as JSON (nix/derivation-show.cc; Nix manual, "Derivation JSON format").
import { storedDerivation } from '@vixen/store';
import { derivationJson, sortedJson, derivationJsonVersion as version } from '@vixen/store/formats';
import { InstallableCommand } from '../../building/installable-command.ts';
import type { Installable } from '../../building/installables.ts';
import { runCommand } from '../../command.ts';
import type { Evaluation } from '../../evaluation.ts';
import type { Flag } from '../../flags.ts';
import type { Run } from '../../groups.ts';
import { writeOut } from '../../output.ts';

class Show extends InstallableCommand {
  #recursive = false;

  protected get own(): Flag[] {
    return [{ names: ['--recursive', '-r'], help: 'the derivations that they need, too', run: () => (this.#recursive = true) }];
  }

  protected async execute(evaluation: Evaluation) {
    const store = await evaluation.store.store();
    const todo: string[] = [];
    for (const item of await this.installables(evaluation))
      todo.push(await drvPathOf(item, async (path) => (await store.pathInfo(path))?.deriver));
    const derivations: Record<string, unknown> = {};
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      const name = path.slice(store.directory.length + 1);
      if (Object.hasOwn(derivations, name)) continue;
      const derivation = await storedDerivation(store, path, {});
      derivations[name] = derivationJson(derivation, path, store.directory);
      if (this.#recursive) todo.push(...derivation.inputDerivations.keys());
    }
    writeOut(`${sortedJson({ derivations, version })}\n`);
  }
}

async function drvPathOf({ path }: Installable, deriver: (path: string) => Promise<string | undefined>): Promise<string> {
  if (!('path' in path)) return path.drvPath as string;
  return path.path.endsWith('.drv') ? path.path : ((await deriver(path.path)) ?? path.path);
}

const texts = {
  usage: ['[FLAGS] [INSTALLABLE …]'],
  about: 'Prints derivations as JSON.',
  examples: ['.#hello', "-f '<nixpkgs>' hello", '--recursive /nix/store/…-hello.drv'],
};

export const derivationShow: Run = (program, args) => runCommand(program, () => new Show({ program, ...texts }, {}), args);

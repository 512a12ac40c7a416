// `vixen develop`, `nix develop`: a shell in which what a build needs is at hand (nix/develop.cc).

import { quoteShell } from '@vixen/builder';
import { InstallableCommand } from '../building/installable-command.ts';
import { bashFor } from '../building/interactive-bash.ts';
import { runCommand } from '../command.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Flag } from '../flags.ts';
import { flakeAttrPaths } from '../flakes.ts';
import type { Run as Runner } from '../groups.ts';
import { UsageError } from '../usage.ts';

/** Shells first, then packages. */
function shellPaths(fragment: string, system: string): string[] {
  const packages = flakeAttrPaths(fragment, system);
  if (fragment === '') return [`devShells.${system}.default`, `devShell.${system}`, ...packages];
  return fragment.startsWith('.') ? packages : [`devShells.${system}.${fragment}`, ...packages];
}

class Develop extends InstallableCommand {
  #command: string | undefined;
  #pure = false;
  readonly #keep: string[] = [];
  exitCode = 0;

  protected get own(): Flag[] {
    return [
      { names: ['--ignore-env', '-i', '--ignore-environment'], help: 'clear the environment', run: () => (this.#pure = true) },
      {
        names: ['--keep', '--keep-env-var'],
        labels: ['name'],
        help: 'keep a variable all the same',
        run: (name) => this.#keep.push(name!),
      },
      {
        names: ['--phase'],
        labels: ['name'],
        help: 'run a phase of the build',
        run: (name) => (this.#command = `runHook ${name}Phase\nexit`),
      },
    ];
  }

  // `-c` ends the flags: what follows is the command.
  override parse(args: string[]) {
    const at = args.findIndex((word) => word === '-c' || word === '--command');
    if (at >= 0)
      this.#command = `exec ${args
        .slice(at + 1)
        .map(quoteShell)
        .join(' ')}`;
    super.parse(at < 0 ? args : args.slice(0, at));
  }

  protected async execute(evaluation: Evaluation) {
    const [item, ...more] = await this.installables(evaluation);
    if (!item || more.length > 0) throw new UsageError('one installable expected');
    if ('path' in item.path || typeof item.path.drvPath !== 'string') throw new UsageError(`'\x0e${item.word}\x0f' is not a derivation`);
    const { runDevelopmentShell } = await import('../building/development-shell.ts');
    const interactive = this.#command === undefined && process.stdin.isTTY === true;
    const shell = { drvPath: item.path.drvPath, pure: this.#pure, keep: this.#keep, command: this.#command, interactive, exclude: [] };
    this.exitCode = await runDevelopmentShell(evaluation, shell, await bashFor(evaluation));
  }
}

const texts = {
  usage: ['[FLAGS] [INSTALLABLE] [-c COMMAND ARGUMENT …]'],
  about: 'Runs a shell, or a command, in which what the build of a derivation needs is at hand.',
  examples: ['.#hello', "-f '<nixpkgs>' hello -c make"],
};

export const developRun: Runner = (program, args) =>
  runCommand(program, () => new Develop({ program, ...texts }, { flakePaths: shellPaths }), args);

// `vixen build`, `nix build`: builds or fetches, and links to what there is then (nix/build.cc).

import type { RealisedPath } from '../../node/building/index.ts';
import { addOutLinks } from '../../node/out-links.ts';
import { InstallableCommand } from '../building/installable-command.ts';
import type { Installable } from '../building/installables.ts';
import { belongsTo } from '../building/targets.ts';
import { runCommand } from '../command.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Flag } from '../flags.ts';
import type { Run } from '../groups.ts';
import { writeOut } from '../output.ts';

const about =
  'Builds derivations, or fetches what they make, and links to it. Where nothing is named, that is the default of the flake here.';

class Build extends InstallableCommand {
  #outLink: string | undefined = 'result';
  #json = false;
  #print: boolean;

  constructor(program: string, ours: boolean) {
    const usage = ours
      ? ['[FLAGS] FILE [ATTRIBUTE …]', '[FLAGS] -E EXPR [ATTRIBUTE …]', '[FLAGS] FLAKE#ATTRIBUTE', '[FLAGS] DERIVATION[^OUTPUT,…]']
      : ['[FLAGS] [INSTALLABLE …]'];
    const examples = [
      ...(ours ? ['./default.nix -A hello', "-E 'import ./x.nix { }'"] : ["-f '<nixpkgs>' hello"]),
      '.#packages.x86_64-linux.default',
      "'/nix/store/…-hello.drv^*'",
      '--json --no-link .#hello',
    ];
    super({ program, usage, about, examples }, { files: ours, logs: ours, remembered: ours });
    this.#print = ours;
  }

  protected get own(): Flag[] {
    return [
      { names: ['--out-link', '-o'], labels: ['path'], help: 'what to call the links; result', run: (link) => (this.#outLink = link!) },
      { names: ['--no-link', '--no-out-link'], help: 'make no links', run: () => (this.#outLink = undefined) },
      { names: ['--print-out-paths'], help: 'print the paths', run: () => (this.#print = true) },
      { names: ['--json'], help: 'print JSON', run: () => (this.#json = true) },
    ];
  }

  protected async execute(evaluation: Evaluation) {
    const items = await this.remembered(evaluation);
    const made = await evaluation.building.make(
      items.map(({ path }) => path),
      this.building,
    );
    if (!made) return this.#dryRun(items);
    const realised = items.map(({ path }) => made.filter(belongsTo(path)));
    if (this.#json) writeOut(`${JSON.stringify(items.map(({ path }, i) => describe(path, realised[i]!)))}\n`);
    await this.#link(evaluation, realised);
    if (this.#print && !this.#json) for (const { path } of realised.flat()) writeOut(`${path}\n`);
  }

  #dryRun(items: readonly Installable[]) {
    if (this.#json) writeOut(`${JSON.stringify(items.map(({ path }) => path))}\n`);
  }

  async #link(evaluation: Evaluation, realised: readonly RealisedPath[][]) {
    if (this.#outLink === undefined) return;
    const store = await evaluation.store.store();
    for (const [i, paths] of realised.entries()) {
      const prefix = i === 0 ? this.#outLink : `${this.#outLink}-${i}`;
      for (const { path, output = 'out' } of paths) {
        const links = await addOutLinks(store, [path], output === 'out' ? prefix : `${prefix}-${output}`);
        for (const link of links) await this.memory?.linked(store, link, path);
      }
    }
  }
}

/** As Nix's JSON says it. */
function describe(path: Installable['path'], realised: readonly RealisedPath[]) {
  if ('path' in path) return { path: path.path };
  return { drvPath: path.drvPath, outputs: Object.fromEntries(realised.map(({ output, path: made }) => [output, made])) };
}

export const vixenBuild = (args: string[]) => runCommand('vixen build', () => new Build('vixen build', true), args);

export const nixBuildCommand: Run = (program, args) => runCommand(program, () => new Build(program, false), args);

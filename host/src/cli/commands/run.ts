// `vixen run`, `nix run`: runs a program of what is built (nix/run.cc, libcmd/installable-flake.cc `toApp`).
import type { Handle } from '@vixen/eval-core';
import { ErrorCode, NixError, ValueKind } from '@vixen/eval-core';
import { runStoreProcess } from '../../node/store-process.ts';
import { InstallableCommand } from '../building/installable-command.ts';
import type { Installable } from '../building/installables.ts';
import { runCommand } from '../command.ts';
import type { Evaluation } from '../evaluation.ts';
import { flakeAttrPaths } from '../flakes.ts';
import type { Run as Runner } from '../groups.ts';

/** Apps first, then packages. */
export function runnablePaths(fragment: string, system: string): string[] {
  const packages = flakeAttrPaths(fragment, system);
  if (fragment === '') return [`apps.${system}.default`, `defaultApp.${system}`, ...packages];
  return fragment.startsWith('.') ? packages : [`apps.${system}.${fragment}`, ...packages];
}

class Run extends InstallableCommand {
  readonly #args: string[] = [];
  exitCode = 0;

  protected get own() {
    return [];
  }

  // The first word is what to run; the others are the program's.
  protected override word(value: string) {
    if (this.words.length === 0) this.words.push(value);
    else this.#args.push(value);
  }

  protected override rest(words: readonly string[]) {
    this.#args.push(...words);
  }

  protected async execute(evaluation: Evaluation) {
    const [item] = (await this.installables(evaluation)) as [Installable];
    const paths = (await this.realise(evaluation, [item])).flat().map(({ path }) => path);
    const program = await this.#program(evaluation, item, paths[0]!);
    const store = await evaluation.store.store();
    this.exitCode = await runStoreProcess(store, { program, args: this.#args, env: process.env, paths });
  }

  async #program({ session }: Evaluation, { value }: Installable, path: string): Promise<string> {
    if (value === undefined || session.kind(value) !== ValueKind.Attrs) return path;
    return `${path}/bin/${await mainProgram(session, value)}`;
  }
}

type Session = Evaluation['session'];

async function text(session: Session, set: Handle, name: string): Promise<string | undefined> {
  const found = await session.forcedAttr(set, name);
  return found !== undefined && session.kind(found) === ValueKind.String ? session.machine.string(found) : undefined;
}

/** `meta.mainProgram`, else `pname`, else the name without its version. */
async function mainProgram(session: Session, attrs: Handle): Promise<string> {
  const meta = await session.forcedAttr(attrs, 'meta');
  const main = meta !== undefined && session.kind(meta) === ValueKind.Attrs ? await text(session, meta, 'mainProgram') : undefined;
  const name = main ?? (await text(session, attrs, 'pname')) ?? (await text(session, attrs, 'name'))?.replace(/-(?![a-zA-Z]).*$/, '');
  if (name !== undefined) return name;
  throw new NixError(ErrorCode.Plain, 'the derivation does not say what its program is called');
}

const texts = {
  usage: ['[FLAGS] INSTALLABLE [-- ARGUMENT …]'],
  about: 'Builds or fetches, and runs its program.',
  examples: ['.#hello -- --greeting hi', "-f '<nixpkgs>' hello"],
};

export const runRun: Runner = (program, args) =>
  runCommand(program, () => new Run({ program, ...texts }, { rest: true, flakePaths: runnablePaths }), args);

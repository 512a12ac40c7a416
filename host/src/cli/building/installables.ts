// What words of the command line stand for where something is to be built: attributes of a file, expression or flake, derivations, store paths
// (Nix manual, "nix", "Installables").
import fs from 'node:fs';
import path from 'node:path';
import type { Handle } from '@vixen/eval-core';
import { ErrorCode, NixError, ValueKind } from '@vixen/eval-core';
import type { DerivedPath } from '@vixen/store/formats';
import { requireDrvPath, selectInTurn } from '../../core/derivations.ts';
import { resolveImport } from '../../core/files/paths.ts';
import { currentSystem } from '../../node/system.ts';
import type { EvalFlags } from '../eval-flags.ts';
import { type Evaluation, lookupFile, readStdin } from '../evaluation.ts';
import { flakeAttrPaths, isFlake, selectFlake, selectFlakeAttribute } from '../flakes.ts';
import { locate } from '../store/paths.ts';
import { outputsOf, splitOutputs, wantedOutputs } from './targets.ts';

export interface Installable {
  /** As the user wrote it. */
  readonly word: string;
  readonly path: DerivedPath;
  /** The value, where it was evaluated; forced. */
  readonly value?: Handle | undefined;
}

export interface InstallableOptions {
  readonly file?: string | undefined;
  readonly expr?: string | undefined;
  /** The attributes of a flake that a fragment may stand for, in their order. */
  readonly flakePaths?: (fragment: string, system: string) => string[];
  /** Whether a word may be a file, whose attributes the following words are. */
  readonly files?: boolean;
}

export class InstallableReader {
  readonly #evaluation: Evaluation;
  readonly #flags: EvalFlags;
  readonly #args: Handle;
  readonly #options: InstallableOptions;

  constructor(evaluation: Evaluation, flags: EvalFlags, args: Handle, options: InstallableOptions) {
    this.#evaluation = evaluation;
    this.#flags = flags;
    this.#args = args;
    this.#options = options;
  }

  async read(words: readonly string[]): Promise<Installable[]> {
    const root = await this.#root();
    if (root !== undefined) return this.#attributes(root, words);
    const [first = '.', ...rest] = words;
    if (this.#options.files && !isFlake(first) && !this.#isStorePath(first)) return this.#attributes(await this.#file(first), rest);
    const found: Installable[] = [];
    for (const word of words.length > 0 ? words : ['.']) found.push(await this.#one(word));
    return found;
  }

  /** The value that attributes are selected of; undefined where words name flakes and paths. */
  async #root(): Promise<Handle | undefined> {
    const { file, expr } = this.#options;
    const { session, base } = this.#evaluation;
    if (expr !== undefined) return session.evalString({ text: expr, base });
    if (file === '-') return session.evalString({ text: readStdin(), base, origin: 'stdin' });
    return file === undefined ? undefined : this.#file(file);
  }

  async #file(name: string): Promise<Handle> {
    const { session } = this.#evaluation;
    return session.evalFile(resolveImport(session.io.files, await lookupFile(this.#evaluation, name)));
  }

  async #attributes(root: Handle, words: readonly string[]): Promise<Installable[]> {
    const found: Installable[] = [];
    const { session } = this.#evaluation;
    const wanted = (words.length > 0 ? words : ['']).map((word) => ({ word, ...splitOutputs(word) }));
    const paths = wanted.map(({ rest }) => rest);
    await selectInTurn({ session, root, args: this.#args }, paths, async (value, index) => {
      const { word, outputs } = wanted[index]!;
      found.push(...(await this.#derivations(word, value, outputs)));
    });
    return found;
  }

  #isStorePath(word: string): boolean {
    const { directory } = this.#evaluation.store;
    const { rest } = splitOutputs(word);
    if (rest.startsWith(`${directory}/`)) return true;
    return !rest.includes('#') && rest.includes('/') && fs.lstatSync(rest, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  }

  async #one(word: string): Promise<Installable> {
    if (!this.#isStorePath(word)) return this.#flake(word);
    const { rest, outputs } = splitOutputs(word);
    const { storePath } = locate(await this.#evaluation.store.store(), rest);
    if (outputs === undefined) return { word, path: { path: storePath } };
    return { word, path: { drvPath: storePath, outputs } };
  }

  async #flake(word: string): Promise<Installable> {
    const { rest, outputs } = splitOutputs(word);
    const { settings } = this.#flags.config;
    const system = settings.text('eval-system') || settings.text('system') || currentSystem();
    const selection = await selectFlake(this.#evaluation, rest);
    const paths = (this.#options.flakePaths ?? flakeAttrPaths)(selection.fragment, system);
    return this.#derivation(word, await selectFlakeAttribute(this.#evaluation.session, selection, paths, this.#args), outputs);
  }

  /** A derivation, or, where files are taken, all that nix-build would find in the value. */
  async #derivations(word: string, selected: Handle, outputs: readonly string[] | '*' | undefined): Promise<Installable[]> {
    const { session } = this.#evaluation;
    if (!this.#options.files) return [await this.#derivation(word, selected, outputs)];
    const value = await session.autoCall(await session.force(selected), this.#args);
    const isMany =
      session.kind(value) === ValueKind.List || (session.kind(value) === ValueKind.Attrs && !(await this.#isDerivation(value)));
    if (!isMany) return [await this.#derivation(word, value, outputs)];
    const found = await outputsOf(session, value, this.#args);
    return found.map(({ drvPath, output }) => ({ word, path: { drvPath, outputs: [output] } }));
  }

  /** A derivation, or a string that is a store path or has one derivation in its context. */
  async #derivation(word: string, selected: Handle, outputs: readonly string[] | '*' | undefined): Promise<Installable> {
    const { session, store } = this.#evaluation;
    const value = await session.autoCall(await session.force(selected), this.#args);
    if (session.kind(value) === ValueKind.String || session.kind(value) === ValueKind.Path) {
      const text = new TextDecoder().decode(await session.coerce(value, ''));
      await store.flush();
      return { word, value, path: { path: locate(await store.store(), path.resolve(text)).storePath } };
    }
    if (!(await this.#isDerivation(value))) {
      const shown = word === '' ? 'the expression' : `expression '\x0e${word}\x0f'`;
      throw new NixError(ErrorCode.Type, `${shown} does not evaluate to a derivation or a store path, but to ${session.typeName(value)}`);
    }
    const drvPath = await requireDrvPath(session, { attrPath: word, attrs: value });
    return { word, value, path: { drvPath, outputs: outputs ?? (await wantedOutputs(session, value)) } };
  }

  async #isDerivation(value: Handle): Promise<boolean> {
    const { session } = this.#evaluation;
    if (session.kind(value) !== ValueKind.Attrs) return false;
    const type = await session.forcedAttr(value, 'type');
    return type !== undefined && session.kind(type) === ValueKind.String && session.machine.string(type) === 'derivation';
  }
}

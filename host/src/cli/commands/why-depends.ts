// `vixen why-depends`, `nix why-depends`: through what one path depends on another (nix/why-depends.cc).
import { closureInfos, type PathInfo, type Store } from '@vixen/store';
import { hashPartOf } from '@vixen/store/formats';
import { InstallableCommand } from '../building/installable-command.ts';
import { runCommand } from '../command.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Flag } from '../flags.ts';
import type { Run } from '../groups.ts';
import { log, writeOut } from '../output.ts';
import { UsageError } from '../usage.ts';

const [conn, last, line, none] = ['├───', '└───', '│   ', '    '];

class WhyDepends extends InstallableCommand {
  #all = false;
  #precise = false;

  protected get own(): Flag[] {
    return [
      { names: ['--all', '-a'], help: 'all ways, not only a shortest', run: () => (this.#all = true) },
      { names: ['--precise'], help: 'the files that name each path, too', run: () => (this.#precise = true) },
      { names: ['--derivation'], help: 'accepted for compatibility', run: () => {} },
    ];
  }

  protected async execute(evaluation: Evaluation) {
    if (this.words.length !== 2) throw new UsageError('two installables expected: what depends, and on what');
    const items = await this.installables(evaluation);
    const [from, to] = (await this.realise(evaluation, items)).map((paths) => paths[0]!.path) as [string, string];
    const store = await evaluation.store.store();
    const infos = await closureInfos(store, [from]);
    if (!infos.has(to)) return log(`'${this.words[0]}' does not depend on '${this.words[1]}'`);
    await new Ways(store, infos, to, { all: this.#all, precise: this.#precise }).print(from);
  }
}

/** Steps from each path to the one that is asked for. */
function distances(infos: ReadonlyMap<string, PathInfo>, to: string): Map<string, number> {
  const referrers = new Map<string, string[]>();
  for (const [path, { references }] of infos) {
    for (const reference of references) referrers.set(reference, [...(referrers.get(reference) ?? []), path]);
  }
  const found = new Map([[to, 0]]);
  for (let level = [to], distance = 1; level.length > 0; distance++) {
    level = level.flatMap((path) => referrers.get(path) ?? []).filter((path) => !found.has(path));
    for (const path of level) found.set(path, distance);
  }
  return found;
}

interface Step {
  readonly path: string;
  readonly pad: string;
}

class Ways {
  readonly #store: Store;
  readonly #infos: ReadonlyMap<string, PathInfo>;
  readonly #to: string;
  readonly #options: { readonly all: boolean; readonly precise: boolean };
  readonly #distances: Map<string, number>;
  readonly #visited = new Set<string>();

  constructor(
    store: Store,
    infos: ReadonlyMap<string, PathInfo>,
    to: string,
    options: { readonly all: boolean; readonly precise: boolean },
  ) {
    this.#store = store;
    this.#infos = infos;
    this.#to = to;
    this.#options = options;
    this.#distances = distances(infos, to);
  }

  /** The references on the way, the nearest first. */
  #next(path: string): string[] {
    const references = this.#infos.get(path)!.references.filter((reference) => reference !== path && this.#distances.has(reference));
    return references.sort((a, b) => this.#distances.get(a)! - this.#distances.get(b)! || (a < b ? -1 : 1));
  }

  // A stack, for closures are as deep as they like. Each step has been named; what lies below it is next.
  async print(from: string) {
    writeOut(`${from}\n`);
    const stack: (Step & { readonly rest: string[] })[] = [{ path: from, pad: '', rest: this.#next(from) }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const path = top.rest.shift();
      if (path === undefined) {
        stack.pop();
        continue;
      }
      const isLast = !this.#options.all || top.rest.length === 0;
      if (this.#options.precise) await this.#files(top.path, path, top.pad, isLast);
      else writeOut(`${top.pad}${isLast ? last : conn}${path}\n`);
      const pad = top.pad + (isLast ? none : line);
      if (this.#options.precise) writeOut(`${pad}→ ${path}\n`);
      if (path === this.#to && !this.#options.all) return;
      if (this.#visited.has(path)) continue;
      this.#visited.add(path);
      stack.push({ path, pad, rest: this.#next(path) });
    }
  }

  /** The files of `path` that name `reference`. */
  async #files(path: string, reference: string, pad: string, isLast: boolean) {
    const { filesNaming } = await import('../building/naming-files.ts');
    const hits = await filesNaming(this.#store, path, hashPartOf(reference, this.#store.directory));
    for (const [i, hit] of (this.#options.all ? hits : hits.slice(0, 1)).entries()) {
      writeOut(`${pad}${i === 0 ? (isLast ? last : conn) : isLast ? none : line}${hit}\n`);
    }
  }
}

const texts = {
  usage: ['[FLAGS] PACKAGE DEPENDENCY'],
  about: 'Shows why a package has another in its closure.',
  examples: ['.#hello .#glibc', './result /nix/store/…-glibc-2.40', '--precise --all ./result ./other'],
};

export const whyDepends: Run = (program, args) => runCommand(program, () => new WhyDepends({ program, ...texts }, {}), args);

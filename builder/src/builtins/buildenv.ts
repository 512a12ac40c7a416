/**
 * `builtin:buildenv`: a tree of links to packages (libstore/builtins/buildenv.cc). Lower numbers go before; a folder that only one package has is one
 * link, one that several have is a folder of links.
 */
import { BuildError } from '../errors.ts';
import { words } from '../plan/options.ts';
import type { BuiltinContext } from './context.ts';
import type { FoundFile, InputFiles } from './input-files.ts';
import { linkNode, TreeFolder } from './output-tree.ts';

interface Package {
  readonly path: string;
  readonly active: boolean;
  readonly priority: number;
}

// What is useless in an environment, or would only collide.
const leftOut = ['/propagated-build-inputs', '/nix-support', '/perllocal.pod', '/info/dir', '/log', '/manifest.nix', '/manifest.json'];
/** Priorities of what packages bring with them. */
const firstPropagated = 1000;

export async function buildenv(context: BuiltinContext): Promise<TreeFolder> {
  const packages = packagesOf(context.attribute('derivations'));
  const manifest = context.attribute('manifest');
  const tree = await new Environment(context).build(packages);
  tree.entries.set('manifest.nix', linkNode(manifest));
  return tree;
}

/** `active priority number-of-outputs output…` a package. */
function packagesOf(text: string): Package[] {
  const tokens = words(text);
  const packages: Package[] = [];
  for (let at = 0; at < tokens.length; ) {
    const [active, priority, count] = tokens.slice(at, at + 3);
    const outputs = tokens.slice(at + 3, at + 3 + Number(count));
    if (!/^-?[0-9]+$/.test(priority ?? '') || !/^[0-9]+$/.test(count ?? '') || outputs.length < Number(count)) {
      throw new BuildError('failed', `attribute 'derivations' is not what it should be: '${text}'`);
    }
    packages.push(...outputs.map((path) => ({ path, active: active !== 'false', priority: Number(priority) })));
    at += 3 + outputs.length;
  }
  return packages;
}

interface MadeLink {
  readonly target: string;
  readonly priority: number;
}

type MadeEntry = MadeFolder | MadeLink;

class MadeFolder {
  readonly entries = new Map<string, MadeEntry>();
}

class Environment {
  readonly #files: InputFiles;
  readonly #context: BuiltinContext;
  readonly #root = new MadeFolder();
  readonly #done = new Set<string>();
  #postponed = new Set<string>();

  constructor(context: BuiltinContext) {
    this.#context = context;
    this.#files = context.files;
  }

  async build(packages: readonly Package[]): Promise<TreeFolder> {
    const sorted = [...packages].sort((a, b) => a.priority - b.priority || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    for (const { path, active, priority } of sorted) if (active) await this.#add(path, priority);
    for (let priority = firstPropagated; this.#postponed.size > 0; ) {
      const propagated = [...this.#postponed].sort();
      this.#postponed = new Set();
      for (const path of propagated) await this.#add(path, priority++);
    }
    return treeOf(this.#root);
  }

  async #add(path: string, priority: number): Promise<void> {
    if (this.#done.has(path)) return;
    this.#done.add(path);
    await this.#link(path, this.#root, this.#context.output, priority);
    const propagated = await this.#files.find(`${path}/nix-support/propagated-user-env-packages`);
    if (!propagated) return;
    for (const each of (await textOf(this.#files, propagated)).split(/[ \n]+/)) {
      if (each !== '' && !this.#done.has(each)) this.#postponed.add(each);
    }
  }

  /** Links what is in a folder of a package into `into`, which stands at `place`. */
  async #link(source: string, into: MadeFolder, place: string, priority: number): Promise<void> {
    this.#context.signal?.throwIfAborted();
    const found = await this.#files.find(source);
    if (!found) throw new BuildError('failed', `cannot open directory: No such file or directory ["${source}"]`);
    const entries = await this.#files.entries(found.node);
    if (!entries) {
      this.#context.log(`warning: not including "${source}" in the user environment because it's not a directory\n`);
      return;
    }
    for (const name of entries.keys()) {
      if (name.startsWith('.') || leftOut.some((end) => `${source}/${name}`.endsWith(end))) continue;
      await this.#linkEntry(`${source}/${name}`, name, into, place, priority);
    }
  }

  async #linkEntry(source: string, name: string, into: MadeFolder, place: string, priority: number): Promise<void> {
    const found = await this.#files.find(source);
    if (!found) {
      this.#context.log(`warning: skipping dangling symlink '${place}/${name}'\n`);
      return;
    }
    const there = into.entries.get(name);
    if (there && found.node.type === 'directory') await this.#merge(source, name, into, place, priority, there);
    else if (!there || this.#replaces(source, `${place}/${name}`, priority, there)) into.entries.set(name, { target: source, priority });
  }

  /** A folder where there is something already. */
  async #merge(source: string, name: string, into: MadeFolder, place: string, priority: number, there: MadeEntry): Promise<void> {
    const inner = `${place}/${name}`;
    if (there instanceof MadeFolder) {
      await this.#link(source, there, inner, priority);
      return;
    }
    const target = await this.#files.find(there.target);
    if (target?.node.type !== 'directory') {
      throw new BuildError('failed', `collision between "${source}" and non-directory "${target?.path ?? there.target}"`);
    }
    const folder = new MadeFolder();
    into.entries.set(name, folder);
    await this.#link(target.path, folder, inner, there.priority);
    await this.#link(source, folder, inner, priority);
  }

  /** Whether a file takes the place of what is there. */
  #replaces(source: string, place: string, priority: number, there: MadeEntry): boolean {
    if (there instanceof MadeFolder) throw new BuildError('failed', `collision between non-directory '${source}' and directory '${place}'`);
    if (there.priority === priority) {
      const files = `\n  "${there.target}"\n  "${source}"`;
      throw new BuildError('failed', `Unable to build profile. There is a conflict for the following files:\n${files}`);
    }
    return there.priority > priority;
  }
}

function treeOf(folder: MadeFolder): TreeFolder {
  const tree = new TreeFolder();
  for (const [name, entry] of folder.entries) {
    tree.entries.set(name, entry instanceof MadeFolder ? treeOf(entry) : linkNode(entry.target));
  }
  return tree;
}

async function textOf(files: InputFiles, file: FoundFile): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of files.read(file)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('latin1');
}

// The files of the page: their contents, their order, and the one that is shown.
import { Emitter } from '../emitter.ts';
import type { FileChange } from '../protocol.ts';
import { absolute, nameProblem } from './paths.ts';

export type Contents = string | Uint8Array;

/** Plain data: what is stored and shared. */
export interface Snapshot {
  files: { name: string; contents: Contents }[];
  active: string;
}

export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
  readonly code = 'PLAYGROUND_FILE';
}

export interface WorkspaceEvents {
  /** Contents have changed, as evaluation sees them. */
  changed: FileChange[];
  /** Files have come, gone, been renamed, or another one is shown. */
  arranged: undefined;
}

const bothThere = (one: string, other: string) => `${one} and ${other} cannot both be there: one would be a file and a folder.`;

/** The folders that a name lies in, outermost first. */
function foldersOf(name: string): string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** A workspace always has a file, and one of them is shown. */
export class Workspace extends Emitter<WorkspaceEvents> {
  #files = new Map<string, Contents>([['default.nix', '']]);
  #active = 'default.nix';

  get names(): string[] {
    return [...this.#files.keys()];
  }

  get active(): string {
    return this.#active;
  }

  read(name: string): Contents | undefined {
    return this.#files.get(name);
  }

  snapshot(): Snapshot {
    return { files: [...this.#files].map(([name, contents]) => ({ name, contents })), active: this.#active };
  }

  /** All files, for a worker that has just been started. */
  all(): FileChange[] {
    return [...this.#files].map(([name, contents]) => ({ path: absolute(name), contents }));
  }

  /** Takes the place of everything. */
  replace({ files, active }: Snapshot) {
    const gone = this.names.map((name) => ({ path: absolute(name), contents: undefined }));
    this.#files = new Map(files.map(({ name, contents }) => [name, contents]));
    if (this.#files.size === 0) this.#files.set('default.nix', '');
    this.#active = this.#files.has(active) ? active : this.names[0]!;
    this.emit('changed', [...gone, ...this.all()]);
    this.emit('arranged', undefined);
  }

  /** New contents for a file that is there. */
  edit(name: string, contents: Contents) {
    if (!this.#files.has(name) || this.#files.get(name) === contents) return;
    this.#files.set(name, contents);
    this.emit('changed', [{ path: absolute(name), contents }]);
  }

  /** Puts files in, over those of the same names, and shows the first. */
  add(files: { name: string; contents: Contents }[]) {
    this.#checkAll(files.map(({ name }) => name));
    for (const { name, contents } of files) this.#files.set(name, contents);
    this.#active = files[0]?.name ?? this.#active;
    this.emit(
      'changed',
      files.map(({ name, contents }) => ({ path: absolute(name), contents })),
    );
    this.emit('arranged', undefined);
  }

  show(name: string) {
    if (!this.#files.has(name) || name === this.#active) return;
    this.#active = name;
    this.emit('arranged', undefined);
  }

  rename(from: string, to: string) {
    if (from === to) return;
    this.#check(to, from);
    if (this.#files.has(to)) throw new WorkspaceError(`There is a file ${to} already.`);
    const contents = this.#files.get(from)!;
    this.#files = new Map([...this.#files].map(([name, kept]) => [name === from ? to : name, kept]));
    if (this.#active === from) this.#active = to;
    this.emit('changed', [
      { path: absolute(from), contents: undefined },
      { path: absolute(to), contents },
    ]);
    this.emit('arranged', undefined);
  }

  remove(name: string) {
    if (!this.#files.has(name)) return;
    const at = this.names.indexOf(name);
    this.#files.delete(name);
    const changes: FileChange[] = [{ path: absolute(name), contents: undefined }];
    if (this.#files.size === 0) {
      this.#files.set('default.nix', '');
      changes.push({ path: absolute('default.nix'), contents: '' });
    }
    if (this.#active === name) this.#active = this.names[Math.min(at, this.#files.size - 1)]!;
    this.emit('changed', changes);
    this.emit('arranged', undefined);
  }

  /** A name that no file has. */
  freeName(stem = 'file', extension = '.nix'): string {
    for (let number = 1; ; number++) {
      const name = `${stem}${number === 1 ? '' : `-${number}`}${extension}`;
      if (!this.#files.has(name)) return name;
    }
  }

  /** Why a name cannot stand besides the others (except for one that it replaces). */
  clash(name: string, replaced = name): string | undefined {
    const other = this.names.find((one) => one !== replaced && (one.startsWith(`${name}/`) || name.startsWith(`${one}/`)));
    return other && bothThere(other, name);
  }

  /** Fails where some new names cannot stand besides each other and those that are there. */
  #checkAll(names: readonly string[]) {
    const all = new Set([...this.#files.keys(), ...names]);
    for (const name of names) {
      const problem = nameProblem(name);
      if (problem) throw new WorkspaceError(problem);
    }
    for (const name of all) {
      const folder = foldersOf(name).find((one) => all.has(one));
      if (folder) throw new WorkspaceError(bothThere(folder, name));
    }
  }

  #check(name: string, replaced?: string) {
    const problem = nameProblem(name) ?? this.clash(name, replaced);
    if (problem) throw new WorkspaceError(problem);
  }
}

// Which files evaluation asks for, learnt by evaluating: what is used together goes into the same blocks.
import { decodeText, ErrorCode, PrintMode } from '@vixen/eval-core';
import { Settings } from '../../core/config/settings.ts';
import { parentPath } from '../../core/files/paths.ts';
import type { FileStat, FileTree, FileType, Room } from '../../core/files/tree.ts';
import { HostError } from '../../core/io.ts';
import { applySettings } from '../../core/machine-settings.ts';
import { Session } from '../../core/session.ts';
import { VirtualStore } from '../../core/store/virtual-store.ts';
import { NativeTree } from '../files.ts';
import { nodeHashers } from '../hashing.ts';
import { NodeIO } from '../node-io.ts';
import { newEvaluator } from '../wasm.ts';

/** Notes the paths that it is asked for, in the order of the first time. */
export class RecordingTree implements FileTree {
  readonly #tree: FileTree;
  readonly files = new Set<string>();
  /** Folders that were listed, or in which something was looked for. */
  readonly folders = new Set<string>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  #look(path: string): string {
    for (let above = parentPath(path); !this.folders.has(above); above = parentPath(above)) this.folders.add(above);
    return path;
  }

  lstat(path: string): FileStat | undefined {
    return this.#tree.lstat(this.#look(path));
  }

  stat(path: string): FileStat | undefined {
    return this.#tree.stat(this.#look(path));
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    this.files.add(this.#look(path));
    return this.#tree.readFile(path, room);
  }

  readDir(path: string): [name: string, type: FileType][] {
    this.folders.add(this.#look(path));
    return this.#tree.readDir(path);
  }

  readLink(path: string): string {
    return this.#tree.readLink(this.#look(path));
  }
}

export interface Workload {
  readonly name: string;
  /** Expressions over `<nixpkgs>`; what they evaluate to is of no interest. */
  readonly expressions: readonly string[];
  /** Blocks to fetch along with one that is needed (format.ts), where who asks for one file is likely to ask for the others. */
  readonly ahead?: number;
}

export interface Recorded {
  readonly workload: Workload;
  /** Paths below the tree's folder that no workload before it had asked for. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** What evaluated to nothing, and why: a nixpkgs may lack a package. */
  readonly failed: ReadonlyMap<string, string>;
}

const refuse = (): never => {
  throw new HostError(ErrorCode.Restricted, 'nothing is fetched while a pack is made');
};
const fetching = { fetch: refuse, flake: refuse, searchPath: (value: string) => value };

function openSession(files: FileTree, nixpkgs: string): Session {
  const machine = newEvaluator();
  const store = new VirtualStore(files, nodeHashers);
  const searchPath = [{ prefix: 'nixpkgs', value: nixpkgs }];
  const around = {
    readOnly: true,
    system: 'x86_64-linux',
    storeDirectory: store.directory,
    searchPath,
    baseDirectory: '/',
    homeDirectory: '/',
    now: 0,
  };
  applySettings(machine, new Settings(), around);
  return new Session({ machine, io: new NodeIO({ files, store, fetching, env: {}, message: () => {} }) });
}

/** New ones among the paths below a folder, seen from there. */
function fresh(paths: Iterable<string>, folder: string, known: Set<string>): string[] {
  const found: string[] = [];
  for (const path of paths) {
    if (known.has(path)) continue;
    known.add(path);
    if (path === folder) found.push('/');
    else if (path.startsWith(`${folder}/`)) found.push(path.slice(folder.length));
  }
  return found;
}

/** Evaluates the workloads over a nixpkgs (an absolute path without symlinks). */
export async function record(nixpkgs: string, workloads: readonly Workload[], done: (name: string) => void): Promise<Recorded[]> {
  const known = { files: new Set<string>(), folders: new Set<string>() };
  const recorded: Recorded[] = [];
  for (const workload of workloads) {
    const tree = new RecordingTree(new NativeTree());
    const session = openSession(tree, nixpkgs);
    const failed = new Map<string, string>();
    for (const text of workload.expressions) {
      try {
        const value = await session.evalString({ text, base: '/' });
        decodeText(await session.print(value, PrintMode.Value));
        session.machine.drop(value);
      } catch (error) {
        failed.set(text, error instanceof Error ? error.message : String(error));
      }
    }
    const files = fresh(tree.files, nixpkgs, known.files);
    recorded.push({ workload, files, folders: fresh(tree.folders, nixpkgs, known.folders), failed });
    done(workload.name);
  }
  return recorded;
}

// Locking: which revision each input of a flake stands for (libflake/flake.cc `lockFlake`). What the lock file says is kept as long as
// flake.nix still asks for it; what is new is fetched. Nothing is written.
import { type FlakeRef, flakeRefFromAttributes, flakeRefToAttributes, parseFlakeRef } from '../../core/fetch/flake-ref.ts';
import { type Attributes, attributesToJson, fetchError, q, type SchemeSet, sortKeys } from '../../core/fetch/input.ts';
import { HostError } from '../../core/io.ts';
import type { FetchedFlake, FlakeInfo, InputInfo } from './flakes.ts';
import type { LockFile, LockNode } from './lock-file.ts';

/** An input as a flake.nix asks for it. */
interface FlakeInput {
  ref: FlakeRef | undefined;
  isFlake: boolean;
  /** From the root of the lock file. */
  follows: string[] | undefined;
  overrides: Map<string, FlakeInput>;
}

/** A node of the new lock file: inputs are nodes, or paths that they follow. */
interface Node {
  inputs: Map<string, Node | string[]>;
  locked?: Attributes;
  original?: Attributes;
  isFlake: boolean;
  parent?: string[] | undefined;
  fetched?: FetchedFlake;
}

export interface LockerHost {
  fetch(ref: FlakeRef): Promise<FetchedFlake>;
  read(flake: FetchedFlake): Promise<FlakeInfo>;
  oldLock(flake: FetchedFlake): Promise<LockFile>;
}

export interface NewLock {
  text: string;
  /** Nodes that were fetched, by their names. */
  fetched: Record<string, FetchedFlake>;
}

const flakeId = /^[a-zA-Z][a-zA-Z0-9_-]*$/;
const key = (path: readonly string[]) => path.join('/');

interface Override {
  input: FlakeInput;
  parent: string[];
}

/** The node of a lock file as the input of another one. */
interface OldNode {
  lock: LockFile;
  node: LockNode;
}

interface Task {
  inputs: Map<string, FlakeInput>;
  node: Node;
  path: string[];
  old: OldNode | undefined;
  /** Where `follows` of the old lock file start. */
  followsPrefix: string[];
  trustLock: boolean;
}

export class Locker {
  readonly #schemes: SchemeSet;
  readonly #host: LockerHost;
  readonly #overrides = new Map<string, Override>();
  readonly #parents: string[] = [];

  constructor(schemes: SchemeSet, host: LockerHost) {
    this.#schemes = schemes;
    this.#host = host;
  }

  async lock(flake: FetchedFlake, old: LockFile): Promise<NewLock> {
    const root: Node = { inputs: new Map(), isFlake: true, fetched: flake };
    const inputs = this.#inputsOf(await this.#host.read(flake), []);
    const oldRoot = { lock: old, node: old.nodes[old.root] ?? {} };
    await this.#compute({ inputs, node: root, path: [], old: oldRoot, followsPrefix: [], trustLock: false });
    return serialise(root);
  }

  // ---- flake.nix

  #inputsOf({ inputs, formals }: FlakeInfo, prefix: string[]): Map<string, FlakeInput> {
    const found = new Map<string, FlakeInput>();
    for (const [name, info] of Object.entries(inputs)) if (name !== 'self') found.set(name, this.#inputOf(info, prefix));
    for (const name of formals) {
      if (name === 'self' || found.has(name)) continue;
      found.set(name, { ref: parseFlakeRef(this.#schemes, name), isFlake: true, follows: undefined, overrides: new Map() });
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #inputOf({ url, flake = true, follows, inputs = {}, ...rest }: InputInfo, prefix: string[]): FlakeInput {
    const overrides = new Map(Object.entries(inputs).map(([name, info]) => [name, this.#inputOf(info, prefix)] as const));
    const input: FlakeInput = { ref: undefined, isFlake: flake, follows: undefined, overrides };
    if (follows !== undefined) input.follows = [...prefix, ...parsePath(follows)];
    const attributes = rest as Attributes;
    if (attributes.type !== undefined)
      input.ref = flakeRefFromAttributes(this.#schemes, url === undefined ? attributes : { ...attributes, url });
    else {
      const [unexpected] = Object.keys(attributes).sort();
      if (unexpected !== undefined) throw fetchError(`unexpected flake input attribute ${q(unexpected)}`);
      if (url !== undefined) input.ref = parseFlakeRef(this.#schemes, url, { isFlake: flake, keepRelative: true });
    }
    if (input.ref && input.follows) throw fetchError('flake input has both a flake reference and a follows attribute');
    return input;
  }

  // ---- the graph

  #addOverrides(input: FlakeInput, path: string[], parent: string[]) {
    for (const [name, override] of input.overrides) {
      const place = [...path, name];
      if ((override.ref || override.follows) && !this.#overrides.has(key(place)))
        this.#overrides.set(key(place), { input: override, parent });
      this.#addOverrides(override, place, parent);
    }
  }

  async #compute(task: Task): Promise<void> {
    for (const [name, input] of task.inputs) this.#addOverrides(input, [...task.path, name], task.path);
    for (const [name, input] of task.inputs) {
      try {
        await this.#computeInput(task, name, input);
      } catch (error) {
        if (error instanceof HostError) throw error.withTrace(`while updating the flake input ${q(key([...task.path, name]))}`);
        throw error;
      }
    }
  }

  async #computeInput(task: Task, name: string, given: FlakeInput): Promise<void> {
    const path = [...task.path, name];
    const override = this.#overrides.get(key(path));
    const input = override ? { ...override.input, isFlake: given.isFlake } : given;
    if (input.follows) {
      task.node.inputs.set(name, input.follows);
      return;
    }
    const ref = input.ref ?? { input: this.#schemes.fromAttributes({ type: 'indirect', id: name }), dir: '' };
    const parent = isRelative(ref) ? (override?.parent ?? task.path) : undefined;
    const old = this.#oldInput(task.old, name);
    if (old && this.#unchanged(old.node, ref, parent)) await this.#keep(task, { name, path, old, ref });
    else await this.#fetchNew(task, { name, path, ref, isFlake: input.isFlake, parent });
  }

  #oldInput(old: OldNode | undefined, name: string): OldNode | undefined {
    const target = old?.node.inputs?.[name];
    const node = typeof target === 'string' ? old?.lock.nodes[target] : undefined;
    return node && { lock: old!.lock, node };
  }

  #unchanged({ original = {}, parent }: LockNode, ref: FlakeRef, wantedParent: string[] | undefined): boolean {
    const known = attributesToJson(flakeRefToAttributes(flakeRefFromAttributes(this.#schemes, original)));
    return known === attributesToJson(flakeRefToAttributes(ref)) && JSON.stringify(parent) === JSON.stringify(wantedParent);
  }

  async #keep(task: Task, { name, path, old, ref }: { name: string; path: string[]; old: OldNode; ref: FlakeRef }) {
    const { locked = {}, original = {}, flake = true, parent } = old.node;
    const child: Node = { inputs: new Map(), locked, original, isFlake: flake, parent };
    task.node.inputs.set(name, child);
    const kept = this.#keptInputs(old, path, task);
    if (kept) {
      await this.#compute({ inputs: kept, node: child, path, old, followsPrefix: task.followsPrefix, trustLock: true });
      return;
    }
    // The flake no longer follows what its lock file says: it has to be looked at again.
    const fetched = await this.#host.fetch({ input: this.#final(locked), dir: ref.dir });
    child.fetched = fetched;
    const inputs = this.#inputsOf(await this.#host.read(fetched), path);
    await this.#compute({ inputs, node: child, path, old, followsPrefix: path, trustLock: false });
  }

  #final(locked: Attributes): Attributes {
    const { dir: _, ...input } = locked;
    return { ...this.#schemes.fromAttributes(input), __final: true };
  }

  /** What a locked flake's inputs are, by the lock file; undefined where that cannot be trusted any more. */
  #keptInputs(old: OldNode, path: string[], { followsPrefix, trustLock }: Task): Map<string, FlakeInput> | undefined {
    const kept = new Map<string, FlakeInput>();
    for (const [name, target] of Object.entries(old.node.inputs ?? {})) {
      if (Array.isArray(target)) {
        if (!trustLock && !this.#overrides.has(key([...path, name]))) return undefined;
        kept.set(name, { ref: undefined, isFlake: true, follows: [...followsPrefix, ...target], overrides: new Map() });
      } else {
        const { original = {}, flake = true } = old.lock.nodes[target]!;
        kept.set(name, { ref: flakeRefFromAttributes(this.#schemes, original), isFlake: flake, follows: undefined, overrides: new Map() });
      }
    }
    return kept;
  }

  async #fetchNew(
    task: Task,
    { name, path, ref, isFlake, parent }: { name: string; path: string[]; ref: FlakeRef; isFlake: boolean; parent: string[] | undefined },
  ) {
    if (isRelative(ref)) throw fetchError(`the relative input ${q(key(path))} is not in the lock file`);
    const fetched = await this.#host.fetch(ref);
    const { __final: _, ...locked } = fetched.tree.input;
    const original = flakeRefToAttributes(ref);
    const child: Node = { inputs: new Map(), locked: withDir(locked, fetched.dir), original, isFlake, parent, fetched };
    task.node.inputs.set(name, child);
    if (!isFlake) return;
    const shown = attributesToJson(original);
    if (this.#parents.includes(shown)) throw fetchError(`found circular import of flake ${q(shown)}`);
    this.#parents.push(shown);
    const lock = await this.#host.oldLock(fetched);
    const old = { lock, node: lock.nodes[lock.root] ?? {} };
    const inputs = this.#inputsOf(await this.#host.read(fetched), path);
    await this.#compute({ inputs, node: child, path, old, followsPrefix: path, trustLock: false });
    this.#parents.pop();
  }
}

const withDir = (attributes: Attributes, dir: string) => (dir === '' ? attributes : { ...attributes, dir });
const isRelative = ({ input }: FlakeRef) => input.type === 'path' && !String(input.path).startsWith('/');

function parsePath(text: string): string[] {
  const parts = text.split('/').filter((part) => part !== '');
  const bad = parts.find((part) => !flakeId.test(part));
  if (bad !== undefined) throw fetchError(`invalid flake input attribute path element ${q(bad)}`);
  return parts;
}

/** The graph as a lock file: each node named by the first input that leads to it. */
function serialise(root: Node): NewLock {
  const names = new Map<Node, string>();
  const taken = new Set<string>();
  const nodes: Record<string, LockNode> = {};
  const fetched: Record<string, FetchedFlake> = {};
  const nameFor = (wanted: string) => {
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
    taken.add(name);
    return name;
  };
  const write = (wanted: string, node: Node): string => {
    const known = names.get(node);
    if (known !== undefined) return known;
    const name = nameFor(wanted);
    names.set(node, name);
    if (node.fetched) fetched[name] = node.fetched;
    const entry: LockNode = {};
    if (node.inputs.size > 0) {
      const inputs = [...node.inputs].map(([input, target]) => [input, Array.isArray(target) ? target : write(input, target)] as const);
      entry.inputs = Object.fromEntries(inputs);
    }
    if (node.locked) Object.assign(entry, { locked: sortKeys(node.locked), original: sortKeys(node.original ?? {}) });
    if (!node.isFlake) entry.flake = false;
    if (node.parent) entry.parent = node.parent;
    nodes[name] = entry;
    return name;
  };
  const lock: LockFile = { version: 7, root: write('root', root), nodes };
  return { text: JSON.stringify(lock), fetched };
}

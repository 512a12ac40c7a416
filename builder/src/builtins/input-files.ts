/** What the inputs of a build look like as files, without making files of them. Paths are absolute, in latin1: a character each byte. */
import { type CallOptions, type Castore, type Node, notFound, type PathInfo } from '@vixen/store';
import { BuildError } from '../errors.ts';

/** As Linux has it. */
const mostLinks = 40;

export interface FoundFile {
  /** Where it really is: no link is passed on the way. */
  readonly path: string;
  readonly node: Node;
}

export class InputFiles {
  readonly #castore: Castore;
  readonly #inputs: ReadonlyMap<string, PathInfo>;
  readonly #directory: string;
  readonly #options: CallOptions;
  readonly #listed = new Map<string, Map<string, Node>>();

  constructor(castore: Castore, inputs: ReadonlyMap<string, PathInfo>, directory: string, options: CallOptions) {
    this.#castore = castore;
    this.#inputs = inputs;
    this.#directory = directory;
    this.#options = options;
  }

  /** Follows links. Undefined where nothing is, or nothing that the build may see. */
  async find(path: string): Promise<FoundFile | undefined> {
    let left = mostLinks;
    let todo = partsOf(path);
    let done: string[] = [];
    let node: Node | undefined;
    for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
      if (part === '..') {
        done.pop();
        node = await this.#nodeAt(done);
        continue;
      }
      const next = await this.#child(done, node, part);
      if (next === 'none') return undefined;
      if (next?.type !== 'symlink') {
        done.push(part);
        node = next;
        continue;
      }
      if (left-- === 0) throw new BuildError('failed', `Too many levels of symbolic links in '${path}'`);
      const target = Buffer.from(next.target).toString('latin1');
      if (target.startsWith('/')) {
        done = [];
        node = undefined;
      }
      todo = [...partsOf(target), ...todo];
    }
    return node && { path: `/${done.join('/')}`, node };
  }

  /** What is in a directory; undefined where it is none. */
  async entries(node: Node): Promise<ReadonlyMap<string, Node> | undefined> {
    if (node.type !== 'directory') return undefined;
    const key = Buffer.from(node.digest).toString('latin1');
    const known = this.#listed.get(key);
    if (known) return known;
    const found = await this.#castore.directories.get(node.digest, this.#options);
    if (!found) throw notFound(`directory ${Buffer.from(node.digest).toString('hex')}`);
    const entries = new Map(found.entries.map(({ name, node: child }) => [Buffer.from(name).toString('latin1'), child]));
    this.#listed.set(key, entries);
    return entries;
  }

  /** The bytes of a file; fails where it is none. */
  async *read({ node, path }: FoundFile): AsyncGenerator<Uint8Array, void, void> {
    if (node.type !== 'file') throw new BuildError('failed', `'${path}' is not a regular file`);
    if (node.size > 0n) yield* this.#castore.blobs.read(node.digest, this.#options);
  }

  /** Above the inputs everything is an empty folder, which has no node. */
  async #child(above: readonly string[], node: Node | undefined, name: string): Promise<Node | undefined | 'none'> {
    if (node) return (await this.entries(node))?.get(name) ?? 'none';
    const path = `/${[...above, name].join('/')}`;
    const input = this.#inputs.get(path);
    if (input) return input.node ?? 'none';
    return path === this.#directory || this.#directory.startsWith(`${path}/`) ? undefined : 'none';
  }

  async #nodeAt(parts: readonly string[]): Promise<Node | undefined> {
    let node: Node | undefined;
    for (const [i, part] of parts.entries()) {
      const child = await this.#child(parts.slice(0, i), node, part);
      node = child === 'none' ? undefined : child;
    }
    return node;
  }
}

const partsOf = (path: string) => path.split('/').filter((part) => part !== '' && part !== '.');

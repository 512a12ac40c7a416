// Inputs fetched into the store, whatever their scheme (libfetchers/fetchers.cc, libexpr/primops/fetchTree.cc).
import { ErrorCode } from '@vixen/eval-core';
import { parseHash } from '@vixen/wasm';
import {
  type Attribute,
  type Attributes,
  attributesToJson,
  fetchError,
  narHashOf,
  q,
  requiredAttr,
  revOf,
  sortKeys,
  stringAttr,
} from '../../core/fetch/input.ts';
import { FileError } from '../../core/files/tree.ts';
import { HostError } from '../../core/io.ts';
import { NativeTree } from '../files.ts';
import type { FetchContext, FetchedTree } from './context.ts';
import { fetchForge } from './forge-fetcher.ts';
import { GitFetcher } from './git-fetcher.ts';
import { toSri } from './hashes.ts';
import { fetchMercurial } from './mercurial-fetcher.ts';
import { fetchPath } from './path-fetcher.ts';
import { fetchArchive, fetchFile } from './url-fetcher.ts';

const hashMismatch = 102;
const shortLength = 7;

type Fetcher = (context: FetchContext, input: Attributes) => Promise<FetchedTree>;

const fetchTarball: Fetcher = async (context, given) => {
  const name = stringAttr(given, 'name') ?? 'source';
  const { storePath, narHash, lastModified, immutableUrl } = await fetchArchive(context, { url: requiredAttr(given, 'url'), name });
  const input = immutableUrl === undefined ? given : context.schemes.fromUrlText(immutableUrl);
  if (input.type !== 'tarball') throw fetchError("tarball 'Link' headers that redirect to non-tarball URLs are not supported");
  return { storePath, narHash, input: { ...(lastModified > 0 && { lastModified }), ...input } };
};

// A plain file is a tree too: what its path says of it is the hash of its archive.
const fetchPlainFile: Fetcher = async ({ store, ...context }, input) => {
  const name = stringAttr(input, 'name') ?? 'source';
  const file = await fetchFile({ store, ...context }, { url: requiredAttr(input, 'url'), name });
  const { path: storePath, narHash } = await store.addFrom(new NativeTree(), await store.files(file.storePath), name, { recursive: true });
  return { storePath, narHash, input };
};

const fetchers: Record<string, Fetcher> = {
  file: fetchPlainFile,
  git: (context, input) => new GitFetcher(context).fetch(input),
  github: fetchForge,
  gitlab: fetchForge,
  hg: fetchMercurial,
  path: fetchPath,
  sourcehut: fetchForge,
  tarball: fetchTarball,
};

const dateOf = (seconds: number) => new Date(seconds * 1000).toISOString().replace(/[-:T]|\..*/g, '');

export class TreeFetcher {
  readonly #context: FetchContext;
  /** What was fetched in this run. */
  readonly #fetched = new Map<string, Promise<FetchedTree>>();

  constructor(context: FetchContext) {
    this.#context = context;
  }

  /** Fetches an input, once a run. What the input says of its contents must be so. */
  fetch(input: Attributes): Promise<FetchedTree> {
    const key = attributesToJson(input);
    const known = this.#fetched.get(key);
    if (known) return known;
    const tree = this.#fetchNew(input);
    this.#fetched.set(key, tree);
    return tree;
  }

  async #fetchNew(input: Attributes): Promise<FetchedTree> {
    const { schemes, allow } = this.#context;
    const shown = schemes.print(input);
    try {
      const tree = (await this.#fromStore(input)) ?? (await this.#run(input));
      this.#check(input, tree);
      allow(tree.storePath);
      // A final input stays what it is.
      return input.__final === true ? { ...tree, input } : { ...tree, input: { ...tree.input, narHash: tree.narHash } };
    } catch (error) {
      const known = error instanceof FileError ? new HostError(ErrorCode.Io, error.message, { cause: error }) : error;
      throw known instanceof HostError ? known.withTrace(`while fetching the input ${q(shown)}`) : known;
    }
  }

  async #run(input: Attributes): Promise<FetchedTree> {
    const fetcher = fetchers[requiredAttr(input, 'type')];
    if (fetcher) return fetcher(this.#context, input);
    if (input.type === 'indirect') throw fetchError(`indirect input ${q(this.#context.schemes.print(input))} cannot be fetched directly`);
    throw fetchError(`cannot fetch unsupported input ${q(attributesToJson(input))}`);
  }

  /** A final input with a hash may be there already. */
  async #fromStore(input: Attributes): Promise<FetchedTree | undefined> {
    const narHash = narHashOf(input);
    if (input.__final !== true || narHash === undefined) return undefined;
    const storePath = this.#context.store.fixedPath(stringAttr(input, 'name') ?? 'source', true, parseHash(narHash));
    return (await this.#context.store.isValid(storePath)) ? { storePath, narHash, input } : undefined;
  }

  #check(specified: Attributes, { narHash, input }: FetchedTree) {
    const { schemes } = this.#context;
    const wanted = narHashOf(specified);
    const shown = q(schemes.print(specified));
    if (wanted !== undefined && wanted !== narHash) {
      const message = `NAR hash mismatch in input ${shown}, expected ${q(wanted)} but got ${q(narHash)}`;
      throw new HostError(ErrorCode.Plain, message, { status: hashMismatch });
    }
    for (const [name, print] of [['lastModified', (value: Attribute) => `\x0e${value}\x0f`]] as const) {
      const [before, after] = [specified[name], input[name]];
      if (before !== undefined && before !== after) {
        throw fetchError(
          `'${name}' attribute mismatch in input ${q(schemes.print(input))}, expected ${print(before)}, got ${print(after ?? -1)}`,
        );
      }
    }
    const rev = revOf(specified);
    if (rev !== undefined && revOf(input) !== rev) {
      throw fetchError(`'rev' attribute mismatch in input ${q(schemes.print(input))}, expected \x0e${rev}\x0f`);
    }
  }

  /** The attributes that the builtins give for a tree (libexpr/primops/fetchTree.cc `emitTreeAttrs`). */
  describe({ storePath, narHash, input }: FetchedTree, { emptyRevision = false } = {}): Attributes {
    const result: Attributes = { outPath: storePath, narHash: toSri(narHash) };
    const rev = revOf(input) ?? (emptyRevision ? '0'.repeat(40) : undefined);
    if (input.type === 'git') result.submodules = input.submodules === true;
    if (rev !== undefined) Object.assign(result, { rev, shortRev: rev.slice(0, shortLength) });
    if (input.revCount !== undefined) result.revCount = input.revCount;
    else if (emptyRevision) result.revCount = 0;
    for (const name of ['dirtyRev', 'dirtyShortRev'] as const) if (input[name] !== undefined) result[name] = input[name];
    if (typeof input.lastModified === 'number') {
      Object.assign(result, { lastModified: input.lastModified, lastModifiedDate: dateOf(input.lastModified) });
    }
    return sortKeys(result);
  }
}

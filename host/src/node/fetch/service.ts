// The fetching builtins' other half (docs/requests.md, "Fetch" and "Flake").
import { ErrorCode } from '@vixen/eval-core';
import { parseContentAddress } from '@vixen/store/formats';
import { base16 } from '@vixen/wasm';
import { pseudoUrlTarget } from '../../core/config/nix-path.ts';
import { type FlakeRef, flakeRefFromAttributes, flakeRefToAttributes, parseFlakeRef, printFlakeRef } from '../../core/fetch/flake-ref.ts';
import { type Attributes, fetchError, narHashOf, q, type SchemeSet, sortKeys, stringAttr } from '../../core/fetch/input.ts';
import { HostError } from '../../core/io.ts';
import { type ClosureArguments, fetchClosure } from './closure-fetcher.ts';
import type { FetchContext } from './context.ts';
import { type FlakeAnswer, FlakeFetcher, type FlakeReader } from './flakes.ts';
import { formatNix32 } from './hashes.ts';
import { TreeFetcher } from './tree-fetcher.ts';
import { fetchArchive, fetchFile } from './url-fetcher.ts';

const hashMismatch = 102;

interface UrlArguments {
  url: string;
  name: string;
  /** Base 16. */
  sha256?: string;
  /** The store path that the hash makes. */
  expected?: string;
}

export class FetchService {
  readonly #context: FetchContext;
  readonly #trees: TreeFetcher;
  readonly #flakes: FlakeFetcher;

  readonly #prepared = new Map<string, FlakeAnswer>();

  constructor(context: FetchContext, reader: FlakeReader) {
    this.#context = context;
    this.#trees = new TreeFetcher(context);
    this.#flakes = new FlakeFetcher(context, this.#trees, reader);
  }

  async fetch(fetcher: string, json: string): Promise<string> {
    const args: unknown = JSON.parse(json);
    switch (fetcher) {
      case 'fetchurl':
      case 'fetchTarball':
        return JSON.stringify({ outPath: await this.#url(fetcher, args as UrlArguments) });
      case 'fetchClosure':
        return JSON.stringify({ outPath: await fetchClosure(this.#context, args as ClosureArguments) });
      case 'fetchMercurial':
        return JSON.stringify(await this.#mercurial(args as Attributes));
      default:
        return JSON.stringify(await this.#tree(fetcher, args as Attributes));
    }
  }

  async flake(operation: string, argument: string): Promise<string> {
    const { schemes } = this.#context;
    if (operation === 'parseFlakeRef') return JSON.stringify(sortKeys(flakeRefToAttributes(parseFlakeRef(schemes, argument))));
    if (operation === 'flakeRefToString') {
      return printFlakeRef(schemes, flakeRefFromAttributes(schemes, JSON.parse(argument) as Attributes));
    }
    return JSON.stringify(this.#prepared.get(argument) ?? (await this.#flakes.getFlake(argument)));
  }

  get schemes(): SchemeSet {
    return this.#context.schemes;
  }

  print(ref: FlakeRef): string {
    return printFlakeRef(this.schemes, ref);
  }

  /** A reference that `getFlake` answers with what is given here. */
  prepare(answer: FlakeAnswer): string {
    const token = `prepared:${this.#prepared.size}`;
    this.#prepared.set(token, answer);
    return token;
  }

  /** The tree behind a search path entry that is a URL or a flake. */
  async searchPath(value: string): Promise<string> {
    if (value.startsWith('flake:')) return this.#flakes.sourcePath(value.slice('flake:'.length));
    const { storePath } = await this.#trees.fetch({ type: 'tarball', url: pseudoUrlTarget(value) });
    return storePath;
  }

  get flakes(): FlakeFetcher {
    return this.#flakes;
  }

  async #url(fetcher: 'fetchurl' | 'fetchTarball', { url, name, sha256, expected }: UrlArguments): Promise<string> {
    const { store, allow, checkUri } = this.#context;
    checkUri(url);
    if (expected !== undefined && expected !== '' && (await store.isValid(expected))) {
      allow(expected);
      return expected;
    }
    const { storePath, hash } = fetcher === 'fetchurl' ? await this.#file(url, name) : await this.#archive(url, name);
    if (sha256 !== undefined && sha256 !== hash) {
      const [wanted, got] = [sha256, hash].map((digest) => formatNix32(`sha256:${digest}`));
      const message = `hash mismatch in file downloaded from ${q(url)}:\n  specified: \x0e${wanted}\x0f\n  got:       \x0e${got}\x0f`;
      throw new HostError(ErrorCode.Eval, message, { status: hashMismatch });
    }
    allow(storePath);
    return storePath;
  }

  async #file(url: string, name: string): Promise<{ storePath: string; hash: string }> {
    const { storePath } = await fetchFile(this.#context, { url, name });
    const ca = (await this.#context.store.info(storePath))?.ca;
    return { storePath, hash: ca === undefined ? '' : base16.encode(parseContentAddress(ca).hash.digest) };
  }

  async #archive(url: string, name: string): Promise<{ storePath: string; hash: string }> {
    try {
      const { storePath } = await fetchArchive(this.#context, { url, name });
      const info = await this.#context.store.info(storePath);
      return { storePath, hash: info ? base16.encode(info.narHash) : '' };
    } catch (error) {
      throw error instanceof HostError ? error.withTrace(`while fetching the input ${q(url)}`) : error;
    }
  }

  async #tree(fetcher: string, given: Attributes): Promise<Attributes> {
    const { schemes, settings, checkUri, warn } = this.#context;
    const isGit = fetcher === 'fetchGit';
    let input = this.#inputOf(given, isGit);
    if (!settings.bool('pure-eval') && !schemes.isDirect(input) && settings.feature('flakes')) {
      input = (await this.#flakes.resolve(input, 'limited')).input;
    }
    const shown = schemes.print(input);
    if (settings.bool('pure-eval') && !schemes.isLocked(input)) {
      if (narHashOf(input) === undefined) {
        throw new HostError(
          ErrorCode.Eval,
          `in pure evaluation mode, ${q(isGit ? 'fetchGit' : 'fetchTree')} doesn't fetch unlocked input ${q(shown)}`,
        );
      }
      warn(
        `Input ${q(shown)} is unlocked (e.g. lacks a Git revision) but is checked by NAR hash. ` +
          'This is not reproducible and will break after garbage collection or when shared.',
      );
    }
    checkUri(shown);
    if (fetcher === 'fetchFinalTree') input = { ...input, __final: true };
    else if (input.__final === true) throw fetchError(`input ${q(shown)} is not allowed to use the '__final' attribute`);
    return this.#trees.describe(await this.#trees.fetch(input), { emptyRevision: isGit });
  }

  #inputOf(given: Attributes, isGit: boolean): Attributes {
    const { schemes } = this.#context;
    const { __fromURL: fromUrl, ...attributes } = given;
    if (fromUrl === true) return schemes.fromUrlText(stringAttr(attributes, 'url') ?? '');
    // Trees are fetched without history unless it is asked for.
    if (attributes.type === 'git' && !isGit && attributes.shallow === undefined) attributes.shallow = true;
    return schemes.fromAttributes(attributes);
  }

  async #mercurial(given: Attributes): Promise<Attributes> {
    const { schemes, checkUri } = this.#context;
    const url = stringAttr(given, 'url') ?? '';
    checkUri(url);
    const input = schemes.fromAttributes({ ...given, type: 'hg', url: url.includes('://') ? url : `file://${url}` });
    const { storePath, input: locked } = await this.#trees.fetch(input);
    const rev = stringAttr(locked, 'rev') ?? '0'.repeat(40);
    const result: Attributes = { outPath: storePath, rev, shortRev: rev.slice(0, 12) };
    const branch = stringAttr(locked, 'ref');
    if (branch !== undefined) result.branch = branch;
    if (locked.revCount !== undefined) result.revCount = locked.revCount;
    return result;
  }
}

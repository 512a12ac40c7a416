// `fetchurl` and `fetchTarball` where the runtime's `fetch` is all there is, and where somebody is to be asked before anything is sent.
import { ErrorCode } from '@vixen/eval-core';
import { base16, formatHash, type HasherFactory, hashChunks, narDump, parseHash } from '@vixen/wasm';
import { MemoryTree } from '../files/memory.ts';
import { HostError } from '../io.ts';
import { asHostError, narFs } from '../store/add-path.ts';
import type { FixedTree, MemoryStore } from '../store/memory-store.ts';
import { fetchError, q } from './input.ts';
import { OfflineFetching, type OfflineOptions } from './offline.ts';
import { checkArchiveName, treeOfDownload } from './web-archive.ts';
import { webDownload } from './web-download.ts';

/** What a fetch is made for. */
export interface FetchContext {
  /** Where the result goes. */
  store: MemoryStore;
  /** The evaluation's end. */
  signal: AbortSignal;
  /** Does what is no time of the evaluation's. */
  aside<T>(work: () => Promise<T>): Promise<T>;
}

/** Asks whether a URL may be requested, and calls `send` then; undefined where it may not. Nothing is sent before. */
export type Permission = <T>(url: URL, signal: AbortSignal, send: () => Promise<T>) => Promise<T | undefined>;

export interface WebFetchingOptions extends OfflineOptions {
  hashers: HasherFactory;
  permitted: Permission;
  /** What to do where a server does not let pages read it, as a sentence. */
  unreadable?: string | undefined;
  /** What to say of a refusal, as a sentence. */
  refused?: string | undefined;
  /** The page came by https: its browser lets it request nothing less (W3C Mixed Content). */
  isSecure?: boolean | undefined;
}

interface UrlArguments {
  url: string;
  name: string;
  /** Base 16. */
  sha256?: string;
  /** The store path that the hash makes. */
  expected?: string;
}

type Fetcher = 'fetchurl' | 'fetchTarball';

/** Names of this machine itself, which browsers trust (W3C Secure Contexts). */
const localHosts = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
const hashMismatch = 102;
const longestUrl = 8192;
const mostDownloaded = 64 * 2 ** 20;
/** Bytes of downloads that are kept; the latest is kept whatever its size. */
const mostKept = 128 * 2 ** 20;

interface Kept {
  fixed: FixedTree;
  size: number;
}

export class WebFetching {
  readonly #options: WebFetchingOptions;
  readonly #offline: OfflineFetching;
  /** What was fetched, the oldest first: programs are evaluated again and again, each download is made once. */
  readonly #kept = new Map<string, Kept>();

  constructor(options: WebFetchingOptions) {
    this.#options = options;
    this.#offline = new OfflineFetching(options);
  }

  fetch(fetcher: string, json: string, context: FetchContext): string | Promise<string> {
    if (fetcher !== 'fetchurl' && fetcher !== 'fetchTarball') return this.#offline.fetch(fetcher, json);
    const args = JSON.parse(json) as UrlArguments;
    const { expected } = args;
    if (expected && context.store.isValid(expected)) return JSON.stringify({ outPath: expected });
    return this.#fetched(fetcher, args, context).then((outPath) => JSON.stringify({ outPath }));
  }

  flake(operation: string, argument: string): string {
    return this.#offline.flake(operation, argument);
  }

  async #fetched(fetcher: Fetcher, { url: text, name, sha256 }: UrlArguments, context: FetchContext): Promise<string> {
    const url = urlOf(text, this.#options.isSecure);
    const fixed = await this.#fixed(fetcher, url, context);
    const got = base16.encode(fixed.sha256);
    if (sha256 !== undefined && sha256 !== got) throw mismatch(text, sha256, fixed.sha256);
    return context.store.addFixed(name, fixed);
  }

  async #fixed(fetcher: Fetcher, url: URL, context: FetchContext): Promise<FixedTree> {
    const key = `${fetcher} ${url.href}`;
    const known = this.#kept.get(key);
    if (known) return known.fixed;
    if (fetcher === 'fetchTarball') checkArchiveName(url);
    const bytes = await this.#downloaded(url, context);
    const kept = fetcher === 'fetchurl' ? this.#file(bytes) : await this.#archive(url, bytes);
    context.signal.throwIfAborted();
    this.#keep(key, kept);
    return kept.fixed;
  }

  async #downloaded(url: URL, { signal, aside }: FetchContext): Promise<Uint8Array<ArrayBuffer>> {
    const { permitted, unreadable, refused } = this.#options;
    const send = () => webDownload(url, { signal, limit: mostDownloaded, advice: unreadable });
    const bytes = await aside(() => permitted(url, signal, send));
    if (bytes) return bytes;
    const what = `${q(url.href)} was not fetched: it was refused, and nothing was sent`;
    throw new HostError(ErrorCode.Restricted, refused === undefined ? what : `${what}. ${refused}`);
  }

  #file(bytes: Uint8Array<ArrayBuffer>): Kept {
    const tree = new MemoryTree({ '/file': bytes });
    const sha256 = hashChunks(this.#options.hashers, 'sha256', [bytes]);
    return { fixed: { tree, root: '/file', method: 'flat', sha256 }, size: bytes.length };
  }

  async #archive(url: URL, bytes: Uint8Array<ArrayBuffer>): Promise<Kept> {
    try {
      const { tree, root } = await treeOfDownload(url, bytes);
      let size = 0;
      const counted = function* () {
        for (const chunk of narDump(narFs(tree), root)) {
          size += chunk.length;
          yield chunk;
        }
      };
      const sha256 = hashChunks(this.#options.hashers, 'sha256', counted());
      return { fixed: { tree, root, method: 'nar', sha256 }, size };
    } catch (cause) {
      const error = asHostError(cause);
      throw error instanceof HostError ? error.withTrace(`while fetching the input ${q(url.href)}`) : error;
    }
  }

  /** The oldest give way. */
  #keep(key: string, kept: Kept) {
    this.#kept.set(key, kept);
    let total = 0;
    for (const { size } of this.#kept.values()) total += size;
    for (const [oldest, { size }] of this.#kept) {
      if (total <= mostKept || oldest === key) return;
      total -= size;
      this.#kept.delete(oldest);
    }
  }
}

/** The URL that is asked for, and shown, in the form in which it is sent. */
function urlOf(text: string, isSecure = false): URL {
  if (text.length > longestUrl) throw fetchError(`the URL ${q(`${text.slice(0, 100)}…`)} has more than ${longestUrl} characters`);
  const url = parsed(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new HostError(ErrorCode.Restricted, `${q(text)} cannot be fetched here: only 'https:' and 'http:' URLs can`);
  }
  if (isSecure && url.protocol === 'http:' && !localHosts.test(url.hostname)) {
    throw new HostError(
      ErrorCode.Restricted,
      `${q(text)} cannot be fetched here: this page came by https, and browsers let it request https alone`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new HostError(ErrorCode.Restricted, `${q(text)} cannot be fetched here: it holds a user's name or a password`);
  }
  // It is never sent.
  url.hash = '';
  return url;
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch (error) {
    throw fetchError(`${q(text)} is not a valid URL`, { cause: error });
  }
}

function mismatch(url: string, wanted: string, got: Uint8Array): HostError {
  const specified = formatHash(parseHash(wanted, 'sha256'), 'nix32');
  const found = formatHash({ algo: 'sha256', digest: got }, 'nix32');
  const message = `hash mismatch in file downloaded from ${q(url)}:\n  specified: \x0e${specified}\x0f\n  got:       \x0e${found}\x0f`;
  return new HostError(ErrorCode.Eval, message, { status: hashMismatch });
}

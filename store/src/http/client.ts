/**
 * Requests to a server of files: credentials, redirects, timeouts, and another try after what may pass, with growing pauses. A download that breaks off
 * goes on from where it was. undici is loaded with the first request.
 */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { collect, owned } from '../compression/bytes.ts';
import { pause } from '../concurrency.ts';
import { StoreError } from '../errors.ts';
import type { Bytes, CallOptions } from '../service.ts';
import { isMissing, isTransient, refusal, retryAfter, shownUrl, statusText, Transient } from './answer.ts';
import { Netrc } from './netrc.ts';

export interface ClientOptions {
  /** How often something is tried. */
  readonly attempts?: number;
  /** Milliseconds before the second try; it doubles. */
  readonly firstPause?: number;
  /** Milliseconds to reach the server. */
  readonly connectTimeout?: number;
  /** Milliseconds without a byte. */
  readonly stallTimeout?: number;
  readonly connections?: number;
  readonly netrcFile?: string | undefined;
  /** PEM, for servers that want to know who we are. */
  readonly certificate?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly warn?: ((message: string) => void) | undefined;
}

export interface Upload {
  readonly size: number;
  /** The bytes, anew for each try. */
  read(): Bytes;
  readonly type: string;
  /** The `Content-Encoding` that they are in. */
  readonly encoding?: string | undefined;
}

type Headers = Record<string, string>;
type Answer = Dispatcher.ResponseData;

const mostRedirects = 20;
const redirects = new Set([301, 302, 303, 307, 308]);
const shownBody = 4096;

export class HttpClient {
  readonly #options: Required<Pick<ClientOptions, 'attempts' | 'firstPause' | 'connectTimeout' | 'stallTimeout' | 'connections'>> &
    ClientOptions;
  #netrc: Promise<Netrc> | undefined;
  #loaded: Promise<{ request: typeof import('undici').request; agent: Dispatcher }> | undefined;

  constructor(options: ClientOptions = {}) {
    this.#options = { attempts: 5, firstPause: 250, connectTimeout: 15_000, stallTimeout: 300_000, connections: 25, ...options };
  }

  /** Whether there is something at a URL. */
  exists(url: URL, { signal }: CallOptions = {}): Promise<boolean> {
    const what = `unable to download '${shownUrl(url)}'`;
    return this.#retrying(what, signal, async () => {
      const answer = await this.#send('HEAD', url, {}, undefined, signal);
      await answer.body.dump();
      return this.#isThere(what, answer, '');
    });
  }

  /** What is at a URL, at most `limit` bytes of it; undefined where there is nothing. */
  async bytes(url: URL, limit: number, { signal }: CallOptions = {}): Promise<{ bytes: Buffer; encoding: string } | undefined> {
    const what = `unable to download '${shownUrl(url)}'`;
    return this.#retrying(what, signal, async () => {
      const answer = await this.#get(what, url, {}, signal);
      if (!answer) return undefined;
      const bytes = await collect(transient(answer.body), limit);
      if (!bytes) throw new StoreError('invalid', `${what}: it is larger than ${limit} bytes`);
      return { bytes, encoding: header(answer, 'content-encoding') ?? '' };
    });
  }

  /** Streams what is at a URL; fails with `not-found`. `onEncoding` is told how it is encoded before the first byte. */
  async *download(
    url: URL,
    { signal, onEncoding }: CallOptions & { onEncoding?: (encoding: string) => void } = {},
  ): AsyncGenerator<Uint8Array, void, void> {
    const what = `unable to download '${shownUrl(url)}'`;
    const state: DownloadState = { received: 0, etag: undefined };
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#get(what, url, rangeHeaders(state), signal);
        if (!answer) throw new StoreError('not-found', `file '${shownUrl(url)}' does not exist`);
        if (state.received === 0) onEncoding?.(header(answer, 'content-encoding') ?? '');
        yield* remaining(answer, state);
        return;
      } catch (error) {
        await this.#beforeNext(what, attempt, error, signal);
      }
    }
  }

  async put(url: URL, upload: Upload, { signal }: CallOptions = {}): Promise<void> {
    const what = `unable to upload '${shownUrl(url)}'`;
    const headers: Headers = { 'content-type': upload.type, 'content-length': String(upload.size) };
    if (upload.encoding) headers['content-encoding'] = upload.encoding;
    await this.#retrying(what, signal, async () => {
      const answer = await this.#send('PUT', url, headers, upload, signal);
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        await answer.body.dump();
        return;
      }
      await this.#refuse(what, answer);
    });
  }

  async close(): Promise<void> {
    const loaded = await this.#loaded?.catch(() => undefined);
    await loaded?.agent.destroy();
  }

  async #get(what: string, url: URL, headers: Headers, signal: AbortSignal | undefined): Promise<Answer | undefined> {
    const answer = await this.#send('GET', url, headers, undefined, signal);
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer;
    if (isMissing(answer.statusCode)) {
      await answer.body.dump();
      return undefined;
    }
    return this.#refuse(what, answer);
  }

  #isThere(what: string, { statusCode }: Answer, body: string): boolean {
    if (statusCode >= 200 && statusCode < 300) return true;
    if (isMissing(statusCode)) return false;
    if (isTransient(statusCode)) throw new Transient(statusText(statusCode, body));
    throw refusal(what, statusCode, body);
  }

  async #refuse(what: string, answer: Answer): Promise<never> {
    const body = await startOf(answer.body);
    const { statusCode } = answer;
    if (!isTransient(statusCode)) throw refusal(what, statusCode, body);
    throw new Transient(statusText(statusCode, body), { after: retryAfter(header(answer, 'retry-after')) });
  }

  /** One request, along its redirects. Credentials go to the host that they are for, nowhere else. */
  async #send(
    method: 'GET' | 'HEAD' | 'PUT',
    first: URL,
    headers: Headers,
    upload: Upload | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const { request, agent } = await this.#load();
    let url = first;
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const sent = { 'user-agent': 'vixen', ...headers, ...(await this.#credentials(url, first)) };
      const answer = await request(withoutUser(url), {
        method,
        headers: sent,
        dispatcher: agent,
        signal: signal ?? null,
        body: upload ? Readable.from(owned(upload.read()), { objectMode: false }) : null,
      }).catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw isOurMistake(cause) ? cause : new Transient(messageOf(cause), { cause });
      });
      const location = header(answer, 'location');
      if (!redirects.has(answer.statusCode) || location === undefined) return answer;
      await answer.body.dump();
      url = redirected(url, location);
    }
    throw new StoreError('io', `'${shownUrl(first)}' redirects more than ${mostRedirects} times`);
  }

  async #credentials(url: URL, first: URL): Promise<Headers> {
    const own = url.username !== '' ? url : url.origin === first.origin && first.username !== '' ? first : undefined;
    if (own) return { authorization: basic(decodeURIComponent(own.username), decodeURIComponent(own.password)) };
    this.#netrc ??= Netrc.read(this.#options.netrcFile);
    const login = (await this.#netrc).login(url.hostname);
    return login ? { authorization: basic(login.user, login.password) } : {};
  }

  #load() {
    this.#loaded ??= import('./undici.ts').then(({ request, Agent, EnvHttpProxyAgent }) => {
      const { connectTimeout, stallTimeout, connections, certificate, privateKey } = this.#options;
      const settings = {
        connections,
        headersTimeout: stallTimeout,
        bodyTimeout: stallTimeout,
        connect: { timeout: connectTimeout, ...(certificate ? { cert: certificate } : {}), ...(privateKey ? { key: privateKey } : {}) },
      };
      return { request, agent: usesProxy() ? new EnvHttpProxyAgent(settings) : new Agent(settings) };
    });
    return this.#loaded;
  }

  async #retrying<T>(what: string, signal: AbortSignal | undefined, once: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once();
      } catch (error) {
        await this.#beforeNext(what, attempt, error, signal);
      }
    }
  }

  /** Waits before the next try; fails where there is none. */
  async #beforeNext(what: string, attempt: number, error: unknown, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (!(error instanceof Transient)) throw error;
    const { attempts, firstPause, warn } = this.#options;
    if (attempt >= attempts) throw new StoreError('unavailable', `${what}: ${error.message}`, { cause: error });
    const wait = Math.round(Math.max(error.after, firstPause * 2 ** (attempt - 1) * (1 + Math.random() / 2)));
    warn?.(`${what}: ${error.message}; retrying in ${wait} ms (attempt ${attempt}/${attempts})`);
    await pause(wait, signal);
  }
}

interface DownloadState {
  received: number;
  etag: string | undefined;
}

function rangeHeaders({ received, etag }: DownloadState): Headers {
  if (received === 0) return {};
  return { range: `bytes=${received}-`, ...(etag ? { 'if-range': etag } : {}) };
}

/** The bytes that are still missing. A server that does not know ranges sends all again. */
async function* remaining(answer: Answer, state: DownloadState): AsyncGenerator<Uint8Array, void, void> {
  let skip = answer.statusCode === 206 ? 0 : state.received;
  if (answer.statusCode === 206 && !continues(header(answer, 'content-range'), state.received)) {
    await answer.body.dump();
    throw new StoreError('io', 'the server answered with another range than was asked for');
  }
  const etag = header(answer, 'etag');
  if (state.received === 0) state.etag = etag;
  else if (skip > 0 && state.etag !== etag) throw new StoreError('unavailable', 'the file changed while it was downloaded');
  for await (const chunk of transient(answer.body)) {
    const part = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - part.length;
    if (part.length === 0) continue;
    state.received += part.length;
    yield part;
  }
}

const continues = (contentRange: string | undefined, from: number) => contentRange?.startsWith(`bytes ${from}-`) ?? false;

/** A body, whose connection may break. */
async function* transient(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* body;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw new Transient(messageOf(cause), { cause });
  }
}

async function startOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= shownBody) break;
    }
  } catch {
    // What is wrong has been said by the status.
  }
  return text.slice(0, shownBody).trim();
}

function header({ headers }: Answer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function redirected(from: URL, location: string): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new StoreError('io', `'${shownUrl(from)}' redirects to something that is no HTTP URL`);
}

function withoutUser(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

const isOurMistake = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'UND_ERR_INVALID_ARG';
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const usesProxy = () => ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => Boolean(process.env[name]));

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

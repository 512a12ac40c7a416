// Downloads over HTTP and from files. undici is loaded when the first URL is asked for.

// Downloads over HTTP and from files. undici is loaded when the first URL is asked for.
import fs, { createReadStream } from 'node:fs';
import { fetchError, q } from '../../core/fetch/input.ts';
import { parseUrl, urlPathToFile } from '../../core/fetch/url.ts';
import { systemErrorText } from '../system-error.ts';

export interface DownloadRequest {
  url: string;
  /** What the server said of the copy that is there already. */
  etag?: string | undefined;
  headers?: Record<string, string>;
}

export interface Download {
  /** Undefined where the copy that is there is still good. */
  body: AsyncIterable<Uint8Array> | undefined;
  etag: string;
  /** All URLs of the chain of redirects. */
  urls: string[];
  /** Where the same contents will always be found (`Link: <…>; rel="immutable"`). */
  immutableUrl?: string | undefined;
}

export type Downloader = (request: DownloadRequest) => Promise<Download>;

const mostRedirects = 20;
const redirects = new Set([301, 302, 303, 307, 308]);
const gone = new Set([404, 410, 401, 403, 407]);
const firstPause = 250;
const shownBody = 4096;

const downloadError = (url: string, what: string, cause?: unknown) => fetchError(`unable to download ${q(url)}: ${what}`, { cause });

/** An answer that is worth another try. */
class Transient extends Error {}

function fromFile(url: string): Download {
  const file = urlPathToFile(parseUrl(url).path);
  try {
    fs.accessSync(file, fs.constants.R_OK);
  } catch (error) {
    throw downloadError(url, `\x0eCould not read a file:// file\x0f (37) Could not open file ${file}`, error);
  }
  return { body: createReadStream(file), etag: '', urls: [url] };
}

const header = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(', ') : (value ?? ''));

function immutableLink(link: string): string | undefined {
  return /<([^>]*)>\s*;[^,]*rel="?immutable"?/.exec(link)?.[1];
}

async function bodyText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) if (text.length < shownBody) text += decoder.decode(chunk, { stream: true });
  return text.slice(0, shownBody).trim();
}

async function once({ url, etag, headers }: DownloadRequest): Promise<Download> {
  const { request } = await import('./http-client.ts');
  const urls = [url];
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const current = urls.at(-1)!;
    const sent = { 'user-agent': 'vixen', ...headers, ...(etag ? { 'if-none-match': etag } : {}) };
    const answer = await request(current, { headers: sent }).catch((error: unknown) => {
      throw new Transient(systemErrorText(error), { cause: error });
    });
    const status = answer.statusCode;
    const location = header(answer.headers.location);
    if (redirects.has(status) && location !== '') {
      await answer.body.dump();
      urls.push(new URL(location, current).href);
      continue;
    }
    const common = { etag: header(answer.headers.etag), urls, immutableUrl: immutableLink(header(answer.headers.link)) };
    if (status === 304) {
      await answer.body.dump();
      return { ...common, body: undefined, etag: etag ?? '' };
    }
    if (status >= 200 && status < 300) return { ...common, body: answer.body };
    const text = await bodyText(answer.body);
    const what = `HTTP error \x0e${status}\x0f${text === '' ? '' : `\n\nresponse body:\n\n${text}`}`;
    if (gone.has(status) || (status < 500 && status !== 429)) throw downloadError(url, what);
    throw new Transient(what);
  }
  throw downloadError(url, 'Number of redirects hit maximum amount (47)');
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Downloads by HTTP(S) or from a `file:` URL; what may pass is tried again. */
export function createDownloader(options: { attempts: number; warn(text: string): void }): Downloader {
  return async (request) => {
    const { url } = request;
    if (url.startsWith('file:')) return fromFile(url);
    if (!/^https?:/.test(url)) throw downloadError(url, '\x0eUnsupported protocol\x0f (1)');
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(request);
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        if (attempt >= options.attempts) throw downloadError(url, error.message, error);
        const wait = Math.round(firstPause * 2 ** (attempt - 1) * (1 + Math.random() / 2));
        options.warn(`unable to download ${q(url)}: ${error.message}; retrying in ${wait} ms (attempt ${attempt}/${options.attempts})`);
        await pause(wait);
      }
    }
  };
}

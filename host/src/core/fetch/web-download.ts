// Downloads by the runtime's own `fetch`, as far as a page in a browser may: other servers have to allow it (CORS).
import { joinBytes } from '@vixen/eval-core';
import { HostError } from '../io.ts';
import { fetchError, q } from './input.ts';

export interface WebDownloadOptions {
  signal: AbortSignal;
  /** Bytes. */
  limit: number;
  /** A download is given up when nothing has come for so many milliseconds. */
  patience?: number | undefined;
  /** What to do instead, as a sentence. */
  advice?: string | undefined;
}

const defaultPatience = 30_000;
const mebibyte = 2 ** 20;
const shownBody = 4096;

const downloadError = (url: string, what: string, options?: ErrorOptions) => fetchError(`unable to download ${q(url)}: ${what}`, options);

/** What a browser does not tell is which of these it was. */
function unreadable({ href, host }: URL, advice: string | undefined, cause: unknown): HostError {
  const what = `${host} does not let pages read it (it sends no CORS headers), or cannot be reached`;
  return downloadError(href, advice === undefined ? what : `${what}. ${advice}`, { cause });
}

/** A stream's bytes, of which more than `limit` are refused. */
export async function collect(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
  tooLarge: () => Error,
  came: () => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    came();
    length += part.value.length;
    parts.push(part.value);
    if (length <= limit) continue;
    await reader?.cancel();
    throw tooLarge();
  }
  return joinBytes(parts);
}

/** The bytes behind a URL. Nothing of the reader's goes with the request: no cookies, no address of the page. */
export async function webDownload(
  url: URL,
  { signal, limit, patience = defaultPatience, advice }: WebDownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const late = new AbortController();
  const giveUp = () => late.abort(downloadError(url.href, `nothing came for ${patience / 1000} s`));
  let timer = setTimeout(giveUp, patience);
  const came = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, patience);
  };
  const tooLarge = () => downloadError(url.href, `it is larger than ${limit / mebibyte} MiB`);
  try {
    const response = await fetch(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      signal: AbortSignal.any([signal, late.signal]),
    });
    came();
    if (!response.ok) throw await refused(url, response);
    if (Number(response.headers.get('content-length') ?? 0) > limit) {
      await response.body?.cancel();
      throw tooLarge();
    }
    return await collect(response.body, limit, tooLarge, came);
  } catch (error) {
    if (error instanceof HostError) throw error;
    signal.throwIfAborted();
    if (late.signal.aborted) throw late.signal.reason;
    throw unreadable(url, advice, error);
  } finally {
    clearTimeout(timer);
  }
}

async function refused({ href }: URL, { status, body }: Response): Promise<HostError> {
  const bytes = await collect(body, shownBody, () => new Error('long')).catch(() => new Uint8Array());
  const text = new TextDecoder().decode(bytes).trim();
  return downloadError(href, `HTTP error \x0e${status}\x0f${text === '' ? '' : `\n\nresponse body:\n\n${text}`}`);
}

/** What servers answer: which answers are worth another try, and how errors read. */
import { StoreError, type StoreErrorCode } from '../errors.ts';

/** An error after which the same request may succeed. */
export class Transient extends Error {
  /** Milliseconds that the server asked us to wait. */
  readonly after: number;

  constructor(message: string, options: ErrorOptions & { readonly after?: number } = {}) {
    super(message, options);
    this.after = options.after ?? 0;
  }
}

/** S3 answers 403 for what does not exist in a bucket that may not be listed; Nix takes it for missing, too. */
export const isMissing = (status: number): boolean => status === 404 || status === 410 || status === 403;

const neverBetter = new Set([501, 505, 511]);

export const isTransient = (status: number): boolean => status === 408 || status === 429 || (status >= 500 && !neverBetter.has(status));

const codes: Readonly<Record<number, StoreErrorCode>> = {
  401: 'forbidden',
  403: 'forbidden',
  407: 'forbidden',
  413: 'exhausted',
  507: 'exhausted',
};

/** `unable to download 'http://…': HTTP error 404`, and what the server said. */
export function refusal(what: string, status: number, body: string): StoreError {
  return new StoreError(codes[status] ?? 'io', `${what}: ${statusText(status, body)}`);
}

export function statusText(status: number, body: string): string {
  return `HTTP error ${status}${body === '' ? '' : `\n\nresponse body:\n\n${body}`}`;
}

const longestWait = 60_000;

/** `Retry-After` in milliseconds (RFC 9110, section 10.2.3), no more than a minute. */
export function retryAfter(value: string | undefined): number {
  if (value === undefined) return 0;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? Math.min(Math.max(milliseconds, 0), longestWait) : 0;
}

/** A URL that may be shown: without a password. */
export function shownUrl(url: string | URL): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '';
  if (shown.username !== '') shown.username = '';
  return shown.href;
}

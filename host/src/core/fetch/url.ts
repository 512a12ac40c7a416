// URLs as Nix reads and writes them (libutil/url.cc): RFC 3986, with the path in decoded parts and the query as a map in the order of its
// names.
import { decodeText, ErrorCode, encodeText } from '@vixen/eval-core';
import { HostError } from '../io.ts';

export interface Authority {
  user?: string;
  password?: string;
  /** As it stands in the URL, brackets of IPv6 included. */
  host: string;
  port?: number;
}

export interface Url {
  scheme: string;
  authority?: Authority | undefined;
  /** Decoded parts between the slashes; an absolute path begins with an empty one. */
  path: string[];
  query: Map<string, string>;
  fragment: string;
}

/** A text that is no URL, or not one that can be used. */
export class BadUrl extends HostError {
  constructor(message: string, options?: ErrorOptions) {
    super(ErrorCode.Plain, message, options);
  }
}

const quoted = (text: string) => `'\x0e${text}\x0f'`;

const unreserved = /[A-Za-z0-9\-._~]/;
const allowedInQuery = ':@/?';
const allowedInPath = ':@';

/** RFC 3986, section 2.1. Whatever is not unreserved is encoded, but for the characters in `keep`. */
export function percentEncode(text: string, keep = ''): string {
  let out = '';
  for (const byte of encodeText(text)) {
    const character = String.fromCharCode(byte);
    const plain = byte < 0x80 && (unreserved.test(character) || keep.includes(character));
    out += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  const source = encodeText(text);
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 0x25) {
      bytes.push(source[i]!);
      continue;
    }
    const digits = decodeText(source.subarray(i + 1, i + 3));
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw new BadUrl(`invalid URI parameter ${quoted(text)}: \x0eincomplete\x0f`);
    bytes.push(Number.parseInt(digits, 16));
    i += 2;
  }
  return decodeText(Uint8Array.from(bytes));
}

const pchar = String.raw`(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})`;
const authorityPattern = String.raw`((?:(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9a-fA-F]{2})*@)?(?:\[[^\]]*\]|(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9a-fA-F]{2})*)(?::\d*)?)`;
// Brackets and a few others are tolerated in the query, as Nix's parser does.
const queryPattern = String.raw`(?:${pchar}|[/?\[\]])*`;
const whole = new RegExp(
  String.raw`^([A-Za-z][A-Za-z0-9+.\-]*):(?://${authorityPattern}(?=/|\?|#|$))?((?:${pchar}|/)*)(?:\?(${queryPattern}))?(?:#((?:${pchar}|[/?])*))?$`,
);

function parseAuthority(text: string): Authority {
  const [, userInfo, host = '', port] = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(text) ?? [];
  const [user, ...password] = userInfo?.split(':') ?? [];
  return {
    ...(user !== undefined && { user: percentDecode(user) }),
    ...(password.length > 0 && { password: percentDecode(password.join(':')) }),
    host: host.startsWith('[') ? host : percentDecode(host),
    ...(port && { port: Number(port) }),
  };
}

/** Characters that old URLs have unencoded in the query and the fragment. */
function encodeLenient(text: string): string {
  const hash = text.indexOf('#');
  const main = hash < 0 ? text : text.slice(0, hash);
  const mark = main.indexOf('?');
  const query = mark < 0 ? main : main.slice(0, mark) + main.slice(mark).replace(/[ "]/g, encodeURIComponent);
  return hash < 0 ? query : query + text.slice(hash).replace(/[ "^]/g, encodeURIComponent);
}

export function decodeQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    // A name without a value is ignored, as Nix does (with a warning).
    if (equals < 0) continue;
    const name = percentDecode(part.slice(0, equals));
    if (!query.has(name)) query.set(name, percentDecode(part.slice(equals + 1)));
  }
  return query;
}

export function parseUrl(text: string, lenient = false): Url {
  const found = whole.exec(lenient ? encodeLenient(text) : text);
  if (!found && /^[A-Za-z0-9\-._~!$&'()*+,;=@/%]*$/.test(text)) throw new BadUrl(`${quoted(text)} doesn't have a scheme`);
  if (!found) throw new BadUrl(`${quoted(text)} is not a valid URL: \x0eleftover\x0f`);
  const [, scheme = '', authorityText, pathText = '', query = '', fragment = ''] = found;
  const authority = authorityText === undefined ? undefined : parseAuthority(authorityText);
  const isFile = transportOf(scheme) === 'file';
  if (isFile && authority && authority.host !== '') {
    throw new BadUrl(`file:// URL ${quoted(text)} has unexpected authority ${quoted(printAuthority(authority))}`);
  }
  const path = (isFile && pathText === '' ? '/' : pathText).split('/').map(percentDecode);
  return { scheme, authority, path, query: decodeQuery(query), fragment: percentDecode(fragment) };
}

export function printAuthority({ user, password, host, port }: Authority): string {
  const login = user === undefined ? '' : `${percentEncode(user)}${password === undefined ? '' : `:${percentEncode(password)}`}@`;
  return `${login}${host.startsWith('[') ? host : percentEncode(host)}${port === undefined ? '' : `:${port}`}`;
}

const byName = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : a > b ? 1 : 0);

export function encodeQuery(query: Map<string, string>): string {
  const parts = [...query].sort(byName);
  return parts.map(([name, value]) => `${percentEncode(name, allowedInQuery)}=${percentEncode(value, allowedInQuery)}`).join('&');
}

export function printUrl({ scheme, authority, path, query, fragment }: Url): string {
  const start = authority ? `//${printAuthority(authority)}` : '';
  const rest = path.map((part) => percentEncode(part, allowedInPath)).join('/');
  const end = `${query.size > 0 ? `?${encodeQuery(query)}` : ''}${fragment === '' ? '' : `#${percentEncode(fragment)}`}`;
  return `${scheme}:${start}${rest}${end}`;
}

/** `git` of `git+https`. */
export const applicationOf = (scheme: string) => (scheme.includes('+') ? scheme.slice(0, scheme.indexOf('+')) : undefined);
/** `https` of `git+https`. */
export const transportOf = (scheme: string) => scheme.slice(scheme.indexOf('+') + 1);

/** The file that a path in a URL names. */
export function urlPathToFile(path: string[]): string {
  for (const part of path) {
    if (part.includes('/')) throw new BadUrl(`URL path component ${quoted(part)} contains '/', which is not allowed in file names`);
    if (part.includes('\0')) {
      throw new BadUrl(`URL path component ${quoted(part.replaceAll('\0', '␀'))} contains NUL byte which is not allowed`);
    }
  }
  const [first, ...rest] = path;
  const parts = rest.filter((part, i) => part !== '' || i === rest.length - 1);
  return first === undefined ? '' : [first, ...parts].join('/') || '/';
}

export const fileToUrlPath = (file: string) => file.split('/');

/** What people write for git repositories as a URL: paths, `user@host:path`, URLs with and without `git+`. */
export function fixGitUrl(given: string): Url {
  const scp = !given.startsWith('/') && /^([^/]*)@(.*):(.*)$/s.exec(given);
  const text = scp ? `ssh://${scp[1]}@${scp[2]}/${scp[3]}` : given;
  if (text.startsWith('file:') || text.startsWith('git+file:') || text.includes('://')) {
    const url = parseUrl(text);
    return applicationOf(url.scheme) === 'git' ? { ...url, scheme: transportOf(url.scheme) } : url;
  }
  const path = text.split('/');
  if (path[0]!.includes(':')) {
    throw new BadUrl(`SCP-like URL ${quoted(text)} is not supported; use SSH URL syntax instead (ssh://...)`);
  }
  return { scheme: 'file', authority: text.startsWith('/') ? { host: '' } : undefined, path, query: new Map(), fragment: '' };
}

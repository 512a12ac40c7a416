// Inputs: what fetchers are asked for, as attributes (libfetchers/fetchers.cc). Each scheme turns URLs into attributes and back.
import { ErrorCode } from '@vixen/eval-core';
import { CodedError, formatHash, type Hash, parseHash } from '@vixen/wasm';
import { HostError } from '../io.ts';
import { parseUrl, printUrl, type Url } from './url.ts';

export type Attribute = string | number | boolean;
export type Attributes = Record<string, Attribute>;

export interface Scheme {
  readonly name: string;
  readonly allowed: ReadonlySet<string>;
  /** The experimental feature that has to be on. */
  readonly feature?: string;
  /** Attributes that need a feature of their own. */
  readonly attributeFeatures?: ReadonlyMap<string, string>;
  /** Undefined where the URL is not of this scheme. */
  fromUrl(url: Url, requireTree: boolean): Attributes | undefined;
  /** Checks attributes, and brings them to the form that is kept. */
  check(attributes: Attributes): Attributes;
  toUrl(attributes: Attributes): Url;
  isLocked(attributes: Attributes): boolean;
  /** Whether it can be fetched as it is, without a look into a registry. */
  readonly isDirect: boolean;
}

export const q = (text: string | number) => `'\x0e${text}\x0f'`;

export const fetchError = (message: string, options?: ErrorOptions) => new HostError(ErrorCode.Plain, message, options);

/** Attributes as JSON with sorted names, for messages and lock files. */
export const attributesToJson = (attributes: Attributes) => JSON.stringify(sortKeys(attributes));

export function sortKeys(attributes: Attributes): Attributes {
  const names = Object.keys(attributes).sort();
  return Object.fromEntries(names.map((name) => [name, attributes[name]!]));
}

export function stringAttr(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  if (value === undefined || typeof value === 'string') return value;
  throw fetchError(`input attribute ${q(name)} is not a string ${attributesToJson(attributes)}`);
}

export function requiredAttr(attributes: Attributes, name: string): string {
  const value = stringAttr(attributes, name);
  if (value === undefined) throw fetchError(`input attribute ${q(name)} is missing`);
  return value;
}

export function intAttr(attributes: Attributes, name: string): number | undefined {
  const value = attributes[name];
  if (value === undefined || typeof value === 'number') return value;
  throw fetchError(`input attribute ${q(name)} is not an integer`);
}

export function boolAttr(attributes: Attributes, name: string): boolean {
  const value = attributes[name];
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw fetchError(`input attribute ${q(name)} is not a Boolean`);
}

function asFetchError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof CodedError ? fetchError(error.message, { cause: error }) : error;
  }
}

/** The NAR hash that is expected, as SRI. */
export function narHashOf(attributes: Attributes): string | undefined {
  const text = stringAttr(attributes, 'narHash');
  if (text === undefined) return undefined;
  if (text === '') return formatHash({ algo: 'sha256', digest: new Uint8Array(32) }, 'sri');
  // Old lock files have hashes without their padding.
  const padded = /^sha256-[A-Za-z0-9+/]{43}$/.test(text) ? `${text}=` : text;
  const hash = asFetchError(() => parseHash(padded));
  if (hash.algo !== 'sha256') throw fetchError('narHash must use SHA-256');
  return formatHash(hash, 'sri');
}

/** The revision in base 16. */
export function revOf(attributes: Attributes): string | undefined {
  const text = stringAttr(attributes, 'rev');
  if (text === undefined) return undefined;
  const hash: Hash = asFetchError(() => (/[:-]/.test(text) ? parseHash(text) : parseHash(text, text.length === 64 ? 'sha256' : 'sha1')));
  return formatHash(hash, 'base16', false);
}

export const refOf = (attributes: Attributes) => stringAttr(attributes, 'ref');

/** A name that git takes for a branch or a tag (git-check-ref-format). */
export function isLegalRef(name: string): boolean {
  if (name === '' || name === '@' || name.endsWith('/') || name.endsWith('.') || name.startsWith('/') || name.startsWith('-')) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids control characters
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\//.test(name)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}

export const emptyUrl = (scheme: string, path: string[]): Url => ({ scheme, path, query: new Map(), fragment: '' });

/** The schemes by name; `schemes.ts` fills it. */
export class SchemeSet {
  readonly #byName: Map<string, Scheme>;
  readonly #requireFeature: (feature: string) => void;

  constructor(schemes: Scheme[], requireFeature: (feature: string) => void) {
    const sorted = [...schemes].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#byName = new Map(sorted.map((scheme) => [scheme.name, scheme]));
    this.#requireFeature = requireFeature;
  }

  get(attributes: Attributes): Scheme | undefined {
    return this.#byName.get(requiredAttr(attributes, 'type'));
  }

  /** The scheme, which has to be known. */
  known(attributes: Attributes): Scheme {
    const scheme = this.get(attributes);
    if (!scheme) throw fetchError(`cannot fetch unsupported input ${q(attributesToJson(attributes))}`);
    return scheme;
  }

  fromUrlText(text: string, requireTree = true): Attributes {
    return this.fromUrl(parseUrl(text), requireTree);
  }

  fromUrl(url: Url, requireTree = true): Attributes {
    for (const scheme of this.#byName.values()) {
      const attributes = scheme.fromUrl(url, requireTree);
      if (!attributes) continue;
      this.#requireFeatures(scheme, attributes);
      return checkCommon(attributes);
    }
    if (url.scheme === 'file+git') {
      throw fetchError(`input ${q(printUrl(url))} is unsupported; did you mean 'git+file' instead of 'file+git'?`);
    }
    throw fetchError(`input ${q(printUrl(url))} is unsupported`);
  }

  fromAttributes(attributes: Attributes): Attributes {
    if (attributes.type === undefined) throw fetchError("'type' attribute to specify input scheme is required but not provided");
    const scheme = this.get(attributes);
    if (!scheme) return checkCommon(attributes);
    this.#requireFeatures(scheme, attributes);
    for (const name of Object.keys(attributes).sort()) {
      if (name === 'type' || name === '__final' || scheme.allowed.has(name)) continue;
      throw fetchError(`input attribute ${q(name)} not supported by scheme ${q(scheme.name)}`);
    }
    return checkCommon(scheme.check(attributes));
  }

  #requireFeatures({ feature, attributeFeatures }: Scheme, attributes: Attributes) {
    if (feature) this.#requireFeature(feature);
    for (const [name, needed] of attributeFeatures ?? []) if (attributes[name] !== undefined) this.#requireFeature(needed);
  }

  toUrl(attributes: Attributes): Url {
    const scheme = this.get(attributes);
    if (!scheme) throw fetchError(`cannot show unsupported input ${q(attributesToJson(attributes))}`);
    return scheme.toUrl(attributes);
  }

  print(attributes: Attributes): string {
    return printUrl(this.toUrl(attributes));
  }

  isLocked(attributes: Attributes): boolean {
    return this.get(attributes)?.isLocked(attributes) ?? false;
  }

  isDirect(attributes: Attributes): boolean {
    return this.get(attributes)?.isDirect ?? true;
  }
}

function checkCommon(attributes: Attributes): Attributes {
  requiredAttr(attributes, 'type');
  refOf(attributes);
  intAttr(attributes, 'revCount');
  intAttr(attributes, 'lastModified');
  return attributes;
}

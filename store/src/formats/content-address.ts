/**
 * Content addresses: how the contents of a store object make its path (Nix manual, "Content-Addressing Store Objects"; libstore/content-address.cc).
 *
 *     text:sha256:<base 32>            a text, which may refer to other paths
 *     fixed:sha256:<base 32>           the contents of a file
 *     fixed:r:sha256:<base 32>         an archive
 *     fixed:git:sha1:<base 32>         a tree as Git hashes it
 */
import { formatHash, type Hash, type HashAlgo, type IngestionMethod, parseHashAlgo, type StoreDir } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../path-info.ts';
import { invalidUnless, parseBareHash } from './hash.ts';
import { nameOf } from './store-path.ts';

export type ContentAddressMethod = IngestionMethod | 'text';

export interface ContentAddress {
  readonly method: ContentAddressMethod;
  readonly hash: Hash;
}

const prefixes: Readonly<Record<ContentAddressMethod, string>> = { text: 'text:', flat: 'fixed:', nar: 'fixed:r:', git: 'fixed:git:' };
const invalid = (message: string) => new StoreError('invalid', message);

export function parseContentAddress(text: string): ContentAddress {
  const { method, algo, rest } = splitMethod(text);
  if (rest === undefined) throw invalid(`content address hash must be in form '<algo>:<hash>', but found: ${text}`);
  return { method, hash: parseBareHash(rest, algo) };
}

/** As a `.drv` and the command line say it, without a hash: `fixed:r:sha256`. */
export function parseMethodWithAlgo(text: string): { method: ContentAddressMethod; algo: HashAlgo } {
  const { method, algo } = splitMethod(`${text}:`);
  return { method, algo };
}

function splitMethod(text: string): { method: ContentAddressMethod; algo: HashAlgo; rest: string | undefined } {
  if (!text.includes(':')) throw invalid(`not a content address because it is not in the form '<prefix>:<rest>': ${text}`);
  const method = methodOf(text);
  const behind = text.slice(prefixes[method].length);
  const colon = behind.indexOf(':');
  if (colon < 0) throw invalid(`content address hash must be in form '<algo>:<hash>', but found: ${text}`);
  const algo = invalidUnless(() => parseHashAlgo(behind.slice(0, colon)));
  return { method, algo, rest: behind.slice(colon + 1) };
}

function methodOf(text: string): ContentAddressMethod {
  const methods: readonly ContentAddressMethod[] = ['text', 'nar', 'git', 'flat'];
  const found = methods.find((method) => text.startsWith(prefixes[method]));
  if (found) return found;
  const prefix = text.slice(0, text.indexOf(':'));
  throw invalid(`content address prefix '${prefix}' is unrecognized. Recogonized prefixes are 'text' or 'fixed'`);
}

/** The inverse of `parseContentAddress`, in base 32. */
export const formatContentAddress = ({ method, hash }: ContentAddress): string => prefixes[method] + formatHash(hash, 'nix32');

/** `fixed:r:sha256`. */
export const formatMethodWithAlgo = (method: ContentAddressMethod, algo: HashAlgo): string => prefixes[method] + algo;

// Derivations say the method of an output without `fixed:`.
const outputPrefixes: Readonly<Record<ContentAddressMethod, string>> = { text: 'text:', flat: '', nar: 'r:', git: 'git:' };

/** The method and algorithm of a derivation's output: `r:sha256`. */
export function parseOutputMethod(text: string): { method: ContentAddressMethod; algo: HashAlgo } {
  const methods: readonly ContentAddressMethod[] = ['nar', 'git', 'text', 'flat'];
  const method = methods.find((name) => text.startsWith(outputPrefixes[name]))!;
  return { method, algo: invalidUnless(() => parseHashAlgo(text.slice(outputPrefixes[method].length))) };
}

export const formatOutputMethod = (method: ContentAddressMethod, algo: HashAlgo): string => outputPrefixes[method] + algo;

/** The method by itself, as JSON has it. */
export function parseMethod(text: string): ContentAddressMethod {
  if (text === 'text' || text === 'flat' || text === 'nar' || text === 'git') return text;
  throw invalid(`Unknown file ingestion method '${text}', expect 'flat', 'nar', or 'git'`);
}

/** The path that contents with this address have. `references` are other paths; `self` says that the object refers to itself. */
export function pathOfContentAddress(
  directory: StoreDir,
  name: string,
  { method, hash }: ContentAddress,
  references: readonly string[] = [],
  self = false,
): string {
  return invalidUnless(() => {
    if (method !== 'text') return directory.makeFixedOutputPath(name, { method, hash, references, self });
    if (self) throw invalid('self-reference not allowed with text hashing');
    if (hash.algo !== 'sha256') throw invalid(`text hashing must use SHA-256, but instead using: ${hash.algo}`);
    return directory.makeTextPath(name, hash.digest, references);
  });
}

/** Whether a path's `ca` makes its name: then what it claims to be needs no signature. */
export function isContentAddressed(directory: StoreDir, { path, ca, references }: Pick<PathInfo, 'path' | 'ca' | 'references'>): boolean {
  if (ca === undefined) return false;
  const others = references.filter((reference) => reference !== path);
  const self = others.length < references.length;
  try {
    return pathOfContentAddress(directory, nameOf(path, directory.path), parseContentAddress(ca), others, self) === path;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

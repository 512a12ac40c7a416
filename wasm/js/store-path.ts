/** The names of store objects (Nix manual, "Store Path Specification"). */
import { nix32 } from './encoding.ts';
import { StorePathError } from './errors.ts';
import { formatHash, type Hash } from './hash-text.ts';
import { compressHash, type HasherFactory } from './hasher.ts';

/** How the contents of a store object become the bytes that are hashed. */
export type IngestionMethod = 'flat' | 'nar' | 'git';

/** A content-addressed object: what was hashed, and what it refers to (store paths). */
export interface FixedOutput {
  readonly method: IngestionMethod;
  readonly hash: Hash;
  readonly references?: readonly string[];
  readonly self?: boolean;
}

/** The parts of `/nix/store/<digest>-<name>`. */
export interface StorePath {
  readonly digest: Uint8Array;
  readonly name: string;
}

const digestSize = 20;
const digestLength = 32;
const maxNameLength = 211;
const prefixes: Readonly<Record<IngestionMethod, string>> = { flat: '', nar: 'r:', git: 'git:' };

/** Computes and reads the paths of one store directory. */
export class StoreDir {
  readonly path: string;
  readonly #hashers: HasherFactory;

  constructor(hashers: HasherFactory, path = '/nix/store') {
    this.#hashers = hashers;
    this.path = path;
  }

  /** The path of an object of a type (`source`, `text:…`, `output:out`), from a digest or a hash as `sha256:<base 16>`. */
  makeStorePath(type: string, hash: Hash | string, name: string): string {
    const inner = typeof hash === 'string' ? hash : formatHash(hash, 'base16');
    const digest = this.#sha256(`${type}:${inner}:${this.path}:${name}`);
    const base = `${nix32.encode(compressHash(digest, digestSize))}-${name}`;
    checkPathName(base, name);
    return `${this.path}/${base}`;
  }

  /** The path of a derivation's output; other outputs than `out` carry their name. */
  makeOutputPath(output: string, derivationHash: Hash | string, name: string): string {
    return this.makeStorePath(`output:${output}`, derivationHash, outputPathName(name, output));
  }

  /** The path of an object whose content hash is known: fixed-output derivations and added files. */
  makeFixedOutputPath(name: string, { method, hash, references = [], self = false }: FixedOutput): string {
    if (method === 'git' && hash.algo !== 'sha1' && hash.algo !== 'sha256') {
      throw new StorePathError('store-path', `Git file ingestion must use SHA-1 or SHA-256 hash, but instead using: ${hash.algo}`);
    }
    if (method === 'nar' && hash.algo === 'sha256') return this.makeStorePath(typeWith('source', references, self), hash, name);
    if (references.length > 0 || self) {
      throw new StorePathError(
        'store-path-references',
        `fixed output derivation '${name}' is not allowed to refer to other store paths.\n` +
          "You may need to use the 'unsafeDiscardReferences' derivation attribute, see the manual for more details.",
      );
    }
    const digest = this.#sha256(`fixed:out:${prefixes[method]}${formatHash(hash, 'base16')}:`);
    return this.makeStorePath('output:out', { algo: 'sha256', digest }, name);
  }

  /** The path of a text (`builtins.toFile`, a derivation), from the SHA-256 of its bytes. */
  makeTextPath(name: string, digest: Uint8Array, references: readonly string[] = []): string {
    return this.makeStorePath(typeWith('text', references, false), { algo: 'sha256', digest }, name);
  }

  /** Reads a path that lies directly in this store. */
  parse(path: string): StorePath {
    const prefix = `${this.path}/`;
    const base = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    if (base === '' || base.includes('/')) throw new StorePathError('store-path', `path '${path}' is not in the Nix store`);
    return parseBaseName(base);
  }

  /** Writes a path of this store. */
  print({ digest, name }: StorePath): string {
    return `${this.path}/${nix32.encode(digest)}-${name}`;
  }

  #sha256(text: string): Uint8Array {
    return this.#hashers('sha256').update(new TextEncoder().encode(text)).digest();
  }
}

/** Reads the part after the store directory, `<digest>-<name>`. */
export function parseBaseName(base: string): StorePath {
  if (base.length < digestLength + 1) {
    throw new StorePathError('store-path', `'${base}' is too short to be a valid store path`);
  }
  const digits = base.slice(0, digestLength);
  const bad = /[^0-9a-df-np-sv-z]/.exec(digits);
  if (bad) throw new StorePathError('store-path', `store path '${base}' contains illegal base-32 character '${bad[0]}'`);
  const name = base.slice(digestLength + 1);
  checkPathName(base, name);
  return { digest: nix32.decode(digits)!, name };
}

function checkPathName(base: string, name: string): void {
  try {
    checkName(name);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorePathError('store-path', `path '${base}' is not a valid store path: ${reason}`, { cause });
  }
}

/** Refuses a name that no store object can have. */
export function checkName(name: string): void {
  const fail = (message: string): never => {
    throw new StorePathError('store-path-name', message);
  };
  if (name === '') fail('name must not be empty');
  if (name.length > maxNameLength) fail(`name '${name}' must be no longer than ${maxNameLength} characters`);
  const dots = /^(\.\.?)(-|$)/.exec(name);
  if (dots) {
    fail(`name '${name}' is not valid${dots[2] === '' ? '' : `: first dash-separated component must not be '${dots[1]}'`}`);
  }
  const bad = /[^0-9a-zA-Z+\-._?=]/.exec(name);
  if (bad) fail(`name '${name}' contains illegal character '${bad[0]}'`);
}

/** The name of an output's store object. */
export function outputPathName(name: string, output: string): string {
  return output === 'out' ? name : `${name}-${output}`;
}

/** What names a placeholder for an output that is not built yet (`builtins.placeholder`). */
export function placeholder(hashers: HasherFactory, output: string): string {
  const clear = new TextEncoder().encode(`nix-output:${output}`);
  return `/${nix32.encode(hashers('sha256').update(clear).digest())}`;
}

// References are sorted, by the digests that paths begin with, and stand in the type.
function typeWith(type: string, references: readonly string[], self: boolean): string {
  return [type, ...[...references].sort(), ...(self ? ['self'] : [])].join(':');
}

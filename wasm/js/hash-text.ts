/** Hashes as text: `sha256:` and base 16, Nix's base 32 or base 64; and SRI, `sha256-` and base 64 (W3C Subresource Integrity §3.5). */
import type { Encoding } from './encoding.ts';
import { base16, base64, nix32 } from './encoding.ts';
import { HashError } from './errors.ts';
import { type HashAlgo, hashSizes, isHashAlgo } from './hasher.ts';

/** A digest that knows what made it. */
export interface Hash {
  readonly algo: HashAlgo;
  readonly digest: Uint8Array;
}

export type HashFormat = 'base16' | 'nix32' | 'base64' | 'sri';

const encodings: Readonly<Record<HashFormat, Encoding>> = { base16, nix32, base64, sri: base64 };
// How the formats are called in messages.
const titles: Readonly<Record<HashFormat, string>> = { base16: 'base16', nix32: 'nix32', base64: 'Base64', sri: 'SRI' };

/** Writes a hash. SRI always says its algorithm, the others when `withAlgo` is set. */
export function formatHash({ algo, digest }: Hash, format: HashFormat, withAlgo = true): string {
  const text = encodings[format].encode(digest);
  if (format === 'sri') return `${algo}-${text}`;
  return withAlgo ? `${algo}:${text}` : text;
}

/** Subresource integrity, the form that Nix prints by default. */
export function sri(hash: Hash): string {
  return formatHash(hash, 'sri');
}

/** Reads the name of an algorithm. */
export function parseHashAlgo(text: string): HashAlgo {
  if (isHashAlgo(text)) return text;
  const known = "'blake3', 'md5', 'sha1', 'sha256', or 'sha512'";
  throw new HashError('unknown-hash-algorithm', `unknown hash algorithm '${text}', expect ${known}`);
}

/** Reads a hash in any format; `algo` is needed when the text does not name one, and must agree when it does. */
export function parseHash(text: string, algo?: HashAlgo): Hash {
  return parseHashWithFormat(text, algo).hash;
}

/** As `parseHash`, and says which format it was: the separator tells SRI, the length tells the others. */
export function parseHashWithFormat(text: string, algo?: HashAlgo): { hash: Hash; format: HashFormat } {
  const separator = /:/.exec(text) ?? /-/.exec(text);
  const named = separator ? parseHashAlgo(text.slice(0, separator.index)) : undefined;
  const rest = separator ? text.slice(separator.index + 1) : text;
  const wanted = named ?? algo;
  if (wanted === undefined) {
    throw new HashError('hash-without-algorithm', `hash '${text}' does not include a type, nor is the type otherwise known from context`);
  }
  if (algo !== undefined && wanted !== algo) {
    throw new HashError('hash-algorithm-mismatch', `hash '${text}' should have type '${algo}'`);
  }
  const format = separator?.[0] === '-' ? 'sri' : formatOfLength(rest, wanted);
  return { hash: { algo: wanted, digest: decode(rest, wanted, format) }, format };
}

function formatOfLength(text: string, algo: HashAlgo): HashFormat {
  const formats: readonly HashFormat[] = ['base16', 'nix32', 'base64'];
  const format = formats.find((name) => encodings[name].encodedLength(hashSizes[algo]) === text.length);
  if (format !== undefined) return format;
  throw new HashError('hash-length', `hash '${text}' has wrong length for hash algorithm '${algo}'`);
}

function decode(text: string, algo: HashAlgo, format: HashFormat): Uint8Array {
  const digest = encodings[format].decode(text);
  const expected = hashSizes[algo];
  if (digest?.length === expected) return digest;
  const length = digest?.length ?? lengthOfRefused(text, format, expected);
  throw new HashError('hash-encoding', `invalid ${titles[format]} hash '${text}', length ${length} != expected length ${expected}`);
}

// Nix calls a text with a bad character empty, and a base 32 number that is too large one byte too long.
function lengthOfRefused(text: string, format: HashFormat, expected: number): number {
  return format === 'nix32' && /^[0-9a-df-np-sv-z]*$/.test(text) ? expected + 1 : 0;
}

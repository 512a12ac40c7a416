/**
 * Narinfos: what a binary cache says of a store path (Nix manual, "Binary cache"; libstore/nar-info.cc). Lines of `Name: value`:
 *
 *     StorePath: /nix/store/<hash>-<name>      URL: nar/<file hash>.nar.xz      Compression: xz
 *     FileHash: sha256:<base 32>               FileSize: 1234                   NarHash: sha256:<base 32>
 *     NarSize: 5678                            References: <base name> …        Deriver: <base name>.drv
 *     Sig: <key name>:<base 64>   (any number)                                  CA: fixed:r:sha256:<base 32>
 */
import type { Hash } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../path-info.ts';
import { formatContentAddress, parseContentAddress } from './content-address.ts';
import { nix32Hash, parsePrefixedHash, sha256 } from './hash.ts';
import { normalSignatures, parseSignature } from './signature.ts';
import { baseNameOf, checkBaseName, defaultStoreDirectory, sortedPaths } from './store-path.ts';

export interface NarInfo extends PathInfo {
  /** Where the archive lies, relative to the cache. */
  readonly url: string;
  /** How it is compressed: `xz`, `zstd`, `none`, … */
  readonly compression: string;
  /** Of the compressed file. */
  readonly fileHash?: Hash | undefined;
  /** Bytes of the compressed file; 0: unknown. */
  readonly fileSize: number;
}

export interface NarInfoOptions {
  /** What the text is called in messages: its file's name. */
  readonly whence: string;
  readonly directory?: string;
}

/** What has been read so far. */
interface Draft {
  path?: string;
  url: string;
  compression: string;
  fileHash?: Hash;
  fileSize: number;
  narHash?: Uint8Array;
  narSize: number;
  references: string[];
  deriver?: string;
  signatures: string[];
  ca?: string;
}

/** What may go wrong in a line, without the file's name and the line's number. */
class Corrupt extends Error {}

/** Reads a narinfo by Nix's rules; fails with `invalid`. Names that are not known are skipped, the archive's hash has to be SHA-256. */
export function parseNarInfo(text: string, { whence, directory = defaultStoreDirectory }: NarInfoOptions): NarInfo {
  const draft: Draft = { url: '', compression: '', fileSize: 0, narSize: 0, references: [], signatures: [] };
  let line = 1;
  try {
    for (let at = 0; at < text.length; line++) at = readLine(text, at, draft, directory);
  } catch (error) {
    if (error instanceof Corrupt) throw corrupt(whence, `${error.message} at line ${line}`);
    throw error;
  }
  return finish(draft, whence);
}

const corrupt = (whence: string, reason: string) => new StoreError('invalid', `NAR info file '${whence}' is corrupt: ${reason}`);

// As Nix: a value begins two characters behind the colon, and ends at the next line feed from there.
function readLine(text: string, at: number, draft: Draft, directory: string): number {
  const colon = text.indexOf(':', at);
  if (colon < 0) throw new Corrupt("expecting ':'");
  const end = colon + 2 <= text.length ? text.indexOf('\n', colon + 2) : -1;
  if (end < 0) throw new Corrupt("expecting '\\n'");
  const name = text.slice(at, colon);
  if (Object.hasOwn(fields, name)) fields[name]!(draft, text.slice(colon + 2, end), directory);
  return end + 1;
}

const fields: Readonly<Record<string, (draft: Draft, value: string, directory: string) => void>> = {
  StorePath: (draft, value, directory) => {
    baseNameOf(value, directory);
    draft.path = value;
  },
  URL: (draft, value) => {
    draft.url = value;
  },
  Compression: (draft, value) => {
    draft.compression = value;
  },
  FileHash: (draft, value) => {
    draft.fileHash = hashField(value);
  },
  FileSize: (draft, value) => {
    draft.fileSize = sizeField(value, 'FileSize');
  },
  NarHash: (draft, value) => {
    const { algo, digest } = hashField(value);
    if (algo !== 'sha256') throw new Corrupt('bad hash');
    draft.narHash = digest;
  },
  NarSize: (draft, value) => {
    draft.narSize = sizeField(value, 'NarSize');
  },
  References: (draft, value, directory) => {
    if (draft.references.length > 0) throw new Corrupt('extra References');
    draft.references = value.split(' ').flatMap((base) => (base === '' ? [] : [`${directory}/${checkBaseName(base)}`]));
  },
  Deriver: (draft, value, directory) => {
    if (value !== 'unknown-deriver') draft.deriver = `${directory}/${checkBaseName(value)}`;
  },
  Sig: (draft, value) => {
    parseSignature(value);
    draft.signatures.push(value);
  },
  CA: (draft, value) => {
    if (draft.ca !== undefined) throw new Corrupt('extra CA');
    if (value !== '') draft.ca = formatContentAddress(parseContentAddress(value));
  },
};

function hashField(value: string): Hash {
  try {
    return parsePrefixedHash(value);
  } catch (cause) {
    throw new Corrupt('bad hash', { cause });
  }
}

function sizeField(value: string, name: string): number {
  const size = /^\+?[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new Corrupt(`invalid ${name}`);
  return size;
}

function finish(draft: Draft, whence: string): NarInfo {
  const { path, narHash, url, narSize, compression, references, signatures, ...rest } = draft;
  if (path === undefined) throw corrupt(whence, 'StorePath missing');
  if (narHash === undefined) throw corrupt(whence, 'NarHash missing');
  if (url === '') throw corrupt(whence, 'URL missing');
  if (narSize === 0) throw corrupt(whence, 'NarSize missing or zero');
  return {
    ...rest,
    path,
    narHash,
    narSize,
    references: sortedPaths(references),
    signatures: normalSignatures(signatures),
    url,
    compression: compression === '' ? 'bzip2' : compression,
  };
}

/** Writes a narinfo as Nix does. Without the hash or size of the file, which Nix always has, their lines are left out. */
export function formatNarInfo(info: NarInfo, directory = defaultStoreDirectory): string {
  const { path, url, compression, fileHash, fileSize, narHash, narSize, references, deriver, signatures, ca } = info;
  const lines = [
    `StorePath: ${path}`,
    `URL: ${url}`,
    `Compression: ${compression}`,
    ...(fileHash ? [`FileHash: ${nix32Hash(fileHash)}`] : []),
    ...(fileHash || fileSize > 0 ? [`FileSize: ${fileSize}`] : []),
    `NarHash: ${nix32Hash(sha256(narHash))}`,
    `NarSize: ${narSize}`,
    `References: ${sortedPaths(references)
      .map((reference) => baseNameOf(reference, directory))
      .join(' ')}`,
    ...(deriver === undefined ? [] : [`Deriver: ${baseNameOf(deriver, directory)}`]),
    ...normalSignatures(signatures).map((signature) => `Sig: ${signature}`),
    ...(ca === undefined ? [] : [`CA: ${ca}`]),
  ];
  return `${lines.join('\n')}\n`;
}

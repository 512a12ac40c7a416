/** Path infos as snix.store.v1 has them, and back. Messages may come from anyone: what breaks the rules fails with `invalid`. */
import { NARInfo_CA_Hash as CaHash, type NARInfo, type NARInfo_CA, type PathInfo as PathInfoMessage } from '@vixen/proto/store';
import { type HashAlgo, hashSizes, nix32, parseBaseName } from '@vixen/wasm';
import { entryMessage, nodeOfEntry } from '../castore/message.ts';
import { StoreError } from '../errors.ts';
import { type ContentAddressMethod, formatContentAddress, parseContentAddress } from '../formats/content-address.ts';
import { formatNamed, parseSignature } from '../formats/signature.ts';
import { baseNameOf, checkBaseName } from '../formats/store-path.ts';
import type { PathInfo } from '../path-info.ts';

const caTypes: Readonly<Record<string, CaHash>> = {
  'nar:sha256': CaHash.NAR_SHA256,
  'nar:sha1': CaHash.NAR_SHA1,
  'nar:sha512': CaHash.NAR_SHA512,
  'nar:md5': CaHash.NAR_MD5,
  'text:sha256': CaHash.TEXT_SHA256,
  'flat:sha1': CaHash.FLAT_SHA1,
  'flat:md5': CaHash.FLAT_MD5,
  'flat:sha256': CaHash.FLAT_SHA256,
  'flat:sha512': CaHash.FLAT_SHA512,
};
const caNames = new Map(Object.entries(caTypes).map(([name, type]) => [type, name]));

const bad = (why: string) => new StoreError('invalid', `not a valid path info: ${why}`);
const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** Fails with `unsupported` for what Snix has no words for: contents outside of a castore, other content addresses. */
export function snixPathInfo(info: PathInfo, directory: string): PathInfoMessage {
  if (!info.node) throw new StoreError('unsupported', `path '${info.path}' does not lie in a castore`);
  const referenceNames = info.references.map((path) => baseNameOf(path, directory));
  return {
    entry: entryMessage(info.node, new TextEncoder().encode(baseNameOf(info.path, directory))),
    references: referenceNames.map((base) => parseBaseName(base).digest),
    narinfo: {
      narSize: BigInt(info.narSize),
      narSha256: info.narHash,
      signatures: info.signatures.map((signature) => {
        const { name, bytes } = parseSignature(signature);
        return { name, data: bytes };
      }),
      referenceNames,
      deriver: info.deriver === undefined ? undefined : deriverMessage(baseNameOf(info.deriver, directory)),
      ca: info.ca === undefined ? undefined : caMessage(info.ca),
    },
  };
}

function deriverMessage(base: string) {
  const { name, digest } = parseBaseName(base);
  if (!name.endsWith('.drv')) throw bad(`the deriver '${base}' is not a derivation`);
  return { name: name.slice(0, -'.drv'.length), digest };
}

function caMessage(ca: string): NARInfo_CA {
  const { method, hash } = parseContentAddress(ca);
  const type = caTypes[`${method}:${hash.algo}`];
  if (type === undefined) throw new StoreError('unsupported', `content address '${ca}' cannot be told to this store`);
  return { type, digest: hash.digest };
}

export function pathInfoOfSnix(message: PathInfoMessage, directory: string): PathInfo {
  const { narinfo } = message;
  if (!narinfo) throw bad('the narinfo is missing');
  const { name, node } = nodeOfEntry(message.entry);
  const path = `${directory}/${checkBaseName(nameText(name))}`;
  if (narinfo.narSha256.length !== hashSizes.sha256) throw bad(`the hash of its archive has ${narinfo.narSha256.length} bytes`);
  return {
    path,
    node,
    narHash: narinfo.narSha256,
    narSize: narSizeOf(narinfo.narSize),
    references: referencesOf(message.references, narinfo.referenceNames, directory),
    signatures: narinfo.signatures.map(({ name: key, data }) => formatNamed({ name: key, bytes: data })),
    ...(narinfo.deriver ? { deriver: `${directory}/${deriverOf(narinfo.deriver)}` } : {}),
    ...(narinfo.ca ? { ca: caOf(narinfo.ca) } : {}),
  };
}

function nameText(name: Uint8Array): string {
  try {
    return text(name);
  } catch (cause) {
    throw new StoreError('invalid', 'not a valid path info: its name is not text', { cause });
  }
}

export function narSizeOf(size: bigint): number {
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw bad(`an archive of ${size} bytes is too large`);
  return Number(size);
}

function referencesOf(digests: readonly Uint8Array[], names: readonly string[], directory: string): string[] {
  if (digests.length !== names.length) throw bad(`it has ${digests.length} references, and ${names.length} names of references`);
  return names.map((base, i) => {
    if (!Buffer.from(parseBaseName(checkBaseName(base)).digest).equals(digests[i]!)) throw bad(`reference '${base}' has another digest`);
    return `${directory}/${base}`;
  });
}

function deriverOf({ name, digest }: NonNullable<NARInfo['deriver']>): string {
  if (digest.length !== 20) throw bad(`the deriver's digest has ${digest.length} bytes, not 20`);
  return checkBaseName(`${nix32.encode(digest)}-${name}.drv`);
}

function caOf({ type, digest }: NARInfo_CA): string {
  const known = caNames.get(type);
  if (known === undefined) throw bad(`${type} is not a kind of content address`);
  const [method, algo] = known.split(':') as [ContentAddressMethod, HashAlgo];
  if (digest.length !== hashSizes[algo]) throw bad(`the content address has ${digest.length} bytes`);
  return formatContentAddress({ method, hash: { algo, digest } });
}

/** Store paths and what is known of them, on the wire (libstore/worker-protocol.cc, common-protocol.cc). */
import { base16, parseHash } from '@vixen/wasm';
import { formatContentAddress, parseContentAddress } from '../../formats/content-address.ts';
import { invalidUnless } from '../../formats/hash.ts';
import { normalSignatures } from '../../formats/signature.ts';
import { baseNameOf, sortedPaths } from '../../formats/store-path.ts';
import type { PathInfo } from '../../path-info.ts';
import type { WireReader } from '../wire/reader.ts';
import type { WireWriter } from '../wire/writer.ts';

export async function readPath(from: WireReader, directory: string): Promise<string> {
  const path = await from.text();
  baseNameOf(path, directory);
  return path;
}

/** A path, or the empty string for none. */
export async function readOptionalPath(from: WireReader, directory: string): Promise<string | undefined> {
  const path = await from.text();
  if (path === '') return undefined;
  baseNameOf(path, directory);
  return path;
}

export const readPaths = async (from: WireReader, directory: string): Promise<string[]> =>
  sortedPaths(await from.list(() => readPath(from, directory)));

export const writePaths = (to: WireWriter, paths: Iterable<string>): WireWriter => to.texts(sortedPaths(paths));

export type UnkeyedPathInfo = Omit<PathInfo, 'path'>;

/**
 *     deriver, hash (base 16), references, registration time, size, ultimate, signatures, content address
 *
 * `AddToStoreNar` sends the same after the path.
 */
export async function readUnkeyedInfo(from: WireReader, directory: string): Promise<UnkeyedPathInfo> {
  const deriver = await readOptionalPath(from, directory);
  const hashText = await from.text();
  const narHash = invalidUnless(() => parseHash(hashText, 'sha256')).digest;
  const references = await readPaths(from, directory);
  const registrationTime = await from.number();
  const narSize = await from.number();
  const ultimate = await from.bool();
  const signatures = normalSignatures(await from.texts());
  const ca = await from.text();
  return {
    narHash,
    narSize,
    references,
    signatures,
    ultimate,
    ...(registrationTime > 0 ? { registrationTime } : {}),
    ...(deriver === undefined ? {} : { deriver }),
    ...(ca === '' ? {} : { ca: formatContentAddress(parseContentAddress(ca)) }),
  };
}

export function writeUnkeyedInfo(to: WireWriter, info: UnkeyedPathInfo): void {
  to.text(info.deriver ?? '').text(base16.encode(info.narHash));
  writePaths(to, info.references);
  to.number(info.registrationTime ?? 0)
    .number(info.narSize)
    .bool(info.ultimate ?? false)
    .texts(normalSignatures(info.signatures))
    .text(info.ca ?? '');
}

export async function readInfo(from: WireReader, directory: string): Promise<PathInfo> {
  const path = await readPath(from, directory);
  return { path, ...(await readUnkeyedInfo(from, directory)) };
}

export function writeInfo(to: WireWriter, info: PathInfo): void {
  to.text(info.path);
  writeUnkeyedInfo(to, info);
}

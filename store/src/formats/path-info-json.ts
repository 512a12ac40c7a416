/**
 * Path infos as JSON (Nix manual, "Store Object Info"; libstore/path-info.cc and nar-info.cc). Version 1 writes paths in full and content addresses as
 * texts, version 2 base names and objects; both are what `nix path-info --json` of Nix 2.34 prints, with `--json-format`.
 */
import { type Hash, parseHash, sri } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../path-info.ts';
import { type ContentAddress, formatContentAddress, parseContentAddress, parseMethod } from './content-address.ts';
import { invalidUnless, sha256 } from './hash.ts';
import { asBoolean, asCount, asObject, asString, asStrings, type JsonObject, member, optional } from './json.ts';
import type { NarInfo } from './narinfo.ts';
import { normalSignatures } from './signature.ts';
import { baseNameOf, checkBaseName, defaultStoreDirectory, sortedPaths } from './store-path.ts';

export type PathInfoVersion = 1 | 2;

export interface PathInfoJsonOptions {
  readonly version: PathInfoVersion;
  readonly directory?: string;
  /** Leaves out what differs between stores: deriver, registration time, signatures, where it is downloaded from. */
  readonly pure?: boolean;
}

export function parsePathInfoVersion(version: number): PathInfoVersion {
  if (version === 1 || version === 2) return version;
  throw new StoreError('invalid', `unsupported path info JSON format version ${version}; supported versions are 1 and 2`);
}

/** The object for one path; its members are sorted. Of a narinfo it tells the download, too. */
export function jsonOfPathInfo(info: PathInfo | NarInfo, options: PathInfoJsonOptions): JsonObject {
  const { version, directory = defaultStoreDirectory, pure = false } = options;
  const pathText = (path: string) => (version === 1 ? path : baseNameOf(path, directory));
  const always = {
    ca: info.ca === undefined ? null : version === 1 ? info.ca : jsonOfContentAddress(parseContentAddress(info.ca)),
    narHash: sri(sha256(info.narHash)),
    narSize: info.narSize,
    references: sortedPaths(info.references).map(pathText),
    storeDir: directory,
    version,
  };
  return sorted(pure ? always : { ...always, ...downloadJson(info), ...impureJson(info, pathText) });
}

function impureJson(info: PathInfo, pathText: (path: string) => string): JsonObject {
  return {
    deriver: info.deriver === undefined ? null : pathText(info.deriver),
    registrationTime: info.registrationTime ? info.registrationTime : null,
    signatures: normalSignatures(info.signatures),
    ultimate: info.ultimate ?? false,
  };
}

function downloadJson(info: PathInfo | NarInfo): JsonObject {
  if (!('url' in info)) return {};
  return {
    compression: info.compression,
    ...(info.fileHash ? { downloadHash: sri(info.fileHash) } : {}),
    ...(info.fileSize > 0 ? { downloadSize: info.fileSize } : {}),
    url: info.url,
  };
}

export const jsonOfContentAddress = ({ method, hash }: ContentAddress): JsonObject => ({ hash: sri(hash), method });

/**
 * The document of `nix path-info --json`: version 1 is the objects by path, version 2 says them under `info`. Undefined stands for a path that is not
 * valid. `extra` gives further members of a path's object.
 */
export function pathInfoDocument(
  infos: Iterable<readonly [path: string, info: PathInfo | undefined]>,
  options: PathInfoJsonOptions & { readonly extra?: (path: string) => JsonObject },
): JsonObject {
  const { version, directory = defaultStoreDirectory, extra } = options;
  const objects = [...infos].map(([path, info]): [string, unknown] => {
    const shown = info?.path ?? path;
    const key = version === 1 ? shown : baseNameOf(shown, directory);
    return [key, info ? sorted({ ...jsonOfPathInfo(info, options), ...extra?.(shown) }) : null];
  });
  const byPath = sorted(Object.fromEntries(objects));
  return version === 1 ? byPath : { info: byPath, storeDir: directory, version };
}

/** Reads one path's object of either version (without `version` it is 1). */
export function pathInfoOfJson(path: string, value: unknown, directory = defaultStoreDirectory): PathInfo | NarInfo {
  const object = asObject(value);
  const version = parsePathInfoVersion(optional(object, 'version', asCount) ?? 1);
  const pathOf = (text: string) => (version === 1 ? checkPath(text, directory) : `${directory}/${checkBaseName(text)}`);
  const storeDirectory = version === 1 ? (optional(object, 'storeDir', asString) ?? directory) : asString(member(object, 'storeDir'));
  if (storeDirectory !== directory) {
    throw new StoreError('invalid', `path info is for Nix stores with prefix '${storeDirectory}', not '${directory}'`);
  }
  const ca = optional(object, 'ca', (field) => caOfJson(field, version));
  const deriver = optional(object, 'deriver', (field) => pathOf(asString(field)));
  const registrationTime = optional(object, 'registrationTime', asCount);
  const ultimate = optional(object, 'ultimate', asBoolean);
  return {
    path: checkPath(path, directory),
    narHash: sriOf(member(object, 'narHash'), 'sha256').digest,
    narSize: asCount(member(object, 'narSize')),
    references: sortedPaths(asStrings(member(object, 'references')).map(pathOf)),
    signatures: normalSignatures(optional(object, 'signatures', asStrings) ?? []),
    ...(ca === undefined ? {} : { ca }),
    ...(deriver === undefined ? {} : { deriver }),
    ...(registrationTime === undefined ? {} : { registrationTime }),
    ...(ultimate === undefined ? {} : { ultimate }),
    ...downloadOfJson(object),
  };
}

function checkPath(path: string, directory: string): string {
  baseNameOf(path, directory);
  return path;
}

function sriOf(value: unknown, algo?: 'sha256'): Hash {
  const text = asString(value);
  if (!text.includes('-')) throw new StoreError('invalid', `hash '${text}' is not SRI`);
  return invalidUnless(() => parseHash(text, algo));
}

function caOfJson(value: unknown, version: PathInfoVersion): string {
  if (version === 1) return formatContentAddress(parseContentAddress(asString(value)));
  const object = asObject(value);
  return formatContentAddress({ method: parseMethod(asString(member(object, 'method'))), hash: sriOf(member(object, 'hash')) });
}

function downloadOfJson(object: JsonObject): Pick<NarInfo, 'url' | 'compression' | 'fileHash' | 'fileSize'> | object {
  const url = optional(object, 'url', asString);
  if (url === undefined) return {};
  const fileHash = optional(object, 'downloadHash', (field) => sriOf(field));
  return {
    url,
    compression: optional(object, 'compression', asString) ?? 'bzip2',
    fileSize: optional(object, 'downloadSize', asCount) ?? 0,
    ...(fileHash ? { fileHash } : {}),
  };
}

const sorted = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));

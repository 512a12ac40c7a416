/**
 * The numbers of the serve protocol, which `nix-store --serve` speaks on its standard input and output, at the far end of `ssh://` stores
 * (libstore/serve-protocol.hh of Nix 2.34). Versions are 2.x; x alone is what this code calls a version. Values are written as in the worker protocol
 * (daemon/wire/reader.ts). There are no messages and no errors: a server that fails says why on its standard error, and goes.
 */

export const clientMagic = 0x390c9deb;
export const serverMagic = 0x5452eecb;

/** The newest version that is spoken. */
export const newestVersion = 7;

const major = 2;

export const versionToWire = (version: number): number => (major << 8) | version;

/** The x of 2.x; undefined for another major version. */
export const versionOfWire = (wire: number): number | undefined => ((wire & 0xff00) >> 8 === major ? wire & 0xff : undefined);

/** Versions that brought something. */
export const since = {
  maxLogSize: 2,
  buildTimes: 3,
  hashes: 4,
  builtOutputs: 6,
  keepFailed: 7,
} as const;

export const commands = {
  QueryValidPaths: 1,
  QueryPathInfos: 2,
  DumpStorePath: 3,
  ImportPaths: 4,
  BuildPaths: 6,
  QueryClosure: 7,
  BuildDerivation: 8,
  AddToStoreNar: 9,
} as const;

export type CommandName = keyof typeof commands;

/**
 * The numbers of the worker protocol, which `nix-daemon` speaks (libstore/worker-protocol.hh of Nix 2.34; Snix' "Nix Daemon Protocol"). Versions
 * are 1.x; x alone is what this code calls a version.
 */

export const clientMagic = 0x6e697863;
export const serverMagic = 0x6478696f;

/** The newest version that is spoken, and the oldest (Nix 2.0). */
export const newestVersion = 38;
export const oldestVersion = 21;

const major = 1;

export const versionToWire = (version: number): number => (major << 8) | version;

/** The x of 1.x; undefined for another major version. */
export const versionOfWire = (wire: number): number | undefined => (wire >> 8 === major ? wire & 0xff : undefined);

/** Versions that brought something. */
export const since = {
  substitutablePathAddresses: 22,
  framedNar: 23,
  contentAddressMethods: 25,
  errorsWithTraces: 26,
  queryValidSubstitutes: 27,
  builtOutputs: 28,
  buildTimes: 29,
  derivedPaths: 30,
  realisations: 31,
  addMultiple: 32,
  buildLogs: 33,
  daemonVersion: 33,
  trust: 35,
  cpuTimes: 37,
  features: 38,
} as const;

export const operations = {
  IsValidPath: 1,
  QueryReferrers: 6,
  AddToStore: 7,
  AddTextToStore: 8,
  BuildPaths: 9,
  EnsurePath: 10,
  AddTempRoot: 11,
  AddIndirectRoot: 12,
  SyncWithGC: 13,
  FindRoots: 14,
  QueryDeriver: 18,
  SetOptions: 19,
  CollectGarbage: 20,
  QuerySubstitutablePathInfo: 21,
  QueryDerivationOutputs: 22,
  QueryAllValidPaths: 23,
  QueryPathInfo: 26,
  QueryDerivationOutputNames: 28,
  QueryPathFromHashPart: 29,
  QuerySubstitutablePathInfos: 30,
  QueryValidPaths: 31,
  QuerySubstitutablePaths: 32,
  QueryValidDerivers: 33,
  OptimiseStore: 34,
  VerifyStore: 35,
  BuildDerivation: 36,
  AddSignatures: 37,
  NarFromPath: 38,
  AddToStoreNar: 39,
  QueryMissing: 40,
  QueryDerivationOutputMap: 41,
  RegisterDrvOutput: 42,
  QueryRealisation: 43,
  AddMultipleToStore: 44,
  AddBuildLog: 45,
  BuildPathsWithResults: 46,
  AddPermRoot: 47,
} as const;

export type OperationName = keyof typeof operations;

/** What a daemon sends while it works, until `last` or `error`. */
export const messages = {
  next: 0x6f6c6d67,
  read: 0x64617461,
  write: 0x64617416,
  last: 0x616c7473,
  error: 0x63787470,
  startActivity: 0x53545254,
  stopActivity: 0x53544f50,
  result: 0x52534c54,
} as const;

/** Nix's levels of messages, by their numbers. */
export const verbosity = { error: 0, warn: 1, notice: 2, info: 3, talkative: 4, chatty: 5, debug: 6, vomit: 7 } as const;

export const collectActions = ['live', 'dead', 'delete', 'specific'] as const;

export const buildModes = ['normal', 'repair', 'check'] as const;
export type BuildMode = (typeof buildModes)[number];

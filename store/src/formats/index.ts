export { type CacheInfo, formatCacheInfo, parseCacheInfo } from './cache-info.ts';
export {
  type ContentAddress,
  type ContentAddressMethod,
  formatContentAddress,
  formatMethodWithAlgo,
  formatOutputMethod,
  isContentAddressed,
  parseContentAddress,
  parseMethod,
  parseMethodWithAlgo,
  parseOutputMethod,
  pathOfContentAddress,
} from './content-address.ts';
export * from './derivation/index.ts';
export { type DerivedPath, formatDerivedPath, parseDerivedPath, type SingleDerivedPath } from './derived-path.ts';
export { pathFingerprint } from './fingerprint.ts';
export { sortedJson } from './json.ts';
export { type KeyFileOptions, readSecretKeyFile, readSecretKeyFiles, writeSecretKeyFile } from './key-files.ts';
export { PublicKey, PublicKeys, SecretKey } from './keys.ts';
export { findInListing, formatListing, jsonOfListing, type Listing, ListingSink } from './listing.ts';
export { formatNarInfo, type NarInfo, type NarInfoOptions, parseNarInfo } from './narinfo.ts';
export {
  jsonOfContentAddress,
  jsonOfPathInfo,
  type PathInfoJsonOptions,
  type PathInfoVersion,
  parsePathInfoVersion,
  pathInfoDocument,
  pathInfoOfJson,
} from './path-info-json.ts';
export {
  formatRealisation,
  isSignedRealisation,
  jsonOfRealisation,
  parseRealisation,
  parseRealisationId,
  realisationFingerprint,
  realisationOfJson,
  signRealisation,
} from './realisation.ts';
export { formatNamed, type Named, normalSignatures, parseSignature } from './signature.ts';
export { baseNameOf, checkBaseName, defaultStoreDirectory, hashPartOf, isHashPart, nameOf, sortedPaths } from './store-path.ts';

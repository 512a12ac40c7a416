export {
  type AddMethod,
  addArchive,
  addTexts,
  describeArchive,
  isAddMethod,
  type TextToAdd,
} from './add.ts';
export { type BrowsedDirectory, type BrowsedEntry, browse, findEntry, listingJson, type PathBrowser, readWholeFile } from './browse.ts';
export { archiveBrowser } from './browse-archive.ts';
export type { Directory, DirectoryEntry, DirectoryNode, FileNode, Node, SymlinkNode } from './castore/node.ts';
export { digestSize } from './castore/node.ts';
export { closureInfos, referrersClosure, topologicalOrder } from './closure.ts';
export { type CopyEvent, type CopyOptions, type CopyResult, type CopyTotals, copyPaths } from './copy.ts';
export { closureWithOutputs } from './derivations/closure.ts';
export { type RealisedOutput, realisedOutputs } from './derivations/realised.ts';
export { storedDerivation } from './derivations/stored.ts';
export { isRunning, type ProcessId, startOf, thisProcess } from './embedded/process.ts';
export { embeddedIndex, embeddedRoot } from './embedded/root.ts';
export { notFound, notValid, StoreError, type StoreErrorCode, unsupported } from './errors.ts';
export { exportPaths, importPaths } from './export.ts';
export { caching } from './layers/cache.ts';
export { type CombineOptions, combined } from './layers/combine.ts';
export { signing } from './layers/sign.ts';
export { type VerifyingOptions, verifying } from './layers/verify.ts';
export { type OpenBackend, type OpenOptions, openStore } from './open.ts';
export type { PathInfo, Realisation } from './path-info.ts';
export type * from './service.ts';

export type { Directory, DirectoryEntry, DirectoryNode, FileNode, Node, SymlinkNode } from './castore/node.ts';
export { digestSize } from './castore/node.ts';
export { closureInfos, referrersClosure, topologicalOrder } from './closure.ts';
export { notFound, notValid, StoreError, type StoreErrorCode, unsupported } from './errors.ts';
export { type OpenBackend, type OpenOptions, openStore } from './open.ts';
export type { PathInfo, Realisation } from './path-info.ts';
export type * from './service.ts';

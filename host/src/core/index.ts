// What embeds the evaluator, on any runtime (docs/embedding.md).
export { renderReport } from './errors/render.ts';
export { OfflineFetching, type OfflineOptions } from './fetch/offline.ts';
export { type FetchContext, type Permission, WebFetching, type WebFetchingOptions } from './fetch/web-fetching.ts';
export { LazyTree, MissingTree } from './files/lazy.ts';
export { MemoryTree } from './files/memory.ts';
export { MountedTree } from './files/mounted.ts';
export { FileError, type FileStat, type FileTree, type FileType } from './files/tree.ts';
export { globalNames } from './global-names.ts';
export { type EvalStore, type Fetching, HostError, type HostIO, type MessageKind } from './io.ts';
export { MemoryIO, type MemoryIOOptions } from './memory-io.ts';
export * from './pack/index.ts';
export { Session, type SessionOptions } from './session.ts';
export { renderSize } from './sizes.ts';
export { MemoryStore } from './store/memory-store.ts';
export { VirtualStore } from './store/virtual-store.ts';
export * from './workbench/index.ts';

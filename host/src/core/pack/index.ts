// Packs: a tree of files that is fetched as evaluation asks for it (docs/playground.md).
export { type Inflate, inflateRaw, type PackFigures, type PackOptions, type PackSource, type ReadOptions } from './blocks.ts';
export { PackError, type PackErrorCode } from './errors.ts';
export type { PackManifest } from './format.ts';
export { HttpSource, type HttpSourceOptions } from './http-source.ts';
export { openPack, PackTree } from './tree.ts';

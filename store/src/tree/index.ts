export { dumpTree, type TreeOptions } from './dump.ts';
export type { FileForm } from './file-writer.ts';
export { hashFile, hashTree, type TreeHash } from './hash.ts';
export type { FilePath } from './paths.ts';
export { writeChunks } from './pipe-out.ts';
export type { TreeFilter } from './reader.ts';
export { removeTree } from './remove.ts';
export { restoreTree } from './restore.ts';
export type { TargetOptions } from './tree-target.ts';

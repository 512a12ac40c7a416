/** What rooms above need of contents and hashes: archives of nodes, nodes of archives. */
export { type OutputHashes, outputHashes } from '../derivations/output-hashes.ts';
export { nativeHashers } from '../hashing.ts';
export { wasmHashes } from '../wasm.ts';
export { NarIngest } from './nar-ingest.ts';
export { renderNar } from './nar-render.ts';
export { type OpenDirectory, putDirectories, unknownDigest } from './open-tree.ts';

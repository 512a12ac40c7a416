export { adaptiveHashers, type HasherChoice } from './adaptive.ts';
export { ChunkBoundaries, Chunker, type ChunkerOptions, defaultChunkSize } from './chunker.ts';
export { base16, base64, type Encoding, nix32 } from './encoding.ts';
export { CodedError, HashError, NarError, StorePathError, type WasmErrorCode } from './errors.ts';
export { formatHash, type Hash, type HashFormat, parseHash, parseHashAlgo, parseHashWithFormat, sri } from './hash-text.ts';
export {
  compressHash,
  createMultiHasher,
  type HashAlgo,
  type Hasher,
  type HasherFactory,
  hashChunks,
  hashSizes,
  isHashAlgo,
  type MultiHasher,
} from './hasher.ts';
export { loadWasmHashes, WasmHashes } from './module.ts';
export { NarChunks } from './nar/chunks.ts';
export { magic as narMagic, maxDepth as maxNarDepth, padding as narPadding } from './nar/format.ts';
export {
  findInListing,
  formatListing,
  jsonOfListing,
  ListingSink,
  listNar,
  NarAccessor,
  type NarListing,
  type NarRangeReader,
  parseListing,
} from './nar/listing.ts';
export { type NarOutput, NarWriter } from './nar/node-writer.ts';
export { type NarNodeSink, NarParser, parseNar } from './nar/parser.ts';
export { NarReader, type NarReaderOptions, type NarSink, readNar } from './nar/reader.ts';
export { compareNames, type NarFile, type NarFilter, type NarFs, type NarStat, narBytes, narDump } from './nar/writer.ts';
export { HashRewriter, type ModuloDigest, ModuloHasher, type ModuloOptions } from './rewriter.ts';
export { ReferenceScanner } from './scanner.ts';
export {
  checkName,
  type FixedOutput,
  type IngestionMethod,
  outputPathName,
  parseBaseName,
  placeholder,
  StoreDir,
  type StorePath,
} from './store-path.ts';
export { decodeText, encodeText, joinBytes } from './text.ts';

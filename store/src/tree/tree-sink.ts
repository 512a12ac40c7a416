/**
 * What is told of a tree while its archive is written, in the archive's order. Names and targets may be kept; contents are parts of the archive's buffer,
 * valid until it is written anew. The root's name is empty.
 */
export interface TreeSink {
  /** Whether there is room for what one more node needs; for a sink that may be full. */
  readonly hasRoom?: boolean;
  directory(name: Uint8Array): void;
  endDirectory(): void;
  symlink(name: Uint8Array, target: Uint8Array): void;
  /** A file whose contents lie in the buffer as a whole. */
  file(name: Uint8Array, executable: boolean, contents: Uint8Array): void;
  /** A file that does not: `contents` and `endFile` follow. */
  beginFile(name: Uint8Array, executable: boolean): void;
  contents(bytes: Uint8Array): void;
  endFile(): void;
}

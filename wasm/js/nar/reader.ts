/** Reads Nix archives as `NarParser` does, and tells where in the tree everything is. */
import { NarError } from '../errors.ts';
import type { WasmHashes } from '../module.ts';
import { decodeText } from '../text.ts';
import { NarParser } from './parser.ts';

/** What is told of an archive, in its order. `path` is the names from the root, which is the empty list. */
export interface NarSink {
  directory(path: readonly string[]): void;
  endDirectory?(path: readonly string[]): void;
  file(path: readonly string[], file: { readonly executable: boolean; readonly size: number }): void;
  /** A part of the last file's contents, valid during the call. */
  contents(bytes: Uint8Array): void;
  endFile?(path: readonly string[]): void;
  symlink(path: readonly string[], target: string): void;
}

export interface NarReaderOptions {
  /** How the bytes of names and targets become strings; strict UTF-8 unless told. */
  readonly decode?: (bytes: Uint8Array) => string;
}

/** Feed it with `write`, then call `end`, or `close` to give up. After an error it is closed. */
export class NarReader {
  readonly #parser: NarParser;
  readonly #decode: (bytes: Uint8Array) => string;
  readonly #path: string[] = [];

  constructor(wasm: WasmHashes, sink: NarSink, options: NarReaderOptions = {}) {
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const path = this.#path;
    this.#decode = options.decode ?? ((bytes) => utf8.decode(bytes));
    this.#parser = new NarParser(wasm, {
      directory: (name) => {
        this.#enter(name);
        sink.directory(path);
      },
      endDirectory: () => {
        sink.endDirectory?.(path);
        path.pop();
      },
      file: (name, size, executable) => {
        this.#enter(name);
        sink.file(path, { executable, size });
      },
      data: (bytes) => sink.contents(bytes),
      endFile: () => {
        sink.endFile?.(path);
        path.pop();
      },
      symlink: (name, target) => {
        this.#enter(name);
        sink.symlink(path, this.#text(target));
        path.pop();
      },
    });
  }

  /** Whether the archive is complete. */
  get finished(): boolean {
    return this.#parser.finished;
  }

  /** Takes in bytes; answers how many belonged to the archive, fewer than all when it ends before they do. */
  write(bytes: Uint8Array): number {
    return this.#parser.write(bytes);
  }

  /** Says that no more bytes come. */
  end(): void {
    this.#parser.end();
  }

  close(): void {
    this.#parser.close();
  }

  // Only the root has no name; popping its empty path does nothing.
  #enter(name: Uint8Array): void {
    if (name.length > 0) this.#path.push(this.#text(name));
  }

  #text(bytes: Uint8Array): string {
    try {
      return this.#decode(bytes);
    } catch (cause) {
      throw new NarError('nar-name', `bad archive: '${decodeText(bytes)}' cannot be decoded`, { cause });
    }
  }
}

/** Reads a whole archive from chunks; what follows it is an error. */
export function readNar(wasm: WasmHashes, chunks: Iterable<Uint8Array>, sink: NarSink, options?: NarReaderOptions): void {
  const reader = new NarReader(wasm, sink, options);
  try {
    for (const chunk of chunks) {
      if (reader.write(chunk) < chunk.length) throw new NarError('nar-syntax', 'bad archive: data after the end');
    }
    reader.end();
  } finally {
    reader.close();
  }
}

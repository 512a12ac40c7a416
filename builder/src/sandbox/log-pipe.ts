/**
 * Pipes for logs. Standard output and error of a build have to be one pipe, and a real one: what a runtime makes are sockets, which a build cannot open again as
 * /dev/stderr. So they are FIFOs, made several at a time, and used again.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { findProgram } from './machine.ts';

const madeAtOnce = 4;
const { O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;

export interface LogPipe {
  readonly file: string;
  /** For the build; to be closed here when it has started. */
  readonly writeEnd: number;
  /** What comes out; ends when nothing holds the other end. */
  readonly readEnd: AsyncIterable<Uint8Array> & { destroy(): void };
}

export class LogPipes {
  readonly #folder: string;
  readonly #free: string[] = [];
  #serial = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  open(): LogPipe {
    const file = this.#free.pop() ?? this.#make();
    const readFd = fs.openSync(file, O_RDONLY | O_NONBLOCK);
    const writeEnd = fs.openSync(file, O_WRONLY);
    return { file, writeEnd, readEnd: readerOf(readFd) };
  }

  /** For the next build, when the pipe has ended: nobody else has it open. */
  give({ file }: LogPipe): void {
    this.#free.push(file);
  }

  #make(): string {
    const files = Array.from({ length: madeAtOnce }, () => path.join(this.#folder, `log-${this.#serial++}`));
    // Whoever has it as its standard error may open it again, for writing.
    const { status, error, stderr } = spawnSync(findProgram('mkfifo') ?? 'mkfifo', ['-m', '622', ...files], { encoding: 'utf8' });
    if (status !== 0) throw new BuildError('sandbox', `cannot make pipes for logs: ${error?.message ?? stderr}`, { cause: error });
    const [first, ...others] = files;
    this.#free.push(...others);
    return first!;
  }
}

/** Bun's sockets read nothing from a FIFO. */
const readerOf = (fd: number): LogPipe['readEnd'] =>
  process.versions.bun ? new BunReader(fd) : new net.Socket({ fd, readable: true, writable: false });

class BunReader {
  readonly #fd: number;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #closed = false;

  constructor(fd: number) {
    this.#fd = fd;
    const { Bun } = globalThis as unknown as { Bun: { file(fd: number): { stream(): ReadableStream<Uint8Array> } } };
    this.#reader = Bun.file(fd).stream().getReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      yield value;
    }
  }

  /** Bun leaves the descriptor open. */
  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#reader.cancel().catch(() => {});
    fs.closeSync(this.#fd);
  }
}

/** A socket as a source and a sink with back-pressure. Unlike the stream's own iterator it notices at once that the other side has gone. */
import type { Socket } from 'node:net';
import { StoreError } from '../errors.ts';
import type { Send } from './wire/writer.ts';

/** Bytes that may wait to be read. */
const waitingBytes = 256 * 1024;

/** What a call to the system reads at most. */
const readBytes = 64 * 1024;

/** A source, or where one will be: sockets take the memory that they read into when they are made. */
export class ReadBuffers {
  readonly #free: Uint8Array[] = [];
  /** Takes what was read; answers whether there is room for more. */
  take: (chunk: Uint8Array) => boolean = () => false;

  /** For `net.connect`: memory is used again, where 'data' would be new memory each time. */
  readonly onread = {
    buffer: () => this.#free.pop() ?? new Uint8Array(readBytes),
    callback: (count: number, buffer: Uint8Array) => this.take(buffer.subarray(0, count)),
  };

  give({ buffer }: Uint8Array): void {
    this.#free.push(new Uint8Array(buffer));
  }
}

/** A chunk is valid until the next is asked for. */
export class SocketSource implements AsyncIterableIterator<Uint8Array> {
  readonly #socket: Socket;
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  readonly #buffers: ReadBuffers | undefined;
  #isPaused = false;
  #given: Uint8Array | undefined;

  /** `buffers` are what the socket was made with, where it was. */
  constructor(socket: Socket, buffers?: ReadBuffers) {
    this.#socket = socket;
    this.#buffers = buffers;
    if (buffers) buffers.take = (chunk) => this.#push(chunk);
    else socket.on('data', (chunk: Buffer) => void (this.#push(chunk) || socket.pause()));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
    socket.on('error', (error: Error) => {
      this.#failure ??= error;
      this.#end();
    });
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#given) this.#buffers?.give(this.#given);
    this.#given = undefined;
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) return { done: false, value: this.#taken(chunk) };
      if (this.#failure) throw brokenConnection(this.#failure);
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Answers whether more is welcome. */
  #push(chunk: Uint8Array): boolean {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    this.#wake?.();
    this.#isPaused = this.#waiting > waitingBytes;
    return !this.#isPaused;
  }

  #taken(chunk: Uint8Array): Uint8Array {
    this.#given = chunk;
    this.#waiting -= chunk.length;
    if (this.#waiting <= waitingBytes && this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    return chunk;
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}

/** Several parts go in one call to the system: the other side wakes up once. */
export const sendTo =
  (socket: Socket): Send =>
  (parts) =>
    new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null) => (error ? reject(brokenConnection(error)) : resolve());
      socket.cork();
      for (const [i, part] of parts.entries()) {
        if (i === parts.length - 1) socket.write(part, done);
        else socket.write(part);
      }
      socket.uncork();
    });

export const brokenConnection = (cause: Error) => new StoreError('unavailable', `connection broke: ${cause.message}`, { cause });

/** A socket as a source and a sink with back-pressure. Unlike the stream's own iterator it notices at once that the other side has gone. */
import type { Socket } from 'node:net';
import { StoreError } from '../errors.ts';
import type { Send } from './wire/writer.ts';

/** Bytes that may wait to be read. */
const waitingBytes = 256 * 1024;

export class SocketSource implements AsyncIterableIterator<Uint8Array> {
  readonly #socket: Socket;
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#push(chunk));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#end());
    socket.on('error', (error: Error) => {
      this.#failure ??= error;
      this.#end();
    });
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
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

  #push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting > waitingBytes) this.#socket.pause();
    this.#wake?.();
  }

  #taken(chunk: Uint8Array): Uint8Array {
    this.#waiting -= chunk.length;
    if (this.#waiting <= waitingBytes && this.#socket.isPaused()) this.#socket.resume();
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

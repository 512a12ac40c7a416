/** Build logs: to whoever listens, and into the store as they come. */
import type { LogService } from '@vixen/store';

/** Bytes that may wait for the store. */
const waitingBytes = 4 * 1024 * 1024;

/** Keeps the log of one build. A build that says nothing leaves none. */
export class LogKeeper {
  readonly #logs: LogService | undefined;
  readonly #drvPath: string;
  readonly #listen: ((bytes: Uint8Array) => void) | undefined;
  #waiting: Uint8Array[] = [];
  #size = 0;
  #ended = false;
  #stored: Promise<void> | undefined;
  #failed = false;
  #wake = () => {};
  #room: PromiseWithResolvers | undefined;

  constructor(logs: LogService | undefined, drvPath: string, listen: ((bytes: Uint8Array) => void) | undefined) {
    this.#logs = logs;
    this.#drvPath = drvPath;
    this.#listen = listen;
  }

  /** Takes a chunk, which is its own; resolves when more are welcome. */
  take(bytes: Uint8Array): void | Promise<void> {
    this.#listen?.(bytes);
    if (!this.#logs || this.#failed || bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    this.#begin(this.#logs);
    this.#wake();
    if (this.#size < waitingBytes) return;
    this.#room ??= withResolvers();
    return this.#room.promise;
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Resolves when it is stored, after `end`. Answers why it could not be. */
  async stored(): Promise<unknown> {
    this.end();
    try {
      await this.#stored;
      return undefined;
    } catch (error) {
      return error;
    }
  }

  #begin(logs: LogService): void {
    if (this.#stored) return;
    this.#stored = this.#store(logs);
    // Who asks for it sees the error.
    this.#stored.catch(() => {});
  }

  async #store(logs: LogService): Promise<void> {
    try {
      await logs.put(this.#drvPath, this.#chunks());
    } finally {
      this.#failed = true;
      this.#waiting = [];
      this.#room?.resolve();
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const chunks = this.#waiting;
      this.#waiting = [];
      this.#size = 0;
      this.#room?.resolve();
      this.#room = undefined;
      yield* chunks;
      if (this.#waiting.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Connections to one daemon, used again and again. */
import { StoreError } from '../../errors.ts';
import { type ConnectOptions, connectToDaemon, type DaemonConnection } from './connection.ts';

export interface PoolOptions extends Pick<ConnectOptions, 'version' | 'log'> {
  readonly maxConnections: number;
}

export class DaemonPool {
  readonly #socketPath: string;
  readonly #options: PoolOptions;
  readonly #idle: DaemonConnection[] = [];
  readonly #open = new Set<DaemonConnection>();
  readonly #waiting: (() => void)[] = [];
  #count = 0;
  #closed = false;

  constructor(socketPath: string, options: PoolOptions) {
    this.#socketPath = socketPath;
    this.#options = options;
  }

  /**
   * Runs an operation on a connection. What the daemon answers with an error leaves the connection as good as it was; everything else that is thrown,
   * and an abort, ends it. An operation that may be run twice is, when a connection of earlier turns out to have been closed meanwhile.
   */
  async run<T>(operation: (connection: DaemonConnection) => Promise<T>, signal?: AbortSignal, repeatable = true): Promise<T> {
    const { connection, used, release } = await this.hold(signal);
    let good = false;
    try {
      const result = await operation(connection);
      good = true;
      return result;
    } catch (error) {
      good = connection.isAnswer(error);
      signal?.throwIfAborted();
      const stale = used && repeatable && !good && error instanceof StoreError && error.code === 'unavailable';
      if (!stale || this.#closed) throw error;
    } finally {
      release(good);
    }
    this.#dropIdle();
    return this.run(operation, signal, repeatable);
  }

  /** Ends all connections and what runs on them. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.destroy();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** A connection for as long as the caller wants it; `release` says whether it is good for more. */
  async hold(signal?: AbortSignal): Promise<{ connection: DaemonConnection; used: boolean; release: (good: boolean) => void }> {
    const { connection, used } = await this.#take(signal);
    const abort = () => connection.destroy();
    signal?.addEventListener('abort', abort, { once: true });
    const release = (good: boolean) => {
      signal?.removeEventListener('abort', abort);
      this.#give(connection, good && !signal?.aborted);
    };
    return { connection, used, release };
  }

  async #take(signal?: AbortSignal): Promise<{ connection: DaemonConnection; used: boolean }> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#closed) throw new StoreError('unavailable', `the store at '${this.#socketPath}' is closed`);
      const idle = this.#idle.pop();
      if (idle && !idle.closed) {
        idle.active = true;
        return { connection: idle, used: true };
      }
      if (idle) this.#forget(idle);
      else if (this.#count < this.#options.maxConnections) return { connection: await this.#connect(signal), used: false };
      else await this.#turn(signal);
    }
  }

  async #connect(signal?: AbortSignal): Promise<DaemonConnection> {
    this.#count++;
    try {
      const connection = await connectToDaemon(this.#socketPath, { ...this.#options, signal });
      this.#open.add(connection);
      if (this.#closed) connection.destroy();
      return connection;
    } catch (error) {
      this.#count--;
      this.#waiting.shift()?.();
      throw error;
    }
  }

  /** Resolves when a connection may be free. */
  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(wake);
    });
  }

  #give(connection: DaemonConnection, good: boolean): void {
    if (good && !connection.closed && !this.#closed) {
      connection.active = false;
      this.#idle.push(connection);
    } else {
      connection.destroy();
      this.#forget(connection);
    }
    this.#waiting.shift()?.();
  }

  #forget(connection: DaemonConnection): void {
    if (this.#open.delete(connection)) this.#count--;
  }

  /** What is idle was opened before the daemon went. */
  #dropIdle(): void {
    for (const connection of this.#idle.splice(0)) {
      connection.destroy();
      this.#forget(connection);
    }
  }
}

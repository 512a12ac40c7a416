/** Calls that may be made again when a server is away or died, as all are that change nothing or the same thing twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { status as Status } from '@grpc/grpc-js';
import { StoreError } from '../errors.ts';
import { isServiceError } from './status.ts';

export interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** How often a call is made at most. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; doubled for each after it. */
  readonly delay?: number;
}

const defaults = { attempts: 6, delay: 100 };

/** Whether a server was away. A call that took longer than its time would do so again. */
export const isRetriable = (error: unknown): boolean =>
  error instanceof StoreError &&
  error.code === 'unavailable' &&
  !(isServiceError(error.cause) && error.cause.code === Status.DEADLINE_EXCEEDED);

/** Waits before another attempt, or fails with the error where it makes no sense or was the last. */
async function pause(error: unknown, attempt: number, options: RetryOptions): Promise<void> {
  const { signal, attempts = defaults.attempts, delay = defaults.delay } = options;
  if (!isRetriable(error) || attempt >= attempts) throw error;
  // Clients that lost their server at the same moment do not all come back at the same moment.
  const wait = delay * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
  await sleep(wait, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
}

/** Calls until an attempt succeeds. */
export async function retried<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      await pause(error, attempt, options);
    }
  }
}

/**
 * A stream that goes on where it broke: `from` opens it again, and is told how many items came before. Progress starts the attempts anew, so that
 * a long stream survives many restarts, but a server that gives nothing is given up on.
 */
export async function* resumed<T>(
  from: (done: number) => AsyncIterable<T>,
  sizeOf: (item: T) => number,
  options: RetryOptions,
): AsyncGenerator<T, void, void> {
  let done = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const item of from(done)) {
        done += sizeOf(item);
        attempt = 1;
        yield item;
      }
      return;
    } catch (error) {
      await pause(error, attempt, options);
    }
  }
}

/** A stream of bytes without its first `count`. */
export async function* skipBytes(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array, void, void> {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left > 0 ? chunk.subarray(left) : chunk;
    left -= Math.min(left, chunk.length);
  }
}

/** The answer, or undefined where the server says that there is none. */
export async function optional<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'not-found') return undefined;
    throw error;
  }
}

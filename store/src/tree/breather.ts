import { setImmediate } from 'node:timers/promises';
import type { CallOptions } from '../service.ts';

const interval = 20;

/** Lets the event loop run now and then in the middle of long work, so that a signal can end it. */
export class Breather {
  readonly #signal: AbortSignal | undefined;
  #last = performance.now();

  constructor({ signal }: CallOptions) {
    this.#signal = signal;
  }

  /** Fails with the signal's reason. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#last > interval) {
      await setImmediate();
      this.#last = performance.now();
    }
    this.#signal?.throwIfAborted();
  }
}

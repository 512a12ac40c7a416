/** Work that has to wait for other work. */

/**
 * Runs `work` for each key, at most `limit` at once, each after all that `before` names among the keys. `keys` has to be in an order in which that is
 * possible. The first failure ends the rest: they are told by the signal, and waited for.
 */
export async function runGraph(
  keys: readonly string[],
  before: (key: string) => readonly string[],
  limit: number,
  work: (key: string, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const plan = new Plan(keys, before);
  const running = new Set<Promise<void>>();
  const start = (key: string) => {
    const task = work(key, both).then(() => plan.finish(key));
    running.add(task);
    // Handled here, so that a second failure is no unhandled one; the first is met by the race below.
    task.then(
      () => running.delete(task),
      () => {},
    );
  };
  try {
    for (;;) {
      both.throwIfAborted();
      for (let key = plan.next(running.size < limit); key !== undefined; key = plan.next(running.size < limit)) start(key);
      if (running.size === 0) return;
      await Promise.race(running);
    }
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
}

/** What can be done next. */
class Plan {
  readonly #waitsFor = new Map<string, number>();
  readonly #waiting = new Map<string, string[]>();
  readonly #ready: string[] = [];
  #at = 0;

  constructor(keys: readonly string[], before: (key: string) => readonly string[]) {
    const known = new Set(keys);
    for (const key of keys) {
      const others = before(key).filter((other) => other !== key && known.has(other));
      this.#waitsFor.set(key, others.length);
      for (const other of others) {
        const waiting = this.#waiting.get(other);
        if (waiting) waiting.push(key);
        else this.#waiting.set(other, [key]);
      }
      if (others.length === 0) this.#ready.push(key);
    }
  }

  next(mayStart: boolean): string | undefined {
    return mayStart && this.#at < this.#ready.length ? this.#ready[this.#at++] : undefined;
  }

  finish(key: string): void {
    for (const waiting of this.#waiting.get(key) ?? []) {
      const left = this.#waitsFor.get(waiting)! - 1;
      this.#waitsFor.set(waiting, left);
      if (left === 0) this.#ready.push(waiting);
    }
  }
}

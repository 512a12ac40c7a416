// A time limit that can be stopped and goes on.

export class Deadline {
  readonly #action: () => void;
  /** Milliseconds that are left when it goes on. */
  #left: number;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** It stands still until `run`. */
  constructor(milliseconds: number, action: () => void) {
    this.#left = milliseconds;
    this.#action = action;
  }

  run() {
    if (this.#timer !== undefined) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#action, Math.max(0, this.#left));
  }

  stop() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left -= performance.now() - this.#since;
  }
}

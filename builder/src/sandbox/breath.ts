/** Lets others work now and then during long synchronous work. */
const stretch = 10;

export class Breath {
  #since = performance.now();
  #count = 0;

  /** Undefined while there is nothing to wait for. */
  take(): Promise<void> | undefined {
    if ((++this.#count & 63) !== 0 || performance.now() - this.#since < stretch) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#since = performance.now();
        resolve();
      }),
    );
  }
}

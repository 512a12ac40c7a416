/** A queue of bytes between one that pushes and one that pulls. */
export class BytePipe implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #ended = false;
  #failure: { readonly reason: unknown } | undefined;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** Bytes that wait to be pulled. */
  get waiting(): number {
    return this.#size;
  }

  /** Takes bytes over. */
  push(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#wakeReader?.();
  }

  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
  }

  /** Lets the reader fail. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#wakeReader?.();
  }

  /** Resolves when at most `limit` bytes wait, or the reader has gone. */
  async drained(limit: number): Promise<void> {
    while (this.#size > limit) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (;;) {
        if (this.#failure) throw this.#failure.reason;
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#size -= chunk.length;
          this.#wakeWriter?.();
          yield chunk;
        } else if (this.#ended) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
        }
      }
    } finally {
      this.#size = 0;
      this.#wakeWriter?.();
    }
  }
}

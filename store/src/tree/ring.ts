/**
 * A ring of buffers in shared memory, between a thread that fills them and one that empties them, in turn:
 *
 * ```
 *   control   cancelled | state of slot 0 | state of slot 1 | …      0: empty, n: n bytes are in it, -1: the end
 *   data      slot 0 (256 KiB unless told) | slot 1 | …
 * ```
 *
 * A worker waits by blocking, the main thread without.
 */

const slots = 8;
const half = slots / 2 - 1;
const empty = 0;
const end = -1;

export interface SharedRing {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

export const newRing = (slotSize = 256 * 1024): SharedRing => ({
  control: new SharedArrayBuffer(4 * (slots + 1)),
  data: new SharedArrayBuffer(slots * slotSize),
});

/** One side's place in a ring. */
class RingSide {
  protected readonly control: Int32Array<SharedArrayBuffer>;
  readonly #data: Uint8Array<SharedArrayBuffer>;
  protected readonly slotSize: number;
  #slot = 0;

  constructor({ control, data }: SharedRing) {
    this.control = new Int32Array(control);
    this.#data = new Uint8Array(data);
    this.slotSize = data.byteLength / slots;
  }

  /** Ends the other side's work, and this one's. */
  cancel(): void {
    Atomics.store(this.control, 0, 1);
    for (let slot = 0; slot < slots; slot++) Atomics.notify(this.control, 1 + slot);
  }

  get cancelled(): boolean {
    return Atomics.load(this.control, 0) !== 0;
  }

  protected bytes(length: number): Uint8Array<SharedArrayBuffer> {
    const from = this.#slot * this.slotSize;
    return this.#data.subarray(from, from + length);
  }

  protected get state(): number {
    return Atomics.load(this.control, 1 + this.#slot);
  }

  protected pass(state: number): void {
    Atomics.store(this.control, 1 + this.#slot, state);
    Atomics.notify(this.control, 1 + this.#slot);
    this.#slot = (this.#slot + 1) % slots;
  }

  /** Waits until the slot `ahead` of the next one is not in a state any more. */
  protected block(state: number, ahead = 0): void {
    Atomics.wait(this.control, 1 + ((this.#slot + ahead) % slots), state);
  }

  protected stateAhead(ahead: number): number {
    return Atomics.load(this.control, 1 + ((this.#slot + ahead) % slots));
  }

  protected async wait(state: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.control, 1 + this.#slot, state);
    if (waiting.async) await waiting.value;
  }
}

export class RingWriter extends RingSide {
  /** The next buffer to fill, once it is empty; undefined when the ring was cancelled. */
  blockForRoom(): Uint8Array<SharedArrayBuffer> | undefined {
    // Waking a thread costs its waker: once the ring is full, until half of it is empty. Slots are emptied in turn.
    if (this.state !== empty) {
      for (let state = this.stateAhead(half); state !== empty && !this.cancelled; state = this.stateAhead(half)) this.block(state, half);
    }
    return this.cancelled ? undefined : this.bytes(this.slotSize);
  }

  async waitForRoom(): Promise<Uint8Array<SharedArrayBuffer> | undefined> {
    for (let state = this.state; state !== empty && !this.cancelled; state = this.state) await this.wait(state);
    return this.cancelled ? undefined : this.bytes(this.slotSize);
  }

  /** Hands over the buffer with so many bytes, at least one. */
  filled(length: number): void {
    this.pass(length);
  }

  /** Says that no more come; there has to be room. */
  end(): void {
    this.pass(end);
  }
}

export class RingReader extends RingSide {
  /** The bytes of the next buffer, until `emptied`; undefined at the end, and when the ring was cancelled. */
  blockForBytes(): Uint8Array<SharedArrayBuffer> | undefined {
    while (this.state === empty && !this.cancelled) this.block(empty);
    return this.#bytes();
  }

  async waitForBytes(): Promise<Uint8Array<SharedArrayBuffer> | undefined> {
    while (this.state === empty && !this.cancelled) await this.wait(empty);
    return this.#bytes();
  }

  emptied(): void {
    this.pass(empty);
  }

  #bytes(): Uint8Array<SharedArrayBuffer> | undefined {
    const length = this.state;
    return this.cancelled || length === end ? undefined : this.bytes(length);
  }
}

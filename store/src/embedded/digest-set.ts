/** Digests that were met: eight bytes of each, so that millions fit. Two that agree in these count as one, which keeps garbage and loses nothing. */
export class DigestSet {
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #size = 0;

  /** Answers whether the digest is new. */
  add(digest: Uint8Array): boolean {
    if (this.#size * 2 >= this.#low.length) this.#grow();
    const [high, low] = parts(digest);
    const at = this.#find(high, low);
    if (this.#taken(at)) return false;
    this.#high[at] = high;
    this.#low[at] = low;
    this.#size++;
    return true;
  }

  has(digest: Uint8Array): boolean {
    return this.#taken(this.#find(...parts(digest)));
  }

  #taken(at: number): boolean {
    return this.#low[at] !== 0;
  }

  #find(high: number, low: number): number {
    const mask = this.#low.length - 1;
    let at = high & mask;
    while (this.#taken(at) && !(this.#high[at] === high && this.#low[at] === low)) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [highs, lows] = [this.#high, this.#low];
    this.#high = new Uint32Array(highs.length * 2);
    this.#low = new Uint32Array(highs.length * 2);
    for (const [i, low] of lows.entries()) {
      if (low === 0) continue;
      const at = this.#find(highs[i]!, low);
      this.#high[at] = highs[i]!;
      this.#low[at] = low;
    }
  }
}

// A low part of 0 marks a free slot.
function parts(digest: Uint8Array): [number, number] {
  const view = new DataView(digest.buffer, digest.byteOffset, 8);
  return [view.getUint32(0), view.getUint32(4) || 1];
}

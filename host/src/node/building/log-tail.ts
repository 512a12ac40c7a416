// The last lines of a build's log, for the message of its failure.

import { trimEndOf } from '../../core/trim.ts';

/** A line that never ends is cut. */
const longest = 64 * 1024;

export class LogTail {
  readonly #lines: string[] = [];
  readonly #most: number;
  readonly #decoder = new TextDecoder();
  #line = '';

  constructor(most: number) {
    this.#most = most;
  }

  take(bytes: Uint8Array) {
    const parts = (this.#line + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#line = parts.pop()!.slice(-longest);
    for (const line of parts) this.#add(line);
  }

  // What a carriage return goes back over is written over.
  #add(line: string) {
    const text = trimEndOf(line, '\r');
    if (text.startsWith('@nix ')) return;
    this.#lines.push(text.slice(text.lastIndexOf('\r') + 1));
    if (this.#lines.length > this.#most) this.#lines.shift();
  }

  lines(): readonly string[] {
    if (this.#line !== '') this.#add(this.#line);
    this.#line = '';
    return this.#most === 0 ? [] : this.#lines;
  }
}

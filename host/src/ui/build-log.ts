/** Cuts a build's log into lines, and takes out what is meant for displays: `@nix {"action":"setPhase","phase":"buildPhase"}`. */

import { trimEndOf } from '../core/trim.ts';

export type LogItem = { readonly line: string } | { readonly phase: string };

/** A line that never ends is cut here. */
const longest = 64 * 1024;
const mark = '@nix ';

export class BuildLog {
  readonly #decoder = new TextDecoder();
  #rest = '';

  *take(bytes: Uint8Array): Generator<LogItem, void, void> {
    const parts = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = parts.pop()!;
    for (const line of parts) yield* itemsOf(line);
    if (this.#rest.length <= longest) return;
    yield* itemsOf(this.#rest);
    this.#rest = '';
  }

  *end(): Generator<LogItem, void, void> {
    if (this.#rest !== '') yield* itemsOf(this.#rest);
    this.#rest = '';
  }
}

function* itemsOf(text: string): Generator<LogItem, void, void> {
  // A carriage return goes back to the start of the line: what comes after it is written over it.
  const ended = trimEndOf(text, '\r');
  const line = ended.slice(ended.lastIndexOf('\r') + 1);
  if (!line.startsWith(mark)) return yield { line };
  const phase = phaseOf(line.slice(mark.length));
  if (phase !== undefined) yield { phase };
}

function phaseOf(text: string): string | undefined {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null) return undefined;
    if (!('action' in message) || message.action !== 'setPhase') return undefined;
    return 'phase' in message && typeof message.phase === 'string' ? message.phase : undefined;
  } catch {
    return undefined;
  }
}

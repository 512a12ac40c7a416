/**
 * Errors on the wire (libutil/serialise.cc, operator<< and readError). From 1.26 on:
 *
 *     "Error", level, name, message, 0 (no position), number of traces, (0, text)…
 *
 * before: message, exit status. Nix ignores the name; ours carries the code, so that errors keep it from one Vixen to another.
 */
import { stripVTControlCharacters } from 'node:util';
import { StoreError, type StoreErrorCode } from '../../errors.ts';
import { since, verbosity } from '../protocol.ts';
import type { WireReader } from '../wire/reader.ts';
import type { WireWriter } from '../wire/writer.ts';

/** What a daemon answered instead of a result. */
export class DaemonError extends StoreError {
  override readonly name: string = 'DaemonError';
  /** What it was doing, the innermost first. */
  readonly traces: readonly string[];

  constructor(code: StoreErrorCode, message: string, traces: readonly string[] = []) {
    super(code, message);
    this.traces = traces;
  }
}

const codes: Readonly<Record<StoreErrorCode, true>> = {
  'not-found': true,
  invalid: true,
  corrupt: true,
  untrusted: true,
  forbidden: true,
  unsupported: true,
  'in-use': true,
  exhausted: true,
  unavailable: true,
  io: true,
};

const isCode = (text: string): text is StoreErrorCode => Object.hasOwn(codes, text);

/** Nix's messages and what they mean. */
const meanings: readonly (readonly [RegExp, StoreErrorCode])[] = [
  [/is not valid\b/, 'not-found'],
  [/lacks a (valid )?signature|not signed by/, 'untrusted'],
  [/(hash|size) mismatch|was modified|is corrupt/, 'corrupt'],
  [/not privileged|not allowed|not permitted|permission denied/i, 'forbidden'],
  [/still alive|in use by|cannot delete path/i, 'in-use'],
  [/is not in the Nix store|is not a valid|bad archive|invalid/i, 'invalid'],
  [/not supported|unsupported|is not implemented/i, 'unsupported'],
  [/no space left/i, 'exhausted'],
];

const codeOf = (message: string): StoreErrorCode => meanings.find(([pattern]) => pattern.test(message))?.[1] ?? 'io';

/** A text without the colours that Nix gives it for terminals. */
export const unpainted = stripVTControlCharacters;

export async function readError(from: WireReader, version: number): Promise<DaemonError> {
  if (version < since.errorsWithTraces) {
    const message = unpainted(await from.text());
    await from.number();
    return new DaemonError(codeOf(message), message);
  }
  const type = await from.text();
  if (type !== 'Error') throw new StoreError('invalid', `got an error of unknown type '${type.slice(0, 40)}' from the Nix daemon`);
  await from.number();
  const name = await from.text();
  const message = unpainted(await from.text());
  await requireNoPosition(from);
  const traces = await from.list(async () => {
    await requireNoPosition(from);
    return unpainted(await from.text());
  });
  return new DaemonError(isCode(name) ? name : codeOf(message), message, traces);
}

async function requireNoPosition(from: WireReader): Promise<void> {
  if ((await from.number()) !== 0) throw new StoreError('invalid', 'got an error with a position from the Nix daemon');
}

export function writeError(to: WireWriter, error: unknown, version: number): void {
  const message = error instanceof Error ? error.message : String(error);
  if (version < since.errorsWithTraces) {
    to.text(message).number(1);
    return;
  }
  const code = error instanceof StoreError ? error.code : 'Error';
  const traces = error instanceof DaemonError ? error.traces : [];
  to.text('Error').number(verbosity.error).text(code).text(message).number(0);
  to.list(traces, (trace) => to.number(0).text(trace));
}

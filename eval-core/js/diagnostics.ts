// Positions, errors and warnings, as the machine tells them.

import { decodeText } from '@vixen/wasm';
import { type ErrorCode, NixError, type Position, unpackMessage } from './errors.ts';
import type { MachineMemory } from './machine-memory.ts';

/** What the parser found worth a warning (assembly/syntax/lints.ts). */
export interface ParserWarning {
  /** Shown with its position and the source there; otherwise the message says where. */
  positioned: boolean;
  position: Position | undefined;
  /** With marks. */
  message: string;
}

interface ErrorData {
  code: number;
  message: string;
  pos: number;
  traces: { message: string; pos: number; flags?: number }[];
  suggestions?: { distance: number; text: string }[];
  status?: number;
}

const NUL = '\0';
// biome-ignore lint/suspicious/noControlCharactersInRegex: positions are marked by control characters
const positionMark = /\x01(\d+)\x02/g;
// Bits of a frame's flags (assembly/diag/errors.ts).
const alwaysShown = 1;
const detailOnly = 2;
// A warning: | kind | position | length | bytes, padded |.
const warningHeader = 12;

export class Diagnostics {
  readonly #memory: MachineMemory;

  constructor(memory: MachineMemory) {
    this.#memory = memory;
  }

  position(number: number): Position | undefined {
    if (number === 0) return undefined;
    const info = this.#memory.textOf(() => this.#memory.exports.positionInfo(number));
    const [line = '0', column = '0', kind = 'n', ...rest] = info.split(NUL);
    const origin = rest.join(NUL);
    const place = { line: Number(line), column: Number(column) };
    if (kind === 'p') return { ...place, origin: { kind: 'path', path: origin } };
    if (kind === 's') return { ...place, origin: { kind: 'string', source: origin } };
    if (kind === 'b') return { ...place, origin: { kind: 'internal', name: rest[0] ?? '', source: rest.slice(1).join(NUL) } };
    if (kind === 'i') return { ...place, origin: { kind: 'stdin', source: origin } };
    return { ...place, origin: { kind: 'none' } };
  }

  readonly #positionText = (_: string, number: string) => showPosition(this.position(Number(number)));

  /** The error in flight. */
  takeError(): NixError {
    const data = JSON.parse(this.#memory.textOf(() => this.#memory.exports.errorJson())) as ErrorData;
    const text = (marked: string) => marked.replace(positionMark, this.#positionText);
    const { message, traces, status } = unpackMessage(data.message);
    const frames = data.traces.map((trace) => ({
      message: text(trace.message),
      position: this.position(trace.pos),
      always: ((trace.flags ?? 0) & alwaysShown) !== 0,
      detail: ((trace.flags ?? 0) & detailOnly) !== 0,
    }));
    const hostFrames = traces.map((trace) => ({ message: trace, position: undefined, always: false }));
    return new NixError(data.code as ErrorCode, text(message), {
      position: this.position(data.pos),
      traces: [...frames, ...hostFrames],
      suggestions: data.suggestions ?? [],
      status: status ?? data.status ?? 1,
    });
  }

  /** The parser's warnings since the last call. */
  takeWarnings(): ParserWarning[] {
    this.#memory.forgetText();
    this.#memory.exports.takeWarnings();
    const bytes = this.#memory.textBytes();
    const view = new DataView(bytes.buffer);
    const found: { kind: number; position: number; text: string }[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = view.getUint32(at + 8, true);
      const text = decodeText(bytes.subarray(at + warningHeader, at + warningHeader + length));
      found.push({ kind: view.getUint32(at, true), position: view.getUint32(at + 4, true), text });
      at += warningHeader + ((length + 3) & ~3);
    }
    return found.map(({ kind, position, text }) => ({
      positioned: kind === 1,
      position: this.position(position),
      message: text.replace(positionMark, this.#positionText),
    }));
  }
}

/** A position as Nix writes it: `/path:1:2`, `«string»:1:2`. */
export function showPosition(position: Position | undefined): string {
  if (!position) return '«none»:0';
  const { origin, line, column } = position;
  const name = origin.kind === 'path' ? origin.path : origin.kind === 'internal' ? origin.name : `«${origin.kind}»`;
  return `${name}:${line}${column > 0 ? `:${column}` : ''}`;
}

// Positions as an editor wants them: with offsets in the text.
import { type Position, showPosition } from '@vixen/eval-core';
import type { Place, Range } from './types.ts';

/** A text with the offsets where its lines begin. */
interface Lines {
  text: string;
  starts: number[];
}

// What stands at a position, as far as it is worth underlining.
const token =
  /"|''|[A-Za-z_][\w'-]*|(?:\.{0,2}|~|[\w.+-]+)(?:\/[\w.+-]+)+|<[\w.+/-]+>|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\/\/|\+\+|->|==|!=|<=|>=|&&|\|\||\|>|<\||\.\.\.|\$\{|\S/uy;
const lineEnd = /\r\n|\r|\n/g;
const asciiOnly = /^[\0-\x7f]*$/;

function linesOf(text: string): Lines {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(lineEnd)) starts.push(index + end.length);
  return { text, starts };
}

const utf8Length = (code: number) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4);

/** How many UTF-16 units the first `bytes` bytes of a line are. */
function unitsOf(line: string, bytes: number): number {
  if (asciiOnly.test(line)) return Math.min(bytes, line.length);
  let units = 0;
  let passed = 0;
  for (const character of line) {
    if (passed >= bytes) break;
    passed += utf8Length(character.codePointAt(0)!);
    units += character.length;
  }
  return units;
}

/** The offset in a text, in UTF-16 units, of each of some ascending offsets in bytes. */
export function unitOffsets(text: string, bytes: readonly number[]): number[] {
  if (asciiOnly.test(text)) return bytes.map((offset) => Math.min(offset, text.length));
  const found: number[] = [];
  let units = 0;
  let passed = 0;
  for (const offset of bytes) {
    while (passed < offset && units < text.length) {
      const code = text.codePointAt(units)!;
      passed += utf8Length(code);
      units += code > 0xffff ? 2 : 1;
    }
    found.push(units);
  }
  return found;
}

/** How long what stands at an offset is; 0 for white space and at the end. */
export function tokenLength(text: string, at: number): number {
  token.lastIndex = at;
  return token.exec(text)?.[0].length ?? 0;
}

/** Reads sources for messages and places, each once. */
export class Sources {
  readonly #read: (path: string) => string | undefined;
  readonly #files = new Map<string, Lines | undefined>();

  constructor(read: (path: string) => string | undefined) {
    this.#read = read;
  }

  readonly text = (path: string): string | undefined => this.#file(path)?.text;

  #file(path: string): Lines | undefined {
    if (this.#files.has(path)) return this.#files.get(path);
    const text = this.#read(path);
    const lines = text === undefined ? undefined : linesOf(text);
    if (lines) this.#files.set(path, lines);
    return lines;
  }

  #lines({ origin }: Position): Lines | undefined {
    if (origin.kind === 'path') return this.#file(origin.path);
    return origin.kind === 'none' ? undefined : linesOf(origin.source);
  }

  range(position: Position): Range | undefined {
    const lines = this.#lines(position);
    const start = lines?.starts[position.line - 1];
    if (!lines || start === undefined) return undefined;
    const end = lines.starts[position.line] ?? lines.text.length;
    const from = start + unitsOf(lines.text.slice(start, end), Math.max(0, position.column - 1));
    const length = tokenLength(lines.text, from);
    if (length > 0) return { from, to: from + length };
    // Behind the end, the last character is shown.
    return { from: Math.max(0, Math.min(from, lines.text.length) - 1), to: lines.text.length };
  }

  place(position: Position | undefined): Place | undefined {
    if (!position || position.line === 0) return undefined;
    const { line, column, origin } = position;
    const file = origin.kind === 'path' ? origin.path : showPosition(position).replace(/:\d+(?::\d+)?$/, '');
    return { file, line, column, range: this.range(position) };
  }
}

// Nix's places (line, column in bytes) and the editor's (characters from the beginning).
import type { Text } from '@codemirror/state';

/** How many bytes a code point has in UTF-8. */
const bytesOf = (point: number) => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

/** The index into a line of what stands behind so many bytes. */
export function indexOfByte(line: string, bytes: number): number {
  let index = 0;
  for (let left = bytes; left > 0 && index < line.length; ) {
    const point = line.codePointAt(index)!;
    left -= bytesOf(point);
    index += point > 0xffff ? 2 : 1;
  }
  return index;
}

/** The place in a text, at its nearest end where the text is shorter. */
export function offsetOf(text: Text, line: number, column: number): number {
  if (line > text.lines) return text.length;
  const found = text.line(Math.max(1, line));
  return found.from + indexOfByte(found.text, Math.max(0, column - 1));
}

const word = /^(?:[\w'-]+|\S)/;

/** What is underlined for a place: the word that begins there, or one character. */
export function rangeAt(text: Text, line: number, column: number): { from: number; to: number } {
  const from = offsetOf(text, line, column);
  const rest = text.lineAt(from);
  const length = word.exec(rest.text.slice(from - rest.from))?.[0].length ?? 0;
  if (length > 0) return { from, to: from + length };
  return from > rest.from ? { from: from - 1, to: from } : { from, to: Math.min(from + 1, text.length) };
}

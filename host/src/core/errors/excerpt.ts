import type { Position } from '@vixen/eval-core';
import { ansi } from './ansi.ts';

const lineEnd = /\r\n|\r|\n/;

function sourceText({ origin }: Position, readSource: (path: string) => string | undefined): string | undefined {
  if (origin.kind === 'path') return readSource(origin.path);
  if (origin.kind === 'none') return undefined;
  const end = origin.source.indexOf('\0');
  return end < 0 ? origin.source : origin.source.slice(0, end);
}

const numbered = (line: number, text: string) => `\n ${String(line).padStart(5)}| ${text}`;

/** The line of a position with its neighbours and a caret below (libutil/error.cc `printCodeLines`); '' for a source without lines. */
export function excerpt(position: Position, readSource: (path: string) => string | undefined): string | undefined {
  const source = sourceText(position, readSource);
  if (source === undefined) return undefined;
  const lines = source === '' ? [] : source.split(lineEnd);
  const { line, column } = position;
  const [before, here, after] = [line > 1 ? lines[line - 2] : undefined, lines[line - 1], lines[line]];
  let text = '';
  if (before !== undefined) text += numbered(line - 1, before);
  if (here !== undefined) {
    text += numbered(line, here);
    if (column > 0) text += `\n      |${' '.repeat(column)}${ansi.red}^${ansi.normal}`;
  }
  if (after !== undefined) text += numbered(line + 1, after);
  // Not undefined: what has a source ends its line even where no line is quoted.
  return text;
}

// Docstrings (RFC 145): `/** … */` before an attribute or a function.
import { decodeText, encodeText, type Position } from '@vixen/eval-core';

const lineEnd = /\r\n|\n|\r/;

/** The lines of the source that a position is in, cut in two there. Columns count bytes. */
export function sourceAround(
  sourceOf: (path: string) => string | undefined,
  { origin, line, column }: Position,
): { before: string; after: string } | undefined {
  const text = origin.kind === 'path' ? sourceOf(origin.path) : origin.kind === 'none' ? undefined : origin.source;
  const lines = text?.split(lineEnd) ?? [];
  const here = lines[line - 1];
  if (here === undefined) return undefined;
  const bytes = encodeText(here);
  return {
    before: [...lines.slice(0, line - 1), decodeText(bytes.subarray(0, column - 1))].join('\n'),
    after: [decodeText(bytes.subarray(column - 1)), ...lines.slice(line)].join('\n'),
  };
}

/** The text of a docstring without its marks, and without the indentation that all of its lines share. */
export function docstringText(comment: string): string {
  // What stood before the text counts as indentation.
  const lines = `   ${comment.slice(3, -2)}`.split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)![0].length);
  const indent = Math.min(...indents);
  return lines
    .map((line) => line.slice(indent))
    .join('\n')
    .trim();
}

/** The docstring that a text begins with. */
export function docstringAt(text: string): string | undefined {
  const end = text.indexOf('*/', 3);
  return text.startsWith('/**') && end > 0 ? docstringText(text.slice(0, end + 2)) : undefined;
}

/** The docstring that a text ends with; other comments may follow it. */
export function docstringBefore(text: string): string | undefined {
  for (let rest = text.trimEnd(); ; ) {
    const lineStart = rest.lastIndexOf('\n') + 1;
    if (/^\s*#/.test(rest.slice(lineStart))) {
      rest = rest.slice(0, lineStart).trimEnd();
      continue;
    }
    if (!rest.endsWith('*/')) return undefined;
    // Comments do not nest: this one begins behind the end of the one before it.
    const floor = rest.lastIndexOf('*/', rest.length - 3) + 1;
    const doc = rest.indexOf('/**', floor);
    if (doc >= 0 && rest.indexOf('*/', doc + 3) === rest.length - 2) return docstringText(rest.slice(doc));
    const start = rest.indexOf('/*', floor);
    if (start < 0) return undefined;
    rest = rest.slice(0, start).trimEnd();
  }
}

// What `:doc` tells: the documentation of builtins, of functions, and of attributes (libcmd/repl.cc; docstrings: RFC 145).
import { decodeText, encodeText, type Handle, type Position, PrintMode, showPosition, ValueKind } from '@vixen/eval-core';
import type { Session } from '../core/session.ts';

/** An attribute that documentation was asked for. */
export interface Attribute {
  name: string;
  position: Position;
}

const lineEnd = /\r\n|\n|\r/;

/** The lines of the source that a position is in, cut in two there. Columns count bytes. */
function sourceAround(session: Session, { origin, line, column }: Position): { before: string; after: string } | undefined {
  const text = origin.kind === 'path' ? session.sourceOf(origin.path) : origin.kind === 'none' ? undefined : origin.source;
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
function docstringAt(text: string): string | undefined {
  const end = text.indexOf('*/', 3);
  return text.startsWith('/**') && end > 0 ? docstringText(text.slice(0, end + 2)) : undefined;
}

/** The docstring that a text ends with; other comments may follow it. */
function docstringBefore(text: string): string | undefined {
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

async function builtinName(session: Session, value: Handle): Promise<string> {
  const [, name = ''] = /primop ([^»]*)»/.exec(decodeText(await session.print(value, PrintMode.Value))) ?? [];
  return name;
}

function functionText(session: Session, value: Handle): string {
  const { name, position, doc } = session.machine.lambdaInfo(value);
  const place = position ? `defined at ${showPosition(position)}` : '';
  const head = name === undefined ? `Function ${place}` : `Function \`${name}\`${place === '' ? '' : `\\\n… ${place}`}`;
  const text = doc && docstringAt(sourceAround(session, doc)?.after ?? '');
  return text ? `${head}\n\n${text}` : head;
}

function attributeText(session: Session, { name, position }: Attribute): string {
  const doc = docstringBefore(sourceAround(session, position)?.before ?? '');
  return `Attribute \`${name}\`\n\n  … defined at ${showPosition(position)}\n\n${doc ?? 'No documentation found.'}`;
}

// Sets that act as functions are applied to themselves at most so often.
const functorRounds = 100;

/** What a set that acts as a function does with its first argument, or else the value itself. */
async function behindFunctors(session: Session, value: Handle): Promise<Handle> {
  let found = value;
  for (let i = 0; i < functorRounds && session.kind(found) === ValueKind.Attrs; i += 1) {
    const functor = session.machine.attr(found, '__functor');
    if (functor === undefined) break;
    found = await session.apply(functor, found);
  }
  return found;
}

/**
 * The documentation of a value as Markdown; `attribute` is the one that it was selected from, `builtin` gives the documentation of builtins.
 * Undefined where there is nothing to tell.
 */
export async function documentationOf(
  session: Session,
  value: Handle,
  attribute: Attribute | undefined,
  builtin: (name: string) => string | undefined,
): Promise<string | undefined> {
  const found = await behindFunctors(session, value);
  if (session.kind(found) === ValueKind.Function) return functionText(session, found);
  const name = session.kind(found) === ValueKind.Builtin ? await builtinName(session, found) : '';
  const doc = name === '' ? undefined : builtin(name);
  if (doc !== undefined) return `**builtins.${name}**\n\n${doc}`;
  return attribute && attributeText(session, attribute);
}

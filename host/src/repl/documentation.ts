// What `:doc` tells: the documentation of builtins, of functions, and of attributes (libcmd/repl.cc; docstrings: RFC 145).
import { decodeText, type Handle, type Position, PrintMode, showPosition, ValueKind } from '@vixen/eval-core';
import { docstringAt, docstringBefore, sourceAround } from '../core/docstrings.ts';
import type { Session } from '../core/session.ts';

/** An attribute that documentation was asked for. */
export interface Attribute {
  name: string;
  position: Position;
}

const around = (session: Session, position: Position) => sourceAround((path) => session.sourceOf(path), position);

async function builtinName(session: Session, value: Handle): Promise<string> {
  const [, name = ''] = /primop ([^»]*)»/.exec(decodeText(await session.print(value, PrintMode.Value))) ?? [];
  return name;
}

function functionText(session: Session, value: Handle): string {
  const { name, position, doc } = session.machine.lambdaInfo(value);
  const place = position ? `defined at ${showPosition(position)}` : '';
  const head = name === undefined ? `Function ${place}` : `Function \`${name}\`${place === '' ? '' : `\\\n… ${place}`}`;
  const text = doc && docstringAt(around(session, doc)?.after ?? '');
  return text ? `${head}\n\n${text}` : head;
}

function attributeText(session: Session, { name, position }: Attribute): string {
  const doc = docstringBefore(around(session, position)?.before ?? '');
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

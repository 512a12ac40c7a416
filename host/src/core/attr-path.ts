// Selection paths, `-A 'a.0."b.c"'` (libexpr/attr-path.cc).
import { ErrorCode, type Handle, NixError, type Position, ValueKind } from '@vixen/eval-core';
import { bestMatches } from './errors/suggestions.ts';
import type { Session } from './session.ts';

const quoted = (text: string) => `'\x0e${text}\x0f'`;

/** The parts of a path; an empty last part is none. */
export function parseAttrPath(path: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i < path.length; i++) {
    const character = path[i];
    if (character === '.') {
      parts.push(part);
      part = '';
    } else if (character === '"') {
      const end = path.indexOf('"', i + 1);
      if (end < 0) throw new NixError(ErrorCode.Parse, `missing closing quote in selection path ${quoted(path)}`);
      part += path.slice(i + 1, end);
      i = end;
    } else part += character;
  }
  if (part !== '') parts.push(part);
  return parts;
}

/** An attribute path leads nowhere: commands that try several paths go on to the next. */
export class AttrPathNotFound extends NixError {}

const mostIndex = 0xffffffff;
const indexOf = (part: string) => (/^\d+$/.test(part) && Number(part) <= mostIndex ? Number(part) : undefined);

export interface Selected {
  value: Handle;
  position: Position | undefined;
}

class Selection {
  readonly #session: Session;
  readonly #path: string;

  constructor(session: Session, path: string) {
    this.#session = session;
    this.#path = path;
  }

  #expect(value: Handle, kind: ValueKind, what: string) {
    if (this.#session.kind(value) === kind) return;
    const message = `the expression selected by the selection path ${quoted(this.#path)} should be ${what} but is \x0e${this.#session.typeName(value)}\x0f`;
    throw new NixError(ErrorCode.Type, message);
  }

  attr(set: Handle, name: string): Selected {
    const { machine } = this.#session;
    this.#expect(set, ValueKind.Attrs, 'a set');
    if (name === '') throw new NixError(ErrorCode.Plain, `empty attribute name in selection path ${quoted(this.#path)}`);
    const value = machine.attr(set, name);
    if (value !== undefined) return { value, position: machine.attrPosition(set, name) };
    const suggestions = bestMatches(machine.attrNames(set), name);
    throw new AttrPathNotFound(ErrorCode.Plain, `attribute ${quoted(name)} in selection path ${quoted(this.#path)} not found`, {
      suggestions,
    });
  }

  element(list: Handle, index: number): Selected {
    const { machine } = this.#session;
    this.#expect(list, ValueKind.List, 'a list');
    if (index < machine.size(list)) return { value: machine.element(list, index), position: undefined };
    throw new AttrPathNotFound(ErrorCode.Plain, `list index \x0e${index}\x0f in selection path ${quoted(this.#path)} is out of range`);
  }
}

/** What a path selects, unforced. Functions on the way are called with `args`. */
export async function selectPath(session: Session, root: Handle, path: string, args: Handle): Promise<Selected> {
  const selection = new Selection(session, path);
  let selected: Selected = { value: root, position: undefined };
  for (const part of parseAttrPath(path)) {
    const value = await session.force(await session.autoCall(selected.value, args));
    const index = indexOf(part);
    selected = index === undefined ? selection.attr(value, part) : selection.element(value, index);
  }
  return selected;
}

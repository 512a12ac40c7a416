// What a word at the end of a line can become.
import { ValueKind } from '@vixen/eval-core';
import type { Session } from '../core/session.ts';
import type { Scope } from './scope.ts';

export interface Completions {
  /** Each as the whole line would be. */
  lines: string[];
  /** What of the line they replace. */
  replaced: string;
}

const wordStart = /[^\s(){}[\]]*$/;

/** Names in a folder of the machine, as the host lists them. */
export type ListFolder = (folder: string) => string[];

async function attributes(session: Session, scope: Scope, word: string, dot: number): Promise<string[]> {
  const prefix = word.slice(dot + 1);
  try {
    const set = await scope.evaluate(word.slice(0, dot));
    if (session.kind(set) !== ValueKind.Attrs) return [];
    return session.machine
      .attrNames(set)
      .filter((name) => name.startsWith(prefix))
      .map((name) => word.slice(0, dot + 1) + name);
  } catch {
    // Completion is a guess: what cannot be evaluated has no attributes.
    return [];
  }
}

function paths(word: string, slash: number, list: ListFolder): string[] {
  const [folder, prefix] = [word.slice(0, slash) || '/', word.slice(slash + 1)];
  return list(folder)
    .filter((name) => !name.startsWith('.') && name.startsWith(prefix))
    .map((name) => word.slice(0, slash + 1) + name);
}

/** Completes the last word: a path, an attribute of something that can be evaluated, or a variable. */
export async function complete(session: Session, scope: Scope, line: string, list: ListFolder): Promise<Completions> {
  const [word = ''] = wordStart.exec(line) ?? [];
  const [slash, dot] = [word.lastIndexOf('/'), word.lastIndexOf('.')];
  if (slash >= 0) return { lines: paths(word, slash, list), replaced: word };
  if (dot >= 0) return { lines: await attributes(session, scope, word, dot), replaced: word };
  return { lines: scope.names().filter((name) => name.startsWith(word)), replaced: word };
}

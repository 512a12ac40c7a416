// What a repl needs from outside, on the command line.
import { spawnSync } from 'node:child_process';
import type { Handle } from '@vixen/eval-core';
import { withoutColours } from '../core/errors/ansi.ts';
import { resolveImport } from '../core/files/paths.ts';
import type { ReplHost } from '../repl/repl.ts';
import { type Evaluation, lookupFile } from './evaluation.ts';
import { evalFlake } from './flakes.ts';
import { log, writeOut } from './output.ts';

/** Columns that text is filled to where there is no terminal, or a narrower one. */
const leastWidth = 60;

interface BuiltinDoc {
  name: string;
  doc: string;
}

/** Documentation of the builtins, by name. */
export async function documentation(): Promise<Map<string, string>> {
  const { default: docs } = await import('../../../eval-core/assembly/gen/builtins.json');
  return new Map((docs as BuiltinDoc[]).map(({ name, doc }) => [name, doc]));
}

async function edit(file: string, line: number) {
  const [editor = 'nano', ...args] = (process.env.VISUAL ?? process.env.EDITOR ?? 'nano').split(' ');
  const atLine = line > 0 && /emacs|nano|vim|kak/.test(editor) ? [`+${line}`] : [];
  spawnSync(editor, [...args, ...atLine, file], { stdio: 'inherit' });
}

/** What a repl gets from the command line. */
export function replHost(evaluation: Evaluation, docs: Map<string, string>): ReplHost {
  const { session } = evaluation;
  return {
    print: (text) => writeOut(`${process.stdout.isTTY ? text : withoutColours(text)}\n`),
    notice: log,
    loadFile: async (name): Promise<Handle> => session.evalFile(resolveImport(session.io.files, await lookupFile(evaluation, name))),
    loadFlake: (reference) => evalFlake(evaluation, reference),
    documentation: (name) => docs.get(name),
    width: () => Math.max(process.stdout.columns ?? 0, leastWidth),
    edit,
  };
}

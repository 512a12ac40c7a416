// Scripts that begin with `#! /usr/bin/env nix-shell`: what their lines `#! nix-shell …` ask for (Nix manual, "nix-shell", "Use as a #!-interpreter").

import fs from 'node:fs';
import path from 'node:path';
import { quoteShell } from '@vixen/builder';
import { UsageError } from '../usage.ts';

export interface Shebang {
  /** The arguments that stand in the script. */
  readonly args: string[];
  /** Where the script lies. */
  readonly folder: string;
  /** The command that runs it. */
  command(interpreter: string): string;
}

const largest = 1 << 20;

/** The first argument as such a script; undefined for others. */
export function shebangOf([script, ...saved]: readonly string[]): Shebang | undefined {
  const lines = script === undefined || script.startsWith('-') ? undefined : linesOf(script);
  if (!lines?.[0]?.startsWith('#!')) return undefined;
  const words = lines.slice(1).flatMap((line) => shellWords(/^#!\s*nix-shell\s+(.*)$/.exec(line.trimEnd())?.[1] ?? ''));
  const args = saved.map(quoteShell).join(' ');
  return {
    args: words,
    folder: path.dirname(path.resolve(script!)),
    command(interpreter) {
      // Perl and Ruby read the first line themselves, unless they are kept from it.
      if (interpreter.includes('ruby')) return `exec ${interpreter} -e 'load(ARGV.shift)' -- ${quoteShell(script!)} ${args}`;
      return `exec ${interpreter.includes('perl') ? '-a PERL ' : ''}${interpreter} ${quoteShell(script!)} ${args}`;
    },
  };
}

function linesOf(file: string): string[] | undefined {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > largest) return undefined;
  return fs.readFileSync(file, 'utf8').split('\n');
}

/** Words as shells split them: quotes and backslashes. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+|["'\\]/gs;
  for (const [word] of text.matchAll(pattern)) {
    if (/^["'\\]$/.test(word)) throw new UsageError('unterminated quote in shebang line');
    words.push(
      word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs, (_, one, double, single) => one ?? double?.replace(/\\(.)/gs, '$1') ?? single),
    );
  }
  return words;
}

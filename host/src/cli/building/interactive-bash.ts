// The bash of development shells: $NIX_BUILD_SHELL, else `bashInteractive` of <nixpkgs>, else the machine's.
import { decodeText, NixError } from '@vixen/eval-core';
import { ansi, colourMarks } from '../../core/errors/ansi.ts';
import { FileError } from '../../core/files/tree.ts';
import { HostError } from '../../core/io.ts';
import type { Evaluation } from '../evaluation.ts';
import { log } from '../output.ts';

export interface Bash {
  readonly program: string;
  /** What it needs of the store. */
  readonly paths: readonly string[];
}

export async function bashFor(evaluation: Evaluation): Promise<Bash> {
  const { NIX_BUILD_SHELL } = process.env;
  if (NIX_BUILD_SHELL !== undefined) return { program: NIX_BUILD_SHELL, paths: [] };
  try {
    return await ofNixpkgs(evaluation);
  } catch (error) {
    if (!(error instanceof NixError || error instanceof FileError || error instanceof HostError)) throw error;
    log(colourMarks(`${ansi.magenta}warning:${ansi.normal} will use bash from your environment`));
    return { program: 'bash', paths: [] };
  }
}

async function ofNixpkgs({ session, store, building, base }: Evaluation): Promise<Bash> {
  const value = await session.evalString({ text: '(import <nixpkgs> { }).bashInteractive.drvPath', base, origin: '' });
  const drvPath = decodeText(await session.coerce(value, 'while evaluating the interactive bash of <nixpkgs>'));
  await store.flush();
  const [made] = await building.realise([{ drvPath, outputs: ['out'] }]);
  return { program: `${made!.path}/bin/bash`, paths: [made!.path] };
}

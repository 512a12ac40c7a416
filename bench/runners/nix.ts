import fs from 'node:fs';
import path from 'node:path';
import { type Runner, words } from './runner.ts';

function onPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, program)).find((file) => fs.existsSync(file));
}

/** Nix: the command given, or the `nix-instantiate` on PATH; undefined when there is none. */
export function nix(options: { command?: string | undefined; overhead?: string | undefined }): Runner | undefined {
  const found = options.command ? words(options.command) : [onPath('nix-instantiate') ?? ''];
  if (found[0] === '') return undefined;
  return { name: 'nix', command: found, ...(options.overhead && { overhead: words(options.overhead) }) };
}

// `<name>` looked up in the search path (libexpr/eval.cc `findFile`), for names on the command line.
import { ErrorCode, NixError } from '@vixen/eval-core';
import type { SearchPathEntry } from './config/nix-path.ts';
import { normalPath, resolveSymlinks } from './files/paths.ts';
import type { HostIO } from './io.ts';

/** What is left of a name behind an entry's prefix; undefined where the entry does not match. */
function suffix(prefix: string, name: string): string | undefined {
  if (!name.startsWith(prefix)) return undefined;
  const rest = name.slice(prefix.length);
  if (prefix === '' || rest === '') return rest;
  return rest.startsWith('/') ? rest.slice(1) : undefined;
}

/** The path that a name stands for. */
export async function findFile(io: HostIO, searchPath: readonly SearchPathEntry[], name: string, pure: boolean): Promise<string> {
  for (const { prefix, value } of searchPath) {
    const rest = suffix(prefix, name);
    const folder = rest === undefined ? undefined : await io.fetching.searchPath(value);
    if (folder === undefined) continue;
    const path = resolveSymlinks(io.files, normalPath(rest!, folder));
    if (io.files.lstat(path)) return path;
  }
  const message = pure
    ? `cannot look up '\x0e<${name}>\x0f' in pure evaluation mode (use '--impure' to override)`
    : `file '\x0e${name}\x0f' was not found in the Nix search path (add it using $NIX_PATH or -I)`;
  throw new NixError(ErrorCode.Throw, message);
}

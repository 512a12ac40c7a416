/**
 * What can be asked of a store: a path that is there, or outputs of a derivation, which may itself be an output (Nix manual, "Deriving path";
 * libstore/derived-path.cc).
 *
 *     /nix/store/…-hello                  a path
 *     /nix/store/…-hello.drv!out,dev      outputs
 *     /nix/store/…-hello.drv!*            all outputs
 *     /nix/store/…-x.drv!out!bin          an output of the derivation that is the output `out`
 */
import { StoreError } from '../errors.ts';
import { baseNameOf, defaultStoreDirectory, sortedPaths } from './store-path.ts';

/** A path, or one output. */
export type SingleDerivedPath = string | { readonly drvPath: SingleDerivedPath; readonly output: string };

export type DerivedPath =
  | { readonly path: string }
  | { readonly drvPath: SingleDerivedPath /** Ascending; `*` for all. */; readonly outputs: readonly string[] | '*' };

const maxNesting = 64;

/** Reads the form with `!`, which protocols use. */
export function parseDerivedPath(text: string, directory = defaultStoreDirectory): DerivedPath {
  const [path, ...outputs] = text.split('!');
  baseNameOf(path!, directory);
  const last = outputs.pop();
  if (last === undefined) return { path: path! };
  if (outputs.length > maxNesting) throw new StoreError('invalid', `derived path '${text.slice(0, 200)}…' nests too deeply`);
  const drvPath = outputs.reduce<SingleDerivedPath>((inner, output) => ({ drvPath: inner, output: checkOutput(output) }), path!);
  return { drvPath, outputs: last === '*' ? '*' : sortedPaths(last.split(',').map(checkOutput)) };
}

function checkOutput(name: string): string {
  if (/^[0-9a-zA-Z+\-._?=]+$/.test(name)) return name;
  throw new StoreError('invalid', `invalid outputs specifier '${name}'`);
}

const formatSingle = (path: SingleDerivedPath): string =>
  typeof path === 'string' ? path : `${formatSingle(path.drvPath)}!${path.output}`;

/** The inverse of `parseDerivedPath`. */
export function formatDerivedPath(path: DerivedPath): string {
  if ('path' in path) return path.path;
  return `${formatSingle(path.drvPath)}!${path.outputs === '*' ? '*' : path.outputs.join(',')}`;
}

// Flakes on the command line: `.#attr`, `github:NixOS/nixpkgs#hello`.
import fs from 'node:fs';
import path from 'node:path';
import type { Handle } from '@vixen/eval-core';
import { AttrPathNotFound, selectPath } from '../core/attr-path.ts';
import { type ParseOptions, parseFlakeRefWithFragment } from '../core/fetch/flake-ref.ts';
import { fetchError, q } from '../core/fetch/input.ts';
import type { Session } from '../core/session.ts';
import type { Evaluation } from './evaluation.ts';
import { log } from './output.ts';

/** Finds the flake that a path belongs to, and the repository around it (libflake/flakeref.cc `parsePathFlakeRefWithFragment`). */
const locate: NonNullable<ParseOptions['locate']> = (given) => {
  let flake = path.resolve(given);
  const stat = fs.lstatSync(flake, { throwIfNoEntry: false });
  if (!stat) throw fetchError(`getting status of ${q(flake)}: \x0eNo such file or directory\x0f`);
  if (!stat.isDirectory()) {
    if (path.basename(flake) !== 'flake.nix') throw fetchError(`path \x0e"${flake}"\x0f is not a flake (because it's not a directory)`);
    flake = path.dirname(flake);
  }
  flake = searchUp(flake);
  for (let root = flake; ; root = path.dirname(root)) {
    if (fs.existsSync(path.join(root, '.git'))) {
      return { root, dir: path.relative(root, flake), isGit: true, shallow: fs.existsSync(path.join(root, '.git/shallow')) };
    }
    if (root === '/') return { root: flake, dir: '', isGit: false, shallow: false };
  }
};

function searchUp(start: string): string {
  if (fs.existsSync(path.join(start, 'flake.nix'))) return start;
  log(`path "${start}" does not contain a 'flake.nix', searching up`);
  for (let folder = start; folder !== '/'; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'flake.nix'))) return folder;
    if (fs.existsSync(path.join(folder, '.git'))) {
      throw fetchError(
        `path \x0e"${folder}"\x0f is not part of a flake (neither it nor its parent directories contain a 'flake.nix' file)`,
      );
    }
  }
  throw fetchError('could not find a flake.nix file');
}

export interface FlakeSelection {
  /** The flake's value. */
  value: Handle;
  /** The part behind `#`. */
  fragment: string;
  /** The reference as it is shown. */
  shown: string;
}

/** The value of a flake, and what is asked for of it. */
export async function selectFlake({ session, fetching, base }: Evaluation, text: string): Promise<FlakeSelection> {
  const service = await fetching.service();
  const { fragment, ...ref } = parseFlakeRefWithFragment(service.schemes, text, { base, locate });
  const token = service.prepare(await service.flakes.lockedFlake(ref));
  const value = await session.evalString({ text: `builtins.getFlake "${token}"`, base });
  return { value, fragment, shown: service.print(ref) };
}

/** The value of a flake that is named without `#`. */
export async function evalFlake(evaluation: Evaluation, text: string): Promise<Handle> {
  const { value, fragment } = await selectFlake(evaluation, text);
  if (fragment !== '') throw fetchError(`unexpected fragment ${q(fragment)} in flake reference ${q(text)}`);
  return value;
}

/** The attribute paths that a fragment may stand for, in the order in which they are tried (libcmd/installable-flake.cc). */
export function flakeAttrPaths(fragment: string, system: string): string[] {
  if (fragment === '') return [`packages.${system}.default`, `defaultPackage.${system}`];
  if (fragment.startsWith('.')) return [fragment.slice(1)];
  return [`packages.${system}.${fragment}`, `legacyPackages.${system}.${fragment}`, fragment];
}

/** Words that name a flake rather than a file: `.#x`, `github:NixOS/nixpkgs`, a folder with a flake.nix. */
export function isFlake(word: string): boolean {
  if (word.includes('#') || /^[a-z][a-z0-9+.-]*:/.test(word)) return true;
  return fs.existsSync(`${word}/flake.nix`) && !fs.existsSync(`${word}/default.nix`);
}

/** The first of several attributes that a flake has. */
export async function selectFlakeAttribute(
  session: Session,
  { value, shown }: FlakeSelection,
  paths: readonly string[],
  args: Handle,
): Promise<Handle> {
  for (const path of paths) {
    try {
      return (await selectPath(session, value, path, args)).value;
    } catch (error) {
      if (!(error instanceof AttrPathNotFound)) throw error;
    }
  }
  const listed = paths
    .map((path) => q(path))
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
  throw fetchError(`flake ${q(shown)} does not provide attribute ${listed}`);
}

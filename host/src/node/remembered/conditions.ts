// The conditions under which a remembered evaluation still holds, as they are written to a file: taken from a journal, and looked at again later. This file is
// loaded before anything else is known to be needed, and imports next to nothing.
import fs from 'node:fs';
import type { FileType } from '../../core/files/tree.ts';
import type { Identity, Journal } from './journal.ts';

type Found = FileType | 'nothing';

/** JSON; a missing variable is null. */
export interface Conditions {
  readonly variables: readonly (readonly [name: string, value: string | null])[];
  readonly files: readonly (readonly [path: string, dev: number, ino: number, size: number, mtimeMs: number, ctimeMs: number])[];
  readonly folders: readonly (readonly [path: string, dev: number, ino: number, size: number, mtimeMs: number, ctimeMs: number])[];
  readonly looks: readonly (readonly [path: string, found: Found])[];
  readonly finalLooks: readonly (readonly [path: string, found: Found])[];
  readonly links: readonly (readonly [path: string, target: string])[];
}

/**
 * How far clocks of file systems lag, in milliseconds: what changes within one tick bears the same time. Where times are whole seconds, so are ticks, or two
 * (git calls such files racily clean).
 */
const tick = 20;
const longTick = 2000;

const stableAt = ({ mtimeMs, ctimeMs }: Identity, started: number) => {
  const changed = Math.max(mtimeMs, ctimeMs);
  return changed < started - (changed % 1000 === 0 ? longTick : tick);
};

const options = { throwIfNoEntry: false } as const;

/** Undefined where nothing can be read. */
export function statOf(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path, options);
  } catch {
    // Not to be looked at, or below a file: nothing that was read.
    return undefined;
  }
}

function found(path: string, call: typeof fs.lstatSync): Found {
  try {
    const there = call(path, options);
    if (!there) return 'nothing';
    if (there.isFile()) return 'regular';
    if (there.isDirectory()) return 'directory';
    return there.isSymbolicLink() ? 'symlink' : 'other';
  } catch {
    return 'nothing';
  }
}

const foundThrough = (path: string): Found => found(path, fs.statSync as typeof fs.lstatSync);

/** What a path leads to; undefined where nothing is. */
export function lookThrough(path: string): FileType | undefined {
  const there = foundThrough(path);
  return there === 'nothing' ? undefined : there;
}

function linkOf(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}

const row = (path: string, { dev, ino, size, mtimeMs, ctimeMs }: Identity) => [path, dev, ino, size, mtimeMs, ctimeMs] as const;
const shown = (type: FileType | undefined): Found => type ?? 'nothing';

/**
 * The conditions that a journal stands for. Undefined where something of it changed after `started` (milliseconds since 1970) or so shortly before that a
 * later change might not show.
 */
export function conditionsOf(journal: Journal, started: number): Conditions | undefined {
  const folders: Conditions['folders'][number][] = [];
  for (const path of journal.folders) {
    const there = statOf(path);
    if (!there || !stableAt(there, started)) return undefined;
    folders.push(row(path, there));
  }
  for (const identity of journal.files.values()) if (!stableAt(identity, started)) return undefined;
  return {
    variables: [...journal.variables].map(([name, value]) => [name, value ?? null]),
    files: [...journal.files].map(([path, identity]) => row(path, identity)),
    folders,
    looks: [...journal.looks].map(([path, type]) => [path, shown(type)]),
    finalLooks: [...journal.finalLooks].map(([path, type]) => [path, shown(type)]),
    links: [...journal.links],
  };
}

function unchanged([path, dev, ino, size, mtimeMs, ctimeMs]: Conditions['files'][number]): boolean {
  const there = statOf(path);
  if (!there || there.ino !== ino || there.ctimeMs !== ctimeMs) return false;
  return there.dev === dev && there.size === size && there.mtimeMs === mtimeMs;
}

/** Whether everything is as it was. */
export function conditionsHold(conditions: Conditions, env: Record<string, string | undefined>): boolean {
  const { variables, files, folders, looks, finalLooks, links } = conditions;
  return (
    variables.every(([name, value]) => (env[name] ?? null) === value) &&
    files.every(unchanged) &&
    folders.every(unchanged) &&
    looks.every(([path, type]) => found(path, fs.lstatSync) === type) &&
    finalLooks.every(([path, type]) => foundThrough(path) === type) &&
    links.every(([path, target]) => linkOf(path) === target)
  );
}

// Remembered evaluations on the disk: one file each, in the user's cache folder. What is there may be damaged or gone at any time: then nothing is remembered.
import fs from 'node:fs';
import type { DerivedPath } from '@vixen/store/formats';
import { xdgFolder } from '../folders.ts';
import type { Conditions } from './conditions.ts';

/** A run that found everything done. */
export interface Done {
  /** What it printed. */
  readonly out: string;
  /** The folder of the store's index, and its state before anything was asked of it; the same as when all was over. */
  readonly index: string;
  readonly state: string;
  /** Links that were found in their places, and what they lead to. */
  readonly links: readonly (readonly [link: string, target: string])[];
}

export interface Remembered {
  /** What was asked for, and by which program: all that the file's name is made of. */
  readonly key: string;
  readonly conditions: Conditions;
  /** What the evaluation came to. */
  readonly wanted: readonly DerivedPath[];
  readonly done?: Done | undefined;
}

type Environment = Record<string, string | undefined>;

/** Files that are kept; the oldest go. */
const most = 200;

const folderOf = (env: Environment) => `${xdgFolder(env, 'XDG_CACHE_HOME', '.cache')}/vixen/evaluations`;

/** FNV-1a, 32 bits: names of files need no more, since the key is in the file, too. */
function fnv(text: string, seed: number): string {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const fileOf = (key: string, env: Environment) => `${folderOf(env)}/${fnv(key, 0x811c9dc5)}${fnv(key, 0x9747b28c)}.json`;

/** Somebody else's file is nothing to trust. */
function readOwn(file: string): string | undefined {
  let fd: number;
  try {
    fd = fs.openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    return fs.fstatSync(fd).uid === process.getuid?.() ? fs.readFileSync(fd, 'utf8') : undefined;
  } finally {
    fs.closeSync(fd);
  }
}

/** What is remembered under a key. */
export function readRemembered(key: string, env: Environment): Remembered | undefined {
  try {
    const text = readOwn(fileOf(key, env));
    const value = text === undefined ? undefined : (JSON.parse(text) as Remembered);
    return value?.key === key ? value : undefined;
  } catch {
    // Damaged: it is written anew.
    return undefined;
  }
}

/** Where it cannot be written, nothing is remembered. */
export function writeRemembered(value: Remembered, env: Environment): void {
  const file = fileOf(value.key, env);
  const temporary = `${file}.${process.pid}`;
  try {
    const folder = folderOf(env);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
    fs.renameSync(temporary, file);
    prune(folder);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

function prune(folder: string) {
  const names = fs.readdirSync(folder);
  if (names.length <= most) return;
  const ages = names.map((name) => ({ file: `${folder}/${name}`, time: fs.statSync(`${folder}/${name}`).mtimeMs }));
  ages.sort((a, b) => a.time - b.time);
  for (const { file } of ages.slice(0, names.length - most)) fs.rmSync(file, { force: true });
}

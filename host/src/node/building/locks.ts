// Locks, so that two processes do not build the same: a file that says whose it is. Whoever finds one whose process has ended takes it over.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessId, type Store, thisProcess } from '@vixen/store';
import { hasErrorCode } from '../system-error.ts';

const shortest = 20;
const longest = 1000;

export interface BuildLocks {
  /** Takes the lock, or answers that somebody has it. */
  take(name: string): boolean;
  release(name: string): void;
  /** Resolves when nobody has it. */
  waitFor(name: string, signal: AbortSignal): Promise<void>;
}

async function poll(isFree: () => boolean, signal: AbortSignal) {
  for (let pause = shortest; !isFree(); pause = Math.min(longest, pause * 2)) await sleep(pause, undefined, { signal });
}

/** For stores of this process alone, and those whose servers lock. */
class LocalLocks implements BuildLocks {
  readonly #taken = new Set<string>();

  take(name: string): boolean {
    if (this.#taken.has(name)) return false;
    this.#taken.add(name);
    return true;
  }

  release(name: string) {
    this.#taken.delete(name);
  }

  waitFor(name: string, signal: AbortSignal): Promise<void> {
    return poll(() => !this.#taken.has(name), signal);
  }
}

export class FileLocks implements BuildLocks {
  readonly #folder: string;
  #own: string | undefined;
  #number = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  take(name: string): boolean {
    const file = path.join(this.#folder, name);
    if (this.#link(file)) return true;
    const owner = ownerOf(file);
    if (owner && isRunning(owner.process, owner.since)) return false;
    if (owner) this.#removeStale(file, owner.text);
    return this.#link(file);
  }

  // What is at the name appears at once, with its contents.
  #link(file: string): boolean {
    try {
      fs.linkSync(this.#ownFile(), file);
      return true;
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  #ownFile(): string {
    if (this.#own !== undefined) return this.#own;
    fs.mkdirSync(this.#folder, { recursive: true });
    const own = path.join(this.#folder, `.${process.pid}-${Date.now()}-${Math.random().toString(36).slice(2)}`);
    fs.writeFileSync(own, JSON.stringify(thisProcess()));
    this.#own = own;
    return own;
  }

  // Another may have taken it over between the look and the move: then it goes back.
  #removeStale(file: string, text: string) {
    const aside = `${this.#ownFile()}-${this.#number++}`;
    try {
      fs.renameSync(file, aside);
      if (fs.readFileSync(aside, 'utf8') !== text) fs.linkSync(aside, file);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'EEXIST')) throw error;
    } finally {
      fs.rmSync(aside, { force: true });
    }
  }

  release(name: string) {
    fs.rmSync(path.join(this.#folder, name), { force: true });
  }

  waitFor(name: string, signal: AbortSignal): Promise<void> {
    const file = path.join(this.#folder, name);
    const isFree = () => {
      const owner = ownerOf(file);
      return !owner || !isRunning(owner.process, owner.since);
    };
    return poll(isFree, signal);
  }

  close() {
    if (this.#own !== undefined) fs.rmSync(this.#own, { force: true });
  }
}

function ownerOf(file: string): { process: ProcessId; since: number; text: string } | undefined {
  try {
    const text = fs.readFileSync(file, 'utf8');
    return { process: JSON.parse(text) as ProcessId, since: fs.statSync(file).mtimeMs, text };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    // The machine stopped before the text was on the disk.
    if (error instanceof SyntaxError) return { process: { ...thisProcess(), boot: '' }, since: 0, text: '' };
    throw error;
  }
}

/** Locks beside a store that lies here; within this process for others. */
export function openLocks(store: Store): BuildLocks & { close?(): void } {
  const root = store.url.startsWith('embedded:') ? store.checkouts?.root : undefined;
  return root === undefined ? new LocalLocks() : new FileLocks(`${root}/nix/var/vixen/locks`);
}

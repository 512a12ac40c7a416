/**
 * Where builds happen: `BUILDS/PROCESS/N/`, with what the build writes to below. A process that has ended leaves its folder, named so that the next one
 * sees that nobody owns it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { etcFiles } from './etc.ts';
import { mayRun, processName } from './process.ts';
import { removeBuild } from './remove.ts';

/** Folders of builds that are used again. */
const reused = /^(tmp|scratch-\d+)$/;

/** Others may pass, not list: what is in it has modes of its own. */
const passable = 0o711;

export class BuildFolders {
  /** This process' own. */
  readonly own: string;
  readonly #builds: string;
  #serial = 0;
  static #objects = 0;

  constructor(builds: string) {
    this.#builds = builds;
    this.own = path.join(builds, `${processName()}-${BuildFolders.#objects++}`);
  }

  /** Makes the process' folder, and removes those of processes that have ended. */
  async open(): Promise<void> {
    fs.mkdirSync(this.#builds, { recursive: true, mode: 0o755 });
    for (const name of fs.readdirSync(this.#builds)) {
      if (/^\d+-\d+-/.test(name) && !mayRun(name)) await this.#removeLeft(path.join(this.#builds, name));
    }
    fs.mkdirSync(this.own);
    fs.chmodSync(this.own, passable);
    this.#writeEtc();
  }

  // A build whose builder was killed may still write while it dies; then the next who comes removes the rest.
  async #removeLeft(folder: string): Promise<void> {
    try {
      await removeBuild(folder);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }

  /** A folder for one build, which only its user's group may enter. */
  make(user: number | undefined): string {
    const folder = path.join(this.own, user === undefined ? String(this.#serial++) : `user-${user}`);
    makeFolder(folder, 0o700);
    if (user !== undefined) {
      fs.chownSync(folder, 0, user);
      fs.chmodSync(folder, 0o750);
    }
    return folder;
  }

  /**
   * Removes what a build has left. Folders that are root's stay for the next build of the same user, who could not change them, and so do the points where inputs
   * were mounted: making and removing them waits for the file system's journal.
   */
  async clear(folder: string, user: number | undefined): Promise<void> {
    if (user === undefined) return await removeBuild(folder);
    for (const name of fs.readdirSync(folder)) {
      const file = path.join(folder, name);
      const stat = fs.lstatSync(file);
      const keepItself = reused.test(name) && stat.isDirectory() && stat.uid === 0;
      await removeBuild(file, { keepItself, ...(keepItself && name !== 'tmp' && { keeps: isMountPoint }) });
    }
  }

  /** Files that all sandboxes have in /etc. */
  get etc(): string {
    return path.join(this.own, 'etc');
  }

  #writeEtc(): void {
    fs.mkdirSync(this.etc);
    for (const [name, text] of etcFiles()) fs.writeFileSync(path.join(this.etc, name), text, { mode: 0o444 });
    fs.chmodSync(this.etc, 0o555);
  }

  async close(): Promise<void> {
    await removeBuild(this.own);
  }
}

/** Whether something may be a point where an input was mounted: of root, so that no build could change it. */
export const isMountPoint = (stat: fs.Stats): boolean =>
  stat.uid === 0 && (stat.isDirectory() || (stat.isFile() && stat.size === 0 && stat.nlink === 1));

/** Makes a folder, unless one is there. */
export function makeFolder(folder: string, mode: number): void {
  try {
    fs.mkdirSync(folder, { mode });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/**
 * Users for builds, where we are root: each build that runs has one to itself, so that limits count it alone, nothing in it is the machine's root, and all
 * of it can be found. A file for each user that is taken says which process has it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { mayRun, processName } from './process.ts';

const firstUser = 30001;
const userCount = 1000;

export class BuildUsers {
  readonly #folder: string;
  readonly #free: number[] = [];
  readonly #taken: number[] = [];

  constructor(folder = '/run/vixen/users') {
    this.#folder = folder;
  }

  /** The number of a user (and of its group) that nobody else has. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o755 });
    for (let uid = firstUser; uid < firstUser + userCount; uid++) {
      if (!this.#claim(uid)) continue;
      this.#taken.push(uid);
      return uid;
    }
    throw new Error(`all ${userCount} users for builds are taken`);
  }

  /** For the next build of this process. */
  give(uid: number): void {
    this.#free.push(uid);
  }

  close(): void {
    for (const uid of this.#taken) fs.rmSync(this.#fileOf(uid), { force: true });
    this.#taken.length = 0;
    this.#free.length = 0;
  }

  #fileOf = (uid: number): string => path.join(this.#folder, String(uid));

  #claim(uid: number): boolean {
    const file = this.#fileOf(uid);
    if (this.#create(file)) return true;
    const owner = readOwner(file);
    if (owner === undefined || mayRun(owner)) return false;
    // A second name, which only one can make, gives the right to remove what that process left. By then another may have done all of that.
    const taking = `${file}.of-${owner}`;
    try {
      fs.linkSync(file, taking);
    } catch {
      return false;
    }
    try {
      if (readOwner(taking) !== owner) return false;
      fs.rmSync(file);
      return this.#create(file);
    } finally {
      fs.rmSync(taking, { force: true });
    }
  }

  /** The file is there with its contents or not at all. */
  #create(file: string): boolean {
    const temporary = `${file}.new-${processName()}`;
    fs.writeFileSync(temporary, processName());
    try {
      fs.linkSync(temporary, file);
      return true;
    } catch {
      return false;
    } finally {
      fs.rmSync(temporary, { force: true });
    }
  }
}

function readOwner(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

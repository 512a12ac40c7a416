// How long builds took before, in the user's cache folder.
import fs from 'node:fs';
import path from 'node:path';
import { xdgFolder } from '../folders.ts';

/** Names that are remembered; the oldest go. */
const most = 5000;

export class StoredDurations {
  readonly #file: string;
  #known: Map<string, number> | undefined;
  readonly #new = new Map<string, number>();

  constructor(env: Record<string, string | undefined>) {
    this.#file = path.join(xdgFolder(env, 'XDG_CACHE_HOME', '.cache'), 'vixen', 'build-times.json');
  }

  #read(): Map<string, number> {
    try {
      const value: unknown = JSON.parse(fs.readFileSync(this.#file, 'utf8'));
      const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
      return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
    } catch {
      // Not there, or of no use: it is filled again.
      return new Map();
    }
  }

  get(name: string): number | undefined {
    this.#known ??= this.#read();
    return this.#known.get(name);
  }

  put(name: string, seconds: number) {
    this.#new.set(name, Math.round(seconds * 1000) / 1000);
  }

  /** Writes what is new, beside what others have written meanwhile. */
  save() {
    if (this.#new.size === 0) return;
    const all = this.#read();
    for (const [name, seconds] of this.#new) {
      all.delete(name);
      all.set(name, seconds);
    }
    const kept = Object.fromEntries([...all].slice(-most));
    try {
      fs.mkdirSync(path.dirname(this.#file), { recursive: true });
      const temporary = `${this.#file}.${process.pid}`;
      fs.writeFileSync(temporary, JSON.stringify(kept));
      fs.renameSync(temporary, this.#file);
    } catch {
      // Only times are lost.
    }
  }
}

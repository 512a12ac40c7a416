// What fetchers remember between runs: small JSON files in the user's cache folder, one for each question.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

interface Entry<T> {
  /** Seconds since 1970. */
  time: number;
  value: T;
}

export interface Remembered<T> {
  value: T;
  /** Older than the cache's answers are good for. */
  expired: boolean;
}

const now = () => Math.floor(Date.now() / 1000);

export class FetchCache {
  readonly folder: string;
  readonly #ttl: number;

  /** `ttl` in seconds (Nix: `tarball-ttl`). */
  constructor(folder: string, ttl: number) {
    this.folder = folder;
    this.#ttl = ttl;
  }

  #file(key: readonly string[]): string {
    const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex');
    return path.join(this.folder, 'answers', `${digest}.json`);
  }

  get<T>(key: readonly string[]): Remembered<T> | undefined {
    try {
      const { time, value } = JSON.parse(fs.readFileSync(this.#file(key), 'utf8')) as Entry<T>;
      return { value, expired: time + this.#ttl <= now() };
    } catch {
      // Not there, or torn: it is only a cache.
      return undefined;
    }
  }

  /** Keeps an answer. A cache that cannot be written is no reason to fail. */
  set<T>(key: readonly string[], value: T) {
    const file = this.#file(key);
    const temporary = `${file}.${process.pid}`;
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(temporary, JSON.stringify({ time: now(), value } satisfies Entry<T>));
      fs.renameSync(temporary, file);
    } catch {
      fs.rmSync(temporary, { force: true });
    }
  }
}

/** Archives that were uploaded and wait for their narinfo. */
import type { Compression } from '../compression/index.ts';
import type { Spool } from '../spool.ts';

interface Upload {
  readonly spool: Spool;
  until: number;
  /** Who reads it now. */
  readers: number;
  /** Whether a narinfo has come: it is kept only because another may name the same file. */
  used: boolean;
}

/** How long an archive waits. */
const patience = 30 * 60_000;
/** Bytes of archives that are kept though they have been used. */
const mostUsed = 256 * 1024 * 1024;

export interface Registered {
  readonly path: string;
  readonly compression: Compression;
}

const mostRegistered = 100_000;

export class Uploads {
  readonly #byName = new Map<string, Upload>();
  /** What became of archives: who uploaded them may ask for them by the name that he gave them. */
  readonly #registered = new Map<string, Registered>();

  registered(name: string): Registered | undefined {
    return this.#registered.get(name);
  }

  remember(name: string, registered: Registered): void {
    this.#registered.set(name, registered);
    if (this.#registered.size > mostRegistered) this.#registered.delete(this.#registered.keys().next().value!);
  }

  has(name: string): boolean {
    this.#sweep();
    const upload = this.#byName.get(name);
    if (upload) upload.until = Date.now() + patience;
    return upload !== undefined;
  }

  async put(name: string, spool: Spool): Promise<void> {
    this.#sweep();
    if (this.#byName.has(name)) {
      await spool.close();
      return;
    }
    this.#byName.set(name, { spool, until: Date.now() + patience, readers: 0, used: false });
  }

  /** Lets `use` read an archive; undefined where there is none of that name. */
  async with<T>(name: string, use: (spool: Spool) => Promise<T>): Promise<T | undefined> {
    const upload = this.#byName.get(name);
    if (!upload) return undefined;
    upload.readers++;
    try {
      const result = await use(upload.spool);
      upload.used = true;
      return result;
    } finally {
      upload.readers--;
      this.#sweep();
    }
  }

  #sweep(): void {
    let used = 0;
    const now = Date.now();
    // The newest first.
    for (const [name, upload] of [...this.#byName].reverse()) {
      if (upload.used) used += upload.spool.size;
      if (upload.readers > 0 || (upload.until > now && (!upload.used || used <= mostUsed))) continue;
      this.#byName.delete(name);
      void upload.spool.close();
    }
  }

  async close(): Promise<void> {
    const all = [...this.#byName.values()];
    this.#byName.clear();
    await Promise.all(all.map(({ spool }) => spool.close()));
  }
}

/**
 * Sessions: one for each store object that writes. A session keeps what the store has said to be there, though no path names it yet, from being
 * collected, for as long as it is open and its process runs.
 *
 * How: collections are numbered (`generation`). Blobs and directories bear a *stamp*. Whatever a session puts or is told of gets its stamp, the generation when
 * the session began, unless it has a later one. A collection removes only what bears an earlier stamp than all sessions that run when it
 * begins. So what it may remove is stale for everyone: whoever asks for it stamps it first, in a transaction, or finds it gone.
 *
 * A complete directory's stamp is never later than those of what lies below it.
 *
 * A session that lasts takes a later generation now and then, and keeps what it was told of before for one such period more.
 */
import type { IndexFile } from './index-file.ts';
import { isRunning, type ProcessId, thisProcess } from './process.ts';
import { numberKey } from './records.ts';

const period = 30 * 60 * 1000;

interface SessionRecord extends ProcessId {
  /** What bears at least this stamp is kept; nothing, before the session has put or asked for anything. */
  readonly keeps?: number;
  /** When it was written; milliseconds since 1970. */
  readonly since: number;
}

export interface Session {
  readonly id: number;
  /** What the session says to be there bears at least this stamp. */
  readonly stamp: number;
}

export class Sessions {
  readonly #index: IndexFile;
  #id: number | undefined;
  readonly #kept = new Set<string>();
  #own: (Session & { readonly since: number }) | undefined;
  #opening: Promise<Session> | undefined;

  constructor(index: IndexFile) {
    this.#index = index;
  }

  /** Our session with its stamp, begun when it is first needed. Who only reads has none. */
  async current(): Promise<Session> {
    if (this.#index.readOnly) return { id: 0, stamp: 0 };
    if (this.now) return this.now;
    this.#opening ??= this.#index
      .write(() => this.#takeStamp())
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  /** Our session, where it has begun and need not be renewed. */
  get now(): Session | undefined {
    return this.#own && Date.now() - this.#own.since < period ? this.#own : undefined;
  }

  #takeStamp(): Session {
    const stamp = this.#index.number('generation');
    const since = Date.now();
    this.#own = { id: this.#write({ ...thisProcess(), keeps: this.#own?.stamp ?? stamp, since }), stamp, since };
    return this.#own;
  }

  #write(record: SessionRecord): number {
    this.#id ??= this.#index.nextNumber('session');
    this.#index.tables.sessions.put(numberKey(this.#id), Buffer.from(JSON.stringify(record)));
    return this.#id;
  }

  /** Within a transaction: the number of our session, which need not have a stamp. */
  number(): number {
    return this.#id ?? this.#write({ ...thisProcess(), since: Date.now() });
  }

  /** Within a transaction or without: whether a session's process runs. */
  isOpen(id: number): boolean {
    const bytes = this.#index.tables.sessions.get(numberKey(id));
    if (!bytes) return false;
    const record = parse(bytes);
    return isRunning(record, record.since);
  }

  /** Within a transaction: forgets the sessions whose processes are gone, and answers the stamp from which on everything is kept. */
  beginCollection(): number {
    const { sessions, temproots } = this.#index.tables;
    let keeps = this.#index.nextNumber('generation');
    for (const { key, value } of [...sessions.entries()]) {
      const record = parse(value);
      if (isRunning(record, record.since)) keeps = Math.min(keeps, record.keeps ?? keeps);
      else sessions.remove(Buffer.from(key));
    }
    for (const key of [...temproots.keys()]) {
      if (!sessions.get(Buffer.from(key.subarray(0, 4)))) temproots.remove(Buffer.from(key));
    }
    return keeps;
  }

  /** Ends ours: what only it kept may go. */
  async close(): Promise<void> {
    const id = this.#id;
    if (id === undefined) return;
    const { sessions, temproots } = this.#index.tables;
    await this.#index.write(() => {
      sessions.remove(numberKey(id));
      for (const key of [...temproots.keys({ start: numberKey(id, 0), end: numberKey(id + 1, 0) })]) {
        temproots.remove(Buffer.from(key));
      }
    });
    this.#kept.clear();
    this.#id = undefined;
    this.#own = undefined;
  }

  /** Within a transaction: keeps paths (base names) for as long as the session is open. */
  keepPaths(bases: readonly string[]): void {
    if (bases.length === 0) return;
    const number = this.#index.nextNumber('temproot');
    this.#index.tables.temproots.put(numberKey(this.number(), number), Buffer.from(bases.join('\n')));
  }

  /** After the transaction: these paths are kept. */
  remember(bases: readonly string[]): void {
    for (const base of bases) this.#kept.add(base);
  }

  /** Whether our session is known to keep a path. */
  keeps(base: string): boolean {
    return this.#kept.has(base);
  }

  /** The paths (base names) that open sessions keep. */
  *keptPaths(): Generator<{ readonly pid: number; readonly base: string }, void, void> {
    const { sessions, temproots } = this.#index.tables;
    for (const { key, value } of temproots.entries()) {
      const bytes = sessions.get(Buffer.from(key.subarray(0, 4)));
      const record = bytes && parse(bytes);
      if (!record || !isRunning(record, record.since)) continue;
      for (const base of value.toString().split('\n')) yield { pid: record.pid, base };
    }
  }
}

const parse = (bytes: Buffer) => JSON.parse(bytes.toString()) as SessionRecord;

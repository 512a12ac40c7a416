/** One client's connection, as its operations see it. */

import type { DerivedPath } from '../../formats/derived-path.ts';
import type { PathInfo } from '../../path-info.ts';
import type { Store } from '../../service.ts';
import type { BuildMode } from '../protocol.ts';
import type { BuildResult, KeyedBuildResult } from '../values/build-result.ts';
import type { BasicDerivation } from '../values/derivations.ts';
import {
  type Activity,
  type ActivityField,
  writeFailure,
  writeLast,
  writeLog,
  writeResult,
  writeStartActivity,
  writeStopActivity,
} from '../values/messages.ts';
import type { WireReader } from '../wire/reader.ts';
import { FramedSource } from '../wire/sources.ts';
import type { WireWriter } from '../wire/writer.ts';

/** What a client wants of builds (`SetOptions`). */
export interface ClientSettings {
  readonly keepFailed: boolean;
  readonly keepGoing: boolean;
  readonly tryFallback: boolean;
  readonly verbosity: number;
  readonly maxBuildJobs: number;
  /** Seconds; 0 for no limit. */
  readonly maxSilentTime: number;
  readonly verboseBuild: boolean;
  readonly buildCores: number;
  readonly useSubstitutes: boolean;
  /** Other settings by name; of clients that are not trusted only those that they may set. */
  readonly overrides: ReadonlyMap<string, string>;
}

export interface BuildContext {
  readonly mode: BuildMode;
  readonly trusted: boolean;
  readonly settings: ClientSettings | undefined;
  readonly signal: AbortSignal;
  /** Tells the client something while the build runs. */
  readonly tell: Tell;
}

export interface Tell {
  log(text: string): void;
  startActivity(activity: Activity): void;
  stopActivity(id: number): void;
  result(id: number, type: number, fields: readonly ActivityField[]): void;
}

/** What builds for clients. */
export interface BuildHandler {
  paths(paths: readonly DerivedPath[], context: BuildContext): Promise<KeyedBuildResult[]>;
  derivation(drvPath: string, derivation: BasicDerivation, context: BuildContext): Promise<BuildResult>;
}

export interface SessionParts {
  readonly in: WireReader;
  readonly out: WireWriter;
  readonly version: number;
  readonly store: Store;
  readonly trusted: boolean;
  readonly build: BuildHandler | undefined;
  /** Whether clients expect paths as files of this machine. */
  readonly checksOut: boolean;
  /** Aborted when the client has gone or the server ends. */
  readonly signal: AbortSignal;
}

/** Thrown by work whose error the client knows already. */
export class Answered extends Error {}

export class Session implements Tell {
  readonly in: WireReader;
  readonly out: WireWriter;
  readonly version: number;
  readonly store: Store;
  readonly trusted: boolean;
  readonly build: BuildHandler | undefined;
  readonly signal: AbortSignal;
  settings: ClientSettings | undefined;
  readonly #checksOut: boolean;
  #working = false;
  #replying = false;

  constructor(parts: SessionParts) {
    this.in = parts.in;
    this.out = parts.out;
    this.version = parts.version;
    this.store = parts.store;
    this.trusted = parts.trusted;
    this.build = parts.build;
    this.signal = parts.signal;
    this.#checksOut = parts.checksOut;
  }

  /** The store's directory. */
  get directory(): string {
    return this.store.directory;
  }

  /** Whether a result is being sent: what fails now can no longer be told. */
  get replying(): boolean {
    return this.#replying;
  }

  /** Forgets what the last operation said. */
  begin(): void {
    this.#replying = false;
    this.in.allow();
  }

  /** Runs what comes between reading an operation's arguments and writing its result. An error is the answer, and the connection goes on. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    this.#working = true;
    try {
      const result = await run();
      writeLast(this.out);
      this.#replying = true;
      return result;
    } catch (error) {
      await this.fail(error);
      throw new Answered();
    } finally {
      this.#working = false;
    }
  }

  /**
   * Work that reads a framed stream. An error is told at once, so that the client need not send all the rest; what it sends nevertheless is read and
   * forgotten.
   */
  async workWithFrames<T>(run: (frames: FramedSource) => Promise<T>): Promise<T> {
    const frames = new FramedSource(this.in);
    try {
      return await this.work(async () => {
        const result = await run(frames);
        await frames.drain();
        return result;
      });
    } catch (error) {
      await frames.drain();
      throw error;
    }
  }

  /** What is known of a path. One that is valid is there as files, too, where clients look for them. */
  async pathInfo(path: string): Promise<PathInfo | undefined> {
    const info = await this.store.pathInfo(path, this);
    if (info && this.#checksOut) await this.store.checkouts?.checkout(path, this);
    return info;
  }

  /** Answers with an error. */
  async fail(error: unknown): Promise<void> {
    writeFailure(this.out, error, this.version);
    await this.out.flush();
  }

  log(text: string): void {
    this.#tell(() => writeLog(this.out, text.endsWith('\n') ? text : `${text}\n`));
  }

  startActivity(activity: Activity): void {
    this.#tell(() => writeStartActivity(this.out, activity));
  }

  stopActivity(id: number): void {
    this.#tell(() => writeStopActivity(this.out, id));
  }

  result(id: number, type: number, fields: readonly ActivityField[]): void {
    this.#tell(() => writeResult(this.out, id, type, fields));
  }

  #tell(write: () => void): void {
    if (!this.#working) return;
    write();
    // Who has gone is noticed by whoever writes or reads next.
    this.out.flush().catch(() => {});
  }
}

export type Operation = (session: Session) => Promise<void>;

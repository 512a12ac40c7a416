/** Runs what a backend has launched: its log, its limits, its end. */
import fs from 'node:fs';
import { BuildError } from '../errors.ts';
import type { BuildOptions } from '../service.ts';
import type { Exit, Launch } from './backend.ts';
import { Guard } from './guard.ts';
import type { LogPipe, LogPipes } from './log-pipe.ts';
import type { Prepared } from './prepare.ts';

/** The end of the log that is looked at for a launcher's own words. */
const headSize = 2048;
/** Milliseconds: whoever holds the log open after that has left the build's processes. */
const patience = 2000;

export interface Ended {
  readonly started: number;
  readonly ended: number;
}

/** Fails with `BuildError` or the signal's reason. Nothing of the build lives when it answers or fails. */
export async function runBuild(prepared: Prepared, launch: Launch, pipes: LogPipes, options: BuildOptions): Promise<Ended> {
  return await new Run(prepared, launch, pipes.open(), options).run((pipe) => pipes.give(pipe));
}

class Run {
  readonly #prepared: Prepared;
  readonly #launch: Launch;
  readonly #pipe: LogPipe;
  readonly #options: BuildOptions;
  #ended = false;
  #reason: { readonly error: unknown } | undefined;
  #killing: NodeJS.Timeout | undefined;
  #head = '';
  #logged = 0;

  constructor(prepared: Prepared, launch: Launch, pipe: LogPipe, options: BuildOptions) {
    this.#prepared = prepared;
    this.#launch = launch;
    this.#pipe = pipe;
    this.#options = options;
  }

  async run(give: (pipe: LogPipe) => void): Promise<Ended> {
    const { signal } = this.#options;
    const abort = () => this.#stop(signal!.reason);
    const guard = new Guard(this.#prepared, (reason) => this.#stop(reason));
    const started = Date.now();
    try {
      signal?.throwIfAborted();
      const exit = this.#start();
      signal?.addEventListener('abort', abort);
      const logEnded = this.#readLog(guard);
      const how = await exit;
      const ended = Date.now();
      if (await this.#sweep(logEnded)) give(this.#pipe);
      this.#check(how);
      return { started, ended };
    } finally {
      guard.close();
      clearInterval(this.#killing);
      signal?.removeEventListener('abort', abort);
      this.#pipe.readEnd.destroy();
      this.#launch.close?.();
    }
  }

  /** The other end of the log stays open until the build has it. */
  #start(): Promise<Exit> {
    return this.#launch.start(this.#pipe.file).finally(() => {
      this.#ended = true;
      fs.closeSync(this.#pipe.writeEnd);
    });
  }

  /** Reads the log; while a receiver is busy nothing is read, and the build waits. */
  async #readLog(guard: Guard): Promise<void> {
    const { onLog } = this.#options;
    const limit = this.#prepared.request.limits.log;
    try {
      for await (const chunk of this.#pipe.readEnd) {
        guard.heard();
        const bytes = limit > 0 ? chunk.subarray(0, limit - this.#logged) : chunk;
        this.#logged += chunk.length;
        if (this.#head.length < headSize) this.#head += Buffer.from(bytes.subarray(0, headSize)).toString('latin1');
        if (bytes.length > 0) await onLog?.(bytes);
        guard.heard();
        if (limit === 0 || this.#logged <= limit) continue;
        this.#stop(new BuildError('log-limit', `killed after writing more than ${limit} bytes of log output`));
        return;
      }
    } catch (error) {
      this.#stop(error);
    }
  }

  /** Ends the build; the first reason counts. */
  #stop(error: unknown): void {
    this.#reason ??= { error };
    const kill = () => {
      if (!this.#ended) this.#launch.kill();
    };
    kill();
    // What is killed while it starts may not be known yet.
    this.#killing ??= setInterval(kill, 50);
  }

  /** Ends what still lives; answers whether the log has come to its end. */
  async #sweep(logEnded: Promise<void>): Promise<boolean> {
    await this.#launch.sweep();
    clearInterval(this.#killing);
    if (this.#reason) {
      this.#pipe.readEnd.destroy();
      return false;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, patience, false);
    });
    const inTime = await Promise.race([logEnded.then(() => true), late]);
    clearTimeout(timer);
    return inTime;
  }

  #check({ code, signal }: Exit): void {
    if (this.#reason) throw this.#reason.error;
    if (code === 0) return;
    const failure = this.#launch.failure?.(code, this.#head);
    if (failure !== undefined) throw new BuildError('sandbox', failure);
    const how = code === undefined ? `failed due to signal ${signal}` : `failed with exit code ${code}`;
    throw new BuildError('failed', `builder ${how}`, { ...(code === undefined ? {} : { exitCode: code }), ...(signal ? { signal } : {}) });
  }
}

/**
 * Threads that work on Zstandard frames. What the native package offers for the runtime's thread pool copies every frame in the calling thread, makes new memory for
 * each, and keeps files waiting; here frames go there and come back in the same buffers.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.ts';
import { wasmFile } from '../wasm.ts';
import type { FileDigests } from './file-digests.ts';

declare const __VIXEN_BUNDLED__: boolean | undefined;

const bundled = typeof __VIXEN_BUNDLED__ !== 'undefined';

interface FrameBytes {
  /** 0: of no stream, and not hashed. */
  readonly stream: number;
  readonly buffer: ArrayBuffer;
  readonly used: number;
}

/** To encode or (without a level) decode the first bytes of a buffer; to hash more of a stream; to tell the hashes. */
export type ZstdRequest =
  | (FrameBytes & { readonly type: 'code'; readonly level: number | undefined })
  /** Of the stream's result, an archive, files are hashed; with the Wasm module in that file. Comes before its bytes. */
  | { readonly type: 'files'; readonly stream: number; readonly wasm: string }
  | (FrameBytes & { readonly type: 'hash'; readonly of: 'source' | 'result' })
  | { readonly type: 'end'; readonly stream: number };

export interface ZstdResult {
  readonly buffer: ArrayBuffer;
  readonly used: number;
  /** Of files in the stream's result that ended. */
  readonly files?: Uint8Array | undefined;
}

/** SHA-256 of what came and of what it became. */
export interface ZstdSums {
  readonly source: Uint8Array;
  readonly result: Uint8Array;
}

export type ZstdReply = ZstdResult | ZstdSums | { readonly begun: true } | { readonly failure: string };

interface Job {
  readonly done: (reply: ZstdReply) => void;
  readonly failed: (error: unknown) => void;
}

const mostThreads = 4;
/** Milliseconds without work after which threads end. */
const idleTime = 1000;

class ZstdThread {
  readonly #worker: Worker;
  readonly #jobs: Job[] = [];
  /** Streams that have begun and not ended. */
  streams = 0;

  constructor(gone: (thread: ZstdThread) => void) {
    const here = import.meta.dirname;
    const file = bundled ? path.join(here, 'vixen-zstd-worker.cjs') : path.join(here, '../../build/vixen-zstd-worker.cjs');
    this.#worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: 2 } });
    this.#worker.unref();
    this.#worker.on('message', (reply: ZstdReply) => this.#answered(reply));
    const end = (cause?: unknown) => {
      gone(this);
      for (const job of this.#jobs.splice(0)) job.failed(new StoreError('io', 'a thread that compressed has ended early', { cause }));
    };
    this.#worker.once('error', end);
    this.#worker.once('exit', () => end());
  }

  get jobs(): number {
    return this.#jobs.length;
  }

  /** A buffer in the request is given away. */
  run(request: ZstdRequest): Promise<ZstdReply> {
    return new Promise((done, failed) => {
      // A process does not end before what it waits for.
      if (this.#jobs.push({ done, failed }) === 1) this.#worker.ref();
      this.#worker.postMessage(request, 'buffer' in request ? [request.buffer] : []);
    });
  }

  /** Answers come in turn. */
  #answered(reply: ZstdReply): void {
    const job = this.#jobs.shift()!;
    if (this.#jobs.length === 0) this.#worker.unref();
    if ('failure' in reply) job.failed(new Error(reply.failure));
    else job.done(reply);
  }

  end(): void {
    void this.#worker.terminate();
  }
}

let threads: ZstdThread[] = [];
let idle: NodeJS.Timeout | undefined;
let serial = 0;

function least(of: (thread: ZstdThread) => number): ZstdThread {
  if (threads.length === 0) {
    const gone = (thread: ZstdThread) => {
      threads = threads.filter((one) => one !== thread);
    };
    threads = Array.from({ length: Math.min(mostThreads, availableParallelism()) }, () => new ZstdThread(gone));
  }
  endWhenIdle();
  return threads.reduce((best, thread) => (of(thread) < of(best) ? thread : best));
}

function endWhenIdle(): void {
  idle ??= setTimeout(() => {
    idle = undefined;
    if (threads.some(({ jobs, streams }) => jobs > 0 || streams > 0)) return endWhenIdle();
    for (const thread of threads.splice(0)) thread.end();
  }, idleTime).unref();
  idle.refresh();
}

/** Encodes a frame, or (without a level) decodes it, in any thread. The buffer is given away. Fails with an `Error` for what is no frame. */
export async function codeInThread(level: number | undefined, { buffer, used }: ZstdResult): Promise<ZstdResult> {
  return (await least(({ jobs }) => jobs).run({ type: 'code', stream: 0, level, buffer, used })) as ZstdResult;
}

/** Frames of one stream, in one thread, which hashes what comes and what it becomes. Has to be ended. */
export class ThreadStream {
  readonly #thread = least(({ streams }) => streams);
  readonly #id = ++serial;
  readonly #level: number | undefined;
  readonly #files: FileDigests | undefined;

  /** Where `files` is given, the result is an archive. */
  constructor(level: number | undefined, files?: FileDigests) {
    this.#level = level;
    this.#thread.streams++;
    this.#files = files;
    // Its answer, which comes first, is of no interest; if the thread is gone, those that follow say so.
    if (files) this.#thread.run({ type: 'files', stream: this.#id, wasm: wasmFile() }).catch(() => {});
  }

  async code({ buffer, used }: ZstdResult): Promise<ZstdResult> {
    return this.#told((await this.#thread.run({ type: 'code', stream: this.#id, level: this.#level, buffer, used })) as ZstdResult);
  }

  #told(result: ZstdResult): ZstdResult {
    if (result.files) this.#files?.push(result.files);
    return result;
  }

  /** Hashes what was coded elsewhere. */
  async hash(of: 'source' | 'result', bytes: Uint8Array): Promise<void> {
    const request = { type: 'hash', stream: this.#id, of, buffer: new Uint8Array(bytes).buffer, used: bytes.length } as const;
    this.#told((await this.#thread.run(request)) as ZstdResult);
  }

  async end(): Promise<ZstdSums> {
    this.#thread.streams--;
    return (await this.#thread.run({ type: 'end', stream: this.#id })) as ZstdSums;
  }
}

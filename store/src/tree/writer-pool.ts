/** Writes batches of files: in this thread while that takes little time, then in threads. */
import { availableParallelism } from 'node:os';
import type { CallOptions } from '../service.ts';
import { Breather } from './breather.ts';
import { type FileForm, FileWriter } from './file-writer.ts';
import { recordsOf, WriteBatch } from './write-batch.ts';
import { WriterThread } from './writer-thread.ts';

export interface WriterOptions extends CallOptions {
  /** Milliseconds of work after which threads go on: about what their start takes. */
  readonly threadAfter?: number;
}

const threadAfter = 20;
const mostThreads = 2;
const nothing = new Uint8Array();

export class WriterPool {
  readonly #form: FileForm;
  readonly #umask = process.umask();
  readonly #limit: number;
  readonly #breather: Breather;
  readonly #here: FileWriter;
  #worked = 0;
  #threads: WriterThread[] = [];
  #next = 0;
  #batch = new WriteBatch();
  #full: { readonly batch: WriteBatch; readonly more: boolean }[] = [];
  readonly #spare: ArrayBuffer[] = [];

  constructor(form: FileForm, options: WriterOptions) {
    this.#form = form;
    this.#limit = options.threadAfter ?? threadAfter;
    this.#breather = new Breather(options);
    this.#here = new FileWriter(form, this.#umask);
  }

  /** Begins a file: its contents and its end follow. What is added waits until `drain`. */
  file(path: Uint8Array, executable: boolean): void {
    if (!this.#batch.hasRoom) this.#turn(false);
    this.#batch.begin(path, executable);
  }

  contents(bytes: Uint8Array): void {
    for (let at = this.#batch.add(bytes); at < bytes.length; at += this.#batch.add(bytes.subarray(at))) {
      this.#batch.markMore();
      this.#turn(true);
      this.#batch.begin(nothing, false);
    }
  }

  /** Writes what is full; resolves when more is welcome. */
  async drain(): Promise<void> {
    const full = this.#full;
    this.#full = [];
    for (const { batch, more } of full) await this.#deliver(batch, more);
    await this.#breather.breathe();
  }

  /** Writes everything. */
  async finish(): Promise<void> {
    this.#turn(false);
    await this.drain();
    await Promise.all(this.#threads.map((thread) => thread.finish()));
  }

  /** Stops writing. Resolves when nothing is written any more. */
  async abandon(): Promise<void> {
    this.#here.close();
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  /** `more`: the last file goes on in the next batch. */
  #turn(more: boolean): void {
    if (this.#batch.used > 0) this.#full.push({ batch: this.#batch, more });
    this.#batch = new WriteBatch(this.#spare.pop());
  }

  async #deliver(batch: WriteBatch, more: boolean): Promise<void> {
    const thread = this.#threads[this.#next];
    if (!thread) {
      this.#write(batch);
      if (this.#worked > this.#limit && !more) this.#start();
      return;
    }
    await thread.send(batch.buffer, batch.used);
    // What follows of a file goes where its beginning went.
    if (!more) this.#next = (this.#next + 1) % this.#threads.length;
  }

  #write(batch: WriteBatch): void {
    const before = performance.now();
    for (const record of recordsOf(batch.buffer, batch.used)) this.#here.write(record);
    this.#worked += performance.now() - before;
    this.#spare.push(batch.buffer);
  }

  #start(): void {
    const count = Math.min(mostThreads, availableParallelism());
    const task = { type: 'write', form: this.#form, umask: this.#umask } as const;
    this.#threads = Array.from({ length: count }, () => new WriterThread(task, (buffer) => this.#spare.push(buffer)));
  }
}

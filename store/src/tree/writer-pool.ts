/** Writes batches of files: in this thread while that takes little time, then in threads. */
import { availableParallelism } from 'node:os';
import type { CallOptions } from '../service.ts';
import { wasmFile, wasmHashes } from '../wasm.ts';
import { BatchWriter, type LostFile } from './batch-writer.ts';
import { Breather } from './breather.ts';
import type { FileForm } from './file-writer.ts';
import { type BlobPlace, WriteBatch } from './write-batch.ts';
import { WriterThread, type WrittenBatch } from './writer-thread.ts';

export interface WriterOptions extends CallOptions {
  /** Milliseconds of work after which threads go on: about what their start takes. */
  readonly threadAfter?: number;
  /** The contents of a blob that is not where it was said to be. */
  readonly findBlob?: (digest: Uint8Array) => Promise<Uint8Array>;
}

const threadAfter = 20;
const mostThreads = 2;
/** A batch of places is full when so many bytes are to be read: both threads shall have work. */
const placedBytes = 1024 * 1024;
const nothing = new Uint8Array();

/** Batches for the next tree: most are a file or two, and take less time than a fresh batch. */
const idle: ArrayBuffer[] = [];
const mostIdle = 2;

export class WriterPool {
  readonly #form: FileForm;
  readonly #umask = process.umask();
  readonly #limit: number;
  readonly #breather: Breather;
  readonly #here: BatchWriter;
  readonly #findBlob: WriterOptions['findBlob'];
  readonly #lost: LostFile[] = [];
  #worked = 0;
  #threads: WriterThread[] = [];
  #next = 0;
  #batch = new WriteBatch(idle.pop());
  #placed = 0;
  readonly #places: string[] = [];
  #full: { readonly batch: WriteBatch; readonly more: boolean }[] = [];
  readonly #spare: ArrayBuffer[] = [];

  constructor(form: FileForm, options: WriterOptions) {
    this.#form = form;
    this.#limit = options.threadAfter ?? threadAfter;
    this.#breather = new Breather(options);
    this.#here = new BatchWriter(form, this.#umask, wasmHashes);
    this.#findBlob = options.findBlob;
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

  /** All contents of a file: they are read, and verified, by who writes it. Needs `findBlob`. */
  placed(digest: Uint8Array, { file, offset, size }: BlobPlace): void {
    this.#batch.addPlace({ digest, file: this.#numberOf(file), offset, size });
    this.#placed += size;
    if (this.#placed >= placedBytes) this.#turn(false);
  }

  // Many blobs in turn lie in one file.
  #numberOf(file: string): number {
    const known = this.#places.lastIndexOf(file);
    return known >= 0 ? known : this.#places.push(file) - 1;
  }

  get isFull(): boolean {
    return this.#full.length > 0;
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
    for (const file of this.#lost) {
      this.#here.writeFile(file, await this.#findBlob!(file.digest));
      await this.#breather.breathe();
    }
    this.#here.close();
    idle.push(...[this.#batch.buffer, ...this.#spare.splice(0)].slice(0, mostIdle - idle.length));
  }

  /** Stops writing. Resolves when nothing is written any more. */
  async abandon(): Promise<void> {
    this.#here.close();
    await Promise.all(this.#threads.map((thread) => thread.stop()));
  }

  /** `more`: the last file goes on in the next batch. */
  #turn(more: boolean): void {
    if (this.#batch.used === 0) return;
    this.#full.push({ batch: this.#batch, more });
    this.#batch = new WriteBatch(this.#spare.pop() ?? idle.pop());
    this.#placed = 0;
  }

  async #deliver(batch: WriteBatch, more: boolean): Promise<void> {
    const thread = this.#threads[this.#next];
    if (!thread) {
      this.#write(batch);
      if (this.#worked > this.#limit && !more) this.#start();
      return;
    }
    await thread.send(batch.buffer, batch.used, this.#places);
    // What follows of a file goes where its beginning went.
    if (!more) this.#next = (this.#next + 1) % this.#threads.length;
  }

  #write(batch: WriteBatch): void {
    const before = performance.now();
    const lost = this.#here.write(batch.buffer, batch.used, this.#places);
    this.#worked += performance.now() - before;
    this.#written({ buffer: batch.buffer, lost });
  }

  #written({ buffer, lost }: WrittenBatch): void {
    this.#spare.push(buffer);
    this.#lost.push(...lost);
  }

  #start(): void {
    const count = Math.min(mostThreads, availableParallelism());
    const task = { type: 'write', form: this.#form, umask: this.#umask, wasm: wasmFile() } as const;
    this.#threads = Array.from({ length: count }, () => new WriterThread(task, (batch) => this.#written(batch)));
  }
}

/** A thread that writes files. Buffers go there and come back; a few are on the way. */
import type { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.ts';
import type { LostFile } from './batch-writer.ts';
import { type Reply, resultOf, type WriteTask } from './tasks.ts';
import { startWorker } from './thread.ts';

const mostUnderWay = 4;

/** What the thread is told: to write a batch, or (undefined) that no more come. */
export type WriteMessage = { readonly buffer: ArrayBuffer; readonly used: number; readonly places: readonly string[] } | undefined;
/** What it says: a batch that is written, or why it has ended. */
export type WriteReply = WrittenBatch | Reply;

export interface WrittenBatch {
  readonly buffer: ArrayBuffer;
  readonly lost: readonly LostFile[];
}

export class WriterThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #underWay = 0;
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(task: WriteTask, written: (batch: WrittenBatch) => void) {
    this.#worker = startWorker(task);
    this.#worker.on('message', (reply: WriteReply) => {
      if ('buffer' in reply) {
        this.#underWay--;
        written(reply);
      } else {
        this.#settle(reply);
      }
      this.#wake();
    });
    this.#worker.on('error', (cause) => {
      this.#failure ??= new StoreError('io', 'a thread that wrote files has ended early', { cause });
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        if (this.#underWay > 0) this.#failure ??= new StoreError('io', 'a thread that wrote files has ended early');
        this.#wake();
        resolve();
      });
    });
  }

  /** Gives the thread a batch, once it has room for it. Fails with what made the thread end. */
  async send(buffer: ArrayBuffer, used: number, places: readonly string[]): Promise<void> {
    while (this.#underWay >= mostUnderWay && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#check();
    this.#underWay++;
    this.#worker.postMessage({ buffer, used, places } satisfies WriteMessage, [buffer]);
  }

  /** Waits until everything is written. */
  async finish(): Promise<void> {
    await this.stop();
    this.#check();
  }

  /** Ends the thread after what is under way. */
  async stop(): Promise<void> {
    this.#worker.postMessage(undefined satisfies WriteMessage);
    await this.#ended;
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #settle(reply: Reply): void {
    try {
      resultOf(reply);
    } catch (error) {
      this.#failure ??= error;
    }
  }
}

// The page's end of the worker: calls and their answers. A worker that does not stop when it is told to is ended and replaced.
import type { Problem } from '@vixen/host';
import type { Modules } from './modules.ts';
import { CallError, ownProblem, stopped } from './problems.ts';
import type { CallName, Calls, FileChange, FromWorker, ToWorker } from './protocol.ts';

/** The part of a Worker that is used. */
export interface WorkerPort {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface ConnectionOptions {
  create: () => WorkerPort;
  modules: Promise<Modules>;
  /** All files, for a worker that has just been started. */
  files: () => FileChange[];
  /** The page's own address. */
  site: string;
  heard: (message: Exclude<FromWorker, { type: 'result' | 'failure' }>) => void;
  /** A worker had to be ended; what it held is gone. */
  lost: (why: Problem) => void;
  /** Milliseconds that a call has to stop in. */
  grace?: number;
}

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: CallError) => void;
  /** What the call fails with if the worker has to be ended. */
  reason?: Problem;
}

const defaultGrace = 300;
const failed = "the evaluator's worker has failed";

export class Connection {
  #worker: WorkerPort | undefined;
  /** Kept when the worker has all that it needs. */
  #ready: Promise<void> | undefined;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Starts the worker, if there is none. It is loaded while the modules are on their way. */
  start(): Promise<void> {
    this.#ready ??= this.#open();
    return this.#ready;
  }

  async #open(): Promise<void> {
    const worker = this.#options.create();
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => this.#end(ownProblem('internal', `${failed}: ${event.message || 'it could not be loaded'}`));
    this.#worker = worker;
    const modules = await this.#options.modules;
    // It may have failed by now.
    if (this.#worker !== worker) return this.start();
    worker.postMessage({ type: 'start', ...modules, site: this.#options.site });
    worker.postMessage({ type: 'files', changes: this.#options.files() });
  }

  /** Tells the worker of files that have changed; one that is started later gets all of them. */
  sendFiles(changes: FileChange[]) {
    if (changes.length > 0) this.#worker?.postMessage({ type: 'files', changes });
  }

  /** Tells the worker whether it may request what it has asked for. */
  answer(id: number, allowed: boolean) {
    this.#worker?.postMessage({ type: 'answer', id, allowed });
  }

  async call<K extends CallName>(name: K, params: Calls[K]['params'], signal?: AbortSignal): Promise<Calls[K]['result']> {
    await this.start();
    if (signal?.aborted) throw new CallError(reasonOf(signal));
    const id = this.#nextId++;
    const stop = () => this.#cancel(id, reasonOf(signal!));
    signal?.addEventListener('abort', stop);
    try {
      return await new Promise<Calls[K]['result']>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#worker!.postMessage({ type: 'call', id, name, params });
      });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  #cancel(id: number, reason: Problem) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    waiting.reason = reason;
    this.#worker?.postMessage({ type: 'cancel', id });
    setTimeout(() => {
      if (this.#waiting.get(id) === waiting) this.#end(reason);
    }, this.#options.grace ?? defaultGrace);
  }

  /** The last resort: what is in flight fails, the next call starts a new worker. */
  #end(problem: Problem) {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#ready = undefined;
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, reason } of all) reject(new CallError(reason ?? problem));
    this.#options.lost(problem);
  }

  #receive(message: FromWorker) {
    if (message.type !== 'result' && message.type !== 'failure') return this.#options.heard(message);
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    if (message.type === 'result') waiting.resolve(message.result as never);
    else waiting.reject(new CallError(waiting.reason ?? message.problem));
  }
}

function reasonOf(signal: AbortSignal): Problem {
  const reason: unknown = signal.reason;
  return reason instanceof CallError ? reason.problem : stopped();
}

// What the page and its panels know of the evaluator: the calls, the latest outcome, what evaluation says.
import type { Evaluation, Message, PackFigures, Place, Problem } from '@vixen/host';
import { Connection, type ConnectionOptions } from './connection.ts';
import { Emitter } from './emitter.ts';
import { CallError, outOfTime, problemOf } from './problems.ts';
import type { CallName, Calls, FileChange, Limits } from './protocol.ts';

/** How the latest evaluation has ended. */
export type Outcome = { path: string; evaluation: Evaluation } | { path: string; problem: Problem };

export interface ClientEvents {
  /** An evaluation has begun: what was computed before is gone. */
  begun: { path: string };
  ended: Outcome;
  messages: { messages: Message[]; dropped: number };
  /** Something of nixpkgs has been fetched, or is on its way. */
  pack: { label: string; figures: PackFigures };
  /** The reader wants to see a place in the editor. */
  reveal: Place;
  /** The cursor has moved in the editor, to a UTF-16 offset of a file. */
  cursor: { path: string; offset: number };
}

export type ClientOptions = Omit<ConnectionOptions, 'heard'>;

// A worker that is in the middle of a long step cannot see that its time is up.
const lateness = 500;

export class Client extends Emitter<ClientEvents> {
  limits: Limits = { time: 20, memory: 1024 };
  /** How many of the values that are forced the next evaluation is to remember. */
  forces = 0;
  /** Undefined before the first evaluation has ended, and while one runs. */
  outcome: Outcome | undefined;
  /** What evaluation has said since it began. */
  messages: Message[] = [];
  #running: AbortController | undefined;
  /** Kept when the evaluation before has come to its end: a worker that has to be replaced takes all its calls with it. */
  #settled: Promise<unknown> = Promise.resolve();
  #latest = 0;
  readonly #connection: Connection;

  constructor(options: ClientOptions) {
    super();
    this.#connection = new Connection({
      ...options,
      heard: (message) => {
        if (message.type === 'pack') return this.emit('pack', message);
        this.messages.push(...message.messages);
        this.emit('messages', message);
      },
    });
  }

  /** Starts the worker before it is needed. */
  start(): Promise<void> {
    return this.#connection.start();
  }

  /** Tells the worker of changed files. */
  sendFiles(changes: FileChange[]) {
    this.#connection.sendFiles(changes);
  }

  /** Asks the worker; failures are CallErrors. */
  call<K extends CallName>(name: K, params: Calls[K]['params'], signal?: AbortSignal): Promise<Calls[K]['result']> {
    return this.#connection.call(name, params, signal);
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Stops the evaluation that runs. */
  cancel() {
    this.#running?.abort();
  }

  /** Evaluates a file. One that is still running is stopped; only the last one's outcome is told. */
  async evaluate(path: string): Promise<Outcome | undefined> {
    const latest = ++this.#latest;
    this.#running?.abort();
    const controller = new AbortController();
    this.#running = controller;
    this.outcome = undefined;
    this.messages = [];
    this.emit('begun', { path });
    const before = this.#settled;
    const evaluated = before.then(() => this.#evaluated(path, controller));
    this.#settled = evaluated;
    const outcome = await evaluated;
    if (latest !== this.#latest) return undefined;
    this.#running = undefined;
    this.outcome = outcome;
    this.emit('ended', outcome);
    return outcome;
  }

  async #evaluated(path: string, controller: AbortController): Promise<Outcome> {
    const { limits, forces } = this;
    const late = () => controller.abort(new CallError(outOfTime(limits)));
    const watchdog = setTimeout(late, limits.time * 1000 + lateness);
    try {
      return { path, evaluation: await this.call('evaluate', { path, limits, forces }, controller.signal) };
    } catch (error) {
      return { path, problem: problemOf(error) };
    } finally {
      clearTimeout(watchdog);
    }
  }
}

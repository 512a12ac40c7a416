// What the page and its panels know of the evaluator: the calls, the latest outcome, what evaluation says.
import type { Evaluation, Message, PackFigures, Place, Problem } from '@vixen/host';
import { Connection, type ConnectionOptions } from './connection.ts';
import { Deadline } from './deadline.ts';
import { Emitter } from './emitter.ts';
import { CallError, outOfTime, problemOf } from './problems.ts';
import type { CallName, Calls, FileChange, Limits } from './protocol.ts';
import { Questions } from './questions.ts';

interface Told {
  path: string;
  /** How many of the values that were forced the evaluation was to remember. */
  forces: number;
}

/** How the latest evaluation has ended. */
export type Outcome = Told & ({ evaluation: Evaluation } | { problem: Problem });

export interface ClientEvents {
  /** An evaluation has begun: what was computed before is gone. */
  begun: { path: string };
  ended: Outcome;
  /** Whether something runs that can be cancelled. */
  busy: boolean;
  messages: { messages: Message[]; dropped: number };
  /** Something of nixpkgs has been fetched, or is on its way. */
  pack: { label: string; figures: PackFigures };
  /** The reader wants to see a place in the editor. */
  reveal: Place;
  /** The cursor has moved in the editor, to a UTF-16 offset of a file. */
  cursor: { path: string; offset: number };
}

type Heard = Parameters<ConnectionOptions['heard']>[0];

export type ClientOptions = Omit<ConnectionOptions, 'heard' | 'lost'>;

// A worker that is in the middle of a long step cannot see that its time is up.
const lateness = 500;

/** Calls that have nothing to do with the value that is shown. */
const aside = new Set<CallName>(['check', 'members']);

/** A call that the reader may stop. */
interface Job {
  stop: AbortController;
  called: Promise<unknown>;
  deadline: Deadline;
}

export class Client extends Emitter<ClientEvents> {
  limits: Limits = { time: 20, memory: 1024 };
  /** How many of the values that are forced the next evaluation is to remember. */
  forces = 0;
  /** Undefined before the first evaluation has ended, and while one runs. */
  outcome: Outcome | undefined;
  /** What evaluation has said since it began. */
  messages: Message[] = [];
  /** Before something is requested. */
  readonly questions = new Questions((id, allowed) => this.#connection.answer(id, allowed));
  readonly #jobs = new Map<AbortController, Job>();
  #latest = 0;
  readonly #connection: Connection;

  constructor(options: ClientOptions) {
    super();
    this.#connection = new Connection({
      ...options,
      lost: (problem) => this.#lost(problem),
      heard: (message) => this.#heard(message),
    });
    // Whoever is asked may take their time.
    this.questions.on('waiting', (isWaiting) => {
      for (const { deadline } of this.#jobs.values()) isWaiting ? deadline.stop() : deadline.run();
    });
  }

  #heard(message: Heard) {
    switch (message.type) {
      case 'pack':
        return this.emit('pack', message);
      case 'ask':
        return this.questions.ask(message.id, message.url);
      case 'settled':
        return this.questions.settle(message.id);
      default:
        this.messages.push(...message.messages);
        this.emit('messages', message);
    }
  }

  /** Starts the worker before it is needed. */
  start(): Promise<void> {
    return this.#connection.start();
  }

  /** Tells the worker of changed files. */
  sendFiles(changes: FileChange[]) {
    this.#connection.sendFiles(changes);
  }

  /**
   * Asks the worker; failures are CallErrors. What works on values can be cancelled by the reader, and has the time limit, of which the
   * worker does not hear in the middle of a long step.
   */
  async call<K extends CallName>(name: K, params: Calls[K]['params'], signal?: AbortSignal): Promise<Calls[K]['result']> {
    if (aside.has(name)) return this.#connection.call(name, params, signal);
    const { limits } = this;
    const stop = new AbortController();
    const deadline = new Deadline(limits.time * 1000 + lateness, () => stop.abort(new CallError(outOfTime(limits))));
    const called = this.#connection.call(name, params, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal);
    this.#begin({ stop, called, deadline });
    try {
      return await called;
    } finally {
      deadline.stop();
      this.#end(stop);
    }
  }

  #begin(job: Job) {
    this.#jobs.set(job.stop, job);
    if (!this.questions.isWaiting) job.deadline.run();
    if (this.#jobs.size === 1) this.emit('busy', true);
  }

  #end(stop: AbortController) {
    this.#jobs.delete(stop);
    if (this.#jobs.size === 0) this.emit('busy', false);
  }

  /** Stops everything that runs. */
  cancel() {
    for (const { stop } of this.#jobs.values()) stop.abort();
  }

  /**
   * Evaluates a file. What is still running is stopped; only the last evaluation's outcome is told. It begins when all that was stopped has
   * come to its end: a worker that has to be replaced takes all its calls with it. `isLive`: nobody has asked for it, somebody is writing.
   */
  async evaluate(path: string, { isLive = false } = {}): Promise<Outcome | undefined> {
    const number = ++this.#latest;
    this.questions.begin(isLive);
    this.outcome = undefined;
    this.messages = [];
    this.emit('begun', { path });
    this.cancel();
    await Promise.allSettled([...this.#jobs.values()].map(({ called }) => called));
    if (number !== this.#latest) return undefined;
    const outcome = await this.#evaluated(path);
    if (number !== this.#latest) return undefined;
    this.#tell(outcome);
    return outcome;
  }

  async #evaluated(path: string): Promise<Outcome> {
    const { limits, forces } = this;
    try {
      return { path, forces, evaluation: await this.call('evaluate', { path, limits, forces }) };
    } catch (error) {
      return { path, forces, problem: problemOf(error) };
    }
  }

  #tell(outcome: Outcome) {
    this.outcome = outcome;
    this.emit('ended', outcome);
  }

  /** The worker was ended, and with it the value that is shown. */
  #lost(problem: Problem) {
    this.questions.settleAll();
    const { outcome } = this;
    if (outcome && 'evaluation' in outcome) this.#tell({ path: outcome.path, forces: outcome.forces, problem });
  }
}

// One evaluation: a machine with its outside, worked within limits.
import { AbortedError, type Answer, Evaluator, type ParserWarning, Req, stripMarks } from '@vixen/eval-core';
import type { HasherFactory } from '@vixen/wasm';
import { Settings } from '../config/settings.ts';
import { OfflineFetching } from '../fetch/offline.ts';
import type { FetchContext } from '../fetch/web-fetching.ts';
import type { FileTree } from '../files/tree.ts';
import type { Fetching, HostIO, MaybePromise, MessageKind } from '../io.ts';
import { applySettings } from '../machine-settings.ts';
import { MemoryIO } from '../memory-io.ts';
import { Session } from '../session.ts';
import { isFatal, WorkbenchError } from './problems.ts';
import { Sources } from './sources.ts';
import { nextTask } from './tasks.ts';
import type { Message, Sample, Warning } from './types.ts';

export interface Limits {
  /** Milliseconds that one operation may take; waiting for files counts, but not for what somebody was asked. */
  time?: number | undefined;
  /** Bytes of the machine's memory. */
  memory?: number | undefined;
  /** Nix's max-call-depth. */
  callDepth?: number | undefined;
}

/** What fetches for evaluations, each of which has a store of its own. */
export interface Fetchers {
  fetch(fetcher: string, args: string, context: FetchContext): MaybePromise<string>;
  flake(operation: string, argument: string): MaybePromise<string>;
}

/** What an evaluation finds around it. */
export interface Surroundings {
  /** The evaluator, compiled. */
  evaluator: WebAssembly.Module;
  hashers: HasherFactory;
  /** Files beneath those that are given: nixpkgs, for instance. They may come when they are asked for (files/tree.ts). */
  files?: FileTree | undefined;
  /** `<name>` to path. */
  searchPath?: Readonly<Record<string, string>> | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  /** Without it, fetching is an error. */
  fetching?: Fetchers | undefined;
  /** Nix's settings by name. */
  settings?: Readonly<Record<string, string>> | undefined;
  system?: string | undefined;
  /** `builtins.currentTime`, seconds since 1970. */
  currentTime?: number | undefined;
}

export interface RunOptions extends Surroundings {
  sources: Readonly<Record<string, string | Uint8Array>>;
  base: string;
  /** So many of the values that are forced are remembered. */
  forces?: number | undefined;
  limits: Limits;
  onMessage: (message: Message) => void;
  onWarning: (warning: Warning) => void;
}

// Other tasks of the thread wait at most so many milliseconds.
const giveWayAfter = 12;
// The course of memory is noted at most so often, milliseconds.
const sampleEvery = 20;
const mostSamples = 1000;
const megabyte = 2 ** 20;
// The last page of a 4 GiB memory is out of reach of a 32-bit length.
const mostMemory = 4096 * megabyte - 65_536;

const kindOfMessage = (kind: MessageKind): Message['kind'] => (kind === 'trace' || kind === 'text' ? 'trace' : 'warning');

const offline = new OfflineFetching();

/** Search path entries are paths that are there, or nothing. */
function fetchingOf(fetching: Fetchers = offline, io: () => MemoryIO, context: () => Omit<FetchContext, 'store'>): Fetching {
  return {
    fetch: (fetcher, args) => fetching.fetch(fetcher, args, { store: io().store, ...context() }),
    flake: (operation, argument) => fetching.flake(operation, argument),
    searchPath: (value) => (io().files.lstat(value) ? value : undefined),
  };
}

function configure(machine: Evaluator, options: RunOptions) {
  const settings = new Settings();
  for (const [name, value] of Object.entries(options.settings ?? {})) settings.set(name, value);
  if (options.limits.callDepth !== undefined) settings.set('max-call-depth', String(options.limits.callDepth));
  applySettings(machine, settings, {
    readOnly: false,
    system: options.system ?? 'x86_64-linux',
    storeDirectory: '/nix/store',
    searchPath: Object.entries(options.searchPath ?? {}).map(([prefix, value]) => ({ prefix, value })),
    baseDirectory: options.base,
    homeDirectory: '/homeless-shelter',
    forceEvents: options.forces ?? 0,
    now: options.currentTime ?? Math.floor(Date.now() / 1000),
  });
  const { memory } = options.limits;
  if (memory !== undefined) machine.exports.setMemoryLimit(Math.min(memory, mostMemory));
}

export class Run {
  readonly machine: Evaluator;
  readonly session: Session;
  readonly io: HostIO;
  sources: Sources;
  samples: Sample[] = [];
  readonly requests: Record<string, number> = {};
  slices = 0;
  waited = 0;
  /** The machine has trapped. */
  dead = false;
  readonly #limits: Limits;
  readonly #onWarning: (warning: Warning) => void;
  #controller = new AbortController();
  /** When the job that runs has begun. */
  #started: number | undefined;
  #elapsed = 0;
  #gaveWay = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds of the job that do not count towards its time. */
  #uncounted = 0;
  #sampled = 0;

  constructor(options: RunOptions) {
    this.#limits = options.limits;
    this.#onWarning = options.onWarning;
    this.machine = Evaluator.fromModule(options.evaluator);
    const context = () => ({ signal: this.#controller.signal, aside: <T>(work: () => Promise<T>) => this.#aside(work) });
    const io: MemoryIO = new MemoryIO(options.hashers, {
      files: options.sources,
      below: options.files,
      env: options.env ?? {},
      message: (kind, text) => options.onMessage({ kind: kindOfMessage(kind), text: stripMarks(text) }),
      fetching: fetchingOf(options.fetching, () => io, context),
    });
    this.io = io;
    configure(this.machine, options);
    this.session = new Session({
      machine: this.machine,
      io,
      signal: () => this.#controller.signal,
      pause: () => this.#pause(),
      warn: (warning) => this.#warn(warning),
      answered: (kind, answer) => this.#answered(kind, answer),
    });
    this.sources = new Sources((path) => this.session.sourceOf(path));
  }

  #warn({ message, position }: ParserWarning) {
    this.#onWarning({ message: stripMarks(message), place: this.sources.place(position) });
  }

  #answered(kind: Req, answer: MaybePromise<Answer>): MaybePromise<Answer> {
    const name = Req[kind] ?? String(kind);
    this.requests[name] = (this.requests[name] ?? 0) + 1;
    // Where there are many requests, there are few slices that end for want of fuel.
    const wait = this.#pause();
    if (!wait && !(answer instanceof Promise)) return answer;
    // It may fail before it is waited for.
    if (wait && answer instanceof Promise) answer.catch(() => {});
    return wait ? wait.then(() => this.#awaited(answer)) : this.#awaited(answer);
  }

  async #awaited(answer: MaybePromise<Answer>): Promise<Answer> {
    const asked = performance.now();
    try {
      return await answer;
    } finally {
      this.waited += performance.now() - asked;
    }
  }

  #pause(): undefined | Promise<void> {
    const now = performance.now();
    this.slices += 1;
    if (now - this.#sampled >= sampleEvery) this.#sample(now);
    const { time } = this.#limits;
    if (time !== undefined && now - (this.#started ?? now) - this.#uncounted > time) {
      this.#stop();
      return undefined;
    }
    return now - this.#gaveWay < giveWayAfter ? undefined : this.#giveWay(now);
  }

  /** What waits for somebody, or for a download that somebody has allowed, has no time limit: whoever waits can cancel. */
  async #aside<T>(work: () => Promise<T>): Promise<T> {
    const since = performance.now();
    clearTimeout(this.#timer);
    const { signal } = this.#controller;
    try {
      return await work();
    } finally {
      if (!signal.aborted && signal === this.#controller.signal) {
        this.#uncounted += performance.now() - since;
        this.#startTimer();
      }
    }
  }

  /** For what waits: a machine that works looks at the clock itself. */
  #startTimer() {
    const { time } = this.#limits;
    clearTimeout(this.#timer);
    if (time === undefined || this.#started === undefined) return;
    const used = performance.now() - this.#started - this.#uncounted;
    this.#timer = setTimeout(() => this.#stop(), Math.max(0, time - used));
  }

  #stop() {
    const seconds = (this.#limits.time ?? 0) / 1000;
    this.#controller.abort(new WorkbenchError('time-limit', `the evaluation takes longer than its time limit of ${seconds} s`));
  }

  async #giveWay(since: number) {
    await nextTask();
    this.#gaveWay = performance.now();
    this.waited += this.#gaveWay - since;
  }

  /** Milliseconds of all jobs, with the one that runs. */
  get elapsed(): number {
    return this.#elapsed + (this.#started === undefined ? 0 : performance.now() - this.#started);
  }

  #sample(now: number) {
    this.#sampled = now;
    // The course of a long evaluation is kept with half the detail, again and again.
    if (this.samples.length >= mostSamples) this.samples = this.samples.filter((_, i) => i % 2 === 0);
    this.samples.push({ at: this.elapsed, memory: this.machine.exports.memory.buffer.byteLength });
  }

  /** Works within the limits, until the signal ends it. */
  async work<T>(signal: AbortSignal | undefined, job: (run: Run) => Promise<T>): Promise<T> {
    if (this.dead) throw new WorkbenchError('memory-limit', 'the evaluation has come to its end; evaluate again');
    if (signal?.aborted) throw new AbortedError('cancelled', { cause: signal.reason });
    this.#controller = new AbortController();
    const cancel = () => this.#controller.abort(signal?.reason);
    signal?.addEventListener('abort', cancel, { once: true });
    this.#started = performance.now();
    this.#gaveWay = this.#started;
    this.#uncounted = 0;
    this.#startTimer();
    try {
      return await job(this);
    } catch (error) {
      if (isFatal(error)) this.dead = true;
      throw error;
    } finally {
      clearTimeout(this.#timer);
      signal?.removeEventListener('abort', cancel);
      this.#sample(performance.now());
      this.#elapsed = this.elapsed;
      this.#started = undefined;
    }
  }
}

// One evaluation session: a machine, what answers it, and the operations that commands are made of.
import {
  type Answer,
  decodeText,
  type Evaluator,
  type Handle,
  type NixError,
  type ParserWarning,
  type PrintMode,
  type Req,
  type Request,
  type SourceText,
  type ValueKind,
} from '@vixen/eval-core';
import { answer } from './answers.ts';
import type { CallWatcher } from './call-watch.ts';
import { type RenderOptions, type Report, renderReport } from './errors/render.ts';
import { parentPath } from './files/paths.ts';
import type { HostIO, MaybePromise } from './io.ts';
import { LookAhead } from './look-ahead.ts';

export interface SessionOptions {
  machine: Evaluator;
  io: HostIO;
  /** Asked for at the beginning of each job. */
  signal?: () => AbortSignal | undefined;
  /** Called between slices; where it gives a promise, the machine waits for it. */
  pause?: () => undefined | Promise<void>;
  /** Evaluations until the machine comes back; a debugger's steps are short. */
  fuel?: (() => number) | undefined;
  /** Looks at calls. */
  watcher?: CallWatcher | undefined;
  /** Sees what the machine asks for and its answer, which it may hold back. */
  answered?: (kind: Req, answer: MaybePromise<Answer>) => MaybePromise<Answer>;
  /** Takes the parser's warnings. */
  warn?: (warning: ParserWarning) => void;
}

export class Session {
  readonly machine: Evaluator;
  readonly io: HostIO;
  readonly #options: SessionOptions;
  readonly #ahead: LookAhead;

  constructor(options: SessionOptions) {
    this.machine = options.machine;
    this.io = options.io;
    this.#options = options;
    this.#ahead = new LookAhead(options.machine, (request) => this.#answer(request));
  }

  #answer(request: Request): Answer | Promise<Answer> {
    const { answered } = this.#options;
    const { kind } = request;
    const own = answer(this.io, request);
    return answered ? answered(kind, own) : own;
  }

  /** Ends the job that a machine's operation has started, and gives its result. */
  async run(handle: Handle): Promise<Handle> {
    const { signal, pause, warn, watcher, fuel } = this.#options;
    const given = signal?.();
    // Who may interrupt, or looks at each step, meets nothing but what has its turn.
    const inTurnOnly = given !== undefined || watcher !== undefined || fuel !== undefined;
    const watch = watcher && { fuel: watcher.fuel, observe: () => watcher.observe(this.machine) };
    const options = { signal: given, ...(pause && { pause }), ...(warn && { warn }), ...(fuel && { fuel }), ...watch };
    const answerer = (request: Request) => (inTurnOnly ? this.#answer(request) : this.#ahead.answer(request));
    await this.machine.drive({ ...options, ...(this.#ahead.drive ?? { answer: answerer }) });
    return handle;
  }

  /** Works on items one after the other. While one of them waits for a build, the later ones are looked at (look-ahead.ts). */
  inTurn<T>(items: readonly T[], look: (item: T) => Promise<unknown>, work: (item: T, index: number) => Promise<void>): Promise<void> {
    return this.#ahead.inTurn(items, look, work);
  }

  evalString(source: SourceText): Promise<Handle> {
    return this.run(this.machine.evalString(source));
  }

  /** Evaluates a file, as if its text were given: `import` would add a frame to errors, and remember the value. */
  evalFile(path: string): Promise<Handle> {
    return this.evalString(this.fileSource(path));
  }

  fileSource(path: string): SourceText {
    return { text: this.io.files.readFile(path), base: parentPath(path), origin: path };
  }

  force(handle: Handle): Promise<Handle> {
    return this.run(this.machine.force(handle));
  }

  autoCall(handle: Handle, args: Handle): Promise<Handle> {
    return this.run(this.machine.autoCall(handle, args));
  }

  apply(fun: Handle, argument: Handle): Promise<Handle> {
    return this.run(this.machine.apply(fun, argument));
  }

  /** The text of a value, as bytes. */
  async print(handle: Handle, mode: PrintMode, flags = 0): Promise<Uint8Array<ArrayBuffer>> {
    this.machine.drop(await this.run(this.machine.print(handle, mode, flags)));
    return this.machine.textBytes();
  }

  /** A value coerced to a string; `context` is the trace line of errors. */
  async coerce(handle: Handle, context: string): Promise<Uint8Array<ArrayBuffer>> {
    this.machine.drop(await this.run(this.machine.coerce(handle, context)));
    return this.machine.textBytes();
  }

  async parse(source: SourceText): Promise<Uint8Array<ArrayBuffer>> {
    this.machine.drop(await this.run(this.machine.parsePrint(source)));
    return this.machine.textBytes();
  }

  /** An attribute, forced; undefined where there is none. */
  async forcedAttr(set: Handle, name: string): Promise<Handle | undefined> {
    const found = this.machine.attr(set, name);
    return found === undefined ? undefined : this.force(found);
  }

  kind(handle: Handle): ValueKind {
    return this.machine.kind(handle);
  }

  /** A forced value's type as Nix's messages name it. */
  typeName(handle: Handle): string {
    return this.machine.typeName(handle);
  }

  /** The text of an error or warning. */
  render(report: NixError | Report, options: Omit<RenderOptions, 'readSource'>): string {
    return renderReport(report, { ...options, readSource: (path) => this.sourceOf(path) });
  }

  /** The text of a file, for excerpts in messages. */
  sourceOf(path: string): string | undefined {
    try {
      return decodeText(this.io.files.readFile(path));
    } catch {
      // Whatever is wrong with the file now, the error that is shown is another one.
      return undefined;
    }
  }
}

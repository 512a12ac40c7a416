import { type CallEvent, readCalls } from './call-events.ts';
import { type DebugPlace, readPlaces } from './debug-places.ts';
import { Diagnostics, type ParserWarning } from './diagnostics.ts';
import { type CodeBody, codeLabelWords, Disassembly } from './disassembly.ts';
import { AbortedError, MachineError, type NixError, type Position } from './errors.ts';
import { type EvalExports, type PrintMode, Status, type ValueKind } from './exports.ts';
import { type ForceEvent, readForces } from './forces.ts';
import { type LateExports, machineImports, type Sha256 } from './imports.ts';
import { MachineMemory } from './machine-memory.ts';
import { MachineRequest } from './machine-request.ts';
import type { Answer, Request } from './requests.ts';

/** A value held by the machine on the host's behalf. */
export type Handle = number & { readonly handle: unique symbol };

/** Where a source text stands: relative paths in it start at `base`; `origin` names it in positions. */
export interface SourceText {
  text: string | Uint8Array;
  base: string;
  /** '' for «string», 'stdin' for «stdin», otherwise the path of a file. */
  origin?: string;
}

/** Answers requests; one that has to wait answers with a promise. */
export type Answerer = (request: Request) => Answer | Promise<Answer>;

export interface DriveOptions {
  answer: Answerer;
  /** Steps of the machine between two looks at the signal; asked for before each slice where it is a function. */
  fuel?: number | (() => number);
  signal?: AbortSignal | undefined;
  /** Called with what the parser warns about, before anything that comes after it. */
  warn?: (warning: ParserWarning) => void;
  /** Called whenever the machine has come back: for looking at what it has done. */
  observe?: () => void;
  /** Called when a slice is used up; where it gives a promise, the machine waits for it (a page that has to draw). */
  pause?: () => undefined | Promise<void>;
}

/** A node of a syntax tree. */
export interface TreeNode {
  kind: string;
  /** The index of the node above, -1 for the root. */
  parent: number;
  /** What it is to the node above. */
  role: string;
  /** Offsets in the source, in bytes; undefined where they are not known. */
  begin: number | undefined;
  end: number | undefined;
  text: string;
}

/** As the machine writes it. */
type TreeData = [kind: string, parent: number, role: string, begin: number, end: number, text: string];

export interface FunctionArguments {
  argument: string | undefined;
  ellipsis: boolean;
  /** Undefined where the function takes no set pattern. */
  formals: { name: string; optional: boolean; position: Position | undefined }[] | undefined;
}

/** As the machine writes them. */
interface ArgumentsData {
  argument: string;
  ellipsis: number;
  formals: { name: string; optional: number; position: number }[] | null;
}

const DEFAULT_FUEL = 20_000;
const NUL = '\0';
const list = (text: string) => (text === '' ? [] : text.split(NUL));

/** One machine: its memory, its values, the job in flight. */
export class Evaluator {
  readonly exports: EvalExports;
  /** Milliseconds, from any time on: what collections are timed with. A host may know how long its process has worked. */
  clock: () => number = () => performance.now();
  /** Milliseconds that collections have taken, as far as they are told apart. */
  #collecting = 0;
  readonly #memory: MachineMemory;
  #request: MachineRequest;
  readonly #diagnostics: Diagnostics;

  constructor(instance: WebAssembly.Instance) {
    this.exports = instance.exports as EvalExports;
    this.exports.init();
    this.#memory = new MachineMemory(this.exports);
    this.#request = new MachineRequest(this.#memory);
    this.#diagnostics = new Diagnostics(this.#memory);
  }

  /** Instantiates at once, for hosts that may block. */
  static fromModule(module: WebAssembly.Module, sha256?: Sha256): Evaluator {
    const late: LateExports = {};
    const instance = new WebAssembly.Instance(module, machineImports(late, sha256));
    late.exports = instance.exports as EvalExports;
    return new Evaluator(instance);
  }

  /** Instantiates from the module's bytes without blocking. */
  static async load(bytes: BufferSource, sha256?: Sha256): Promise<Evaluator> {
    const late: LateExports = {};
    const { instance } = await WebAssembly.instantiate(bytes, machineImports(late, sha256));
    late.exports = instance.exports as EvalExports;
    return new Evaluator(instance);
  }

  // ---- memory

  /** All of linear memory; do not keep it across a call into the machine. */
  get memory(): Uint8Array<ArrayBuffer> {
    return this.#memory.bytes;
  }

  /** The bytes that the last operation left as its text, copied. */
  textBytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.textBytes();
  }

  text(): string {
    return this.#memory.text();
  }

  // ---- settings

  setOption(id: number, value: number | boolean) {
    this.exports.setOption(id, Number(value));
  }

  setOptionText(id: number, value: string) {
    this.#memory.with([value], (address, length) => this.exports.setOptionText(id, address!, length!));
  }

  // ---- jobs: what starts them gives the handle that holds the result when `drive` has ended

  evalString(source: SourceText): Handle {
    return this.#source(source, (...operands) => this.exports.evalString(...operands));
  }

  evalScoped(source: SourceText, scope: Handle): Handle {
    return this.#source(source, (...operands) => this.exports.evalScoped(...operands, scope));
  }

  suspendString(source: SourceText): Handle {
    return this.#source(source, (...operands) => this.exports.suspendString(...operands));
  }

  parsePrint(source: SourceText): Handle {
    return this.#source(source, (...operands) => this.exports.parsePrint(...operands));
  }

  /** The syntax tree as data: `syntaxTree` gives it when the job is done. */
  parseTree(source: SourceText): Handle {
    return this.#source(source, (...operands) => this.exports.parseTree(...operands));
  }

  /** A function whose call evaluates the source. */
  compileString(source: SourceText): Handle {
    return this.#source(source, (...operands) => this.exports.compileString(...operands));
  }

  evalFile(path: string): Handle {
    return this.#memory.with([path], (address, length) => this.exports.evalFile(address!, length!)) as Handle;
  }

  #source(source: SourceText, start: (a: number, b: number, c: number, d: number, e: number, f: number) => number): Handle {
    const parts = [source.text, source.base, source.origin ?? ''];
    return this.#memory.with(parts, (a, b, c, d, e, f) => start(a!, b!, c!, d!, e!, f!)) as Handle;
  }

  force(handle: Handle): Handle {
    return this.exports.opForce(handle) as Handle;
  }

  deepForce(handle: Handle): Handle {
    return this.exports.opDeepForce(handle) as Handle;
  }

  autoCall(handle: Handle, args: Handle): Handle {
    return this.exports.opAutoCall(handle, args) as Handle;
  }

  apply(fun: Handle, argument: Handle): Handle {
    return this.exports.opApply(fun, argument) as Handle;
  }

  coerce(handle: Handle, context: string): Handle {
    return this.#memory.with([context], (address, length) => this.exports.opCoerce(handle, address!, length!)) as Handle;
  }

  print(handle: Handle, mode: PrintMode, flags = 0): Handle {
    return this.exports.opPrint(handle, mode, flags) as Handle;
  }

  // ---- driving

  /** Runs the job in flight to its end. Waits only where an answer has to be waited for. Fails with an NixError. */
  async drive(options: DriveOptions): Promise<void> {
    const { answer, fuel = DEFAULT_FUEL, signal, pause } = options;
    this.#memory.forgetText();
    for (;;) {
      this.#warn(options);
      const status = this.#run(typeof fuel === 'number' ? fuel : fuel());
      this.#observe(options);
      if (status === Status.Done) {
        this.#warnLast(options);
        return;
      }
      if (status === Status.Failed) {
        this.#warn(options);
        throw this.takeError();
      }
      if (signal?.aborted) this.#abort(signal);
      if (status === Status.OutOfFuel) {
        const wait = pause?.();
        if (wait) await wait;
        continue;
      }
      if (status !== Status.Request) throw new MachineError(`the evaluator came back with status ${status}`);
      const given = answer(this.#request.next());
      this.#give(given instanceof Promise ? await this.#unlessAborted(given, signal) : given);
    }
  }

  #run(fuel: number): Status {
    const started = this.exports.collectsNext() !== 0 ? this.clock() : undefined;
    const status = this.#memory.guarded(() => this.exports.run(fuel)) as Status;
    if (started !== undefined) this.#collecting += this.clock() - started;
    return status;
  }

  #abort(signal: AbortSignal): never {
    this.exports.interrupt();
    throw new AbortedError('interrupted by the user', { cause: signal.reason });
  }

  /** Waits for an answer, but not beyond the end of the signal: nobody knows how long a download takes. */
  async #unlessAborted(given: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
    if (!signal) return given;
    let stop: () => void = () => {};
    const aborted = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
      // It may have been aborted while the request was looked at: then no event comes.
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    try {
      const answer = await Promise.race([given, aborted]);
      if (answer) return answer;
      this.#request.end();
      this.#request = new MachineRequest(this.#memory);
      this.#abort(signal);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #warn({ warn }: DriveOptions) {
    if (!warn || this.exports.warningsLength() === 0) return;
    for (const warning of this.#diagnostics.takeWarnings()) warn(warning);
  }

  /** Names of what was called come where the job's text is: it is put aside first. */
  #observe({ observe }: DriveOptions) {
    if (!observe) return;
    this.#memory.forgetText();
    const text = this.textBytes();
    observe();
    this.#memory.keepText(text);
  }

  /** Warnings come where the job's text is: it is put aside first. */
  #warnLast(options: DriveOptions) {
    if (this.exports.warningsLength() === 0) return;
    const text = this.textBytes();
    this.#warn(options);
    this.#memory.keepText(text);
  }

  #give({ status, bytes, written, number = 0 }: Answer) {
    if (bytes && bytes.length > 0) this.#memory.answerBuffer(bytes.length).set(bytes);
    this.exports.answer(status, written ?? bytes?.length ?? 0, number);
  }

  // ---- values in weak head normal form

  kind(handle: Handle): ValueKind {
    return this.exports.valueKind(handle);
  }

  size(handle: Handle): number {
    return this.exports.valueSize(handle) >>> 0;
  }

  attr(handle: Handle, name: string): Handle | undefined {
    const found = this.#memory.with([name], (address, length) => this.exports.selectAttr(handle, address!, length!));
    return found === 0 ? undefined : (found as Handle);
  }

  attrPosition(handle: Handle, name: string): Position | undefined {
    return this.position(this.#memory.with([name], (address, length) => this.exports.attrPosition(handle, address!, length!)));
  }

  /** A forced value's type as Nix's messages name it: `a set`, `the built-in function 'map'`. */
  typeName(handle: Handle): string {
    return this.#memory.textOf(() => this.exports.typeName(handle));
  }

  /** A function's name, if it was given one, where it is defined, and where its docstring begins. */
  lambdaInfo(handle: Handle): { name: string | undefined; position: Position | undefined; doc: Position | undefined } {
    const name = this.#memory.textOf(() => this.exports.lambdaName(handle));
    const position = this.position(this.exports.lambdaPosition(handle));
    return { name: name === '' ? undefined : name, position, doc: this.position(this.exports.lambdaDoc(handle)) };
  }

  /** What a function takes: `x` in `x: …` and in `{ … } @ x: …`, and the names of a set pattern in byte order. */
  lambdaArguments(handle: Handle): FunctionArguments {
    const data = JSON.parse(this.#memory.textOf(() => this.exports.lambdaArguments(handle))) as ArgumentsData;
    const formals = data.formals?.map(({ name, optional, position }) => ({
      name,
      optional: optional !== 0,
      position: this.position(position),
    }));
    return {
      argument: data.argument === '' ? undefined : data.argument,
      ellipsis: data.ellipsis !== 0,
      formals: formals?.sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
  }

  element(handle: Handle, index: number): Handle {
    return this.exports.selectElement(handle, index) as Handle;
  }

  attrNames(handle: Handle): string[] {
    return list(this.#memory.textOf(() => this.exports.attrNames(handle)));
  }

  string(handle: Handle): string {
    return this.#memory.textOf(() => this.exports.stringValue(handle));
  }

  stringBytes(handle: Handle): Uint8Array<ArrayBuffer> {
    this.#memory.forgetText();
    this.exports.stringValue(handle);
    return this.textBytes();
  }

  context(handle: Handle): string[] {
    return list(this.#memory.textOf(() => this.exports.stringContext(handle)));
  }

  bool(handle: Handle): boolean {
    return this.exports.boolValue(handle) !== 0;
  }

  identity(handle: Handle): number {
    return this.exports.identity(handle) >>> 0;
  }

  makeString(text: string | Uint8Array): Handle {
    return this.#memory.with([text], (address, length) => this.exports.makeString(address!, length!)) as Handle;
  }

  makeAttrs(attributes: Iterable<[string, Handle]> = []): Handle {
    let set = this.exports.makeAttrs() as Handle;
    for (const [name, value] of attributes) set = this.addAttr(set, name, value);
    return set;
  }

  addAttr(set: Handle, name: string, value: Handle): Handle {
    return this.#memory.with([name], (address, length) => this.exports.addAttr(set, address!, length!, value)) as Handle;
  }

  drop(handle: Handle) {
    this.exports.dropHandle(handle);
  }

  // ---- the debugger: while a Debug request, or a pause, waits

  /** Where evaluation stands, innermost first. */
  debugPlaces(): DebugPlace[] {
    return readPlaces(this.#memory, (position) => this.position(position));
  }

  /** What is in scope at one of the places, as a set. `debugPlaces` must have been called at this stop. */
  debugVariables(place: number): Handle {
    return this.exports.debugVariables(place) as Handle;
  }

  /** The names in scope at one of the places, a list for each scope, innermost first. */
  debugLevels(place: number): string[][] {
    return JSON.parse(this.#memory.textOf(() => this.exports.debugLevels(place))) as string[][];
  }

  /**
   * Runs other jobs while the one in flight waits. Jobs that look `ahead` leave what they do not finish as it was, and keep no errors: the job that waits finds
   * nothing but values that are there already.
   */
  async aside<T>(work: () => Promise<T>, { ahead = false } = {}): Promise<T> {
    this.exports.asideEnter(Number(ahead));
    try {
      return await work();
    } finally {
      this.exports.asideLeave();
    }
  }

  // ---- diagnostics

  position(number: number): Position | undefined {
    return this.#diagnostics.position(number);
  }

  /** The error in flight. */
  takeError(): NixError {
    return this.#diagnostics.takeError();
  }

  /** Calls that have begun and ended since the last look; none unless the setting CallEvents is on. */
  takeCalls(): CallEvent[] {
    return readCalls(this.#memory);
  }

  /** Name and position of a function that a call event names. */
  functionInfo(which: number): { name: string; position: Position | undefined } {
    let position = 0;
    const name = this.#memory.textOf(() => {
      position = this.exports.functionInfo(which);
    });
    return { name, position: this.position(position) };
  }

  /** Name of a builtin that a call event names. */
  builtinName(which: number): string {
    return this.#memory.textOf(() => this.exports.builtinText(which));
  }

  symbolText(symbol: number): string {
    return this.#memory.textOf(() => this.exports.symbolText(symbol));
  }

  // ---- how it is done

  /** The nodes of the tree that `parseTree` has made. */
  syntaxTree(): TreeNode[] {
    const [base, ...nodes] = JSON.parse(this.text()) as [number, ...TreeData[]];
    const offset = (position: number) => (position === 0 ? undefined : position - base);
    return nodes.map(([kind, parent, role, begin, end, text]) => ({ kind, parent, role, begin: offset(begin), end: offset(end), text }));
  }

  /**
   * The code of a function and of all that it makes, up to so many instructions; `cut` says whether there is more. Thunks have names where
   * the setting ForceEvents was on when they were compiled.
   */
  disassemble(fun: Handle, most = Number.POSITIVE_INFINITY): { bodies: CodeBody[]; cut: boolean } {
    const labels = { symbol: (symbol: number) => this.symbolText(symbol), position: (number: number) => this.position(number) };
    const disassembly = new Disassembly(this.#memory, labels);
    const bodies = disassembly.bodies(this.exports.functionRecord(fun) >>> 0, most);
    return { bodies, cut: bodies.length < disassembly.met };
  }

  /** What was forced first, in its order: as many as the setting ForceEvents says. */
  forces(): ForceEvent[] {
    return readForces(this.#memory);
  }

  forcesTotal(): number {
    return this.exports.forcesTotal() >>> 0;
  }

  /** How often thunks were forced, by their code. */
  forceCounts(): [code: number, times: number][] {
    return JSON.parse(this.#memory.textOf(() => this.exports.forceCounts())) as [number, number][];
  }

  /** What a thunk's code is the value of, where ForceEvents was on when it was compiled. */
  codeLabel(code: number): { name: string; position: Position | undefined } {
    const [position, symbol] = codeLabelWords(this.#memory, code);
    return { name: symbol === 0 ? '' : this.symbolText(symbol), position: this.position(position) };
  }

  stats(): Record<string, unknown> {
    const counted = JSON.parse(this.#memory.textOf(() => this.exports.stats())) as Record<string, unknown>;
    return { ...counted, collecting: this.#collecting };
  }
}

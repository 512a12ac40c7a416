import { AbortedError, ErrorCode, MachineError, NixError, type Position, unpackMessage } from './errors.ts';
import { type EvalExports, type PrintMode, Status, type ValueKind } from './exports.ts';
import type { Answer, Request } from './requests.ts';
import { decodeText, encodeText } from './text.ts';

/** A value held by the machine on the host's behalf. */
export type Handle = number & { readonly handle: unique symbol };

/** Where a source text stands: relative paths in it start at `base`; `origin` names it in positions. */
export interface SourceText {
  text: string | Uint8Array;
  base: string;
  /** '' for «string», 'stdin' for «stdin», otherwise the path of a file. */
  origin?: string;
}

/** What the parser found worth a warning (assembly/syntax/lints.ts). */
export interface ParserWarning {
  /** Shown with its position and the source there; otherwise the message says where. */
  positioned: boolean;
  position: Position | undefined;
  /** With marks. */
  message: string;
}

/** Answers requests; one that has to wait answers with a promise. */
export type Answerer = (request: Request) => Answer | Promise<Answer>;

export interface DriveOptions {
  answer: Answerer;
  /** Steps of the machine between two looks at the signal. */
  fuel?: number;
  signal?: AbortSignal | undefined;
  /** Called with what the parser warns about, before anything that comes after it. */
  warn?: (warning: ParserWarning) => void;
  /** Called when a slice is used up; where it gives a promise, the machine waits for it (a page that has to draw). */
  pause?: () => undefined | Promise<void>;
}

interface ErrorData {
  code: number;
  message: string;
  pos: number;
  traces: { message: string; pos: number; flags?: number }[];
  suggestions?: { distance: number; text: string }[];
  status?: number;
}

const DEFAULT_FUEL = 20_000;
const NUL = '\0';
const list = (text: string) => (text === '' ? [] : text.split(NUL));
// biome-ignore lint/suspicious/noControlCharactersInRegex: positions are marked by control characters
const positionMark = /\x01(\d+)\x02/g;

/** One machine: its memory, its values, the job in flight. */
export class Evaluator {
  readonly exports: EvalExports;
  #u8: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  readonly #request: MachineRequest;
  /** The text of the last job, where warnings have taken its place in memory. */
  #keptText: Uint8Array<ArrayBuffer> | undefined;

  constructor(instance: WebAssembly.Instance) {
    this.exports = instance.exports as EvalExports;
    this.exports.init();
    this.#u8 = new Uint8Array(this.exports.memory.buffer as ArrayBuffer);
    this.#view = new DataView(this.exports.memory.buffer as ArrayBuffer);
    this.#request = new MachineRequest(this);
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
    if (this.#u8.buffer !== this.exports.memory.buffer) this.#renew();
    return this.#u8;
  }

  get view(): DataView<ArrayBuffer> {
    if (this.#view.buffer !== this.exports.memory.buffer) this.#renew();
    return this.#view;
  }

  #renew() {
    const buffer = this.exports.memory.buffer as ArrayBuffer;
    this.#u8 = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Where the engine has no more memory, the machine traps: to its users that is an error like others. */
  #guarded<T>(operation: () => T): T {
    try {
      return operation();
    } catch (cause) {
      if (cause instanceof WebAssembly.RuntimeError && this.exports.outOfMemory() !== 0) {
        throw new NixError(ErrorCode.Memory, 'out of memory', { cause });
      }
      throw cause;
    }
  }

  /** Puts byte strings into memory one after the other for the time of a call. */
  #with<T>(parts: (string | Uint8Array)[], use: (...operands: number[]) => T): T {
    const bytes = parts.map((part) => (typeof part === 'string' ? encodeText(part) : part));
    const total = Math.max(
      1,
      bytes.reduce((sum, part) => sum + part.length, 0),
    );
    const start = this.#guarded(() => this.exports.alloc(total)) >>> 0;
    const operands: number[] = [];
    let at = start;
    for (const part of bytes) {
      this.memory.set(part, at);
      operands.push(at, part.length);
      at += part.length;
    }
    try {
      return this.#guarded(() => use(...operands));
    } finally {
      this.exports.release(start, total);
    }
  }

  /** The bytes that the last operation left as its text, copied. */
  textBytes(): Uint8Array<ArrayBuffer> {
    if (this.#keptText) return this.#keptText;
    const start = this.exports.textAddress() >>> 0;
    return this.memory.slice(start, start + (this.exports.textLength() >>> 0));
  }

  /** The text that an operation leaves at once. */
  #textOf(operation: () => void): string {
    this.#keptText = undefined;
    operation();
    return this.text();
  }

  text(): string {
    if (this.#keptText) return decodeText(this.#keptText);
    const start = this.exports.textAddress() >>> 0;
    return decodeText(this.memory.subarray(start, start + (this.exports.textLength() >>> 0)));
  }

  // ---- settings

  setOption(id: number, value: number | boolean) {
    this.exports.setOption(id, Number(value));
  }

  setOptionText(id: number, value: string) {
    this.#with([value], (address, length) => this.exports.setOptionText(id, address!, length!));
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

  evalFile(path: string): Handle {
    return this.#with([path], (address, length) => this.exports.evalFile(address!, length!)) as Handle;
  }

  #source(source: SourceText, start: (a: number, b: number, c: number, d: number, e: number, f: number) => number): Handle {
    const parts = [source.text, source.base, source.origin ?? ''];
    return this.#with(parts, (a, b, c, d, e, f) => start(a!, b!, c!, d!, e!, f!)) as Handle;
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
    return this.#with([context], (address, length) => this.exports.opCoerce(handle, address!, length!)) as Handle;
  }

  print(handle: Handle, mode: PrintMode, flags = 0): Handle {
    return this.exports.opPrint(handle, mode, flags) as Handle;
  }

  // ---- driving

  /** Runs the job in flight to its end. Waits only where an answer has to be waited for. Fails with an NixError. */
  async drive(options: DriveOptions): Promise<void> {
    const { answer, fuel = DEFAULT_FUEL, signal, pause } = options;
    this.#keptText = undefined;
    for (;;) {
      this.#warn(options);
      const status = this.#guarded(() => this.exports.run(fuel)) as Status;
      if (status === Status.Done) {
        if (this.exports.warningsLength() === 0) return;
        const text = this.textBytes();
        this.#warn(options);
        this.#keptText = text;
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
      this.#give(given instanceof Promise ? await given : given);
    }
  }

  #abort(signal: AbortSignal): never {
    this.exports.interrupt();
    throw new AbortedError('interrupted by the user', { cause: signal.reason });
  }

  #warn({ warn }: DriveOptions) {
    if (!warn || this.exports.warningsLength() === 0) return;
    for (const warning of this.takeWarnings()) warn(warning);
  }

  #give({ status, bytes, written, number = 0 }: Answer) {
    if (bytes && bytes.length > 0) this.answerBuffer(bytes.length).set(bytes);
    this.exports.answer(status, written ?? bytes?.length ?? 0, number);
  }

  /** The machine's answer buffer, with room for so many bytes. */
  answerBuffer(length: number): Uint8Array<ArrayBuffer> {
    const start = this.#guarded(() => this.exports.answerBuffer(length)) >>> 0;
    return this.memory.subarray(start, start + length);
  }

  // ---- values in weak head normal form

  kind(handle: Handle): ValueKind {
    return this.exports.valueKind(handle);
  }

  size(handle: Handle): number {
    return this.exports.valueSize(handle) >>> 0;
  }

  attr(handle: Handle, name: string): Handle | undefined {
    const found = this.#with([name], (address, length) => this.exports.selectAttr(handle, address!, length!));
    return found === 0 ? undefined : (found as Handle);
  }

  attrPosition(handle: Handle, name: string): Position | undefined {
    return this.position(this.#with([name], (address, length) => this.exports.attrPosition(handle, address!, length!)));
  }

  element(handle: Handle, index: number): Handle {
    return this.exports.selectElement(handle, index) as Handle;
  }

  attrNames(handle: Handle): string[] {
    return list(this.#textOf(() => this.exports.attrNames(handle)));
  }

  string(handle: Handle): string {
    return this.#textOf(() => this.exports.stringValue(handle));
  }

  stringBytes(handle: Handle): Uint8Array<ArrayBuffer> {
    this.#keptText = undefined;
    this.exports.stringValue(handle);
    return this.textBytes();
  }

  context(handle: Handle): string[] {
    return list(this.#textOf(() => this.exports.stringContext(handle)));
  }

  bool(handle: Handle): boolean {
    return this.exports.boolValue(handle) !== 0;
  }

  identity(handle: Handle): number {
    return this.exports.identity(handle) >>> 0;
  }

  makeString(text: string | Uint8Array): Handle {
    return this.#with([text], (address, length) => this.exports.makeString(address!, length!)) as Handle;
  }

  makeAttrs(attributes: Iterable<[string, Handle]> = []): Handle {
    let set = this.exports.makeAttrs() as Handle;
    for (const [name, value] of attributes) set = this.addAttr(set, name, value);
    return set;
  }

  addAttr(set: Handle, name: string, value: Handle): Handle {
    return this.#with([name], (address, length) => this.exports.addAttr(set, address!, length!, value)) as Handle;
  }

  drop(handle: Handle) {
    this.exports.dropHandle(handle);
  }

  // ---- diagnostics

  position(number: number): Position | undefined {
    if (number === 0) return undefined;
    const info = this.#textOf(() => this.exports.positionInfo(number));
    const [line = '0', column = '0', kind = 'n', ...rest] = info.split(NUL);
    const origin = rest.join(NUL);
    const place = { line: Number(line), column: Number(column) };
    if (kind === 'p') return { ...place, origin: { kind: 'path', path: origin } };
    if (kind === 's') return { ...place, origin: { kind: 'string', source: origin } };
    if (kind === 'b') return { ...place, origin: { kind: 'internal', name: rest[0] ?? '', source: rest.slice(1).join(NUL) } };
    if (kind === 'i') return { ...place, origin: { kind: 'stdin', source: origin } };
    return { ...place, origin: { kind: 'none' } };
  }

  #positionText = (_: string, number: string) => showPosition(this.position(Number(number)));

  /** The error in flight. */
  takeError(): NixError {
    const data = JSON.parse(this.#textOf(() => this.exports.errorJson())) as ErrorData;
    const text = (marked: string) => marked.replace(positionMark, this.#positionText);
    const { message, traces, status } = unpackMessage(data.message);
    const frames = data.traces.map((trace) => ({
      message: text(trace.message),
      position: this.position(trace.pos),
      always: ((trace.flags ?? 0) & 1) !== 0,
      detail: ((trace.flags ?? 0) & 2) !== 0,
    }));
    const hostFrames = traces.map((trace) => ({ message: trace, position: undefined, always: false }));
    return new NixError(data.code as ErrorCode, text(message), {
      position: this.position(data.pos),
      traces: [...frames, ...hostFrames],
      suggestions: data.suggestions ?? [],
      status: status ?? data.status ?? 1,
    });
  }

  /** The parser's warnings since the last call. */
  takeWarnings(): ParserWarning[] {
    this.#keptText = undefined;
    this.exports.takeWarnings();
    const bytes = this.textBytes();
    const view = new DataView(bytes.buffer);
    const found: { kind: number; position: number; text: string }[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = view.getUint32(at + 8, true);
      const text = decodeText(bytes.subarray(at + 12, at + 12 + length));
      found.push({ kind: view.getUint32(at, true), position: view.getUint32(at + 4, true), text });
      at += 12 + ((length + 3) & ~3);
    }
    return found.map(({ kind, position, text }) => ({
      positioned: kind === 1,
      position: this.position(position),
      message: text.replace(positionMark, this.#positionText),
    }));
  }

  stats(): Record<string, unknown> {
    return JSON.parse(this.#textOf(() => this.exports.stats())) as Record<string, unknown>;
  }
}

/** A position as Nix writes it: `/path:1:2`, `«string»:1:2`. */
export function showPosition(position: Position | undefined): string {
  if (!position) return '«none»:0';
  const { origin, line, column } = position;
  const name = origin.kind === 'path' ? origin.path : origin.kind === 'internal' ? origin.name : `«${origin.kind}»`;
  return `${name}:${line}${column > 0 ? `:${column}` : ''}`;
}

/**
 * A host's own SHA-256 of the `length` bytes at `address`, written to the 32 bytes at `out`: what it has in hardware is three times as fast
 * as Wasm. (No views: making two of them costs as much as the hash.)
 */
export type Sha256 = (memory: Uint8Array<ArrayBuffer>, address: number, length: number, out: number) => void;

interface LateExports {
  exports?: EvalExports;
}

/** AssemblyScript's own imports (only a failed assertion of the machine ever calls one), and the hash of long texts. */
function machineImports(late: LateExports, sha256?: Sha256): WebAssembly.Imports {
  const bound = () => late.exports as EvalExports;
  let bytes = new Uint8Array(0);
  return {
    env: {
      abort(_message: number, _file: number, line: number, column: number) {
        throw new MachineError(`assertion failed in the evaluator at ${line}:${column}`);
      },
      seed: () => 0,
    },
    host: {
      sha256: sha256
        ? (address: number, length: number, out: number) => {
            const { buffer } = bound().memory;
            if (bytes.buffer !== buffer) bytes = new Uint8Array(buffer as ArrayBuffer);
            sha256(bytes, address >>> 0, length, out >>> 0);
          }
        : (address: number, length: number, out: number) => bound().sha256Own(address, length, out),
    },
  };
}

// The request block: kind, count, then pairs of (address, length).
const OPERANDS = 8;

class MachineRequest implements Request {
  readonly #machine: Evaluator;
  readonly #block: number;
  kind = 0;
  count = 0;

  constructor(machine: Evaluator) {
    this.#machine = machine;
    this.#block = machine.exports.requestAddress() >>> 0;
  }

  /** The request that has just come. The object is used again for the next one. */
  next(): this {
    const { view } = this.#machine;
    this.kind = view.getUint32(this.#block, true);
    this.count = view.getUint32(this.#block + 4, true);
    return this;
  }

  #operand(i: number): Uint8Array<ArrayBuffer> {
    if (i >= this.count) return new Uint8Array(0);
    const { view, memory } = this.#machine;
    const start = view.getUint32(this.#block + OPERANDS + i * 8, true);
    return memory.subarray(start, start + view.getUint32(this.#block + OPERANDS + i * 8 + 4, true));
  }

  text(i: number): string {
    return decodeText(this.#operand(i));
  }

  bytes(i: number): Uint8Array<ArrayBuffer> {
    return this.#operand(i).slice();
  }

  number(i: number): number {
    return i < this.count ? this.#machine.view.getUint32(this.#block + OPERANDS + i * 8, true) : 0;
  }

  buffer(length: number): Uint8Array<ArrayBuffer> {
    return this.#machine.answerBuffer(length);
  }
}

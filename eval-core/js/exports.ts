// The evaluator's exports as they cross the Wasm boundary: addresses and lengths in linear memory, all 32-bit. Only evaluator.ts uses
// them; everybody else uses the class there. The other side is assembly/index.ts.

/** What `run` comes back with. */
export enum Status {
  OutOfFuel = 0,
  Done = 1,
  Failed = 2,
  Request = 3,
}

/** The kinds of values that a host can tell apart (`valueKind`). */
export enum ValueKind {
  Thunk = 0,
  Int = 1,
  Float = 2,
  Bool = 3,
  Null = 4,
  String = 5,
  Path = 6,
  List = 7,
  Attrs = 8,
  Function = 9,
  Builtin = 10,
}

/** How a value is printed. */
export enum PrintMode {
  /** as `nix-instantiate --eval` does */
  Plain = 0,
  /** as `nix eval` does */
  Value = 1,
  Json = 2,
  Xml = 3,
  /** coerced to a string, nothing around it */
  Raw = 4,
  /** as `nix repl` does: several lines, derivations and depth cut short */
  Repl = 5,
}

/** Bits that change how a value is printed. */
export enum PrintFlag {
  /** Everything is evaluated for it (plain, JSON, XML); for the repl, `:p`. */
  Strict = 1,
  /** XML says where things are defined. */
  Locations = 2,
  /** Paths in JSON stand as they are, instead of being copied to the store: `nix eval --json`. */
  NoCopy = 4,
}

/**
 * A handle is the number of a root slot that holds a value. An operation that may have to evaluate starts a job and gives the handle that
 * will hold the result when `run` says Done; one job is in flight at a time.
 */
export interface EvalExports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
  init(): void;
  /** A run of whole pages outside the collected heap, for bytes on their way in. */
  alloc(bytes: number): number;
  release(address: number, bytes: number): void;

  /** Bytes of linear memory that may be used; 0 for no limit but the engine's. */
  setMemoryLimit(bytes: number): void;
  /** Whether the machine has trapped for want of memory. */
  outOfMemory(): number;
  /** Collects after so many evaluations (1: at every safepoint), and overwrites what is dead; 0 for as needed. */
  setGcStress(evaluations: number): void;
  /** Forgets the files that were evaluated. */
  forgetFiles(): void;
  setOption(id: number, value: number): void;
  setOptionText(id: number, address: number, length: number): void;

  /** Parses at once (a syntax error fails at the first `run`) and evaluates to weak head normal form. */
  evalString(source: number, sourceLength: number, base: number, baseLength: number, origin: number, originLength: number): number;
  evalFile(path: number, length: number): number;
  /** As evalString, in a scope of the attributes of a set besides the builtins (repl, scoped evaluation). */
  evalScoped(
    source: number,
    sourceLength: number,
    base: number,
    baseLength: number,
    origin: number,
    originLength: number,
    scope: number,
  ): number;
  /** Parses, and gives a suspended value: errors of syntax fail at the first `run`, all others when it is forced. */
  suspendString(source: number, sourceLength: number, base: number, baseLength: number, origin: number, originLength: number): number;
  /** SHA-256 in Wasm, for hosts that have none. */
  sha256Own(address: number, length: number, out: number): void;
  run(fuel: number): number;

  /** Ends the job in flight. */
  interrupt(): void;

  opForce(handle: number): number;
  opDeepForce(handle: number): number;
  /** Calls a function that takes a set with default arguments or those of the set `args`; a functor too. */
  opAutoCall(handle: number, args: number): number;
  opApply(fun: number, argument: number): number;
  /** Coerces as interpolation does, with the trace line `while …` of its last operands; the text is there when the job is done. */
  opCoerce(handle: number, context: number, contextLength: number): number;
  /** The text is there when the job is done. */
  opPrint(handle: number, mode: number, flags: number): number;
  /** The tree that `--parse` shows; the text is the result. */
  parsePrint(source: number, sourceLength: number, base: number, baseLength: number, origin: number, originLength: number): number;

  // At once, on values in weak head normal form.
  valueKind(handle: number): number;
  /** Attributes or elements. */
  valueSize(handle: number): number;
  /** Attribute by name, unforced; 0 where there is none. */
  selectAttr(handle: number, name: number, length: number): number;
  /** Position of an attribute, 0 where it has none. */
  /** Whether the next run does nothing but collect (only where statistics are kept). */
  collectsNext(): number;
  typeName(handle: number): void;
  lambdaName(handle: number): void;
  lambdaPosition(handle: number): number;
  lambdaDoc(handle: number): number;
  /** What a function takes, to the text as JSON. */
  lambdaArguments(handle: number): void;
  attrPosition(handle: number, name: number, length: number): number;
  selectElement(handle: number, index: number): number;
  /** The names of a set in byte order, NUL between them, to the text. */
  attrNames(handle: number): void;
  boolValue(handle: number): number;
  intValue(handle: number): bigint;
  floatValue(handle: number): number;
  /** A string's bytes or a path's, to the text. */
  stringValue(handle: number): void;
  /** The elements of a string's context, NUL between them, to the text. */
  stringContext(handle: number): void;
  /** The identity of the object behind the handle, equal for equal objects only until the next collection. */
  identity(handle: number): number;

  makeString(address: number, length: number): number;
  makeInt(value: bigint): number;
  /** An empty set, and a set with one attribute more. */
  makeAttrs(): number;
  addAttr(handle: number, name: number, length: number, value: number): number;
  dropHandle(handle: number): void;

  textAddress(): number;
  textLength(): number;

  requestAddress(): number;
  answerBuffer(length: number): number;
  answer(status: number, length: number, value: number): void;

  /** The error in flight as JSON, to the text. */
  errorJson(): void;
  /**
   * `line NUL column NUL kind NUL …` of a position, to the text. The kind is p (then the path), s or i (then the source text of a string, of
   * stdin), b (then the name and the text of a source of the evaluator's own), n (none).
   */
  positionInfo(position: number): void;
  /** Bytes of the parser's warnings that wait. */
  warningsLength(): number;
  /** Moves the parser's warnings to the text: | kind | position | length | bytes, padded |. */
  takeWarnings(): void;
  /** Statistics as JSON, to the text. */
  stats(): void;
  /** The syntax tree as JSON, to the text: the position of the first byte, then `[kind, parent, role, begin, end, text]` a node. */
  parseTree(source: number, sourceLength: number, base: number, baseLength: number, origin: number, originLength: number): number;
  /** Compiles: the value is a function whose call evaluates the source. */
  compileString(source: number, sourceLength: number, base: number, baseLength: number, origin: number, originLength: number): number;
  /** The record of a function value. */
  functionRecord(handle: number): number;
  /** What an instruction refers to, to the text. */
  constantText(value: number): void;
  shapeText(shape: number, size: number): void;
  /** What was forced (`setOption` ForceEvents), as it lies in memory: | kind:8 depth:24 | which | position | each. */
  forceEvents(): number;
  forceEventsLength(): number;
  forcesTotal(): number;
  /** `[[code, times], …]` of thunks, to the text. */
  forceCounts(): void;

  // The debugger, while a Debug request waits.
  /** Where evaluation stands, innermost first, to the text as JSON. */
  debugPlaces(): void;
  debugVariables(place: number): number;
  debugLevels(place: number): void;
  asideEnter(ahead: number): void;
  asideLeave(): void;

  /** Address of the calls since the last look (`setOption` CallEvents): | what | position | which | each. */
  callEvents(): number;
  callEventsLength(): number;
  callEventsForget(): void;
  /** Name (to the text) and position of a function's record. */
  functionInfo(record: number): number;
  symbolText(symbol: number): void;
  builtinText(id: number): void;
}

// What a workbench answers with: plain data, which passes through `postMessage` and JSON as it is.

/** A place in a source. Lines and columns count from 1, columns in bytes, as Nix's messages do. */
export interface Place {
  /** The path of a file; `«string»` and the like for a text that is no file. */
  file: string;
  line: number;
  column: number;
  /** UTF-16 offsets of what stands there in its source, for editors; undefined where the source is not at hand. */
  range?: Range | undefined;
}

export interface Range {
  from: number;
  to: number;
}

export type ErrorKind =
  | 'evaluation'
  | 'type'
  | 'throw'
  | 'assertion'
  | 'abort'
  | 'undefined-variable'
  | 'missing-argument'
  | 'infinite-recursion'
  | 'stack-overflow'
  | 'parse'
  | 'invalid-path'
  | 'restricted'
  | 'io'
  | 'format'
  | 'import-from-derivation'
  | 'feature'
  /** A limit of the workbench, or its user, ended the evaluation. */
  | 'memory-limit'
  | 'time-limit'
  | 'cancelled'
  /** An id that no value has: it was released, or belongs to an earlier evaluation. */
  | 'unknown-value'
  /** What was asked for does not go with this value: a derivation view of a number. */
  | 'not-applicable'
  /** A bug of the evaluator. */
  | 'internal';

export interface TraceLine {
  message: string;
  place: Place | undefined;
}

/** What went wrong, as data. */
export interface Problem {
  kind: ErrorKind;
  message: string;
  place: Place | undefined;
  /** Outermost first. Of a long trace, the innermost lines. */
  trace: TraceLine[];
  /** How many lines are missing at the beginning of `trace`. */
  omitted?: number | undefined;
  /** Names that may have been meant, best first. */
  suggestions: string[];
  /** The text that Nix shows, without colours; `detailed` is that of `--show-trace`. A message that is too long to be read is cut. */
  rendered: string;
  detailed: string;
}

export interface Warning {
  message: string;
  place: Place | undefined;
}

/** What a program says while it runs. */
export interface Message {
  kind: 'trace' | 'warning';
  text: string;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export type ValueId = number;

export type ValueType = 'int' | 'float' | 'bool' | 'null' | 'string' | 'path' | 'list' | 'set' | 'function' | 'builtin';

/** A value as a line of a tree shows it. */
export interface ValueSummary {
  id: ValueId;
  /** `thunk`: nobody has asked for it; `failed`: it was asked for, and failed. */
  state: 'value' | 'thunk' | 'failed';
  /** Undefined as long as the value is not known. */
  type: ValueType | undefined;
  /** One short line: `"text"`, `[ 3 ]`, `{ 12 }`, `«lambda f»`, `«thunk»`. */
  text: string;
  /** Elements, attributes, or bytes of a string. */
  size: number;
  /** The name of the derivation that the value is, as far as that is known without evaluation; '' where the name is not. */
  derivation?: string | undefined;
  problem?: Problem | undefined;
}

/** How an attribute or an element is reached from the value above it. */
export interface Child extends ValueSummary {
  /** A name, or an index. */
  key: string | number;
}

export interface Children {
  /** Where the page begins, and of how many in all. */
  from: number;
  total: number;
  children: Child[];
}

export interface Formal {
  name: string;
  optional: boolean;
  place: Place | undefined;
}

/** An element of a string's context. */
export interface ContextElement {
  /** `path`: the object itself; `output`: of a derivation that has to be built; `derivation`: it with all its outputs. */
  kind: 'path' | 'output' | 'derivation';
  path: string;
  output?: string | undefined;
}

/** All that is known of a value without evaluating anything. */
export interface ValueDetails extends ValueSummary {
  /** From the root: names and indices. */
  path: (string | number)[];
  /** Where the attribute is defined. */
  definition: Place | undefined;
  /** The whole text of a string or path, up to a limit. */
  content?: string | undefined;
  /** Whether `content` is cut. */
  cut?: boolean | undefined;
  context?: ContextElement[] | undefined;
  /** Store paths that a string holds, or that it has in its context. */
  storePaths?: string[] | undefined;
  function?: FunctionDetails | undefined;
  /** Of a builtin, or of one that was given some of its arguments. */
  builtin?: string | undefined;
}

export interface FunctionDetails {
  name: string | undefined;
  place: Place | undefined;
  /** The docstring (RFC 145), as Markdown. */
  documentation: string | undefined;
  /** `x` in `x: …` and `{ … } @ x: …`. */
  argument: string | undefined;
  /** Undefined for a function that takes no set pattern. */
  formals: Formal[] | undefined;
  ellipsis: boolean;
}

/** What an evaluation has cost. */
export interface Statistics {
  /** Milliseconds from the start to the end, and of these in the machine. */
  elapsed: number;
  working: number;
  /** Of `working`, milliseconds that collections took. */
  collecting: number;
  collections: number;
  /** How often the machine came back, for the outside or because a slice was used up. */
  slices: number;
  requests: Record<string, number>;
  /** The course of it; none of an evaluation that took no time to speak of. */
  samples: Sample[];
  /** Bytes: of linear memory, and of those that were ever written. */
  memory: number;
  touched: number;
  /** Counts of Nix's NIX_SHOW_STATS. */
  expressions: number;
  thunks: number;
  calls: number;
  builtinCalls: number;
  lookups: number;
  sets: number;
  setValues: number;
  updates: number;
  copiedValues: number;
  concatenations: number;
  elements: number;
  environments: number;
  environmentSlots: number;
  symbols: number;
}

/** A point in the course of an evaluation. */
export interface Sample {
  /** Milliseconds since the start. */
  at: number;
  /** Bytes of linear memory. */
  memory: number;
}

export interface Evaluation {
  value: ValueSummary;
  warnings: Warning[];
  statistics: Statistics;
}

/** What checking a text finds; nothing is evaluated. */
export interface Check {
  problems: Problem[];
  warnings: Warning[];
}

/** A node of a syntax tree. Nodes come in the order of a walk from the root, parents first. */
export interface SyntaxNode {
  /** `Lambda`, `AttributeSet`, `Attribute`, … (eval-core/assembly/inspect/names.ts) */
  kind: string;
  /** Index of the node above; -1 for the root. */
  parent: number;
  /** What it is to the node above: `body`, `function`, `condition`. */
  role: string;
  /** A name, an operator, a literal. */
  text: string;
  /** UTF-16 offsets in the source; undefined for what stands nowhere. */
  range: Range | undefined;
}

export interface SyntaxTree {
  nodes: SyntaxNode[];
}

export interface Instruction {
  /** Bytes from the start of the body. */
  offset: number;
  name: string;
  operands: number[];
  /** What the operands stand for: a name, a constant, the number of a body. */
  meaning: string;
  /** The body that the instruction makes a thunk or a function of, as an index. */
  body?: number | undefined;
  place: Place | undefined;
}

/** The code of a function, a thunk, or the file. */
export interface CodeBody {
  kind: 'file' | 'function' | 'thunk';
  name: string;
  place: Place | undefined;
  /** Bytes. */
  size: number;
  instructions: Instruction[];
}

export interface Bytecode {
  bodies: CodeBody[];
  /** There are more, which were left out. */
  cut: boolean;
  /** What each instruction does, by its name. */
  help: Record<string, string>;
}

export interface DerivationOutputData {
  name: string;
  type: string;
  path: string | undefined;
  hash: string | undefined;
}

export interface DerivationGraphNode {
  /** The store path. */
  id: string;
  name: string;
  kind: 'derivation' | 'source';
  /** Steps from the derivation that was asked for. */
  depth: number;
}

export interface DerivationGraphEdge {
  from: string;
  to: string;
  /** Outputs that are used. */
  outputs: string[];
}

/** What a derivation says, and what it is made of. */
export interface DerivationView {
  path: string;
  name: string;
  system: string;
  builder: string;
  args: string[];
  env: [name: string, value: string][];
  outputs: DerivationOutputData[];
  inputDerivations: { path: string; outputs: string[] }[];
  inputSources: string[];
  /** The text of the `.drv`. */
  text: string;
  graph: { nodes: DerivationGraphNode[]; edges: DerivationGraphEdge[]; cut: boolean };
}

/** A thunk that was forced. */
export interface ForceStep {
  /** Its place in the order, from 0. */
  index: number;
  /** How many others were being forced. */
  depth: number;
  what: 'thunk' | 'application' | 'selection' | 'builtin';
  /** The attribute, variable or argument that it is the value of; the function of an application, the builtin. */
  name: string;
  place: Place | undefined;
}

export interface ForceCount {
  name: string;
  place: Place | undefined;
  count: number;
}

export interface ForceOrder {
  steps: ForceStep[];
  /** Forced in all; the first of them are in `steps`. */
  total: number;
  /** The places where most were forced, most first. */
  counts: ForceCount[];
}

// Evaluation for a page or a program: a text or files in, values as a tree that is evaluated where it is opened, and views of how it is
// done. All answers are plain data. Operations come one after the other; each can be cancelled, and is held within limits.
import { type Handle, PrintFlag, PrintMode, type SourceText, ValueKind } from '@vixen/eval-core';
import { joinPath, normalPath, parentPath } from '../files/paths.ts';
import { type BytecodeOptions, bytecodeOf, syntaxTreeOf } from './analysis.ts';
import { Checker, type CheckOptions } from './check.ts';
import { derivationView } from './derivation.ts';
import { detailsOf } from './details.ts';
import { forceOrder } from './forces.ts';
import { problemOf, WorkbenchError } from './problems.ts';
import { type Limits, Run, type Surroundings } from './run.ts';
import { Sources } from './sources.ts';
import { statisticsOf } from './statistics.ts';
import type {
  Bytecode,
  Check,
  Children,
  DerivationView,
  Evaluation,
  ForceOrder,
  Message,
  Outcome,
  Statistics,
  SyntaxTree,
  ValueDetails,
  ValueId,
  ValueSummary,
  Warning,
} from './types.ts';
import { beginning, type ValueNode, ValueTree } from './values.ts';

export interface WorkbenchOptions extends Surroundings {
  limits?: Limits | undefined;
}

/** What is evaluated: a file among `files`, or a text of its own. */
export interface EvaluateRequest {
  /** By absolute path. */
  files?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /** A path; a folder stands for its `default.nix`. */
  entry?: string | undefined;
  text?: string | undefined;
  /** The folder that relative paths of `text` start from. */
  base?: string | undefined;
  limits?: Limits | undefined;
  /** Remember the order in which values are forced, of so many of the first. Evaluation is slower for it. */
  forces?: number | undefined;
}

export interface JobOptions {
  signal?: AbortSignal | undefined;
}

export interface EvaluateOptions extends JobOptions {
  /** Takes what the program says, as it comes. */
  onMessage?: ((message: Message) => void) | undefined;
}

/** `pretty` is laid out in lines, and shows errors where they are; `shallow` is the same of the first level alone, and evaluates no more. */
export type CopyFormat = 'nix' | 'json' | 'xml' | 'pretty' | 'shallow';

const printing: Record<CopyFormat, [PrintMode, number]> = {
  nix: [PrintMode.Value, 0],
  json: [PrintMode.Json, PrintFlag.Strict | PrintFlag.NoCopy],
  xml: [PrintMode.Xml, PrintFlag.Strict],
  pretty: [PrintMode.Repl, PrintFlag.Strict],
  shallow: [PrintMode.Repl, 0],
};

const defaultBase = '/work';
const pageSize = 100;
const mostCopied = 16 * 2 ** 20;
const mostGraphNodes = 400;

interface Current {
  run: Run;
  tree: ValueTree;
  source: SourceText;
}

export class Workbench {
  readonly #options: WorkbenchOptions;
  #current: Current | undefined;
  #lastId = 0;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #checker: Checker;
  #checks: Promise<unknown> = Promise.resolve();

  constructor(options: WorkbenchOptions) {
    this.#options = options;
    this.#checker = new Checker(options);
  }

  /** Runs jobs one after the other. */
  #next<T>(job: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(job);
    this.#queue = mine.catch(() => undefined);
    return mine;
  }

  /** A job on the values of the last evaluation. */
  #job<T>({ signal }: JobOptions, job: (current: Current) => Promise<T>): Promise<Outcome<T>> {
    return this.#next(async () => {
      const current = this.#current;
      try {
        if (!current) throw nothingThere();
        return { ok: true, value: await current.run.work(signal, () => job(current)) };
      } catch (error) {
        return { ok: false, problem: problemOf(error, current?.run.sources ?? noSources) };
      }
    });
  }

  #node({ tree }: Current, id: ValueId): ValueNode {
    const node = tree.find(id);
    if (!node) throw new WorkbenchError('unknown-value', 'this value belongs to an earlier evaluation');
    return node;
  }

  /** Evaluates to weak head normal form, in a machine of its own; what was evaluated before is forgotten. */
  evaluate(request: EvaluateRequest, { signal, onMessage = () => {} }: EvaluateOptions = {}): Promise<Outcome<Evaluation>> {
    return this.#next(async () => {
      this.#current = undefined;
      const warnings: Warning[] = [];
      let sources = noSources;
      try {
        const run = this.#run(request, { onMessage, onWarning: (warning) => warnings.push(warning) });
        sources = run.sources;
        return { ok: true, value: await run.work(signal, () => this.#evaluated(run, request, warnings)) };
      } catch (error) {
        return { ok: false, problem: problemOf(error, sources) };
      }
    });
  }

  #run(request: EvaluateRequest, listeners: { onMessage: (message: Message) => void; onWarning: (warning: Warning) => void }): Run {
    const limits = { ...this.#options.limits, ...request.limits };
    const { forces } = request;
    return new Run({ ...this.#options, limits, forces, sources: request.files ?? {}, base: request.base ?? defaultBase, ...listeners });
  }

  async #evaluated(run: Run, request: EvaluateRequest, warnings: Warning[]): Promise<Evaluation> {
    const source = await sourceOf(run, request);
    const tree = new ValueTree(run, () => ++this.#lastId);
    this.#current = { run, tree, source };
    const root = tree.add(await run.session.evalString(source));
    return { value: tree.summary(root), warnings, statistics: statisticsOf(run) };
  }

  /** The errors of syntax and scope of a text; nothing is evaluated, and no value is lost. */
  check(text: string, options: CheckOptions = {}): Promise<Check> {
    const checked = this.#checks.then(() => this.#checker.check(text, options));
    this.#checks = checked.catch(() => undefined);
    return checked;
  }

  /** What is known of a value. */
  describe(id: ValueId, options: JobOptions = {}): Promise<Outcome<ValueDetails>> {
    return this.#job(options, async (current) => detailsOf(current.run, current.tree, this.#node(current, id)));
  }

  /** A page of what is in a list or a set. Nothing is evaluated for it. */
  children(id: ValueId, from = 0, count = pageSize, options: JobOptions = {}): Promise<Outcome<Children>> {
    return this.#job(options, async (current) => current.tree.children(this.#node(current, id), from, count));
  }

  /** Evaluates a value to weak head normal form. What it fails with belongs to it: the answer is a summary all the same. */
  force(id: ValueId, options: JobOptions = {}): Promise<Outcome<ValueSummary>> {
    return this.#job(options, async (current) => {
      const node = this.#node(current, id);
      try {
        await this.#forced(current, node.handle);
        delete node.problem;
      } catch (error) {
        node.problem = problemOf(error, current.run.sources);
      }
      return current.tree.summary(node);
    });
  }

  async #forced({ run }: Current, handle: Handle): Promise<void> {
    const result = run.machine.force(handle);
    try {
      await run.session.run(result);
    } finally {
      run.machine.drop(result);
    }
  }

  /** The value behind names and indices, evaluated on the way. */
  select(id: ValueId, path: readonly (string | number)[], options: JobOptions = {}): Promise<Outcome<ValueSummary>> {
    return this.#job(options, async (current) => {
      let node = this.#node(current, id);
      for (const key of path) {
        await this.#forced(current, node.handle);
        node = current.tree.child(node, key);
      }
      await this.#forced(current, node.handle);
      return current.tree.summary(node);
    });
  }

  /** Forgets a value and all below it. */
  release(id: ValueId): Promise<void> {
    return this.#next(async () => {
      const node = this.#current?.tree.find(id);
      if (node) this.#current?.tree.release(node);
    });
  }

  /** The value as text; all of it is evaluated, except for `shallow`. */
  copy(id: ValueId, format: CopyFormat, options: JobOptions = {}): Promise<Outcome<string>> {
    return this.#job(options, async (current) => {
      const { handle } = this.#node(current, id);
      const { session } = current.run;
      const bytes = await session.print(handle, ...printing[format]);
      const { text, cut } = beginning(bytes, mostCopied);
      if (cut) throw new WorkbenchError('not-applicable', `the text has more than ${mostCopied / 2 ** 20} MiB`);
      return text;
    });
  }

  /** Computes the derivation that a value is, and shows it. */
  derivation(id: ValueId, options: JobOptions & { nodes?: number } = {}): Promise<Outcome<DerivationView>> {
    return this.#job(options, async (current) => {
      const { run } = current;
      const path = await this.#derivationPath(current, this.#node(current, id));
      const view = await derivationView(run.io.store, path, options.nodes ?? mostGraphNodes);
      if (!view) throw new WorkbenchError('not-applicable', `the derivation ${path} was not made here`);
      return view;
    });
  }

  async #derivationPath(current: Current, { handle }: ValueNode): Promise<string> {
    const { machine } = current.run;
    await this.#forced(current, handle);
    const found = machine.kind(handle) === ValueKind.Attrs ? machine.attr(handle, 'drvPath') : undefined;
    if (found === undefined) throw new WorkbenchError('not-applicable', 'the value is no derivation');
    try {
      await this.#forced(current, found);
      if (machine.kind(found) === ValueKind.String) return machine.string(found);
      throw new WorkbenchError('not-applicable', "the value's drvPath is no string");
    } finally {
      machine.drop(found);
    }
  }

  /** How a text is read. */
  syntaxTree(text: string, options: CheckOptions = {}): Promise<Outcome<SyntaxTree>> {
    return syntaxTreeOf(this.#options, text, options);
  }

  /** The code that a text is compiled to. */
  bytecode(text: string, options: BytecodeOptions = {}): Promise<Outcome<Bytecode>> {
    return bytecodeOf(this.#options, text, options);
  }

  /** The order in which values were forced, where the evaluation was asked to remember it (`forces`). */
  forceOrder(): Promise<Outcome<ForceOrder>> {
    return this.#report(forceOrder);
  }

  /** What the evaluation has cost so far, with all that was opened. It may have failed. */
  statistics(): Promise<Outcome<Statistics>> {
    return this.#report(statisticsOf);
  }

  #report<T>(make: (run: Run) => T): Promise<Outcome<T>> {
    return this.#next(async () => {
      const run = this.#current?.run;
      if (run) return { ok: true, value: make(run) };
      return { ok: false, problem: problemOf(nothingThere(), noSources) };
    });
  }
}

const nothingThere = () => new WorkbenchError('unknown-value', 'nothing has been evaluated');
const noSources = new Sources(() => undefined);

/** The text that a request is about, and where it stands. */
async function sourceOf({ io }: Run, { entry, text, base = defaultBase }: EvaluateRequest): Promise<SourceText> {
  if (entry === undefined) return { text: text ?? '', base };
  const path = normalPath(entry, base);
  for (;;) {
    try {
      const file = io.files.stat(path)?.type === 'directory' ? joinPath(path, 'default.nix') : path;
      return { text: text ?? io.files.readFile(file), base: parentPath(file), origin: file };
    } catch (error) {
      if (!(error instanceof Promise)) throw error;
      await error;
    }
  }
}

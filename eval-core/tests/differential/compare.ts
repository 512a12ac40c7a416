// Many expressions, evaluated by Vixen and by real Nix, compared one by one.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { finalMessage } from '../harness/cases.ts';
import { oracle, type TestEvaluator, underTest } from '../harness/evaluators.ts';

/** Why there is nothing to compare with; undefined where there is. */
export function missingOracle(): string | undefined {
  const { NIX_ORACLE: command, VIXEN_ORACLE: asked } = process.env;
  if (!command && asked !== '1') return 'NIX_ORACLE names no Nix';
  const [program = '', ...args] = (command ?? 'nix-instantiate').split(/\s+/);
  const { status, error } = spawnSync(program, [...args, '--version'], { encoding: 'utf8' });
  return status === 0 ? undefined : `${program} does not run: ${error?.message ?? status}`;
}

/** The elements of a list as `nix-instantiate --eval` prints it. */
export function listElements(printed: string): string[] {
  const text = printed.trim().slice(2, -2);
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') for (i++; i < text.length && text[i] !== '"'; i++) i += text[i] === '\\' ? 1 : 0;
    else if (c === '[' || c === '{') depth += 1;
    else if (c === ']' || c === '}') depth -= 1;
    else if (c === ' ' && depth === 0) {
      elements.push(text.slice(start, i));
      start = i + 1;
    }
  }
  if (text.length > start) elements.push(text.slice(start));
  return elements;
}

/** What an expression comes to, in a batch as by itself: a `throw` is a value here, other errors are what Nix says last. */
const guarded = (expression: string) => `(let e = ${expression}\n; in builtins.tryEval (builtins.deepSeq e e))`;

export class Comparison {
  readonly #folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-oracle-')));
  readonly #nix: TestEvaluator = oracle();
  #vixen: TestEvaluator | undefined;
  #files = 0;
  #smallest = '';
  /** Expressions compared so far. */
  compared = 0;

  async stop() {
    this.#vixen?.stop();
    fs.rmSync(this.#folder, { recursive: true });
  }

  async #evaluate(evaluator: TestEvaluator, expressions: string[]): Promise<string[]> {
    if (expressions.length === 0) return [];
    this.#files += 1;
    const name = `${this.#files}.nix`;
    fs.writeFileSync(path.join(this.#folder, name), `[\n${expressions.map(guarded).join('\n')}\n]\n`);
    const { status, stdout, stderr } = await evaluator.evaluate([name], this.#folder);
    fs.rmSync(path.join(this.#folder, name));
    if (status === 0) return listElements(stdout);
    if (expressions.length === 1) return [`${status}: ${finalMessage(stderr).join('\n').replaceAll(`/${name}:`, '/file:')}`];
    const half = expressions.length >> 1;
    const first = await this.#evaluate(evaluator, expressions.slice(0, half));
    return [...first, ...(await this.#evaluate(evaluator, expressions.slice(half)))];
  }

  /** Throws where the two differ. */
  async check(expressions: string[]) {
    this.#vixen ??= await underTest();
    const [ours, nixs] = await Promise.all([this.#evaluate(this.#vixen, expressions), this.#evaluate(this.#nix, expressions)]);
    this.compared += expressions.length;
    const at = expressions.findIndex((_, i) => ours[i] !== nixs[i]);
    if (at < 0) return;
    const difference = `${expressions[at]}\n  vixen: ${ours[at]}\n  nix:   ${nixs[at]}`;
    if (this.#smallest === '' || difference.length < this.#smallest.length) this.#smallest = difference;
    throw new Error(difference);
  }

  /** Compares random expressions, `batch` in one process, and shrinks what differs. */
  async random(expression: fc.Arbitrary<string>, { count, batch }: { count: number; batch: number }) {
    const more = Number(process.env.VIXEN_ORACLE_RUNS ?? 1);
    const batches = fc.array(expression, { minLength: 1, maxLength: batch, size: 'max' });
    const property = fc.asyncProperty(batches, (expressions) => this.check(expressions));
    const start = this.compared;
    const seed = process.env.VIXEN_ORACLE_SEED;
    this.#smallest = '';
    while (this.compared - start < count * more) {
      const run = await fc.check(property, {
        numRuns: 1,
        ...(seed && { seed: Number(seed) + this.compared }),
        interruptAfterTimeLimit: 60_000,
      });
      if (this.#smallest !== '') throw new Error(`seed ${run.seed}: ${this.#smallest}`);
      if (run.failed) throw new Error(`seed ${run.seed}`, { cause: run.errorInstance });
    }
  }
}

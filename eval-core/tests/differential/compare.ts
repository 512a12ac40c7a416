// Many expressions, evaluated by Vixen and by real Nix, compared one by one.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type fc from 'fast-check';
import { lost, nix, type Outcome, type ReplEvaluator, vixen } from './evaluator.ts';
import { type Sample, samples } from './shrink.ts';

/** An expression of which the two say different things. */
export interface Difference {
  /** Its place among those that were evaluated together. */
  index: number;
  vixen: string;
  nix: string;
}

const textOf = ({ printed, logged }: Outcome) => `${printed}\n${logged}`;

/** Vixen prints a value when it is whole: what Nix has printed before an error is nothing. */
function agree(ours: Outcome, nixs: Outcome): boolean {
  const samePrinted = ours.printed === nixs.printed || (ours.printed === '' && !nixs.deep);
  return !ours.lost && samePrinted && ours.logged === nixs.logged;
}

const candidates = 200;
const shownDifferences = 4;

const shown = (text: string, { vixen: ours, nix: nixs }: Difference) => `${text}\n--- vixen:\n${ours}\n--- nix:\n${nixs}\n`;

export class Comparison {
  readonly #folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-oracle-')));
  readonly #nix = nix();
  readonly #vixen = vixen();
  /** Expressions that Nix did not end with: it hung or died. */
  #unanswered = 0;

  stop() {
    fs.rmSync(this.#folder, { recursive: true });
  }

  async #both<T>(run: (evaluator: ReplEvaluator) => Promise<T>): Promise<[T, T]> {
    return Promise.all([run(this.#vixen), run(this.#nix)]);
  }

  /** All differences between the two. */
  async compare(expressions: string[]): Promise<Difference[]> {
    for (const [i, text] of expressions.entries()) fs.writeFileSync(path.join(this.#folder, `${i}.nix`), text);
    const nixs = await this.#nix.evaluate(this.#folder, expressions.length);
    const unanswered = [...nixs.keys()].filter((i) => nixs[i]?.lost);
    const ours = await this.#vixen.evaluate(this.#folder, expressions.length, unanswered);
    this.#unanswered += unanswered.length;
    const good: number[] = [];
    const differences: Difference[] = [];
    for (const [index, wanted] of nixs.entries()) {
      const got = ours[index] ?? lost;
      if (wanted.lost) continue;
      if (!agree(got, wanted)) differences.push({ index, vixen: textOf(got), nix: textOf(wanted) });
      else if (wanted.deep) good.push(index);
    }
    // What contains itself would be XML without end.
    const trees = good.filter((index) => !nixs[index]?.printed.includes('«repeated»'));
    const printed = await this.#comparePrinted([], good, []);
    return [...differences, ...(await this.#comparePrinted(['--xml'], trees, printed))];
  }

  /** Compares what `nix-instantiate` prints of expressions that evaluate. */
  async #comparePrinted(flags: string[], files: number[], found: Difference[]): Promise<Difference[]> {
    if (files.length === 0) return found;
    const [ours, nixs] = await this.#both((one) => one.print(this.#folder, files, flags));
    if (ours === nixs) return found;
    if (files.length === 1) return [...found, { index: files[0] ?? 0, vixen: ours, nix: nixs }];
    const half = files.length >> 1;
    const first = await this.#comparePrinted(flags, files.slice(0, half), found);
    return first.length >= shownDifferences ? first : this.#comparePrinted(flags, files.slice(half), first);
  }

  /** The smallest expression that one shrinks to and that differs by itself; what it said. */
  async #shrink(sample: Sample): Promise<string | undefined> {
    let current = sample;
    let [said] = await this.compare([sample.text]);
    if (!said) return undefined;
    for (let smaller = sample.smaller(candidates); smaller.length > 0; smaller = current.smaller(candidates)) {
      const [next] = await this.compare(smaller.map(({ text }) => text));
      const chosen = next && smaller[next.index];
      if (!chosen) break;
      current = chosen;
      said = next;
    }
    return shown(current.text, said);
  }

  /** The last of some expressions differs only after others: those that it needs. */
  async #shrinkHistory(expressions: string[], difference: Difference): Promise<string> {
    let needed = expressions;
    let said = difference;
    const differs = async (fewer: string[]) => {
      const found = (await this.compare(fewer)).find(({ index }) => index === fewer.length - 1);
      if (found) [needed, said] = [fewer, found];
      return found !== undefined;
    };
    for (let size = needed.length >> 1; size > 0; size >>= 1) {
      for (let from = 0; from + size < needed.length; ) {
        if (!(await differs(needed.toSpliced(from, size)))) from += size;
      }
    }
    return shown(needed.join('\n--- and then:\n'), said);
  }

  /** Compares random expressions, `batch` in one process, and shrinks what differs. */
  async random(expression: fc.Arbitrary<string>, { count, batch }: { count: number; batch: number }) {
    const all = count * Number(process.env.VIXEN_ORACLE_RUNS ?? 1);
    const seed = Number(process.env.VIXEN_ORACLE_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`VIXEN_ORACLE_SEED=${seed}`);
    this.#unanswered = 0;
    for (let done = 0; done < all; done += batch) {
      const made = samples(expression, Math.min(batch, all - done), seed + done);
      const differences = await this.compare(made.map(({ text }) => text));
      if (differences.length === 0) continue;
      const texts: string[] = [];
      for (const difference of differences.slice(0, shownDifferences)) {
        const { index } = difference;
        const sample = made[index];
        const together = made.slice(0, index + 1).map(({ text }) => text);
        if (sample) texts.push((await this.#shrink(sample)) ?? (await this.#shrinkHistory(together, difference)));
      }
      throw new Error(`${differences.length} of ${made.length} differ (VIXEN_ORACLE_SEED=${seed + done}):\n\n${texts.join('\n')}`);
    }
    if (this.#unanswered > 0) console.log(`not compared, since Nix did not end with them: ${this.#unanswered} of ${all}`);
  }
}

// Many expressions, evaluated by Vixen and by real Nix, compared one by one.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type fc from 'fast-check';
import { nix, type ReplEvaluator, vixen } from './evaluator.ts';
import { type Sample, samples } from './shrink.ts';

/** An expression of which the two say different things. */
export interface Difference {
  /** Its place among those that were evaluated together. */
  index: number;
  vixen: string;
  nix: string;
}

const candidates = 200;
const shownDifferences = 4;

export class Comparison {
  readonly #folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-oracle-')));
  readonly #nix = nix();
  readonly #vixen = vixen();
  /** Expressions that Nix does not end with. */
  unanswered = 0;

  stop() {
    fs.rmSync(this.#folder, { recursive: true });
  }

  async #both<T>(run: (evaluator: ReplEvaluator) => Promise<T>): Promise<[T, T]> {
    return Promise.all([run(this.#vixen), run(this.#nix)]);
  }

  /** All differences between the two. */
  async compare(expressions: string[]): Promise<Difference[]> {
    for (const [i, text] of expressions.entries()) fs.writeFileSync(path.join(this.#folder, `${i}.nix`), text);
    const [ours, nixs] = await this.#both((evaluator) => evaluator.evaluate(this.#folder, expressions.length));
    const good: number[] = [];
    const differences: Difference[] = [];
    for (const [index, wanted] of nixs.entries()) {
      const got = ours[index] ?? { text: '', lost: true };
      if (wanted.lost) this.unanswered += 1;
      else if (got.lost || got.text !== wanted.text) differences.push({ index, vixen: got.text, nix: wanted.text });
      else if (wanted.deep) good.push(index);
    }
    return [...differences, ...(await this.#comparePrinted(good, []))];
  }

  /** Compares what `nix-instantiate` prints of expressions that evaluate. */
  async #comparePrinted(files: number[], found: Difference[]): Promise<Difference[]> {
    if (files.length === 0) return found;
    const prints = await Promise.all([[], ['--xml']].map((flags) => this.#both((one) => one.print(this.#folder, files, flags))));
    const different = prints.find(([left, right]) => left !== right);
    if (!different) return found;
    if (files.length === 1) return [...found, { index: files[0] ?? 0, vixen: different[0], nix: different[1] }];
    const half = files.length >> 1;
    const first = await this.#comparePrinted(files.slice(0, half), found);
    return first.length >= shownDifferences ? first : this.#comparePrinted(files.slice(half), first);
  }

  /** The smallest expression that one shrinks to and that differs by itself; what it said. */
  async #shrink(sample: Sample, difference: Difference): Promise<string> {
    let current = sample;
    let [said = difference] = await this.compare([sample.text]);
    const alone = said !== difference;
    for (let smaller = sample.smaller(candidates); alone && smaller.length > 0; smaller = current.smaller(candidates)) {
      const differing = await this.compare(smaller.map(({ text }) => text));
      // together they can disturb each other
      const [next] = differing.sort((a, b) => a.index - b.index);
      const chosen = next && smaller[next.index];
      if (!chosen) break;
      current = chosen;
      said = next;
    }
    const note = alone ? '' : `(not by itself: ${difference.index} others were evaluated before)\n`;
    return `${note}${current.text}\n--- vixen:\n${said.vixen}\n--- nix:\n${said.nix}\n`;
  }

  /** Compares random expressions, `batch` in one process, and shrinks what differs. */
  async random(expression: fc.Arbitrary<string>, { count, batch }: { count: number; batch: number }) {
    const all = count * Number(process.env.VIXEN_ORACLE_RUNS ?? 1);
    const seed = Number(process.env.VIXEN_ORACLE_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`VIXEN_ORACLE_SEED=${seed}`);
    for (let done = 0; done < all; done += batch) {
      const made = samples(expression, Math.min(batch, all - done), seed + done);
      const differences = await this.compare(made.map(({ text }) => text));
      if (differences.length === 0) continue;
      const texts: string[] = [];
      for (const difference of differences.slice(0, shownDifferences)) {
        const sample = made[difference.index];
        if (sample) texts.push(await this.#shrink(sample, difference));
      }
      throw new Error(`${differences.length} of ${made.length} differ (VIXEN_ORACLE_SEED=${seed + done}):\n\n${texts.join('\n')}`);
    }
  }
}

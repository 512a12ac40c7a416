import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Case, readFeatures } from './harness/cases.ts';
import { oracle, type TestEvaluator, underTest } from './harness/evaluators.ts';
import { expectOutcome } from './harness/expect.ts';

const features = readFeatures(path.dirname(fileURLToPath(import.meta.url)));
const updating = process.env.VIXEN_UPDATE === '1';

let evaluator: TestEvaluator;
beforeAll(async () => {
  evaluator = updating ? oracle() : await underTest();
});
afterAll(() => evaluator?.stop());

async function check(one: Case, folder: string) {
  const outcome = await evaluator.evaluate(one.args, folder);
  if (updating) return one.record(outcome);
  expectOutcome(one, outcome, folder);
}

describe.each(features)('$name', ({ folder, cases }) => {
  test.concurrent.for(cases)('$name', (one) => check(one, folder));
});

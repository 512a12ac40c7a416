import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Case, missingLine, readFeatures, withoutFolder } from './harness/cases.ts';
import { oracle, type TestEvaluator, underTest } from './harness/evaluators.ts';

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
  const stderr = withoutFolder(outcome.stderr, folder);
  if (one.value !== undefined) {
    expect(withoutFolder(outcome.stdout, folder), stderr).toBe(one.value);
    expect(outcome.status).toBe(0);
    return;
  }
  expect(outcome.status, outcome.stdout).toBe(1);
  if (one.trace !== undefined) {
    expect(stderr).toBe(one.trace);
    return;
  }
  expect(one.error, 'nothing is expected yet: npm run test:update').toBeDefined();
  expect(missingLine(one.error ?? [], stderr), stderr || outcome.stdout).toBeUndefined();
}

describe.each(features)('$name', ({ folder, cases }) => {
  test.concurrent.for(cases)('$name', (one) => check(one, folder));
});

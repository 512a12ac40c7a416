// The language tests once more, with a collection at every safepoint; what dies is overwritten.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { readFeatures } from './harness/cases.ts';
import { type TestEvaluator, underTest } from './harness/evaluators.ts';
import { expectOutcome } from './harness/expect.ts';

const features = readFeatures(path.dirname(fileURLToPath(import.meta.url)));
/** Each collection marks the whole stack: tests of deep recursion would take as many times as long as they are deep. */
const deep = new Set(['functions/deep-tail', 'limits/call-depth']);

const skipped = process.env.VIXEN_UPDATE === '1' || process.env.NIX_UNDER_TEST !== undefined;

let evaluator: TestEvaluator;
beforeAll(async () => {
  evaluator = await underTest({ stress: 1 });
});
afterAll(() => evaluator?.stop());

describe.skipIf(skipped).each(features)('$name', ({ name, folder, cases }) => {
  const shallow = cases.filter((one) => !deep.has(`${name}/${one.name}`));
  test.concurrent.for(shallow)('$name', async (one) => expectOutcome(one, await evaluator.evaluate(one.args, folder), folder));
});

// The language tests once more, with a collection at every safepoint; what dies is overwritten.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { readFeatures } from './harness/cases.ts';
import { type TestEvaluator, underTest } from './harness/evaluators.ts';
import { expectOutcome } from './harness/expect.ts';

const features = readFeatures(path.dirname(fileURLToPath(import.meta.url)));
/** Each collection marks the whole stack: tests of deep recursion, where that is all there is to mark, are collected less often. */
const isDeep = (feature: string, name: string) => feature === 'limits' || name === 'deep-tail';
const often = 1;
const seldom = 1000;

const skipped = process.env.VIXEN_UPDATE === '1' || process.env.NIX_UNDER_TEST !== undefined;

let evaluators: Record<number, TestEvaluator> = {};
beforeAll(async () => {
  if (!skipped) evaluators = { [often]: await underTest({ stress: often }), [seldom]: await underTest({ stress: seldom }) };
});
afterAll(() => {
  for (const evaluator of Object.values(evaluators)) evaluator.stop();
});

describe.skipIf(skipped).each(features)('$name', ({ name, folder, cases }) => {
  test.concurrent.for(cases)('$name', async (one) => {
    const evaluator = evaluators[isDeep(name, one.name) ? seldom : often];
    expectOutcome(one, await evaluator!.evaluate(one.args, folder), folder);
  });
});

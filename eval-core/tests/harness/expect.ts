import { expect } from 'vitest';
import { type Case, missingLine, type Outcome, withoutFolder } from './cases.ts';

/** Holds what an evaluator did against what the case's files say. */
export function expectOutcome(one: Case, outcome: Outcome, folder: string) {
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

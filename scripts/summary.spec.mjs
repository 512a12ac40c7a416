import { expect, test } from 'vitest';
import { summary } from './summary.mjs';

const report = (passed, failed, testResults = []) => ({
  success: failed === 0,
  numPassedTests: passed,
  numFailedTests: failed,
  testResults,
});

test('counts what passed and what failed', () => {
  expect(summary(report(3, 0))).toEqual({ line: '3 passed, 0 failed', ok: true });
  expect(summary(report(3, 2))).toEqual({ line: '3 passed, 2 failed', ok: false });
});

test('a file that does not load is a failure', () => {
  const files = [{ status: 'failed', assertionResults: [] }];
  expect(summary({ ...report(3, 0, files), success: false })).toEqual({ line: '3 passed, 1 failed', ok: false });
});

test('no report is a failure', () => {
  expect(summary(undefined)).toEqual({ line: '0 passed, 1 failed', ok: false });
});

// Prints the closing line of CI, `N passed, N failed`, from Vitest's JSON report. A file that could not be loaded counts as one failure.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The closing line for a report, and whether it is a success. */
export function summary(report) {
  if (!report) return { line: '0 passed, 1 failed', ok: false };
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  const failed = report.numFailedTests + unloaded;
  return { line: `${report.numPassedTests} passed, ${failed} failed`, ok: report.success && failed === 0 };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2];
  const report = file && fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
  const { line, ok } = summary(report);
  console.log(line);
  process.exitCode = ok ? 0 : 1;
}

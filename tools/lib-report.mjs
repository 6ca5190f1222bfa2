// Adds up what vitest's JSON reports say. Must count a run that wrote no report as a failure.
import { existsSync, readFileSync } from 'node:fs';

/** {passed, failed, skipped} of one report file; a file that failed to load counts as one failure. */
export function readReport(path) {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 };
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const files = report.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults ?? []);
  const count = (...statuses) => tests.filter((test) => statuses.includes(test.status)).length;
  // A file that could not be imported, or whose hook failed, has a status of its own and maybe no test.
  const broken = files.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults?.some((test) => test.status === 'failed'),
  ).length;
  const [passed, failed] = [count('passed'), count('failed') + broken];
  const skipped = tests.length - passed - count('failed');
  // Errors outside any test: vitest says no success without a failed test.
  const outside = report.success === false && failed === 0 ? 1 : 0;
  return { passed, failed: failed + outside, skipped };
}

/** Files with a failure, as the report names them; undefined when something failed that belongs to no file. */
export function failedFiles(path) {
  if (!existsSync(path)) return undefined;
  try {
    const { testResults = [] } = JSON.parse(readFileSync(path, 'utf8'));
    const files = testResults.filter((file) => file.status === 'failed').map((file) => file.name);
    return files.length === 0 || !files.every((name) => typeof name === 'string')
      ? undefined
      : files;
  } catch {
    return undefined;
  }
}

/** What counts after failed files ran a second time on their own: their second result in place of their first. */
export const afterSecondRun = (first, second) => ({
  passed: first.passed + Math.min(second.passed, first.failed),
  failed: second.failed,
  skipped: first.skipped + second.skipped,
});

export const addUp = (all) =>
  all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

export const lineOf = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

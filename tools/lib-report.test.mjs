import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { afterSecondRun, failedFiles, readReport } from './lib-report.mjs';

const folder = mkdtempSync(join(tmpdir(), 'in-camera-lib-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name, value) => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(value));
  return path;
};
const test = (status) => ({ status });

describe('the count of a run', () => {
  it('counts a file that failed without a failed test, and a run without a report', () => {
    const path = write('a.json', {
      success: false,
      testResults: [
        { name: 'one', status: 'failed', assertionResults: [] },
        { name: 'two', status: 'passed', assertionResults: [test('passed'), test('skipped')] },
      ],
    });
    expect(readReport(path)).toEqual({ passed: 1, failed: 1, skipped: 1 });
    expect(failedFiles(path)).toEqual(['one']);
    expect(readReport(join(folder, 'none.json')).failed).toBe(1);
    expect(failedFiles(join(folder, 'none.json'))).toBeUndefined();
  });

  it('knows no file to run again when the failure belongs to none', () => {
    const path = write('b.json', { success: false, testResults: [] });
    expect(failedFiles(path)).toBeUndefined();
    expect(readReport(path).failed).toBe(1);
  });

  it('takes a second failure for a failure, and the second result for the first', () => {
    const first = { passed: 250, failed: 3, skipped: 0 };
    expect(afterSecondRun(first, { passed: 6, failed: 1, skipped: 0 }).failed).toBe(1);
    expect(afterSecondRun(first, { passed: 7, failed: 0, skipped: 0 })).toEqual({
      passed: 253,
      failed: 0,
      skipped: 0,
    });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRelease, keepRelease, mergeResults, readRelease, resultsOf } from './release.mjs';

// Ids in test names count as evidence, so the ids below stand in texts and never in names.
const FILE = 'e2e/x.release.test.ts';
const TITLES = new Map([
  [FILE, ['A-38 no flipped bit opens', 'SEC-7 all of it']],
  ['crypto/x.test.ts', ['A-22 on each change']],
]);
const passed = () => ({
  [FILE]: {
    date: '2026-11-27',
    tests: { 'A-38 no flipped bit opens': 'passed', 'SEC-7 all of it': 'passed' },
  },
});

describe('the results of release tests', () => {
  it('are enough when every id that a file carries has passed', () => {
    expect(checkRelease(TITLES, passed())).toEqual([]);
  });

  it.each([
    ['a file never ran', (kept) => delete kept[FILE]],
    ['a test failed', (kept) => Object.assign(kept[FILE].tests, { more: 'failed' })],
    ['a test was skipped', (kept) => Object.assign(kept[FILE].tests, { more: 'skipped' })],
    ['a result is no result', (kept) => Object.assign(kept[FILE].tests, { more: 'fine' })],
    ['a test came after the run', (kept) => delete kept[FILE].tests['SEC-7 all of it']],
    ['a result has no date', (kept) => delete kept[FILE].date],
    [
      'a result stays of a file that went',
      (kept) => Object.assign(kept, { 'e2e/y.ts': kept[FILE] }),
    ],
  ])('are a finding when %s', (_name, change) => {
    const kept = passed();
    change(kept);
    expect(checkRelease(TITLES, kept)).toHaveLength(1);
  });

  it('are a finding when a file ran without any test', () => {
    const empty = { [FILE]: { date: '2026-11-27', tests: {} } };
    expect(checkRelease(new Map([[FILE, []]]), empty)).toEqual([`${FILE}: ran without a test`]);
  });

  it('come from the report, where a file that could not be loaded has failed', () => {
    const report = {
      testResults: [
        { name: `/tree/${FILE}`, status: 'failed', assertionResults: [] },
        {
          name: '/tree/b.release.test.ts',
          status: 'passed',
          assertionResults: [
            { fullName: 'one', status: 'passed' },
            { fullName: 'two', status: 'pending' },
          ],
        },
      ],
    };
    expect(resultsOf(report, '/tree', 'd')).toEqual({
      [FILE]: { date: 'd', tests: { '(the file as a whole)': 'failed' } },
      'b.release.test.ts': { date: 'd', tests: { one: 'passed', two: 'skipped' } },
    });
  });

  it('of one file leave the others as they were, and go with the file', () => {
    const kept = { a: 1, b: 1, gone: 1 };
    expect(mergeResults(kept, { b: 2 }, (path) => path !== 'gone')).toEqual({ a: 1, b: 2 });
  });

  it('are kept in a file of the tree, and a run without a report changes nothing', () => {
    const root = mkdtempSync(join(tmpdir(), 'in-camera-release-'));
    try {
      expect(readRelease(root)).toEqual({});
      for (const folder of ['controls', 'e2e']) mkdirSync(join(root, folder));
      writeFileSync(join(root, FILE), '');
      const tests = [{ fullName: 'A-38 no flipped bit opens', status: 'passed' }];
      const report = join(root, 'report.json');
      const entry = { name: join(root, FILE), status: 'passed', assertionResults: tests };
      writeFileSync(report, JSON.stringify({ testResults: [entry] }));
      keepRelease(root, report, '2026-11-27');
      keepRelease(root, join(root, 'none.json'));
      expect(readRelease(root)).toEqual({
        [FILE]: { date: '2026-11-27', tests: { 'A-38 no flipped bit opens': 'passed' } },
      });
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

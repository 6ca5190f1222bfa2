import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkFigures, figuresTable, withFigures } from './readme-figures.mjs';

const README =
  'before\n<!-- figures: made by tools/readme-figures.mjs -->\nold\n<!-- /figures -->\nafter\n';
const RESULT = {
  name: 'join-ms',
  value: 640,
  unit: 'ms',
  goal: 700,
  command: 'npm run b',
  date: '2026-11-23',
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'figures-'));
  mkdirSync(join(root, 'bench'));
});
afterEach(() => rmSync(root, { recursive: true }));

function findingsOf(readme, results) {
  writeFileSync(join(root, 'README.md'), readme);
  writeFileSync(join(root, 'bench/results.json'), JSON.stringify(results));
  return checkFigures(root).findings;
}

describe('figures in the README', () => {
  it('writes value, goal and whether it was met', () => {
    expect(figuresTable([RESULT])).toContain('| 640 ms | 700 ms | met |');
    expect(figuresTable([{ ...RESULT, value: 701 }])).toContain('| 701 ms | 700 ms | missed |');
    expect(figuresTable([{ ...RESULT, goal: null }])).toContain('| no goal |');
  });

  it('says so when nothing was measured', () => {
    expect(figuresTable([])).toContain('Nothing has been measured');
  });

  it('changes nothing outside the markers, and nothing the second time', () => {
    const once = withFigures(README, [RESULT]);
    expect(once.startsWith('before\n')).toBe(true);
    expect(once.endsWith('\nafter\n')).toBe(true);
    expect(withFigures(once, [RESULT])).toBe(once);
  });

  it('passes a fresh README and finds a stale one', () => {
    expect(findingsOf(withFigures(README, [RESULT]), [RESULT])).toEqual([]);
    expect(findingsOf(README, [RESULT])).toHaveLength(1);
    expect(findingsOf(withFigures(README, [RESULT]), [{ ...RESULT, value: 900 }])).toHaveLength(1);
  });

  it('refuses missing markers, odd entries and a name twice', () => {
    expect(findingsOf('no markers', [])).toHaveLength(1);
    expect(findingsOf(README, [{ ...RESULT, value: '640' }])).toHaveLength(1);
    expect(findingsOf(README, [RESULT, RESULT])).toHaveLength(1);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, type Oklch } from './contrast.testkit.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

function readColour(text: string): Oklch {
  const [l, c, h] = (/oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/.exec(text) ?? []).slice(1).map(Number);
  if (l === undefined || c === undefined || h === undefined) throw new Error(`no colour: ${text}`);
  return { l, c, h };
}

/** The colour of a token in both themes, read from the file that the pages use. */
function token(name: string): { light: Oklch; dark: Oklch } {
  const value = new RegExp(`--${name}: ([^;]+);`).exec(css)?.[1];
  if (value === undefined) throw new Error(`no token ${name}`);
  const parts = value.match(/oklch\([^)]*\)/g) ?? [];
  return { light: readColour(parts[0] ?? ''), dark: readColour(parts[1] ?? parts[0] ?? '') };
}

const TINTS = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `tint-${n}`);
const GROUNDS = ['ground', 'surface', 'raised'];
const TEXT: [string, string][] = [
  ...['ink', 'ink-quiet', 'accent', 'warn', 'stop-word'].flatMap((ink) =>
    GROUNDS.map((ground): [string, string] => [ink, ground]),
  ),
  ['accent-ink', 'accent'],
  ['stop-ink', 'stop'],
  ...TINTS.map((tint): [string, string] => ['tint-ink', tint]),
];
const CONTROLS: [string, string][] = [
  ...['edge', 'focus', 'accent'].flatMap((mark) =>
    GROUNDS.map((ground): [string, string] => [mark, ground]),
  ),
  ['stop', 'ground'],
];

describe('KYA-13 contrast of the tokens', () => {
  for (const theme of ['light', 'dark'] as const) {
    it.each(TEXT)(`${theme}: text %s on %s reaches 4.5`, (ink, ground) => {
      expect(contrast(token(ink)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(4.5);
    });
    it.each(CONTROLS)(`${theme}: %s beside %s reaches 3`, (mark, ground) => {
      expect(contrast(token(mark)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(3);
    });
  }

  it('measures black on white as 21', () => {
    const black = { l: 0, c: 0, h: 0 };
    expect(contrast(black, { l: 1, c: 0, h: 0 })).toBeCloseTo(21, 1);
  });
});

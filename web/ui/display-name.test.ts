import { describe, expect, it } from 'vitest';
import { cleanName, cleanText, initialsOf, tintOf } from './display-name.ts';

describe('cleanName', () => {
  it.each([
    ['  Ana \n Keller ', 'Ana Keller'],
    ['A\u202eb\u2066c\u200bd\u00ade', 'Abcde'],
    ['梅 琳', '梅 琳'],
    ['ليلى', 'ليلى'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['\u3164\u2800 \u200d', 'nobody'],
    ['', 'nobody'],
    ['Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306', 'Z\u0300\u0301\u0302\u0303'],
  ])('shows %j as %j', (name, shown) => {
    expect(cleanName(name, 'nobody')).toBe(shown);
  });

  it('cuts by signs, not in the middle of one', () => {
    expect(Array.from(cleanName('😀'.repeat(80), 'nobody'))).toHaveLength(60);
  });
});

describe('cleanText', () => {
  it('keeps lines and drops what reorders them', () => {
    expect(cleanText('a\r\nb\u202ec\td')).toBe('a\nbc  d');
  });
});

describe('initialsOf', () => {
  it.each([
    ['Ana Keller', 'AK'],
    ['Dr Sofia Marchetti', 'SM'],
    ['jonas', 'J'],
    ['Émile-Zola', 'ÉZ'],
    ['梅 琳', '梅'],
    ['ليلى حداد', 'ل'],
    ['(Ben) Osei', 'BO'],
    ['😀', '😀'],
    ['Dr', 'D'],
  ])('%s is %s', (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});

it('the tint of a name is one of the eight, and stays', () => {
  expect(tintOf('Ana')).toMatch(/^var\(--tint-[1-8]\)$/);
  expect(tintOf('Ana')).toBe(tintOf('Ana'));
});

import { describe, expect, it } from 'vitest';
import { isolate, listOf, text } from './i18n.ts';
import { english } from './texts.ts';

const ids = Object.keys(english) as (keyof typeof english)[];
const VALUES = { people: 2, count: 2, minutes: 2, number: 2 };
const names = ['name', 'by', 'who', 'time', 'from', 'to', 'state', 'kind', 'link', 'text'];
const all = { ...VALUES, ...Object.fromEntries(names.map((name) => [name, 'X'])) };

describe('texts', () => {
  it.each(ids)('%s reads well with its values', (id) => {
    const words = (text as (id: string, values: object) => string)(id, all);
    expect(words).not.toBe('');
    expect(words).not.toMatch(/[{}]|undefined|plural/);
    expect(words).not.toMatch(/\s{3,}| $|^ /);
    expect(words).not.toMatch(/[A-Z]{5,}/);
  });

  it('counts', () => {
    expect(text('trust.closed', { people: 1 })).toBe('Only you. Nobody else.');
    expect(text('trust.closed', { people: 5 })).toBe('5 people. Nobody else.');
    expect(text('waiting.minutes', { minutes: 0 })).toBe('Waiting for less than a minute');
    expect(text('waiting.minutes', { minutes: 1 })).toBe('Waiting for 1 minute');
  });

  it('TRA-3 the first layer of the notice has at most 100 words', () => {
    const plain = english['lobby.notice'].replaceAll(/<[^>]+>/g, '');
    expect(plain.split(/\s+/).length).toBeLessThanOrEqual(100);
  });

  it('fences off names that run from right to left, and only those', () => {
    expect(isolate('ليلى')).toBe('\u2068ليلى\u2069');
    expect(isolate('梅琳')).toBe('梅琳');
    expect(text('notice.left', { name: 'ليلى' })).toBe('\u2068ليلى\u2069 left');
    expect(text('notice.left', { name: 'Ana' })).toBe('Ana left');
  });

  it('lists names', () => {
    expect(listOf(['Ana', 'Ben', 'Mei'])).toBe('Ana, Ben, and Mei');
  });

  it('does not read a name as a pattern', () => {
    expect(text('notice.left', { name: '{by}<b>x</b>' })).toBe('{by}<b>x</b> left');
  });
});

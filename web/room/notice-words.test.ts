import { expect, it } from 'vitest';
import type { Notice } from '../call/model.ts';
import '../i18n/i18n.ts';
import { currentNotice } from './notice-words.ts';

const cameIn = (name: string): Notice => ({ kind: 'came-in', id: name, name, by: 'Ana' });

it('PBD-4 names everyone who came in', () => {
  expect(currentNotice([cameIn('Ben')])?.words).toBe('Ben came in, admitted by Ana');
  const five = ['Ben', 'Mei', 'Tom', 'Ada', 'Kim'].map(cameIn);
  const current = currentNotice(five);
  expect(current?.words).toBe('Ben, Mei, Tom, and 2 others came in');
  expect(current?.ids).toHaveLength(5);
});

it('shows other news one after the other', () => {
  const left: Notice = { kind: 'left', id: 'x', name: 'Tom' };
  expect(currentNotice([left, cameIn('Ben')])).toEqual({ ids: ['x'], words: 'Tom left' });
  expect(currentNotice([])).toBeUndefined();
});

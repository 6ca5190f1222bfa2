import { codecOfMime } from '@in-camera/crypto/frame-layout.ts';
import { expect, it } from 'vitest';
import { CODECS } from './codecs.ts';

it('A-40 SEC-4 what the page lets a server choose is what frames have a layout for', () => {
  const all = Object.values(CODECS).flat();
  expect(all.length).toBeGreaterThan(0);
  for (const mime of all) expect(codecOfMime(mime), mime).not.toBeNull();
});

import { createHash, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodecError, concat, utf8 } from './bytes.ts';
import { flipBit } from './people.testkit.ts';
import {
  BOX_OVERHEAD,
  hkdf,
  importBoxKey,
  openBox,
  padTo,
  randomBytes,
  sealBox,
  sha256,
  unpad,
} from './sealing.ts';

const bytes = (maxLength = 100) => fc.uint8Array({ maxLength });

describe('sealing', () => {
  it('hashes and derives as node:crypto does', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(), bytes(), bytes(), async (a, b, context) => {
        const hashed = createHash('sha256').update(a).update(b).digest();
        expect(Buffer.compare(await sha256(a, b), hashed)).toBe(0);
        const part = (text: Uint8Array) => concat(Uint8Array.of(0, text.length), text);
        const info = concat(part(utf8('In Camera 1 x')), part(context));
        const wanted = hkdfSync('sha256', a, new Uint8Array(32), info, 40);
        expect(Buffer.compare(await hkdf(a, 'x', context, 40), new Uint8Array(wanted))).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('opens its own boxes and no other: every part is bound', async () => {
    const key = await importBoxKey(randomBytes(32));
    const other = await importBoxKey(randomBytes(32));
    await fc.assert(
      fc.asyncProperty(bytes(), bytes(), fc.nat(), async (aad, content, at) => {
        const given = Uint8Array.from(content);
        const box = await sealBox(key, 'package', aad, content);
        expect(Uint8Array.from(content)).toEqual(given);
        expect(box.length).toBe(content.length + BOX_OVERHEAD);
        expect(await openBox(key, 'package', aad, box)).toEqual(given);
        expect(await openBox(key, 'opening', aad, box)).toBeUndefined();
        expect(await openBox(other, 'package', aad, box)).toBeUndefined();
        expect(await openBox(key, 'package', concat(aad, Uint8Array.of(0)), box)).toBeUndefined();
        expect(await openBox(key, 'package', aad, flipBit(box, at))).toBeUndefined();
        expect(await openBox(key, 'package', aad, box.subarray(0, -1))).toBeUndefined();
      }),
      { numRuns: 40 },
    );
    expect(await openBox(key, 'package', utf8(''), new Uint8Array(27))).toBeUndefined();
  });

  it('never uses a nonce twice, and hands out no key bytes', async () => {
    const key = await importBoxKey(randomBytes(32));
    const boxes = await Promise.all(
      Array.from({ length: 200 }, () => sealBox(key, 'x', utf8(''), utf8('same'))),
    );
    const nonces = boxes.map((box) => Buffer.from(box.subarray(0, 12)).toString('hex'));
    expect(new Set(nonces).size).toBe(200);
    expect(key.extractable).toBe(false);
  });

  it('pads to one size and takes nothing else back', () => {
    fc.assert(
      fc.property(bytes(60), fc.integer({ min: 64, max: 80 }), (content, size) => {
        const padded = padTo(size, content);
        expect(padded.length).toBe(size);
        expect(unpad(padded)).toEqual(Uint8Array.from(content));
        if (content.length + 4 < size) {
          padded[size - 1] = 1;
          expect(() => unpad(padded)).toThrow(CodecError);
        }
      }),
    );
    expect(() => padTo(10, randomBytes(7))).toThrow(CodecError);
    expect(() => unpad(Uint8Array.of(0, 0, 0, 5, 1))).toThrow(CodecError);
  });
});

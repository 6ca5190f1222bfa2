import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concat } from './bytes.ts';
import { ed25519PublicKey } from './mls/index.ts';
import { anyBytes, BAD_ED25519, BAD_X25519, flipBit, loadHere } from './people.testkit.ts';
import { randomBytes } from './sealing.ts';
import {
  isGoodEd25519Key,
  isGoodHpkeKey,
  type SignedKind,
  signedContent,
  signWith,
  signWithSeed,
  verifySigned,
} from './signing.ts';

beforeAll(loadHere);

const KINDS: readonly SignedKind[] = [
  'admission',
  'knock',
  'knock-keys',
  'leaving',
  'opening',
  'statement',
  'void',
];

describe('labelled signatures', () => {
  it('A-16 SEC-5 fit no other kind, no other body and no other key', () => {
    const seed = randomBytes(32);
    const key = ed25519PublicKey(seed);
    const other = ed25519PublicKey(randomBytes(32));
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.constantFrom(...KINDS),
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        fc.nat(),
        (kind, read, body, at) => {
          const signature = signWithSeed(seed, kind, body);
          expect(verifySigned(key, read, body, signature)).toBe(kind === read);
          expect(verifySigned(other, kind, body, signature)).toBe(false);
          expect(verifySigned(key, kind, flipBit(body, at), signature)).toBe(false);
          expect(verifySigned(key, kind, body, flipBit(signature, at))).toBe(false);
          expect(verifySigned(key, kind, body, signature.subarray(1))).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('A-16 no two of kind and body are signed as the same bytes', () => {
    const texts = fc.tuple(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(texts, texts, ([kindA, a], [kindB, b]) => {
        const same = Buffer.compare(signedContent(kindA, a), signedContent(kindB, b)) === 0;
        expect(same).toBe(kindA === kindB && Buffer.compare(a, b) === 0);
      }),
    );
  });

  it('is what another implementation of Ed25519 signs, and waits for its signer', async () => {
    const seed = randomBytes(32);
    const der = concat(Buffer.from('302e020100300506032b657004220420', 'hex'), seed);
    const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
    const jwk = createPublicKey(key).export({ format: 'jwk' });
    expect(Buffer.from(ed25519PublicKey(seed)).toString('base64url')).toBe(jwk.x);
    const body = Uint8Array.of(1, 2, 3);
    const theirs = await signWith(async (message) => sign(null, message, key), 'void', body);
    expect(Buffer.compare(theirs, signWithSeed(seed, 'void', body))).toBe(0);
  });
});

describe('A-23 keys', () => {
  it('A-23 SEC-7 no small order, second spelling or other length as a signature key', () => {
    expect(BAD_ED25519.length).toBeGreaterThanOrEqual(18);
    for (const key of BAD_ED25519) {
      expect(isGoodEd25519Key(key), Buffer.from(key).toString('hex')).toBe(false);
      // R of small order and S = 0 verifies under such a key when nobody looks.
      const forged = concat(key, new Uint8Array(32));
      for (const body of [Uint8Array.of(1), Uint8Array.of(2)]) {
        expect(verifySigned(key, 'admission', body, forged)).toBe(false);
      }
    }
    for (const length of [0, 31, 33, 64]) expect(isGoodEd25519Key(randomBytes(length))).toBe(false);
  });

  it('A-23 SEC-7 no all-zero agreement as an HPKE key, alone or in the hybrid', () => {
    for (const key of BAD_X25519) {
      expect(isGoodHpkeKey(key), Buffer.from(key).toString('hex')).toBe(false);
      expect(isGoodHpkeKey(concat(randomBytes(1184), key))).toBe(false);
    }
    for (const length of [0, 31, 33, 1184, 1215, 1217]) {
      expect(isGoodHpkeKey(randomBytes(length))).toBe(false);
    }
  });

  it('takes real keys', () => {
    fc.assert(
      fc.property(anyBytes(32), (seed) => {
        expect(isGoodEd25519Key(ed25519PublicKey(seed))).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(isGoodHpkeKey(randomBytes(32))).toBe(true);
    expect(isGoodHpkeKey(randomBytes(1216))).toBe(true);
  });
});

// RFC 9605 appendix C: the values are not ours, so a mistake made twice cannot hide.
import { describe, expect, it } from 'vitest';
import { concat } from './bytes.ts';
import {
  AES_128_GCM_SHA256_128,
  AES_256_GCM_SHA512_128,
  deriveForSuite,
  deriveFrameKey,
  FrameHeader,
  writeHeader,
  writeNonce,
} from './sframe.ts';
import { fromHex, toHex } from './vectors/hex.ts';
import vectors from './vectors/rfc9605.json' with { type: 'json' };

const halves = (value: bigint): [number, number] => [
  Number(value >> 32n),
  Number(value & 0xffff_ffffn),
];

describe('RFC 9605 headers', () => {
  it('SEC-7 all 289 headers are written and read as published', () => {
    expect(vectors.headers).toHaveLength(289);
    for (const [kid = '', ctr = '', encoded = ''] of vectors.headers) {
      const [kidHi, kidLo] = halves(BigInt(kid));
      const [ctrHi, ctrLo] = halves(BigInt(ctr));
      const out = new Uint8Array(17);
      const length = writeHeader(out, 0, kidHi, kidLo, ctrHi, ctrLo);
      expect(toHex(out.subarray(0, length))).toBe(encoded);
      const header = new FrameHeader();
      expect(header.read(concat(Uint8Array.of(0xaa), fromHex(encoded)), 1)).toBe(true);
      expect([header.kidHi, header.kidLo, header.ctrHi, header.ctrLo, header.length]).toEqual([
        kidHi,
        kidLo,
        ctrHi,
        ctrLo,
        length,
      ]);
      expect(header.kid).toBe(BigInt(kid) < 2n ** 53n ? Number(kid) : -1);
      for (let cut = 0; cut < length; cut++)
        expect(header.read(fromHex(encoded).subarray(0, cut), 0)).toBe(false);
    }
  });
});

describe('RFC 9605 sealing', () => {
  it.each(vectors.sealed)('SEC-7 suite $suite: salt, nonce, header, ciphertext', async (vector) => {
    const suite = vector.suite === 4 ? AES_128_GCM_SHA256_128 : AES_256_GCM_SHA512_128;
    const kid = BigInt(vector.kid);
    const derived = await deriveForSuite(suite, fromHex(vector.baseKey), kid, 'encrypt');
    expect(toHex(derived.salt)).toBe(vector.salt);
    const nonce = new Uint8Array(12);
    writeNonce(nonce, derived.salt, ...halves(BigInt(vector.ctr)));
    expect(toHex(nonce)).toBe(vector.nonce);
    const scratch = new Uint8Array(17);
    const header = scratch.subarray(
      0,
      writeHeader(scratch, 0, ...halves(kid), ...halves(BigInt(vector.ctr))),
    );
    const aad = concat(header, fromHex(vector.metadata));
    expect(toHex(aad)).toBe(vector.aad);
    const params = { name: 'AES-GCM', iv: nonce, additionalData: aad, tagLength: 128 };
    const sealed = await crypto.subtle.encrypt(params, derived.key, fromHex(vector.plaintext));
    expect(toHex(concat(header, new Uint8Array(sealed)))).toBe(vector.sealed);
  });

  it('SEC-7 frames are keyed by suite 5, for one direction, not extractable', async () => {
    const vector = vectors.sealed.find((one) => one.suite === 5);
    const { key, salt } = await deriveFrameKey(
      fromHex(vector?.baseKey ?? ''),
      Number(vector?.kid),
      'decrypt',
    );
    expect(toHex(salt)).toBe(vector?.salt);
    expect(key.usages).toEqual(['decrypt']);
    expect(key.extractable).toBe(false);
    expect(key.algorithm).toMatchObject({ name: 'AES-GCM', length: 256 });
  });
});

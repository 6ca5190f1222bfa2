// Ed25519 and HPKE against published vectors, and the keys that browsers wrongly accept.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ed25519PublicKey,
  ed25519Sign,
  ed25519Verify,
  hpkeGenerate,
  hpkeOpen,
  hpkeSeal,
  SUITE_CLASSICAL,
} from './index.ts';
import { codeOf, hex, load, NONE, SLOW, SUITES, seed, text, unhex } from './mls.testkit.ts';

beforeAll(load);

const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const little = (value: bigint) =>
  Uint8Array.from({ length: 32 }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));
const number = (bytes: Uint8Array) =>
  bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const sha512 = (...parts: Uint8Array[]) =>
  Uint8Array.from(createHash('sha512').update(Buffer.concat(parts)).digest());
const join = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

/** The eight points of small order, then other spellings of them (y not reduced, sign of zero). */
const TORSION = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
].map(unhex);
const SPELLINGS = [
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(31)}`,
  `ed${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(31)}`,
  `ee${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(31)}`,
].map(unhex);

describe('Ed25519', SLOW, () => {
  it.each([
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
  ])('meets RFC 8032 section 7.1 (%s)', (secret, key, message, signature) => {
    expect(hex(ed25519PublicKey(unhex(secret)))).toBe(key);
    expect(hex(ed25519Sign(unhex(secret), unhex(message)))).toBe(signature);
    expect(ed25519Verify(unhex(key), unhex(message), unhex(signature))).toBe(true);
    expect(ed25519Verify(unhex(key), text('other'), unhex(signature))).toBe(false);
  });

  it('refuses small-order keys in every spelling, whatever the signature', () => {
    for (const key of [...TORSION, ...SPELLINGS]) {
      for (const r of TORSION) {
        for (const message of ['a', 'b', 'c', 'd']) {
          expect(ed25519Verify(key, text(message), join(r, new Uint8Array(32)))).toBe(false);
        }
      }
    }
  });

  it('refuses a small-order R and an unreduced S under a good key', () => {
    const secret = seed();
    const key = ed25519PublicKey(secret);
    const message = text('message');
    const scalar = sha512(secret).subarray(0, 32);
    scalar[0]! &= 248;
    scalar[31] = (scalar[31]! & 127) | 64;
    for (const r of TORSION) {
      const s = (number(sha512(r, key, message)) * number(scalar)) % L;
      expect(ed25519Verify(key, message, join(r, little(s)))).toBe(false);
    }
    const good = ed25519Sign(secret, message);
    expect(ed25519Verify(key, message, good)).toBe(true);
    const unreduced = join(good.subarray(0, 32), little(number(good.subarray(32)) + L));
    expect(ed25519Verify(key, message, unreduced)).toBe(false);
  });

  it('refuses other sizes', () => {
    const secret = seed();
    const key = ed25519PublicKey(secret);
    const good = ed25519Sign(secret, NONE);
    expect(ed25519Verify(key.subarray(1), NONE, good)).toBe(false);
    expect(ed25519Verify(key, NONE, good.subarray(1))).toBe(false);
    expect(ed25519Verify(NONE, NONE, NONE)).toBe(false);
    expect(codeOf(() => ed25519Sign(secret.subarray(1), NONE))).toBe('bad-key');
  });

  it('agrees with WebCrypto', async () => {
    const secret = seed();
    const [key, message] = [ed25519PublicKey(secret), text('message')];
    const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    const signature = ed25519Sign(secret, message);
    expect(await crypto.subtle.verify('Ed25519', imported, signature, message)).toBe(true);
  });
});

describe('HPKE', SLOW, () => {
  it('meets RFC 9180 section A.1.1', () => {
    const plaintext = hpkeOpen(
      SUITE_CLASSICAL,
      unhex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
      unhex('37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431'),
      unhex(
        'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
      ),
      unhex('4f6465206f6e2061204772656369616e2055726e'),
      unhex('436f756e742d30'),
    );
    expect(new TextDecoder().decode(plaintext)).toBe('Beauty is truth, truth beauty');
  });

  it.each(SUITES)('opens what it sealed, and nothing else ($name)', ({ suite }) => {
    const [info, aad, message] = [text('info'), text('aad'), text('message')];
    const { publicKey, privateKey } = hpkeGenerate(suite);
    const other = hpkeGenerate(suite);
    const { kem, ciphertext } = hpkeSeal(suite, publicKey, info, aad, message);
    expect(hpkeOpen(suite, privateKey, kem, ciphertext, info, aad)).toEqual(message);
    const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
    const tries = [
      () => hpkeOpen(suite, other.privateKey, kem, ciphertext, info, aad),
      () => hpkeOpen(suite, privateKey, flipped(kem), ciphertext, info, aad),
      () => hpkeOpen(suite, privateKey, kem, flipped(ciphertext), info, aad),
      () => hpkeOpen(suite, privateKey, kem, ciphertext, text('?'), aad),
      () => hpkeOpen(suite, privateKey, kem, ciphertext, info, text('?')),
      () => hpkeOpen(suite, privateKey.subarray(1), kem, ciphertext, info, aad),
      () => hpkeOpen(suite, privateKey, kem.subarray(1), ciphertext, info, aad),
      () => hpkeOpen(suite, NONE, NONE, NONE, NONE, NONE),
    ];
    expect(tries.map(codeOf)).toEqual(tries.map(() => 'decrypt-failed'));
    for (const key of [publicKey.subarray(1), NONE, join(publicKey, Uint8Array.of(0))]) {
      expect(codeOf(() => hpkeSeal(suite, key, info, aad, message))).toBe('bad-key');
    }
  });

  it.each(SUITES)('refuses small-order X25519 on both sides ($name)', ({ suite }) => {
    const { publicKey, privateKey } = hpkeGenerate(suite);
    const { kem, ciphertext } = hpkeSeal(suite, publicKey, NONE, NONE, text('message'));
    const points = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
      `${'00'.repeat(31)}80`,
    ].map(unhex);
    for (const point of points) {
      const key = join(publicKey.subarray(0, -32), point);
      expect(codeOf(() => hpkeSeal(suite, key, NONE, NONE, NONE))).toBe('bad-key');
      const share = join(kem.subarray(0, -32), point);
      const open = () => hpkeOpen(suite, privateKey, share, ciphertext, NONE, NONE);
      expect(codeOf(open)).toBe('decrypt-failed');
    }
  });
});

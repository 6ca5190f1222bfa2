// The frame format under attack, with Node's own AES-GCM as a second implementation.
import { createDecipheriv, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, concat } from './bytes.ts';
import { FrameOpener, FrameSealer, readFrame } from './frame-cipher.ts';
import { CODEC_BYTE, clearPrefixLength, type FrameCodec, MAX_FRAME_BYTES } from './frame-layout.ts';
import { deriveFrameKey, FrameError, FrameHeader, type FrameKey } from './sframe.ts';

const CODECS: readonly FrameCodec[] = ['opus', 'vp8', 'vp9'];
const KID = 0x12_3456_789a;
const BASE = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
let sealKey: FrameKey;
let openKey: FrameKey;

beforeAll(async () => {
  sealKey = await deriveFrameKey(BASE, KID, 'encrypt');
  openKey = await deriveFrameKey(BASE, KID, 'decrypt');
});

function frameOf(codec: FrameCodec, size: number, key: boolean): Bytes {
  const frame = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536)
    crypto.getRandomValues(frame.subarray(at, Math.min(size, at + 65_536)));
  if (codec === 'vp8' && size > 0) frame[0] = key ? 0x10 : 0x11;
  return frame;
}

async function open(codec: FrameCodec, frame: Bytes, key = openKey): Promise<Bytes | string> {
  const header = new FrameHeader();
  if (!readFrame(codec, frame, header)) return 'unreadable';
  try {
    return await new FrameOpener(key).open(codec, frame, header);
  } catch (error) {
    if (error instanceof FrameError) return error.code;
    throw error;
  }
}

const sizes = fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 65_536 }));
const codecs = fc.constantFrom(...CODECS);
const smallest = (codec: FrameCodec, key: boolean) => (codec === 'vp8' && key ? 10 : 1);

describe('sealing and opening', () => {
  it('SEC-7 every codec and size comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(codecs, sizes, fc.boolean(), async (codec, size, key) => {
        const frame = frameOf(codec, Math.max(size, smallest(codec, key)), key);
        const sealed = await new FrameSealer(KID, sealKey).seal(codec, frame.slice());
        const prefix = clearPrefixLength(codec, frame[0] ?? 0);
        expect(Buffer.compare(sealed.subarray(0, prefix), frame.subarray(0, prefix))).toBe(0);
        const opened = await open(codec, sealed);
        expect(typeof opened === 'string' ? opened : Buffer.compare(opened, frame)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('SEC-7 another implementation reads the same format', async () => {
    const label = Buffer.concat([
      Buffer.from('SFrame 1.0 Secret key '),
      Buffer.from('000000123456789a0005', 'hex'),
    ]);
    const key = new Uint8Array(hkdfSync('sha512', BASE, new Uint8Array(0), label, 32));
    for (const codec of CODECS) {
      const frame = frameOf(codec, 300, true);
      const sealed = await new FrameSealer(KID, sealKey, { hi: 0, lo: 300 }).seal(
        codec,
        frame.slice(),
      );
      const prefix = clearPrefixLength(codec, frame[0] ?? 0);
      const header = sealed.subarray(prefix, prefix + 8);
      expect(Buffer.from(header).toString('hex')).toBe('c9123456789a012c');
      const nonce = sealKey.salt.slice();
      nonce[10] = (nonce[10] ?? 0) ^ 0x01;
      nonce[11] = (nonce[11] ?? 0) ^ 0x2c;
      const reader = createDecipheriv('aes-256-gcm', key, nonce);
      reader.setAAD(concat(header, Uint8Array.of(CODEC_BYTE[codec]), frame.subarray(0, prefix)));
      reader.setAuthTag(sealed.subarray(sealed.length - 16));
      const plain = concat(
        reader.update(sealed.subarray(prefix + 8, sealed.length - 16)),
        reader.final(),
      );
      expect(Buffer.compare(plain, concat(Uint8Array.of(0), frame.subarray(prefix)))).toBe(0);
    }
  });

  it('SEC-7 frames sealed and opened at once do not disturb each other', async () => {
    const sealer = new FrameSealer(KID, sealKey);
    const opener = new FrameOpener(openKey);
    const frames = Array.from({ length: 50 }, (_, i) => frameOf('vp8', 10 + 37 * i, i % 5 === 0));
    const sealed = await Promise.all(frames.map((frame) => sealer.seal('vp8', frame.slice())));
    const header = new FrameHeader();
    const opened = await Promise.all(
      sealed.map((frame) => {
        expect(readFrame('vp8', frame, header)).toBe(true);
        return opener.open('vp8', frame, header);
      }),
    );
    for (const [i, frame] of opened.entries()) {
      expect(Buffer.compare(frame, frames[i] ?? new Uint8Array(0))).toBe(0);
    }
  });

  it('a plaintext whose type byte is not 0 is refused', async () => {
    const vp9 = frameOf('vp9', 40, false);
    const sealed = await new FrameSealer(KID, sealKey).seal('vp9', vp9);
    const header = new FrameHeader();
    readFrame('vp9', sealed, header);
    const at = 1 + header.length;
    const aad = concat(
      sealed.subarray(1, at),
      Uint8Array.of(CODEC_BYTE.vp9),
      sealed.subarray(0, 1),
    );
    const typedOne = concat(Uint8Array.of(1), new Uint8Array(39));
    const params = { name: 'AES-GCM', iv: sealKey.salt, additionalData: aad, tagLength: 128 };
    const forged = concat(
      sealed.subarray(0, at),
      new Uint8Array(await crypto.subtle.encrypt(params, sealKey.key, typedOne)),
    );
    expect(await open('vp9', forged)).toBe('frame-type');
  });
});

describe('A-38 truncation, bit flips, prefix and tag lies', () => {
  it('A-38 SEC-7 no cut of a sealed frame opens', async () => {
    await fc.assert(
      fc.asyncProperty(codecs, sizes, fc.boolean(), fc.nat(), async (codec, size, key, at) => {
        const frame = frameOf(codec, Math.max(size, smallest(codec, key)), key);
        const sealed = await new FrameSealer(KID, sealKey).seal(codec, frame);
        expect(['unreadable', 'frame-tag']).toContain(
          await open(codec, sealed.slice(0, at % sealed.length)),
        );
        expect(['unreadable', 'frame-tag']).toContain(
          await open(codec, sealed.slice(1 + (at % (sealed.length - 1)))),
        );
        expect(await open(codec, concat(sealed, Uint8Array.of(at & 255)))).toBe('frame-tag');
      }),
      { numRuns: 60 },
    );
  });

  it('A-38 SEC-7 no flipped bit opens, wherever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        codecs,
        sizes,
        fc.boolean(),
        fc.nat(),
        fc.nat(7),
        async (codec, size, key, at, bit) => {
          const frame = frameOf(codec, Math.max(size, smallest(codec, key)), key);
          const sealed = await new FrameSealer(KID, sealKey).seal(codec, frame);
          // Anywhere, and once in the first 40 bytes, where prefix and header are.
          for (const index of [at % sealed.length, at % Math.min(40, sealed.length)]) {
            const flipped = sealed.slice();
            flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
            expect(['unreadable', 'frame-tag']).toContain(await open(codec, flipped));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('A-38 every single bit of a small frame', async () => {
    for (const codec of CODECS) {
      const sealed = await new FrameSealer(KID, sealKey).seal(codec, frameOf(codec, 24, true));
      for (let i = 0; i < sealed.length * 8; i++) {
        const flipped = sealed.slice();
        flipped[i >> 3] = (flipped[i >> 3] ?? 0) ^ (1 << (i & 7));
        expect(['unreadable', 'frame-tag']).toContain(await open(codec, flipped));
      }
    }
  });

  it('A-38 a frame opens under no other codec, although VP8 and VP9 share a layout', async () => {
    for (const codec of CODECS) {
      const sealed = await new FrameSealer(KID, sealKey).seal(codec, frameOf(codec, 200, false));
      for (const other of CODECS.filter((one) => one !== codec)) {
        expect(['unreadable', 'frame-tag']).toContain(await open(other, sealed));
      }
    }
  });

  it('A-38 random bytes of any length never open', async () => {
    await fc.assert(
      fc.asyncProperty(codecs, fc.uint8Array({ maxLength: 300 }), async (codec, bytes) => {
        expect(['unreadable', 'frame-tag']).toContain(await open(codec, Uint8Array.from(bytes)));
      }),
    );
  });

  it('A-38 another key of the same group does not open it', async () => {
    const sealed = await new FrameSealer(KID, sealKey).seal('opus', frameOf('opus', 80, false));
    expect(await open('opus', sealed, await deriveFrameKey(BASE, KID + 1, 'decrypt'))).toBe(
      'frame-tag',
    );
  });

  it('A-38 empty, short and giant frames are refused by the sealer', async () => {
    const sealer = new FrameSealer(KID, sealKey);
    await expect(sealer.seal('opus', new Uint8Array(0))).rejects.toMatchObject({
      code: 'frame-empty',
    });
    await expect(sealer.seal('vp8', Uint8Array.of(0x10, 1, 2))).rejects.toMatchObject({
      code: 'frame-short',
    });
    await expect(sealer.seal('vp9', new Uint8Array(MAX_FRAME_BYTES + 1))).rejects.toMatchObject({
      code: 'frame-too-large',
    });
    expect(readFrame('opus', new Uint8Array(MAX_FRAME_BYTES + 1), new FrameHeader())).toBe(false);
    expect(sealer.next).toEqual({ hi: 0, lo: 0 });
  });
});

describe('A-39 counter and key identifier limits', () => {
  const counters = [
    0n,
    7n,
    8n,
    255n,
    256n,
    65_535n,
    65_536n,
    2n ** 24n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 64n - 1n,
  ];
  const kids = [
    0,
    7,
    8,
    0xff,
    0x100,
    0xffff,
    0x1_0000,
    0xff_ffff,
    0x100_0000,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 40 - 1,
  ];

  it('A-39 SEC-7 every boundary counter with KIDs of each length, every codec', async () => {
    for (const kid of kids) {
      const key = await deriveFrameKey(BASE, kid, 'encrypt');
      const opener = await deriveFrameKey(BASE, kid, 'decrypt');
      for (const counter of counters) {
        for (const codec of CODECS) {
          const frame = frameOf(codec, 50, true);
          const first = { hi: Number(counter >> 32n), lo: Number(counter & 0xffff_ffffn) };
          const sealed = await new FrameSealer(kid, key, first).seal(codec, frame.slice());
          const header = new FrameHeader();
          expect(readFrame(codec, sealed, header)).toBe(true);
          expect([header.kid, header.ctrHi, header.ctrLo]).toEqual([kid, first.hi, first.lo]);
          const opened = await open(codec, sealed, opener);
          expect(typeof opened === 'string' ? opened : Buffer.compare(opened, frame)).toBe(0);
        }
      }
    }
  });

  it('A-39 the counter carries from the low into the high half', async () => {
    const sealer = new FrameSealer(KID, sealKey, { hi: 3, lo: 0xffff_ffff });
    await sealer.seal('opus', Uint8Array.of(1));
    expect(sealer.next).toEqual({ hi: 4, lo: 0 });
  });

  it('A-39 after counter 2^64-1 nothing more is sealed', async () => {
    const sealer = new FrameSealer(KID, sealKey, { hi: 0xffff_ffff, lo: 0xffff_ffff });
    await sealer.seal('opus', Uint8Array.of(1));
    expect(sealer.next).toBeNull();
    await expect(sealer.seal('opus', Uint8Array.of(1))).rejects.toMatchObject({
      code: 'counter-spent',
    });
  });

  it('A-39 a counter is used up even when sealing fails', async () => {
    const sealer = new FrameSealer(KID, openKey);
    await expect(sealer.seal('opus', Uint8Array.of(1))).rejects.toThrow();
    expect(sealer.next).toEqual({ hi: 0, lo: 1 });
  });

  it('A-39 the clear first byte decides for the depacketizer, never header or counter', async () => {
    for (const lo of [0, 7, 8, 255, 256, 65_535, 65_536, 2 ** 24]) {
      for (const key of [true, false]) {
        const sealed = await new FrameSealer(KID, sealKey, { hi: 0, lo }).seal(
          'vp8',
          frameOf('vp8', 100, key),
        );
        expect((sealed[0] ?? 0) & 1).toBe(key ? 0 : 1);
      }
    }
  });

  it('A-39 a header longer than it need be is refused', () => {
    const header = new FrameHeader();
    expect(header.read(Uint8Array.of(0x80, 7), 0)).toBe(false);
    expect(header.read(Uint8Array.of(0x08, 7), 0)).toBe(false);
    expect(header.read(Uint8Array.of(0x09, 0, 255), 0)).toBe(false);
    expect(header.read(Uint8Array.of(0xc0, 0, 0, 0, 1, 0), 0)).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ByteReader,
  ByteWriter,
  CodecError,
  compareBytes,
  concat,
  equalBytes,
  fromBase64url,
  fromUtf8,
  toBase64url,
  utf8,
  wipeBytes,
} from './bytes.ts';

const bytes = (maxLength = 200) => fc.uint8Array({ maxLength });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('plain helpers', () => {
  it('concat, equality and order agree with Buffer', () => {
    fc.assert(
      fc.property(bytes(), bytes(), (a, b) => {
        expect(Buffer.from(concat(a, b)).equals(Buffer.concat([a, b]))).toBe(true);
        expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(b));
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      }),
    );
  });

  it('equality sees a change of any single bit', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.nat(),
        fc.nat(7),
        (a, at, bit) => {
          const other = a.slice();
          const index = at % a.length;
          other[index] = (other[index] ?? 0) ^ (1 << bit);
          expect(equalBytes(a, other)).toBe(false);
        },
      ),
    );
  });

  it('wipes in place', () => {
    const secret = Uint8Array.of(1, 2, 3);
    wipeBytes(secret);
    expect([...secret]).toEqual([0, 0, 0]);
  });

  it('utf8 round trips, keeps a byte order mark, refuses malformed bytes', () => {
    expect(fromUtf8(utf8('\uFEFFGrüße'))).toBe('\uFEFFGrüße');
    expect(codeOf(() => fromUtf8(Uint8Array.of(0xc0, 0x80)))).toBe('codec-utf8');
  });
});

describe('base64url', () => {
  it('round trips and agrees with Buffer', () => {
    fc.assert(
      fc.property(bytes(), (a) => {
        expect(toBase64url(a)).toBe(Buffer.from(a).toString('base64url'));
        expect(equalBytes(fromBase64url(toBase64url(a)), a)).toBe(true);
      }),
    );
  });

  it.each(['A', 'AA==', 'A+', 'A/AA', 'AB', 'AAB', 'AA AA', 'AAAAA', 'ÀA'])(
    'refuses %s',
    (text) => {
      expect(codeOf(() => fromBase64url(text))).toBe('codec-base64url');
    },
  );

  it('one value has one spelling: any text taken is what it would be written as', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{0,12}$/), (text) => {
        if (codeOf(() => fromBase64url(text)) !== 'no error') return;
        expect(toBase64url(fromBase64url(text))).toBe(text);
      }),
    );
  });
});

describe('canonical encoding', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(
        fc.nat(0xff),
        fc.nat(0xffff),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        bytes(),
        fc.string(),
        (a, b, c, d, e, f) => {
          const written = new ByteWriter()
            .u8(a)
            .u16(b)
            .u32(c)
            .u64(d)
            .raw(e)
            .bytes8(e)
            .bytes16(e)
            .bytes32(e)
            .text16(f)
            .finish();
          const reader = new ByteReader(written);
          expect([reader.u8(), reader.u16(), reader.u32(), reader.u64()]).toEqual([a, b, c, d]);
          expect(equalBytes(reader.raw(e.length), e)).toBe(true);
          expect(equalBytes(reader.bytes8(), e)).toBe(true);
          expect(equalBytes(reader.bytes16(), e)).toBe(true);
          expect(equalBytes(reader.bytes32(1000), e)).toBe(true);
          expect(reader.text16()).toBe(Buffer.from(f).toString());
          reader.end();
        },
      ),
    );
  });

  it('is big endian', () => {
    const written = new ByteWriter().u16(0x0102).u32(0x03040506).u64(0x0708090a0b0c0d0en).finish();
    expect([...written]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('refuses truncation at every byte, and trailing bytes', () => {
    const written = new ByteWriter().u32(7).bytes16(utf8('hello')).u64(1n).finish();
    const read = (input: Uint8Array) => () => {
      const reader = new ByteReader(input);
      reader.u32();
      reader.bytes16();
      reader.u64();
      reader.end();
    };
    for (let cut = 0; cut < written.length; cut++) {
      expect(codeOf(read(written.subarray(0, cut)))).toBe('codec-truncated');
    }
    expect(codeOf(read(written))).toBe('no error');
    expect(codeOf(read(concat(written, Uint8Array.of(0))))).toBe('codec-trailing');
  });

  it('refuses values that do not fit and lengths above the cap', () => {
    for (const value of [-1, 256, 1.5, Number.NaN]) {
      expect(codeOf(() => new ByteWriter().u8(value))).toBe('codec-range');
    }
    expect(codeOf(() => new ByteWriter().u32(2 ** 32))).toBe('codec-range');
    expect(codeOf(() => new ByteWriter().u64(2n ** 64n))).toBe('codec-range');
    expect(codeOf(() => new ByteWriter().u64(-1n))).toBe('codec-range');
    expect(codeOf(() => new ByteWriter().bytes8(new Uint8Array(256)))).toBe('codec-range');
    expect(codeOf(() => new ByteReader(Uint8Array.of(0, 3, 1, 2, 3)).bytes16(2))).toBe(
      'codec-too-long',
    );
    expect(codeOf(() => new ByteReader(Uint8Array.of(255, 255, 255, 255)).bytes32(16))).toBe(
      'codec-too-long',
    );
    expect(codeOf(() => new ByteReader(new Uint8Array(4)).raw(-1))).toBe('codec-range');
  });

  it('a caller changing its bytes midway changes neither writer nor reader', () => {
    const input = Uint8Array.of(1, 2);
    const writer = new ByteWriter().raw(input);
    const reader = new ByteReader(input);
    input.fill(9);
    expect([...writer.finish()]).toEqual([1, 2]);
    expect([...reader.raw(2)]).toEqual([1, 2]);
  });
});

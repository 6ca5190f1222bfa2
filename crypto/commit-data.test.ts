import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, concat } from './bytes.ts';
import { decodeCommitData, encodeCommitData } from './commit-data.ts';
import { anyBytes, anyU32, flipBit } from './people.testkit.ts';

const anyData = fc.record({
  added: fc.array(fc.record({ seat: anyBytes(16), identity: anyBytes(16) }), { maxLength: 5 }),
  removed: fc.array(anyBytes(16), { maxLength: 5 }),
  leavings: fc.array(
    fc.record({
      leaf: anyU32,
      statement: fc.uint8Array({ maxLength: 60 }).map((one) => Uint8Array.from(one)),
    }),
    { maxLength: 5 },
  ),
});

describe('authenticated data of a commit', () => {
  it('comes back, has one encoding, leaves its input alone', () => {
    fc.assert(
      fc.property(anyData, fc.nat(), (data, at) => {
        const before = structuredClone(data);
        const bytes = encodeCommitData(data);
        expect(data).toEqual(before);
        expect(decodeCommitData(bytes)).toEqual(data);
        const other = flipBit(bytes, at);
        const read = decodeCommitData(other);
        if (read !== undefined) expect(encodeCommitData(read)).toEqual(other);
        expect(decodeCommitData(concat(bytes, Uint8Array.of(0)))).toBeUndefined();
        expect(decodeCommitData(bytes.subarray(0, -1))).toBeUndefined();
      }),
    );
  });

  it('A-29 SEC-16 refuses other versions, long lists and long statements', () => {
    const good = encodeCommitData({ added: [], removed: [], leavings: [] });
    expect(decodeCommitData(good)).toEqual({ added: [], removed: [], leavings: [] });
    for (const version of [0, 2, 255])
      expect(decodeCommitData(Uint8Array.of(version, 0, 0, 0))).toBeUndefined();
    const seats = (count: number) => Array.from({ length: count }, () => new Uint8Array(16));
    const removed = (count: number) =>
      decodeCommitData(encodeCommitData({ added: [], removed: seats(count), leavings: [] }));
    expect(removed(64)?.removed.length).toBe(64);
    expect(removed(65)).toBeUndefined();
    const long = new ByteWriter()
      .u8(1)
      .u8(0)
      .u8(0)
      .u8(1)
      .u32(0)
      .bytes16(new Uint8Array(1025))
      .finish();
    expect(decodeCommitData(long)).toBeUndefined();
    expect(decodeCommitData(new Uint8Array(0))).toBeUndefined();
  });
});

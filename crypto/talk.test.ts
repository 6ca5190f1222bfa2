import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, concat } from './bytes.ts';
import { anyBytes, anyU32, anyU64, flipBit } from './people.testkit.ts';
import { decodeTalk, encodeTalk, type Talk } from './talk.ts';

const anyTalk: fc.Arbitrary<Talk> = fc.oneof(
  fc.record({
    kind: fc.constant('chat' as const),
    count: anyU32,
    previous: anyBytes(32),
    id: anyBytes(8),
    text: fc.string({ unit: 'grapheme', maxLength: 40 }),
  }),
  fc.record({
    kind: fc.constant('states' as const),
    states: fc.array(
      fc.uint8Array({ maxLength: 40 }).map((one) => Uint8Array.from(one)),
      { maxLength: 5 },
    ),
  }),
  fc.record({ kind: fc.constant('mute' as const), leafKey: anyBytes(32) }),
  fc.record({ kind: fc.constant('end' as const) }),
  fc.record({ kind: fc.constant('beat' as const), transcript: anyBytes(32), frames: anyU64 }),
);

describe('talk', () => {
  it('comes back, has one encoding, leaves its input alone', () => {
    fc.assert(
      fc.property(anyTalk, fc.nat(), (talk, at) => {
        const before = structuredClone(talk);
        const bytes = encodeTalk(talk);
        expect(talk).toEqual(before);
        expect(decodeTalk(bytes)).toEqual(talk);
        expect(decodeTalk(concat(bytes, Uint8Array.of(0)))).toBeUndefined();
        expect(decodeTalk(bytes.subarray(0, -1))).toBeUndefined();
        const other = flipBit(bytes, at);
        const read = decodeTalk(other);
        if (read !== undefined) expect(encodeTalk(read)).toEqual(other);
      }),
    );
  });

  it('A-55 SEC-16 refuses unknown kinds and versions, long texts, many states, broken text', () => {
    const start = (kind: number) => new ByteWriter().u8(1).u8(kind);
    expect(decodeTalk(new Uint8Array(0))).toBeUndefined();
    for (const kind of [5, 6, 255]) expect(decodeTalk(start(kind).finish())).toBeUndefined();
    expect(decodeTalk(Uint8Array.of(2, 3))).toBeUndefined();
    const chat = (text: Uint8Array) =>
      decodeTalk(
        start(0).u32(1).raw(new Uint8Array(32)).raw(new Uint8Array(8)).bytes16(text).finish(),
      );
    expect(chat(new Uint8Array(16_000).fill(65))?.kind).toBe('chat');
    expect(chat(new Uint8Array(16_001).fill(65))).toBeUndefined();
    expect(chat(Uint8Array.of(0xff))).toBeUndefined();
    const states = (count: number) => {
      const writer = start(1).u8(count);
      for (let i = 0; i < count; i++) writer.bytes16(new Uint8Array(0));
      return decodeTalk(writer.finish());
    };
    expect(states(64)?.kind).toBe('states');
    expect(states(65)).toBeUndefined();
    const long = start(1).u8(1).bytes16(new Uint8Array(1025)).finish();
    expect(decodeTalk(long)).toBeUndefined();
  });

  it('noise is nothing, never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
        decodeTalk(noise);
        decodeTalk(concat(Uint8Array.of(1), noise));
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, CodecError, concat } from './bytes.ts';
import {
  afterRemovals,
  canonical,
  decodeGroupContext,
  encodeGroupContext,
  encodePolicy,
  FIRST_CONTEXT,
  type GroupContext,
  isCarried,
  isClosed,
  readPolicy,
  sortedOnce,
} from './group-context.ts';
import { anyBytes, anyU32, flipBit } from './people.testkit.ts';

const anySerial = fc.record({
  issuer: fc.constantFrom(0n, 1n, 2n ** 64n - 1n),
  serial: fc.oneof(fc.nat(12), fc.constant(0xffff_ffff)),
});
const anyClosed = fc
  .tuple(anySerial, anyBytes(32))
  .map(([serial, leafKey]) => ({ ...serial, leafKey }));
const anyPolicy = fc.record({
  locked: fc.boolean(),
  strict: fc.boolean(),
  screen: fc.constantFrom('hosts' as const, 'everyone' as const),
});
const anyContext: fc.Arbitrary<GroupContext> = fc.record({
  era: anyU32,
  linkVersion: anyU32,
  policy: anyPolicy,
  closed: fc.array(anyClosed, { maxLength: 20 }),
  carried: fc.array(anySerial, { maxLength: 20 }),
});

describe('group context', () => {
  it('has one encoding, whatever the order and doubles before', () => {
    fc.assert(
      fc.property(anyContext, fc.nat(), (context, turn) => {
        const before = structuredClone(context);
        const one = canonical(context);
        expect(context).toEqual(before);
        const bytes = encodeGroupContext(one);
        expect(decodeGroupContext(bytes)).toEqual(one);
        const at = context.carried.length === 0 ? 0 : turn % context.carried.length;
        const carried = [...context.carried.slice(at), ...context.carried.slice(0, at)];
        const doubled = { ...context, carried: [...carried, ...carried] };
        expect(encodeGroupContext(canonical(doubled))).toEqual(bytes);
      }),
    );
  });

  it('takes no other bytes for it: unsorted, doubled, split ranges, trailing, unknown version', () => {
    const closed = [1, 2].map((serial) => ({
      issuer: 1n,
      serial,
      leafKey: new Uint8Array(32).fill(serial),
    }));
    const [a, b] = closed;
    const refused = (context: GroupContext) =>
      expect(() => decodeGroupContext(encodeGroupContext(context))).toThrow(CodecError);
    refused({ ...FIRST_CONTEXT, closed: [b!, a!] });
    refused({ ...FIRST_CONTEXT, closed: [a!, a!] });
    refused({ ...FIRST_CONTEXT, carried: [b!, a!] });
    refused({ ...FIRST_CONTEXT, carried: [a!, a!] });
    const good = encodeGroupContext({ ...FIRST_CONTEXT, closed });
    expect(decodeGroupContext(good).closed).toEqual(closed);
    const head = good.slice(0, 12);
    const split = new ByteWriter().raw(head).u32(2);
    for (const one of closed) split.u64(1n).u32(one.serial).u32(1).raw(one.leafKey);
    expect(() => decodeGroupContext(split.u32(0).finish())).toThrow('codec-range');
    const empty = new ByteWriter().raw(head).u32(1).u64(1n).u32(1).u32(0).u32(0).finish();
    expect(() => decodeGroupContext(empty)).toThrow('codec-range');
    expect(() => decodeGroupContext(concat(good, Uint8Array.of(0)))).toThrow('codec-trailing');
    expect(() => decodeGroupContext(good.subarray(0, -1))).toThrow('codec-truncated');
    expect(() => decodeGroupContext(flipBit(good, 0))).toThrow('codec-range');
    for (const flag of [9, 10, 11]) {
      const copy = Uint8Array.from(good);
      copy[flag] = 2;
      expect(() => decodeGroupContext(copy)).toThrow('codec-range');
    }
  });

  it('A-29 SEC-16 does not allocate what a stranger only names', () => {
    const head = encodeGroupContext(FIRST_CONTEXT).slice(0, 12);
    const many = new ByteWriter().raw(head).u32(0xffff_ffff).finish();
    expect(() => decodeGroupContext(many)).toThrow('codec-too-long');
    const long = new ByteWriter().raw(head).u32(1).u64(1n).u32(0).u32(0xffff_ffff).finish();
    expect(() => decodeGroupContext(long)).toThrow('codec-range');
    const carried = new ByteWriter().raw(head).u32(0).u32(0xffff_ffff).finish();
    expect(() => decodeGroupContext(carried)).toThrow('codec-too-long');
  });

  it('noise is a CodecError, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(), anyContext, (noise, at, context) => {
        for (const bytes of [noise, flipBit(encodeGroupContext(canonical(context)), at)]) {
          try {
            expect(encodeGroupContext(decodeGroupContext(bytes))).toEqual(Uint8Array.from(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError);
          }
        }
      }),
    );
  });

  it('policies come back', () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        expect(readPolicy(new ByteReader(encodePolicy(policy)))).toEqual(policy);
      }),
    );
  });
});

describe('A-19 what is closed', () => {
  it('A-19 stays closed by serial and by leaf key, whatever is removed after', () => {
    fc.assert(
      fc.property(
        anyContext,
        fc.array(fc.tuple(fc.array(anyClosed, { maxLength: 4 }), fc.boolean()), { maxLength: 6 }),
        (start, removals) => {
          let context = canonical({ ...start, era: start.era % 1000 });
          const closed = [...context.closed];
          for (const [gone, expelled] of removals) {
            const era = context.era;
            const before = structuredClone(context);
            const next = afterRemovals(context, gone, expelled);
            expect(context).toEqual(before);
            expect(next.era).toBe(era + (expelled ? 1 : 0));
            expect(next.policy).toEqual(context.policy);
            expect(next.carried).toEqual(context.carried);
            // A serial that was closed before keeps the leaf key it was closed with.
            closed.push(...gone);
            context = next;
          }
          for (const one of sortedOnce(closed))
            expect(isClosed(context, one, one.leafKey)).toBe(true);
          expect(decodeGroupContext(encodeGroupContext(context))).toEqual(context);
        },
      ),
    );
  });

  it('A-19 a serial is closed with any key, a key with any serial', () => {
    const key = (n: number) => new Uint8Array(32).fill(n);
    const one = { issuer: 1n, serial: 1, leafKey: key(1) };
    const context = afterRemovals(FIRST_CONTEXT, [one], true);
    expect(isClosed(context, { issuer: 1n, serial: 1 }, key(9))).toBe(true);
    expect(isClosed(context, { issuer: 5n, serial: 5 }, key(1))).toBe(true);
    expect(isClosed(context, { issuer: 1n, serial: 2 }, key(2))).toBe(false);
    expect(isClosed(context, { issuer: 2n, serial: 1 }, key(2))).toBe(false);
  });

  it('carries serials by issuer and number', () => {
    const context = { ...FIRST_CONTEXT, carried: [{ issuer: 1n, serial: 23 }] };
    expect(isCarried(context, { issuer: 1n, serial: 23 })).toBe(true);
    expect(isCarried(context, { issuer: 12n, serial: 3 })).toBe(false);
  });
});

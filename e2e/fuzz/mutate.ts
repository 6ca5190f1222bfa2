// Changes true messages as someone would who knows their shape: bits, cuts, doublings, length fields that lie, numbers
// at the edges, pieces of another message. Everything comes from `next`, so that a seed repeats it.
import { concat } from '@in-camera/crypto/bytes.ts';

/** 32 random bits. */
export type Next = () => number;

const pick = <T>(next: Next, list: readonly T[]): T | undefined => list[next() % list.length];

/** Values at which counts, lengths and signs turn over, one to four bytes wide. */
const EDGES = [
  [0],
  [1],
  [0x7f],
  [0x80],
  [0xff],
  [0, 0],
  [0x40, 0],
  [0x7f, 0xff],
  [0xff, 0xff],
  [0, 0, 0, 0],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0, 0, 0],
  [0xbf, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff],
] as const;

type Change = (bytes: Uint8Array, other: Uint8Array, next: Next) => Uint8Array;

function withBytes(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [i, value] of values.entries()) if (at + i < copy.length) copy[at + i] = value;
  return copy;
}

const place = (bytes: Uint8Array, next: Next): number => next() % Math.max(1, bytes.length);
/** Lengths and kinds stand at the front. */
const front = (bytes: Uint8Array, next: Next): number =>
  next() % Math.max(1, Math.min(24, bytes.length));

const CHANGES: readonly Change[] = [
  (bytes, _other, next) => {
    const at = place(bytes, next);
    return withBytes(bytes, at, [(bytes[at] ?? 0) ^ (1 << (next() % 8))]);
  },
  (bytes, _other, next) => withBytes(bytes, place(bytes, next), [next() & 0xff]),
  (bytes, _other, next) => withBytes(bytes, front(bytes, next), [next() & 0xff]),
  (bytes, _other, next) => withBytes(bytes, place(bytes, next), pick(next, EDGES) ?? []),
  (bytes, _other, next) => withBytes(bytes, front(bytes, next), pick(next, EDGES) ?? []),
  // A length that says a little more or less than there is.
  (bytes, _other, next) => {
    const at = front(bytes, next);
    return withBytes(bytes, at, [((bytes[at] ?? 0) + (next() % 5) - 2) & 0xff]);
  },
  (bytes, _other, next) => bytes.subarray(0, place(bytes, next)),
  (bytes, _other, next) => bytes.subarray(place(bytes, next)),
  (bytes, _other, next) => concat(bytes, new Uint8Array(1 + (next() % 64)).fill(next() & 0xff)),
  (bytes, _other, next) => {
    const at = place(bytes, next);
    return concat(bytes.subarray(0, at), Uint8Array.of(next() & 0xff), bytes.subarray(at));
  },
  (bytes, _other, next) => {
    const at = place(bytes, next);
    return concat(bytes.subarray(0, at), bytes.subarray(at + 1 + (next() % 40)));
  },
  // A piece said twice.
  (bytes, _other, next) => {
    const at = place(bytes, next);
    const piece = bytes.subarray(at, at + 1 + (next() % 64));
    return concat(bytes.subarray(0, at), piece, bytes.subarray(at));
  },
  // The front of one and the end of another.
  (bytes, other, next) =>
    concat(bytes.subarray(0, place(bytes, next)), other.subarray(place(other, next))),
  (_bytes, _other, next) => Uint8Array.from({ length: next() % 200 }, () => next() & 0xff),
];

/** One to three changes, and never the message itself. */
export function mutateBytes(
  bytes: Uint8Array,
  other: Uint8Array,
  next: Next,
): Uint8Array<ArrayBuffer> {
  let changed: Uint8Array = bytes;
  for (let left = 1 + (next() % 3); left > 0; left -= 1) {
    changed = (pick(next, CHANGES) ?? CHANGES[0])?.(changed, other, next) ?? changed;
  }
  const same = changed.length === bytes.length && changed.every((byte, i) => byte === bytes[i]);
  return same ? concat(bytes, Uint8Array.of(next() & 0xff)) : Uint8Array.from(changed);
}

/** What no field expects; made anew each time, for a reader may keep what it was given. */
const ODD: readonly ((next: Next) => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => -1,
  () => 0.5,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 2 ** 53,
  () => 2 ** 32,
  () => 0x1_0000,
  () => 10n ** 30n,
  () => '',
  () => '\u0000',
  () => '\ud800',
  () => '__proto__',
  () => 'A',
  () => 'A'.repeat(22),
  () => 'A'.repeat(43),
  (next) => 'A'.repeat(next() % 70_000),
  () => [],
  () => ({}),
  () => [[[[]]]],
  () => ({ length: 1e9 }),
  () => ({ toString: 'x', valueOf: 1, toJSON: 2 }),
  () => JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
  () => new Uint8Array(12),
  () => new Date(Number.NaN),
  () => Array.from({ length: 5_000 }, () => 0),
];

const EXTRA = [
  'x',
  '__proto__',
  'constructor',
  'prototype',
  'toJSON',
  'then',
  'length',
  'kind',
  '0',
];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function changedObject(value: object, next: Next): unknown {
  const entries = Object.entries(value) as [string, unknown][];
  const at = next() % Math.max(1, entries.length);
  const made = (all: [string, unknown][]): unknown => {
    // Own properties whatever their name is: `__proto__` must arrive as a key, as it does from JSON.
    if (Array.isArray(value)) return all.map(([, one]) => one);
    const out = {};
    for (const [key, one] of all) {
      Object.defineProperty(out, key, {
        value: one,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return out;
  };
  switch (next() % 5) {
    case 0:
      return made(entries.filter((_one, i) => i !== at));
    case 1:
      return made([...entries, [pick(next, EXTRA) ?? 'x', odd(next)]]);
    case 2:
      return Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : [value];
    default:
      return made(entries.map(([key, one], i) => [key, i === at ? mutateValue(one, next) : one]));
  }
}

const odd = (next: Next): unknown => pick(next, ODD)?.(next);

/** One change somewhere in a value: a field gone, too many, odd, of another type, or in a list. */
export function mutateValue(value: unknown, next: Next): unknown {
  if (isObject(value) && Object.getPrototypeOf(value) !== Uint8Array.prototype && next() % 8 !== 0)
    return changedObject(value, next);
  if (typeof value === 'number' && next() % 2 === 0)
    return value + (next() % 2 === 0 ? 1 : -1) * 2 ** (next() % 60);
  if (typeof value === 'string' && next() % 2 === 0) {
    const at = next() % (value.length + 1);
    const piece = pick(next, ['', '=', '+', ' ', 'B', '\u0000', value]) ?? '';
    return value.slice(0, at) + piece + value.slice(at + (next() % 3));
  }
  return odd(next);
}

/** JSON text of a value, changed as a value or as a text: keys twice, odd numbers and spaces among them. */
export function mutateText(value: unknown, other: unknown, next: Next): string {
  const text = toText(value);
  switch (next() % 4) {
    case 0: {
      const bytes = mutateBytes(
        new TextEncoder().encode(text),
        new TextEncoder().encode(toText(other)),
        next,
      );
      return new TextDecoder().decode(bytes);
    }
    case 1: {
      const [before, after] = [text.slice(0, -1), text.slice(-1)];
      const twice = pick(next, Object.entries(value ?? {}) as [string, unknown][]);
      return `${before},${JSON.stringify(twice?.[0] ?? 'x')}:${toText(odd(next))}${after}`;
    }
    default:
      return toText(mutateValue(value, next));
  }
}

function toText(value: unknown): string {
  const plain = (_key: string, one: unknown): unknown =>
    typeof one === 'bigint' ? Number(one) : one;
  return JSON.stringify(value, plain) ?? 'undefined';
}

// What every member holds alike: era, link version, policy, closed serials, as canonical bytes in the MLS group
// context. Members compute the next one themselves; any other byte is a refusal unless a host commits it.

import { type Serial, serialKey } from './admission.ts';
import {
  ByteReader,
  type Bytes,
  ByteWriter,
  CodecError,
  compareBytes,
  toBase64url,
} from './bytes.ts';

export type Policy = {
  readonly locked: boolean;
  readonly strict: boolean;
  readonly screen: 'hosts' | 'everyone';
};

/** A serial that is used up, with the leaf key it was used with. */
export type Closed = Serial & { readonly leafKey: Bytes };

export type GroupContext = {
  readonly era: number;
  readonly linkVersion: number;
  readonly policy: Policy;
  /** Sorted by issuer, serial; no two alike. */
  readonly closed: readonly Closed[];
  /** Serials seated when this generation was founded: good although their era is older. Same order. */
  readonly carried: readonly Serial[];
};

/** What a new meeting starts with; the settings' defaults (PBD-1). */
export const FIRST_CONTEXT: GroupContext = {
  era: 0,
  linkVersion: 0,
  policy: { locked: false, strict: false, screen: 'everyone' },
  closed: [],
  carried: [],
};

const VERSION = 1;
/** 1,000 members and many who came and went. */
const MAX_SERIALS = 20_000;

const order = (a: Serial, b: Serial): number =>
  a.issuer === b.issuer ? a.serial - b.serial : a.issuer < b.issuer ? -1 : 1;

export function encodePolicy(policy: Policy): Bytes {
  return new ByteWriter()
    .u8(policy.locked ? 1 : 0)
    .u8(policy.strict ? 1 : 0)
    .u8(policy.screen === 'everyone' ? 1 : 0)
    .finish();
}

function readFlag(reader: ByteReader): boolean {
  const value = reader.u8();
  if (value > 1) throw new CodecError('codec-range');
  return value === 1;
}

export function readPolicy(reader: ByteReader): Policy {
  return {
    locked: readFlag(reader),
    strict: readFlag(reader),
    screen: readFlag(reader) ? 'everyone' : 'hosts',
  };
}

type Range = { issuer: bigint; from: number; keys: Bytes[] };

/** Neighbouring serials of one issuer become one range: from, count, leaf keys. */
function toRanges(closed: readonly Closed[]): Range[] {
  const ranges: Range[] = [];
  for (const one of closed) {
    const last = ranges.at(-1);
    if (last && last.issuer === one.issuer && last.from + last.keys.length === one.serial)
      last.keys.push(one.leafKey);
    else ranges.push({ issuer: one.issuer, from: one.serial, keys: [one.leafKey] });
  }
  return ranges;
}

export function encodeGroupContext(context: GroupContext): Bytes {
  const writer = new ByteWriter()
    .u8(VERSION)
    .u32(context.era)
    .u32(context.linkVersion)
    .raw(encodePolicy(context.policy));
  const ranges = toRanges(context.closed);
  writer.u32(ranges.length);
  for (const range of ranges) {
    writer.u64(range.issuer).u32(range.from).u32(range.keys.length);
    for (const key of range.keys) writer.raw(key);
  }
  writer.u32(context.carried.length);
  for (const one of context.carried) writer.u64(one.issuer).u32(one.serial);
  return writer.finish();
}

function readClosed(reader: ByteReader): Closed[] {
  const closed: Closed[] = [];
  const ranges = reader.u32();
  if (ranges > MAX_SERIALS) throw new CodecError('codec-too-long');
  for (let i = 0; i < ranges; i++) {
    const issuer = reader.u64();
    const from = reader.u32();
    const count = reader.u32();
    if (count === 0 || closed.length + count > MAX_SERIALS) throw new CodecError('codec-range');
    for (let n = 0; n < count; n++)
      closed.push({ issuer, serial: from + n, leafKey: reader.raw(32) });
  }
  return closed;
}

/** Only the one canonical encoding is taken. */
export function decodeGroupContext(bytes: Uint8Array): GroupContext {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== VERSION) throw new CodecError('codec-range');
  const era = reader.u32();
  const linkVersion = reader.u32();
  const policy = readPolicy(reader);
  const closed = readClosed(reader);
  const count = reader.u32();
  if (count > MAX_SERIALS) throw new CodecError('codec-too-long');
  const carried = Array.from({ length: count }, () => ({
    issuer: reader.u64(),
    serial: reader.u32(),
  }));
  reader.end();
  const context = { era, linkVersion, policy, closed, carried };
  if (compareBytes(encodeGroupContext(canonical(context)), bytes) !== 0)
    throw new CodecError('codec-range');
  return context;
}

/** Sorted, without doubles. */
export function canonical(context: GroupContext): GroupContext {
  return { ...context, closed: sortedOnce(context.closed), carried: sortedOnce(context.carried) };
}

export function sortedOnce<T extends Serial>(serials: readonly T[]): T[] {
  const seen = new Set<string>();
  return [...serials].sort(order).filter((one) => {
    const fresh = !seen.has(serialKey(one));
    seen.add(serialKey(one));
    return fresh;
  });
}

type Index = { readonly serials: ReadonlySet<string>; readonly keys: ReadonlySet<string> };

/** Every leaf is looked up at every epoch; contexts never change, so one index each is enough. */
const indices = new WeakMap<readonly Closed[], Index>();

function indexOf(closed: readonly Closed[]): Index {
  const known = indices.get(closed);
  if (known) return known;
  const index = {
    serials: new Set(closed.map(serialKey)),
    keys: new Set(closed.map((one) => toBase64url(one.leafKey))),
  };
  indices.set(closed, index);
  return index;
}

export const isClosed = (context: GroupContext, serial: Serial, leafKey: Uint8Array): boolean => {
  const { serials, keys } = indexOf(context.closed);
  return serials.has(serialKey(serial)) || keys.has(toBase64url(leafKey));
};

export const isCarried = (context: GroupContext, serial: Serial): boolean =>
  context.carried.some((one) => serialKey(one) === serialKey(serial));

/**
 * The group context that a commit's removals ask for. `expelled` raises the era: unused admissions are void from
 * then on. A leaver's serial closes and nothing else changes.
 */
export function afterRemovals(
  context: GroupContext,
  closed: readonly Closed[],
  expelled: boolean,
): GroupContext {
  return canonical({
    ...context,
    era: context.era + (expelled ? 1 : 0),
    closed: [...context.closed, ...closed],
  });
}

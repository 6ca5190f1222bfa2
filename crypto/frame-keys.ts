// Key identifiers and the ring of receiving keys, as values: which key is taken, and until when.
// Holds no clock (times come in), derives nothing and decrypts nothing.
import { type Bytes, ByteWriter } from './bytes.ts';

export type FrameSource = 'microphone' | 'camera' | 'screen' | 'screen-audio';
const SOURCES: readonly FrameSource[] = ['microphone', 'camera', 'screen', 'screen-audio'];

export type FrameKeyErrorCode =
  | 'kid-range'
  | 'epoch-rollback'
  | 'epoch-generation'
  | 'kid-mismatch';
export class FrameKeyError extends Error {
  readonly code: FrameKeyErrorCode;
  constructor(code: FrameKeyErrorCode) {
    super(code);
    this.name = 'FrameKeyError';
    this.code = code;
  }
}

export const FRAME_EXPORTER_LABEL = 'in-camera sframe';
/** After a commit with a Remove, and otherwise (rule 6 of attacks.md). */
export const OLD_KEY_LIFE_AFTER_REMOVE_MS = 2_000;
export const OLD_KEY_LIFE_MS = 10_000;
/** A frame of an unknown newer epoch waits this long for its key. */
export const NEWER_EPOCH_HOLD_MS = 500;

export interface KidParts {
  readonly source: FrameSource;
  /** Second camera and the like: 0 to 3. */
  readonly instance: number;
  readonly generation: number;
  readonly leaf: number;
  readonly try: number;
  readonly epoch: number;
}

const MAX_LEAF = 0xfff;

/** Kind (2 bits) and instance (2 bits): also the source byte of the exporter's context. */
export function sourceCode(source: FrameSource, instance = 0): number {
  if (!Number.isInteger(instance) || instance < 0 || instance > 3)
    throw new FrameKeyError('kid-range');
  return (SOURCES.indexOf(source) << 2) | instance;
}

/**
 * RFC 9605 section 5.2, with a context of our own: source 4 bits, generation 4, leaf 12, try 4,
 * epoch 16. At most 40 bits, so a plain number holds it. Generation, try and epoch wrap: a KID
 * names a key among those alive, and the base key behind it differs anyway.
 */
export function encodeKid(parts: KidParts): number {
  const { leaf, generation, epoch } = parts;
  if (![leaf, generation, epoch, parts.try].every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new FrameKeyError('kid-range');
  if (leaf > MAX_LEAF) throw new FrameKeyError('kid-range');
  const high = (sourceCode(parts.source, parts.instance) << 4) | (generation & 15);
  const low = (leaf << 4) | (parts.try & 15);
  return high * 2 ** 32 + low * 2 ** 16 + (epoch % 2 ** 16);
}

/** Null for a number that no encodeKid gives. */
export function decodeKid(kid: number): KidParts | null {
  if (!Number.isSafeInteger(kid) || kid < 0 || kid >= 2 ** 40) return null;
  const high = Math.floor(kid / 2 ** 32);
  const low = kid >>> 0;
  return {
    source: SOURCES[high >>> 6] ?? 'microphone',
    instance: (high >>> 4) & 3,
    generation: high & 15,
    leaf: low >>> 20,
    try: (low >>> 16) & 15,
    epoch: low & 0xffff,
  };
}

/** Context of the MLS exporter for one sender key: one at a time, so a subset can be handed out. */
export function frameKeyContext(
  epochTry: number,
  leaf: number,
  source: FrameSource,
  instance = 0,
): Bytes {
  return new ByteWriter().u8(epochTry).u32(leaf).u8(sourceCode(source, instance)).finish();
}

export interface EpochName {
  readonly group: string;
  readonly generation: number;
  readonly epoch: number;
  readonly try: number;
}

export interface RingKey<K> {
  readonly kid: number;
  readonly leaf: number;
  readonly source: FrameSource;
  readonly value: K;
}
export interface LiveKey<K> extends RingKey<K> {
  readonly of: EpochName;
  /** Infinity while its epoch is the current one. */
  readonly untilMs: number;
}
export interface KeyRing<K> {
  readonly current: EpochName | null;
  readonly previous: EpochName | null;
  readonly live: ReadonlyMap<number, LiveKey<K>>;
}
export interface RingTurn<K> extends EpochName {
  readonly keys: readonly RingKey<K>[];
  readonly removedLeaves: readonly number[];
  readonly hadRemove: boolean;
}

export function emptyRing<K>(): KeyRing<K> {
  return { current: null, previous: null, live: new Map() };
}

/**
 * The ring after an epoch's keys came. A void (an epoch already seen, or the one before, with
 * another try) refuses the voided epoch's keys at once: it was never rightful. Deeper ways back
 * do not exist in the protocol and are refused, so that replay windows need not live for ever.
 */
export function turnRing<K>(ring: KeyRing<K>, turn: RingTurn<K>, nowMs: number): KeyRing<K> {
  const before = ring.current;
  refuseWayBack(before, turn);
  const of: EpochName = {
    group: turn.group,
    generation: turn.generation,
    epoch: turn.epoch,
    try: turn.try,
  };
  const untilMs = nowMs + (turn.hadRemove ? OLD_KEY_LIFE_AFTER_REMOVE_MS : OLD_KEY_LIFE_MS);
  const removed = new Set(turn.removedLeaves);
  const live = new Map<number, LiveKey<K>>();
  for (const entry of ring.live.values()) {
    const ends = Math.min(entry.untilMs, untilMs);
    if (ends > nowMs && !removed.has(entry.leaf) && !isVoided(entry.of, of))
      live.set(entry.kid, { ...entry, untilMs: ends });
  }
  for (const key of turn.keys) {
    refuseMismatch(key, of);
    live.set(key.kid, { ...key, of, untilMs: Number.POSITIVE_INFINITY });
  }
  return {
    current: of,
    previous: before !== null && sameEpoch(before, of) ? ring.previous : before,
    live,
  };
}

function refuseWayBack(before: EpochName | null, next: EpochName): void {
  if (before === null) return;
  if (next.generation < before.generation) throw new FrameKeyError('epoch-generation');
  if (next.group !== before.group) {
    if (next.generation === before.generation) throw new FrameKeyError('epoch-generation');
    return;
  }
  if (next.epoch < before.epoch - 1) throw new FrameKeyError('epoch-rollback');
}

function refuseMismatch(key: RingKey<unknown>, of: EpochName): void {
  const parts = decodeKid(key.kid);
  const wanted = encodeKid({
    source: key.source,
    instance: parts?.instance ?? 0,
    leaf: key.leaf,
    generation: of.generation,
    try: of.try,
    epoch: of.epoch,
  });
  if (parts === null || wanted !== key.kid) throw new FrameKeyError('kid-mismatch');
}

function sameEpoch(a: EpochName, b: EpochName): boolean {
  return (
    a.group === b.group && a.generation === b.generation && a.epoch === b.epoch && a.try === b.try
  );
}

/** Within one group, what came after the epoch now in force can only have been voided. */
function isVoided(of: EpochName, now: EpochName): boolean {
  return (
    of.group === now.group && (of.epoch > now.epoch || (of.epoch === now.epoch && of.try > now.try))
  );
}

/** Forgets keys whose time is over. */
export function pruneRing<K>(ring: KeyRing<K>, nowMs: number): KeyRing<K> {
  const live = new Map([...ring.live].filter(([, key]) => key.untilMs > nowMs));
  return live.size === ring.live.size ? ring : { ...ring, live };
}

/** Stale: of an epoch we had, ended, removed or voided. Newer: worth holding the frame for. */
export type MissingKey = 'stale' | 'newer' | 'unknown';

/** Why no key is live for this KID. Told by distance, since its numbers wrap. */
export function missingKey(ring: KeyRing<unknown>, kid: number): MissingKey {
  const parts = decodeKid(kid);
  const { current, previous } = ring;
  if (parts === null || current === null) return parts === null ? 'unknown' : 'newer';
  const generations = ahead(parts.generation, current.generation, 16);
  if (generations !== 0) return generations > 0 && generations <= 2 ? 'newer' : 'stale';
  const epochs = ahead(parts.epoch, current.epoch, 2 ** 16);
  if (epochs > 0) return epochs <= 64 ? 'newer' : 'unknown';
  if (epochs === 0) return compareTry(parts.try, current.try, 'unknown');
  const isPrevious = previous !== null && epochs === -1 && previous.epoch === current.epoch - 1;
  return isPrevious ? compareTry(parts.try, previous.try, 'stale') : 'stale';
}

/** A try ahead of ours means that a void has not reached us yet. */
function compareTry(theirs: number, ours: number, equal: MissingKey): MissingKey {
  const tries = ahead(theirs, ours, 16);
  return tries === 0 ? equal : tries > 0 ? 'newer' : 'stale';
}

/** How far `a` is before (-) or ahead of (+) `b`, both modulo `size`. */
function ahead(a: number, b: number, size: number): number {
  const distance = (((a - b) % size) + size) % size;
  return distance >= size / 2 ? distance - size : distance;
}

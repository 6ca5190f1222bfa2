// What the frames worker is told and tells: by the vault over its own port, by the page, and in
// the options of a transform. Schemas only; nothing here knows a key's bytes.
import * as z from 'zod/mini';

export const SOURCES = ['microphone', 'camera', 'screen', 'screen-audio'] as const;
export type Source = (typeof SOURCES)[number];

const source = z.enum(SOURCES);
const count = z.number().check(z.int(), z.minimum(0));
const leaf = z.number().check(z.int(), z.minimum(0), z.maximum(0xfff));
const kid = z.number().check(z.int(), z.minimum(0), z.maximum(2 ** 40 - 1));
const slot = z.string().check(z.regex(/^[A-Za-z0-9_-]{8,40}$/));
const salt = z.custom<Uint8Array<ArrayBuffer>>(
  (value) =>
    value instanceof Uint8Array && value.buffer instanceof ArrayBuffer && value.length === 12,
);

/** Usable in one direction only (RFC 9605 section 4.4.1), and never to be read out. */
function frameKey(usage: 'encrypt' | 'decrypt') {
  return z.custom<CryptoKey>(
    (value) =>
      value instanceof CryptoKey &&
      !value.extractable &&
      value.algorithm.name === 'AES-GCM' &&
      'length' in value.algorithm &&
      value.algorithm.length === 256 &&
      value.usages.length === 1 &&
      value.usages[0] === usage,
  );
}

/** Four sources of 4,096 leaves: more keys than a tree can have are refused unread. */
const MAX_KEYS = 4 * 4_096;

export const vaultMessage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('epoch'),
    group: z.string().check(z.minLength(1), z.maxLength(128)),
    generation: count,
    epoch: count,
    try: count,
    ownLeaf: leaf,
    keys: z
      .array(z.object({ kid, leaf, source, key: frameKey('decrypt'), salt }))
      .check(z.maxLength(MAX_KEYS)),
    own: z.array(z.object({ kid, source, key: frameKey('encrypt'), salt })).check(z.maxLength(16)),
    sendAfterMs: z.number().check(z.minimum(0), z.maximum(1_000)),
    removedLeaves: z.array(leaf).check(z.maxLength(4_096)),
    hadRemove: z.boolean(),
  }),
  z.object({ kind: z.literal('go') }),
  z.object({ kind: z.literal('stop'), reason: z.string().check(z.maxLength(64)) }),
  z.object({ kind: z.literal('wipe') }),
]);
export type VaultMessage = z.infer<typeof vaultMessage>;
export type EpochMessage = Extract<VaultMessage, { kind: 'epoch' }>;

/** Options of every RTCRtpScriptTransform we make. */
export const bindOptions = z.object({
  kind: z.literal('bind'),
  slot,
  side: z.enum(['send', 'receive']),
  trackKind: z.enum(['audio', 'video']),
  source: z.optional(source),
});
export type BindOptions = z.infer<typeof bindOptions>;

export const pageMessage = z.discriminatedUnion('kind', [
  /** The vault's port. Taken once: a second one could only be someone else's. */
  z.object({ kind: z.literal('vault'), port: z.instanceof(MessagePort) }),
  z.object({ kind: z.literal('latch'), slot, leaf, source }),
  z.object({ kind: z.literal('unlatch'), slot }),
  /** Asks the sender of this slot for a key frame, once a second at most. */
  z.object({ kind: z.literal('key-frame'), slot }),
  /** While muted no frame of this source is sealed, whatever the encoder still produces. */
  z.object({ kind: z.literal('mute'), source, muted: z.boolean() }),
  z.object({
    kind: z.literal('sif'),
    trailer: z.custom<Uint8Array>(
      (value) => value instanceof Uint8Array && value.length > 0 && value.length <= 256,
    ),
  }),
  z.object({ kind: z.literal('stats'), ref: count }),
]);
export type PageMessage = z.infer<typeof pageMessage>;

const codec = z.enum(['opus', 'vp8', 'vp9']);

export const receiveStats = z.object({
  slot,
  trackKind: z.enum(['audio', 'video']),
  leaf: z.nullable(leaf),
  source: z.nullable(source),
  codec: z.nullable(codec),
  good: count,
  /** Refused and no frame of the server's own: header, tag or type wrong. */
  bad: count,
  /** Frames that the media server makes itself, known by their trailer. */
  server: count,
  replayed: count,
  /** No key for this identifier, and none came while the frame was held. */
  unknownKey: count,
  /** Of an epoch, member or try whose time is over. */
  stale: count,
  /** Sealed well, by another member or from another source than this slot's. */
  wrongOwner: count,
  /** Empty, too large, or of a codec we have no layout for. */
  dropped: count,
  keyFrames: count,
  /** Milliseconds since the last good frame; null before the first. */
  sinceGoodMs: z.nullable(z.number()),
});
export type ReceiveStats = z.infer<typeof receiveStats>;

export const sendStats = z.object({
  slot,
  trackKind: z.enum(['audio', 'video']),
  source: z.nullable(source),
  codec: z.nullable(codec),
  sent: count,
  /** No key, gate closed, muted. */
  held: count,
  /** Empty, too large, or of a codec we have no layout for. */
  dropped: count,
  /** Sealing failed; 0 in an honest browser. */
  failed: count,
  keyFrames: count,
});
export type SendStats = z.infer<typeof sendStats>;

export const framesEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  /** The first good frame of a slot since it was made, latched or unlatched. */
  z.object({ kind: z.literal('good'), slot, leaf, source }),
  z.object({
    kind: z.literal('stats'),
    ref: z.nullable(count),
    /** True once the joiner may send and until told to stop. */
    sending: z.boolean(),
    receive: z.array(receiveStats),
    send: z.array(sendStats),
  }),
  /** The worker refused something and stopped sending; code for the alarm. */
  z.object({ kind: z.literal('fault'), code: z.string() }),
]);
export type FramesEvent = z.infer<typeof framesEvent>;

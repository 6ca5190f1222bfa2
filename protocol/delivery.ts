// Server to client over the meeting socket: one schema per message. The client believes none of it unproven.
import * as z from 'zod/mini';
import { ErrorCode } from './errors.ts';
import {
  Epoch,
  fixedBytes,
  Generation,
  GroupId,
  Hash,
  KnockId,
  MediaIdentity,
  MediaTicket,
  opaqueBytes,
  Ref,
  SeatId,
  Seq,
  Try,
} from './ids.ts';
import { LIMITS } from './limits.ts';

export const Role = z.enum(['host', 'cohost', 'guest']);
export type Role = z.infer<typeof Role>;

/** What the server says of one seat: never proof of anything. */
export const SeatView = z.strictObject({
  seat: SeatId,
  role: Role,
  mayCommit: z.boolean(),
  online: z.boolean(),
  /** Its leaf was added by an accepted commit (or it founded the group). */
  seated: z.boolean(),
  leaving: z.boolean(),
  identity: z.nullable(MediaIdentity),
});
export type SeatView = z.infer<typeof SeatView>;

/** The group as the server counts it: the next commit must name this epoch and try. */
export const Slot = z.strictObject({
  group: GroupId,
  generation: Generation,
  epoch: Epoch,
  try: Try,
});
export type Slot = z.infer<typeof Slot>;

const change = z.strictObject({ seat: SeatId, identity: MediaIdentity });

/** Items of the sequence: the same for everyone, in the same order. */
export const OrderItem = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('opening'),
    seq: Seq,
    from: SeatId,
    group: GroupId,
    generation: Generation,
    opening: opaqueBytes(LIMITS.opening),
    identity: MediaIdentity,
  }),
  z.strictObject({
    kind: z.literal('commit'),
    seq: Seq,
    from: SeatId,
    group: GroupId,
    epoch: Epoch,
    try: Try,
    commit: opaqueBytes(LIMITS.commit),
    added: z.array(change).check(z.maxLength(LIMITS.seatsPerCommit)),
    removed: z.array(SeatId).check(z.maxLength(LIMITS.seatsPerCommit)),
  }),
  z.strictObject({
    kind: z.literal('void'),
    seq: Seq,
    from: SeatId,
    group: GroupId,
    epoch: Epoch,
    try: Try,
    hash: Hash,
    signature: fixedBytes(64),
  }),
  z.strictObject({
    kind: z.literal('message'),
    seq: Seq,
    from: SeatId,
    group: GroupId,
    epoch: Epoch,
    box: opaqueBytes(LIMITS.message),
  }),
]);
export type OrderItem = z.infer<typeof OrderItem>;

export const ServerMessage = z.discriminatedUnion('kind', [
  // to strangers
  z.strictObject({ kind: z.literal('knocked'), knock: KnockId }),
  z.strictObject({ kind: z.literal('answered'), box: fixedBytes(LIMITS.answerBox) }),
  // to seats
  z.strictObject({
    kind: z.literal('seated'),
    seat: SeatId,
    role: Role,
    seq: Seq,
    slot: z.nullable(Slot),
    seats: z.array(SeatView).check(z.maxLength(LIMITS.seats)),
    /** Opening of the present generation, sealed; null before the first. */
    opening: z.nullable(opaqueBytes(LIMITS.opening)),
  }),
  z.strictObject({ kind: z.literal('order'), item: OrderItem }),
  /** The items after `since` are gone: rejoin. */
  z.strictObject({ kind: z.literal('gap'), seq: Seq }),
  z.strictObject({
    kind: z.literal('beat'),
    from: SeatId,
    group: GroupId,
    epoch: Epoch,
    box: opaqueBytes(LIMITS.beat),
  }),
  z.strictObject({
    kind: z.literal('welcome'),
    seq: Seq,
    group: GroupId,
    generation: Generation,
    epoch: Epoch,
    try: Try,
    from: SeatId,
    opening: opaqueBytes(LIMITS.opening),
    secrets: opaqueBytes(LIMITS.welcomeSecrets),
    groupInfo: opaqueBytes(LIMITS.groupInfo),
  }),
  /** Everything that waits for a commit; replaces the job before it. `online` are seats with an open socket. */
  z.strictObject({
    kind: z.literal('job'),
    job: Seq,
    packages: z
      .array(z.strictObject({ seat: SeatId, box: opaqueBytes(LIMITS.packageBox) }))
      .check(z.maxLength(LIMITS.seatsPerCommit)),
    leaving: z
      .array(z.strictObject({ seat: SeatId, statement: opaqueBytes(LIMITS.statement) }))
      .check(z.maxLength(LIMITS.seatsPerCommit)),
    online: z.array(SeatId).check(z.maxLength(LIMITS.seats)),
  }),
  z.strictObject({ kind: z.literal('seat'), view: SeatView }),
  z.strictObject({ kind: z.literal('seat-gone'), seat: SeatId }),
  z.strictObject({ kind: z.literal('package-refused') }),
  // to hosts
  z.strictObject({ kind: z.literal('knock'), knock: KnockId, box: fixedBytes(LIMITS.knockBox) }),
  z.strictObject({ kind: z.literal('knock-gone'), knock: KnockId }),
  // to all
  z.strictObject({
    kind: z.literal('reply'),
    ref: Ref,
    ok: z.literal(true),
    ticket: z.optional(MediaTicket),
    seq: z.optional(Seq),
  }),
  z.strictObject({ kind: z.literal('refused'), ref: Ref, code: ErrorCode }),
  z.strictObject({ kind: z.literal('error'), code: ErrorCode }),
  z.strictObject({ kind: z.literal('ended') }),
  z.strictObject({ kind: z.literal('pong') }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;

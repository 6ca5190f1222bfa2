// Client to server over the meeting socket: one schema per message. Bytes are opaque to the server.
import * as z from 'zod/mini';
import {
  Epoch,
  fixedBytes,
  Generation,
  GroupId,
  Hash,
  KnockId,
  MediaIdentity,
  opaqueBytes,
  Ref,
  SeatId,
  SeatSecret,
  Seq,
  Try,
} from './ids.ts';
import { LIMITS } from './limits.ts';

const seats = z.array(SeatId).check(z.maxLength(LIMITS.seatsPerCommit));

// The first message of a socket: one of three.
/** A stranger asks to be let in. */
export const Knock = z.strictObject({ kind: z.literal('knock'), box: fixedBytes(LIMITS.knockBox) });
/** A stranger whose socket broke goes on waiting for the answers to its knock. */
export const Wait = z.strictObject({ kind: z.literal('wait'), knock: KnockId });
/** An admitted person takes the seat; `since` is the last sequence number it holds, or null for none. */
export const Sit = z.strictObject({
  kind: z.literal('sit'),
  secret: SeatSecret,
  since: z.nullable(Seq),
});
export const FirstMessage = z.discriminatedUnion('kind', [Knock, Wait, Sit]);
export type FirstMessage = z.infer<typeof FirstMessage>;

/** Host: registers the seat of someone about to be admitted. */
export const Register = z.strictObject({ kind: z.literal('register'), ref: Ref, seat: SeatId });
/** Host: sends a sealed answer (receipt, admission, refusal) to a knock; `last` closes the knock. */
export const Answer = z.strictObject({
  kind: z.literal('answer'),
  ref: Ref,
  knock: KnockId,
  box: fixedBytes(LIMITS.answerBox),
  last: z.boolean(),
});
/** Seat outside the tree, or rejoining: its key package, sealed under the package key. Replaces an earlier one. */
export const Package = z.strictObject({
  kind: z.literal('package'),
  ref: Ref,
  box: opaqueBytes(LIMITS.packageBox),
});
/** Host: this seat's key package is bad; the server drops it and tells the seat. */
export const BadPackage = z.strictObject({
  kind: z.literal('bad-package'),
  ref: Ref,
  seat: SeatId,
  box: Hash,
});
/** Host: founds the group of the next generation. */
export const Found = z.strictObject({
  kind: z.literal('found'),
  ref: Ref,
  group: GroupId,
  generation: Generation,
  opening: opaqueBytes(LIMITS.opening),
  identity: MediaIdentity,
});
/** One commit for one (group, epoch, try). */
export const Commit = z.strictObject({
  kind: z.literal('commit'),
  ref: Ref,
  group: GroupId,
  epoch: Epoch,
  try: Try,
  commit: opaqueBytes(LIMITS.commit),
  added: z
    .array(
      z.strictObject({
        seat: SeatId,
        identity: MediaIdentity,
        secrets: opaqueBytes(LIMITS.welcomeSecrets),
      }),
    )
    .check(z.maxLength(LIMITS.seatsPerCommit)),
  groupInfo: z.nullable(opaqueBytes(LIMITS.groupInfo)),
  removed: seats,
});
/** Undoes the last commit of the sequence; `signature` is by the sender's leaf key, for members. */
export const Void = z.strictObject({
  kind: z.literal('void'),
  ref: Ref,
  group: GroupId,
  epoch: Epoch,
  try: Try,
  hash: Hash,
  signature: fixedBytes(64),
});
/** An application message that gets a sequence number and is kept until acknowledged. */
export const Send = z.strictObject({
  kind: z.literal('send'),
  ref: Ref,
  group: GroupId,
  epoch: Epoch,
  box: opaqueBytes(LIMITS.message),
});
/** An application message that is passed on and never stored. */
export const Beat = z.strictObject({
  kind: z.literal('beat'),
  group: GroupId,
  epoch: Epoch,
  box: opaqueBytes(LIMITS.beat),
});
/** This seat goes for good; `statement` is signed by its leaf key, for members. */
export const Leaving = z.strictObject({
  kind: z.literal('leaving'),
  ref: Ref,
  statement: opaqueBytes(LIMITS.statement),
});
/** Host: an expulsion is coming; for 2 s commits are taken from this seat only. */
export const Expel = z.strictObject({ kind: z.literal('expel'), ref: Ref });
/** Everything up to `seq` was received. */
export const Ack = z.strictObject({ kind: z.literal('ack'), seq: Seq });
/** Asks for a media ticket for this seat's present media identity. */
export const Ticket = z.strictObject({ kind: z.literal('ticket'), ref: Ref });
/** Host: ends the meeting for all; everything of it is deleted. */
export const End = z.strictObject({ kind: z.literal('end'), ref: Ref });
/** Still here; answered by `pong`. Browsers cannot send WebSocket pings. */
export const Ping = z.strictObject({ kind: z.literal('ping') });

export const SeatedMessage = z.discriminatedUnion('kind', [
  Register,
  Answer,
  Package,
  BadPackage,
  Found,
  Commit,
  Void,
  Send,
  Beat,
  Leaving,
  Expel,
  Ack,
  Ticket,
  End,
  Ping,
]);
export type SeatedMessage = z.infer<typeof SeatedMessage>;

/** What a waiting stranger may send after its first message. */
export const WaitingMessage = z.discriminatedUnion('kind', [Ping]);

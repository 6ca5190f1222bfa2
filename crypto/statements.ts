// Small things a leaf signs by itself: that it is leaving, a void, and its own state. Each names where it is good.
import { ByteReader, type Bytes, ByteWriter, CodecError, equalBytes } from './bytes.ts';
import type { Member } from './member-rule.ts';
import { sha256 } from './sealing.ts';
import { signWithSeed, verifySigned } from './signing.ts';

/** Good for one leaf of one group: names group id and attempt (protocol.md, A commit is bad, lost or late). */
export type Leaving = {
  readonly groupId: Bytes;
  readonly leafKey: Bytes;
  readonly attempt: number;
};

const leavingBody = (leaving: Leaving): Bytes =>
  new ByteWriter().bytes8(leaving.groupId).raw(leaving.leafKey).u32(leaving.attempt).finish();

export function signLeaving(leafSeed: Uint8Array, leaving: Leaving): Bytes {
  const body = leavingBody(leaving);
  return new ByteWriter()
    .bytes16(body)
    .raw(signWithSeed(leafSeed, 'leaving', body))
    .finish();
}

/** Whether `statement` is this member's own word that it leaves this group. */
export function isLeavingOf(statement: Uint8Array, groupId: Uint8Array, member: Member): boolean {
  const body = leavingBody({
    groupId: Uint8Array.from(groupId),
    leafKey: Uint8Array.from(member.leaf.signatureKey),
    attempt: member.attempt,
  });
  try {
    const reader = new ByteReader(statement);
    const named = reader.bytes16();
    const signature = reader.raw(64);
    reader.end();
    return (
      equalBytes(named, body) && verifySigned(member.leaf.signatureKey, 'leaving', body, signature)
    );
  } catch (error) {
    if (error instanceof CodecError) return false;
    throw error;
  }
}

/** Undoes one commit: named by group, epoch, try and the SHA-256 of its bytes. */
export type Void = {
  readonly groupId: Bytes;
  readonly epoch: number;
  readonly try: number;
  readonly hash: Bytes;
};

const voidBody = (one: Void): Bytes =>
  new ByteWriter().bytes8(one.groupId).u32(one.epoch).u8(one.try).raw(one.hash).finish();
export const signVoid = (leafSeed: Uint8Array, one: Void): Bytes =>
  signWithSeed(leafSeed, 'void', voidBody(one));
export const isVoidBy = (leafKey: Uint8Array, one: Void, signature: Uint8Array): boolean =>
  verifySigned(leafKey, 'void', voidBody(one), signature);

/** A member's own state; the committer forwards it to joiners, so it carries its own signature. */
export type State = {
  readonly leafKey: Bytes;
  /** Counts up; the highest counts. */
  readonly version: number;
  readonly name: string;
  readonly nameSalt: Bytes;
  readonly hand: boolean;
  readonly microphone: boolean;
};

const NAME_BYTES = 256;

export function signState(leafSeed: Uint8Array, meetingId: Uint8Array, state: State): Bytes {
  const body = new ByteWriter()
    .raw(meetingId)
    .raw(state.leafKey)
    .u32(state.version)
    .text16(state.name)
    .raw(state.nameSalt)
    .u8(state.hand ? 1 : 0)
    .u8(state.microphone ? 1 : 0)
    .finish();
  return new ByteWriter()
    .bytes16(body)
    .raw(signWithSeed(leafSeed, 'statement', body))
    .finish();
}

/** The state if its own leaf key signed it for this meeting, else undefined. */
export function readState(meetingId: Uint8Array, signed: Uint8Array): State | undefined {
  try {
    const outer = new ByteReader(signed);
    const body = outer.bytes16();
    const signature = outer.raw(64);
    outer.end();
    const reader = new ByteReader(body);
    const meeting = reader.raw(16);
    const leafKey = reader.raw(32);
    const version = reader.u32();
    const name = reader.text16(NAME_BYTES);
    const nameSalt = reader.raw(16);
    const hand = reader.u8();
    const microphone = reader.u8();
    reader.end();
    const good =
      hand <= 1 &&
      microphone <= 1 &&
      equalBytes(meeting, meetingId) &&
      verifySigned(leafKey, 'statement', body, signature);
    return good
      ? { leafKey, version, name, nameSalt, hand: hand === 1, microphone: microphone === 1 }
      : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** First 16 bytes: the media server's name for a leaf. It changes with every attempt and every group. */
export const mediaIdentityOf = async (
  groupId: Uint8Array,
  leafKey: Uint8Array,
  attempt: number,
): Promise<Bytes> =>
  (
    await sha256(
      new ByteWriter()
        .text16('In Camera 1 media')
        .bytes8(groupId)
        .raw(leafKey)
        .u32(attempt)
        .finish(),
    )
  ).slice(0, 16);

/** What beats compare: equal exactly when two members stand in the same epoch of the same history. */
export const transcriptHash = (
  groupId: Uint8Array,
  epoch: number,
  tryNumber: number,
  epochAuthenticator: Uint8Array,
): Promise<Bytes> =>
  sha256(
    new ByteWriter()
      .text16('In Camera 1 transcript')
      .bytes8(groupId)
      .u32(epoch)
      .u8(tryNumber)
      .bytes8(epochAuthenticator)
      .finish(),
  );

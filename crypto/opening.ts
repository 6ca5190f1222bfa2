// The opening of a generation: the authority's word on who founds the group and what is carried over.
// Its hash is in the group id, so a group that nobody vouched for cannot be joined.
import { ByteReader, type Bytes, ByteWriter, CodecError, equalBytes } from './bytes.ts';
import type { Charter } from './charter.ts';
import { decodeGroupContext, encodeGroupContext, type GroupContext } from './group-context.ts';
import { sha256 } from './sealing.ts';
import { isGoodEd25519Key, type Signer, signWith, verifySigned } from './signing.ts';

export type Opening = {
  readonly meetingId: Bytes;
  readonly occurrence: number;
  readonly generation: number;
  /** Leaf signing key of the founder. */
  readonly founder: Bytes;
  /** Group context at epoch 0: era, policy, closed and carried serials. */
  readonly context: GroupContext;
};

/** A signed opening, still as bytes: what the server keeps (sealed) and the group id names. */
export async function signOpening(authority: Signer, opening: Opening): Promise<Bytes> {
  const body = new ByteWriter()
    .raw(opening.meetingId)
    .u32(opening.occurrence)
    .u32(opening.generation)
    .raw(opening.founder)
    .bytes32(encodeGroupContext(opening.context))
    .finish();
  return new ByteWriter()
    .bytes32(body)
    .raw(await signWith(authority, 'opening', body))
    .finish();
}

const MAX_BYTES = 1 << 20;

/** The opening if this charter's authority signed it, else undefined. */
export function readOpening(charter: Charter, signed: Uint8Array): Opening | undefined {
  try {
    const outer = new ByteReader(signed);
    const body = outer.bytes32(MAX_BYTES);
    const signature = outer.raw(64);
    outer.end();
    if (!verifySigned(charter.authorityKey, 'opening', body, signature)) return undefined;
    const reader = new ByteReader(body);
    const meetingId = reader.raw(16);
    const occurrence = reader.u32();
    const generation = reader.u32();
    const founder = reader.raw(32);
    const context = decodeGroupContext(reader.bytes32(MAX_BYTES));
    reader.end();
    const good = equalBytes(meetingId, charter.meetingId) && isGoodEd25519Key(founder);
    return good ? { meetingId, occurrence, generation, founder, context } : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** 32 bytes over meeting, occurrence, generation and the signed opening. */
export const groupIdOf = async (opening: Opening, signed: Uint8Array): Promise<Bytes> =>
  sha256(
    new ByteWriter()
      .text16('In Camera 1 group')
      .raw(opening.meetingId)
      .u32(opening.occurrence)
      .u32(opening.generation)
      .raw(await sha256(signed))
      .finish(),
  );

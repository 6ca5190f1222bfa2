// The authenticated data of a commit: which seats it adds and removes, under which media identity, and the leavers'
// own words. The server can read it; members compare it with the staged commit (protocol.md, Entering 5).
import { ByteReader, type Bytes, ByteWriter, CodecError } from './bytes.ts';

export type CommitData = {
  readonly added: readonly { readonly seat: Bytes; readonly identity: Bytes }[];
  readonly removed: readonly Bytes[];
  /** `leaving` statements of leaves this commit removes at their own word. */
  readonly leavings: readonly { readonly leaf: number; readonly statement: Bytes }[];
};

const MAX_SEATS = 64;

export function encodeCommitData(data: CommitData): Bytes {
  const writer = new ByteWriter().u8(1).u8(data.added.length);
  for (const one of data.added) writer.raw(one.seat).raw(one.identity);
  writer.u8(data.removed.length);
  for (const seat of data.removed) writer.raw(seat);
  writer.u8(data.leavings.length);
  for (const one of data.leavings) writer.u32(one.leaf).bytes16(one.statement);
  return writer.finish();
}

function readCount(reader: ByteReader): number {
  const count = reader.u8();
  if (count > MAX_SEATS) throw new CodecError('codec-too-long');
  return count;
}

export function decodeCommitData(bytes: Uint8Array): CommitData | undefined {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u8() !== 1) return undefined;
    const list = <T>(read: () => T): T[] => Array.from({ length: readCount(reader) }, read);
    const added = list(() => ({ seat: reader.raw(16), identity: reader.raw(16) }));
    const removed = list(() => reader.raw(16));
    const leavings = list(() => ({ leaf: reader.u32(), statement: reader.bytes16(1024) }));
    reader.end();
    return { added, removed, leavings };
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

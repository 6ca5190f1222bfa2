// What members say inside MLS application messages: chat, state, orders, beats. One layout, canonical, capped.
import { ByteReader, type Bytes, ByteWriter, CodecError } from './bytes.ts';

export type Talk =
  | {
      readonly kind: 'chat';
      /** Sender's own count from 1 and the hash of its message before, so that a gap shows. */
      readonly count: number;
      readonly previous: Bytes;
      readonly id: Bytes;
      readonly text: string;
    }
  | { readonly kind: 'states'; readonly states: readonly Bytes[] }
  | { readonly kind: 'mute'; readonly leafKey: Bytes }
  | { readonly kind: 'end' }
  | { readonly kind: 'beat'; readonly transcript: Bytes; readonly frames: bigint };

const KINDS = ['chat', 'states', 'mute', 'end', 'beat'] as const;
const CHAT_BYTES = 16_000;
const MAX_STATES = 64;

export function encodeTalk(talk: Talk): Bytes {
  const writer = new ByteWriter().u8(1).u8(KINDS.indexOf(talk.kind));
  if (talk.kind === 'chat')
    writer.u32(talk.count).raw(talk.previous).raw(talk.id).text16(talk.text);
  if (talk.kind === 'states') {
    writer.u8(talk.states.length);
    for (const state of talk.states) writer.bytes16(state);
  }
  if (talk.kind === 'mute') writer.raw(talk.leafKey);
  if (talk.kind === 'beat') writer.raw(talk.transcript).u64(talk.frames);
  return writer.finish();
}

function readTalk(reader: ByteReader): Talk | undefined {
  if (reader.u8() !== 1) return undefined;
  const kind = KINDS[reader.u8()];
  switch (kind) {
    case 'chat':
      return {
        kind,
        count: reader.u32(),
        previous: reader.raw(32),
        id: reader.raw(8),
        text: reader.text16(CHAT_BYTES),
      };
    case 'states': {
      const count = reader.u8();
      if (count > MAX_STATES) return undefined;
      return { kind, states: Array.from({ length: count }, () => reader.bytes16(1024)) };
    }
    case 'mute':
      return { kind, leafKey: reader.raw(32) };
    case 'end':
      return { kind };
    case 'beat':
      return { kind, transcript: reader.raw(32), frames: reader.u64() };
    default:
      return undefined;
  }
}

/** The talk, or undefined for anything that is not exactly one. */
export function decodeTalk(bytes: Uint8Array): Talk | undefined {
  try {
    const reader = new ByteReader(bytes);
    const talk = readTalk(reader);
    reader.end();
    return talk;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

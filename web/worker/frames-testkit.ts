// For tests only: members with real keys, frames as an engine would hand them over.
import { encodeKid, frameKeyContext } from '@in-camera/crypto/frame-keys.ts';
import { deriveFrameKey } from '@in-camera/crypto/sframe.ts';
import type { EncodedFrame } from './frame-stream.ts';
import { type EpochMessage, SOURCES, type Source } from './frames-messages.ts';

export interface TestEpoch {
  readonly epoch: number;
  readonly try?: number;
  readonly generation?: number;
  readonly ownLeaf: number;
  readonly leaves: readonly number[];
  readonly sendAfterMs?: number;
  readonly removedLeaves?: readonly number[];
  readonly hadRemove?: boolean;
  /** Another epoch secret for the same numbers, as after a void. */
  readonly secret?: number;
  readonly sources?: readonly Source[];
}

async function baseKey(of: TestEpoch, leaf: number, source: Source): Promise<Uint8Array> {
  const context = frameKeyContext(of.try ?? 0, leaf, source);
  const input = new Uint8Array([of.generation ?? 0, of.epoch & 255, of.secret ?? 0, ...context]);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', input));
}

/** The message that the vault would send, with keys that all members of the test agree on. */
export async function epochMessage(of: TestEpoch): Promise<EpochMessage> {
  const name = { generation: of.generation ?? 0, epoch: of.epoch, try: of.try ?? 0 };
  const sources = of.sources ?? SOURCES;
  const derive = async (leaf: number, source: Source, usage: 'encrypt' | 'decrypt') => {
    const kid = encodeKid({ ...name, source, instance: 0, leaf });
    const { key, salt } = await deriveFrameKey(await baseKey(of, leaf, source), kid, usage);
    return { kid, leaf, source, key, salt };
  };
  const pairs = of.leaves.flatMap((leaf) => sources.map((source) => ({ leaf, source })));
  const keys = await Promise.all(pairs.map(({ leaf, source }) => derive(leaf, source, 'decrypt')));
  const own = await Promise.all(
    sources.map(async (source) => {
      const { kid, key, salt } = await derive(of.ownLeaf, source, 'encrypt');
      return { kid, source, key, salt };
    }),
  );
  return {
    kind: 'epoch',
    group: `group-${name.generation}`,
    ...name,
    ownLeaf: of.ownLeaf,
    keys,
    own,
    sendAfterMs: of.sendAfterMs ?? 0,
    removedLeaves: [...(of.removedLeaves ?? [])],
    hadRemove: of.hadRemove ?? false,
  };
}

export class TestFrame implements EncodedFrame {
  data: ArrayBuffer;
  readonly type: string;
  readonly #mimeType: string;

  constructor(mimeType: string, bytes: Uint8Array, type = 'delta') {
    this.data = Uint8Array.from(bytes).buffer;
    this.type = type;
    this.#mimeType = mimeType;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.data);
  }

  getMetadata(): { readonly mimeType: string } {
    return { mimeType: this.#mimeType };
  }
}

/** A frame with recognisable content; VP8 frames start like VP8's. */
export function testFrame(mimeType: string, size: number, key = false): TestFrame {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + size) & 255);
  if (mimeType === 'video/VP8') bytes[0] = key ? 0x50 : 0x51;
  return new TestFrame(mimeType, bytes, key ? 'key' : 'delta');
}

// The encoded-transform streams as both engines give them, and the one pipe through them. Frames
// reach the writable side only by a handler that said yes; nothing here looks into them.

export interface EncodedFrame {
  data: ArrayBuffer;
  /** Absent on audio. */
  readonly type?: string;
  getMetadata(): { readonly mimeType?: string };
}

export interface FrameTransformer {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: unknown;
  /** Sending side; Firefox only as yet. */
  generateKeyFrame?(): Promise<unknown>;
  /** Receiving side. */
  sendKeyFrameRequest?(): Promise<unknown>;
}

/** An engine without a readable and writable side gives no transformer, and so no frames. */
export function transformerOf(event: unknown): FrameTransformer | null {
  if (typeof event !== 'object' || event === null || !('transformer' in event)) return null;
  const { transformer } = event;
  return isTransformer(transformer) ? transformer : null;
}

function isTransformer(value: unknown): value is FrameTransformer {
  if (typeof value !== 'object' || value === null) return false;
  if (!('readable' in value) || !('writable' in value) || !('options' in value)) return false;
  return value.readable instanceof ReadableStream && value.writable instanceof WritableStream;
}

/** Frames leave in the order they came; one at a time is in work per stream. Ends with the track. */
export async function pipeFrames(
  transformer: FrameTransformer,
  handle: (frame: EncodedFrame) => Promise<boolean>,
): Promise<void> {
  const gate = new TransformStream<EncodedFrame, EncodedFrame>({
    async transform(frame, controller) {
      if (await handle(frame)) controller.enqueue(frame);
    },
  });
  try {
    await transformer.readable.pipeThrough(gate).pipeTo(transformer.writable);
  } catch {
    // A closed connection errors its streams; frames in it are gone, which is what we want.
  }
}

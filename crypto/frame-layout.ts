// Which bytes of an encoded frame stay readable for the media server, by codec, and nothing
// else. A codec that is not listed has no layout: its frames are dropped, never passed on.

export type FrameCodec = 'opus' | 'vp8' | 'vp9';

/** Larger frames are refused on both sides. */
export const MAX_FRAME_BYTES = 1024 * 1024;

/** One byte in the authenticated data, so that a frame opens only under the codec it was made by. */
export const CODEC_BYTE: Readonly<Record<FrameCodec, number>> = { opus: 1, vp8: 2, vp9: 3 };

const VP8_KEY_PREFIX = 10;
const VIDEO_PREFIX = 1;

/** RED, telephone events, comfort noise, H.264, AV1 and whatever comes later: null. */
export function codecOfMime(mime: string): FrameCodec | null {
  switch (mime.toLowerCase()) {
    case 'audio/opus':
      return 'opus';
    case 'video/vp8':
      return 'vp8';
    case 'video/vp9':
      return 'vp9';
    default:
      return null;
  }
}

/**
 * Length of the clear prefix. The first byte is itself in the clear and authenticated wherever
 * it decides, so sender and receiver cannot come to different lengths for one frame.
 * VP8 (RFC 7741, RFC 6386 section 9.1): the server's depacketizer reads frame tag, start code
 * and dimensions of a key frame, one byte of any other. Without that byte it would read the
 * SFrame header as VP8's and take or miss key frames by the counter's value (media.md 7).
 */
export function clearPrefixLength(codec: FrameCodec, firstByte: number): number {
  switch (codec) {
    case 'opus':
      return 0;
    case 'vp8':
      return isVp8KeyFrame(firstByte) ? VP8_KEY_PREFIX : VIDEO_PREFIX;
    case 'vp9':
      return VIDEO_PREFIX;
  }
}

/** RFC 6386 section 9.1: the lowest bit of the frame tag is 0 on key frames. */
export function isVp8KeyFrame(firstByte: number): boolean {
  return (firstByte & 1) === 0;
}

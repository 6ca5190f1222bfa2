// What may carry sound and pictures, for the page, which has no part in the ciphers: the codecs with a frame layout.

export type SentKind = 'audio' | 'video';

/** MIME types, in small letters; the frames worker drops the frames of every other. */
export const CODECS: Readonly<Record<SentKind, readonly string[]>> = {
  audio: ['audio/opus'],
  video: ['video/vp8', 'video/vp9'],
};

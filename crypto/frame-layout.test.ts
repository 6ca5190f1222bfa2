import { describe, expect, it } from 'vitest';
import { CODEC_BYTE, clearPrefixLength, codecOfMime } from './frame-layout.ts';

describe('frame layout', () => {
  it('A-40 names three codecs and nothing else', () => {
    expect(codecOfMime('audio/opus')).toBe('opus');
    expect(codecOfMime('video/VP8')).toBe('vp8');
    expect(codecOfMime('video/vp9')).toBe('vp9');
    const refused = [
      'audio/red',
      'audio/PCMU',
      'audio/G722',
      'audio/CN',
      'audio/telephone-event',
      'video/H264',
      'video/H265',
      'video/AV1',
      'video/rtx',
      'video/ulpfec',
      'video/raw',
      'opus',
      '',
      'video/vp8 ',
      '__proto__',
    ];
    for (const mime of refused) expect(codecOfMime(mime)).toBeNull();
  });

  it('A-38 the prefix follows from codec and first byte alone', () => {
    for (let first = 0; first < 256; first++) {
      expect(clearPrefixLength('opus', first)).toBe(0);
      expect(clearPrefixLength('vp8', first)).toBe(first % 2 === 0 ? 10 : 1);
      expect(clearPrefixLength('vp9', first)).toBe(1);
    }
  });

  it('A-38 codecs differ in the authenticated data', () => {
    expect(new Set(Object.values(CODEC_BYTE)).size).toBe(3);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintsOf, unsealable } from './answer.ts';

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`;
const HEAD = ['v=0', 'o=- 1 2 IN IP4 127.0.0.1', 's=-', 't=0 0'];
const AUDIO = ['a=rtpmap:111 opus/48000/2', 'a=rtpmap:63 red/48000/2', 'a=rtpmap:0 PCMU/8000'];
const VIDEO = ['a=rtpmap:96 VP8/90000', 'a=rtpmap:97 rtx/90000', 'a=rtpmap:98 H264/90000'];
const DATA = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:2'];
const section = (kind: string, types: string, maps: readonly string[], port = 9) => [
  `m=${kind} ${port} UDP/TLS/RTP/SAVPF ${types}`,
  'c=IN IP4 0.0.0.0',
  ...maps,
];
const offer = lines(
  ...HEAD,
  ...section('audio', '111 63 0', AUDIO),
  ...section('video', '96 97 98', VIDEO),
  ...DATA,
);
const answer = (audio: string, video: string, audioMaps = AUDIO, videoMaps = VIDEO) =>
  lines(
    ...HEAD,
    ...section('audio', audio, audioMaps),
    ...section('video', video, videoMaps),
    ...DATA,
  );

describe('A-40 SEC-4 an answer of the media server', () => {
  it('is fine with Opus and VP8 first, whatever comes behind them', () => {
    expect(unsealable(offer, answer('111 63', '96 97 98'))).toEqual([]);
    expect(unsealable(offer, answer('111', '96').replaceAll('\r\n', '\n'))).toEqual([]);
    expect(unsealable(offer, answer('111', '96', AUDIO, ['a=rtpmap:96 vp8/90000']))).toEqual([]);
  });

  it.each([
    ['RED first', answer('63 111', '96'), ['audio']],
    ['PCMU, which needs no map', answer('0', '96', []), ['audio']],
    ['H.264 first', answer('111', '98 96'), ['video']],
    ['rtx alone', answer('111', '97'), ['video']],
    ['no codec at all', answer('111', ''), ['video']],
    ['a codec nobody knows', answer('111', '127', AUDIO, ['a=rtpmap:127 odd/90000']), ['video']],
    [
      'ours under a number not offered',
      answer('111', '127', AUDIO, ['a=rtpmap:127 VP8/90000']),
      ['video'],
    ],
    [
      'ours under the number of another',
      answer('111', '98', AUDIO, ['a=rtpmap:98 VP8/90000']),
      ['video'],
    ],
    ['Opus as video', answer('111', '111', AUDIO, AUDIO), ['video']],
    ['both', answer('63', '98'), ['audio', 'video']],
    [
      'a section more than was offered',
      `${answer('111', '96')}${lines(...section('video', '96', VIDEO))}`,
      ['video'],
    ],
  ])('is refused with %s', (_, given, kinds) => {
    expect(unsealable(offer, given)).toEqual(kinds);
  });

  it('may turn a section down: then nothing is sent in it', () => {
    const rejected = lines(
      ...HEAD,
      ...section('audio', '0', [], 0),
      ...section('video', '96', VIDEO),
    );
    expect(unsealable(offer, rejected)).toEqual([]);
  });

  it('of any bytes at all is read without a crash, and refused when it is too long', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(Array.isArray(unsealable(one, `${other}m=video 9 X 96\r\n`))).toBe(true);
      }),
    );
    expect(unsealable(offer, 'm='.repeat(300_000))).toEqual(['audio', 'video']);
  });
});

describe('SEC-15 the certificates of a description', () => {
  it('are compared whole, in any order and spelling', () => {
    const one = 'a=fingerprint:sha-256 AA:BB';
    const other = 'a=fingerprint:sha-256 CC:DD';
    expect(fingerprintsOf(lines(one, other, one))).toBe('sha-256 aa:bb sha-256 cc:dd');
    expect(fingerprintsOf(lines(other, one.toLowerCase()))).toBe(fingerprintsOf(lines(one, other)));
    expect(fingerprintsOf(lines(one))).not.toBe(fingerprintsOf(lines(other)));
    expect(fingerprintsOf(lines('v=0'))).toBe('');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintsOf, sealable } from './answer.ts';

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

const refusedOf = (given: string) => sealable(offer, given)?.refused;

describe('A-40 SEC-4 an answer of the media server', () => {
  it('is fine with Opus and VP8 first, whatever comes behind them', () => {
    expect(refusedOf(answer('111 63', '96 97 98'))).toEqual([]);
    expect(refusedOf(answer('111', '96').replaceAll('\r\n', '\n'))).toEqual([]);
    expect(refusedOf(answer('111', '96', AUDIO, ['a=rtpmap:96 vp8/90000']))).toEqual([]);
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
    expect(refusedOf(given)).toEqual(kinds);
  });

  it('may turn a section down: then nothing is sent in it', () => {
    const rejected = lines(
      ...HEAD,
      ...section('audio', '0', [], 0),
      ...section('video', '96', VIDEO),
    );
    expect(refusedOf(rejected)).toEqual([]);
  });

  it('comes out with that section turned down and out of the bundle, all else as it was', () => {
    const session = (group: string) => lines('v=0', `a=group:BUNDLE ${group}`);
    const audio = lines(...section('audio', '111', AUDIO), 'a=mid:1');
    const video = (port: number) => lines(...section('video', '98', VIDEO, port), 'a=mid:2');
    const given = sealable(offer, session('0 1 2') + audio + video(9));
    expect(given).toEqual({ sdp: session('0 1') + audio + video(0), refused: ['video'] });
    const fine = answer('111', '96');
    expect(sealable(offer, fine)).toEqual({ sdp: fine, refused: [] });
  });

  it('of any bytes at all is read without a crash and is fine when it comes back in; not when too long', () => {
    const bytes = fc.array(
      fc.constantFrom(
        'm=video 9 X 96',
        'm=audio',
        'm=',
        'm=video  9 X 1',
        'a=rtpmap:96 VP8/90000',
        'a=mid:1',
        '',
        'x',
      ),
    );
    fc.assert(
      fc.property(fc.string(), bytes, (one, other) => {
        const read = sealable(offer, one + lines(...other));
        expect(read).not.toBeNull();
        expect(sealable(offer, read?.sdp ?? '')?.refused).toEqual([]);
      }),
    );
    expect(sealable(offer, 'm='.repeat(300_000))).toBeNull();
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

import { describe, expect, it } from 'vitest';
import type { ReceiveStats, SendStats } from '../worker/frames-messages.ts';
import {
  FIRST_SEND_VERDICT,
  FIRST_VERDICT,
  judgeSender,
  judgeTile,
  type SendSample,
  type TileSample,
  type TileVerdict,
} from './watchdog.ts';

const counted: ReceiveStats = {
  slot: 'slot-0001',
  trackKind: 'video',
  leaf: 1,
  source: 'camera',
  codec: 'vp8',
  good: 0,
  bad: 0,
  server: 0,
  replayed: 0,
  unknownKey: 0,
  stale: 0,
  wrongOwner: 0,
  dropped: 0,
  keyFrames: 0,
  sinceGoodMs: null,
};

type Step = Partial<ReceiveStats> & Partial<Pick<TileSample, 'muted' | 'paused' | 'decoded'>>;

/** Runs samples two seconds apart; each names what it differs in from an empty one. */
function run(steps: readonly Step[]): readonly TileVerdict[] {
  let last = FIRST_VERDICT;
  let before: TileSample | null = null;
  return steps.map(({ muted, paused, decoded, ...frames }, i) => {
    const now: TileSample = {
      atMs: i * 2_000,
      subscribed: true,
      muted: muted ?? false,
      paused: paused ?? false,
      frames: { ...counted, ...frames },
      decoded: decoded ?? 0,
    };
    last = judgeTile(last, before, now);
    before = now;
    return last;
  });
}
const states = (steps: readonly Step[]) => run(steps).map((verdict) => verdict.state);
const actions = (steps: readonly Step[]) => run(steps).map((verdict) => verdict.action);

describe('tile states', () => {
  it('honest: connecting, then ok, without any action', () => {
    const steps = [{}, { good: 30, decoded: 29 }, { good: 60, decoded: 58 }];
    expect(states(steps)).toEqual(['connecting', 'ok', 'ok']);
    expect(actions(steps)).toEqual(['none', 'none', 'none']);
  });

  it('no track, muted, no frame, no key each have their own name', () => {
    const noTrack = { atMs: 0, subscribed: false, muted: false, paused: false, frames: null };
    expect(judgeTile(FIRST_VERDICT, null, { ...noTrack, decoded: null }).state).toBe('no-track');
    const good = { good: 30, decoded: 30, sinceGoodMs: 100 };
    expect(states([good, { ...good, muted: true }])).toEqual(['ok', 'muted']);
    expect(states([good, { ...good, sinceGoodMs: 2_100 }])).toEqual(['ok', 'no-frame']);
    expect(states([good, { ...good, unknownKey: 40 }])).toEqual(['ok', 'no-key']);
    expect(states([good, { ...good, stale: 40 }])).toEqual(['ok', 'no-key']);
    expect(states([good, { ...good, paused: true }])).toEqual(['ok', 'ok']);
  });

  it('A-43 a mute flag over flowing frames changes nothing', () => {
    expect(
      states([
        { good: 30, decoded: 30 },
        { good: 60, decoded: 60, muted: true },
      ]),
    ).toEqual(['ok', 'ok']);
  });

  it("the media server's own filler is no failure", () => {
    const good = { good: 30, decoded: 30 };
    expect(states([good, { ...good, server: 51, muted: true }])).toEqual(['ok', 'muted']);
  });
});

describe('frames that should not be', () => {
  it('A-31 refused frames name the member; a single broken one does not', () => {
    const good = { good: 30, decoded: 30 };
    expect(run([good, { ...good, bad: 30 }])[1]).toMatchObject({
      state: 'bad-frames',
      action: 'name',
    });
    expect(states([good, { good: 60, decoded: 60, bad: 1 }])).toEqual(['ok', 'ok']);
  });

  it('A-31 frames under a key that nobody has name the member once no key came for it', () => {
    const steps = [{ unknownKey: 30 }, { unknownKey: 60 }, { unknownKey: 90 }];
    expect(actions(steps)).toEqual(['none', 'none', 'name']);
    expect(actions([...steps.slice(0, 2), { unknownKey: 60, good: 5, decoded: 4 }])).toEqual([
      'none',
      'none',
      'none',
    ]);
  });

  it('A-33 frames of another member or source say so', () => {
    expect(run([{ wrongOwner: 12 }])[0]).toMatchObject({ state: 'wrong-source', action: 'name' });
  });

  it('A-35 replays alone name the member', () => {
    const good = { good: 30, decoded: 30 };
    expect(states([good, { ...good, replayed: 30 }])).toEqual(['ok', 'bad-frames']);
  });
});

describe('A-31 A-32 decoding without good frames', () => {
  it('A-31 pictures never good in the worker: alarm at the second sample', () => {
    expect(actions([{}, { decoded: 20 }, { decoded: 40 }])).toEqual(['none', 'none', 'alarm']);
  });

  it('A-31 more decoded than was ever good, even while good frames flow', () => {
    const steps = [
      { good: 30, decoded: 30 },
      { good: 40, decoded: 55 },
      { good: 50, decoded: 80 },
    ];
    expect(actions(steps)).toEqual(['none', 'none', 'alarm']);
  });

  it('A-31 sound heard without good frames: alarm', () => {
    const sound = { trackKind: 'audio', source: 'microphone', codec: 'opus', good: 100 } as const;
    const steps = [
      { ...sound, decoded: 96_000 },
      { ...sound, decoded: 190_000 },
      { ...sound, decoded: 280_000 },
    ];
    expect(actions(steps)).toEqual(['none', 'none', 'alarm']);
  });

  it('no false alarm: what was good just before a sample comes out of the decoder after it', () => {
    const sound = { trackKind: 'audio', source: 'microphone', codec: 'opus' } as const;
    const steps = [
      { ...sound, good: 100, decoded: 90_000 },
      { ...sound, good: 100, decoded: 110_000 },
      { ...sound, good: 100, decoded: 112_000 },
    ];
    expect(actions(steps)).toEqual(['none', 'none', 'none']);
    expect(
      actions([
        { good: 30, decoded: 26 },
        { good: 30, decoded: 30 },
      ]),
    ).toEqual(['none', 'none']);
  });
});

describe('good frames and no picture', () => {
  it('asks for a key frame, then the track anew, then the room', () => {
    const steps = Array.from({ length: 9 }, (_, i) => ({ good: 30 * (i + 1) }));
    expect(actions(steps)).toEqual([
      'none',
      'key-frame',
      'none',
      'resubscribe',
      'none',
      'none',
      'none',
      'rejoin',
      'none',
    ]);
  });

  it('one picture ends it; a tile out of sight never starts it', () => {
    const shown = [{ good: 30 }, { good: 60, decoded: 3 }, { good: 90, decoded: 3 }];
    expect(run(shown).map((verdict) => verdict.stuck)).toEqual([1, 0, 1]);
    expect(
      run([
        { good: 30, paused: true },
        { good: 60, paused: true },
      ])[1]?.stuck,
    ).toBe(0);
  });

  it('a new slot starts from nothing', () => {
    const verdicts = run([
      { good: 90, decoded: 90 },
      { slot: 'slot-0002', good: 5, decoded: 4 },
    ]);
    expect(verdicts[1]).toMatchObject({ state: 'ok', leaking: 0 });
  });
});

describe('A-32 bytes that leave without being sealed', () => {
  const frames: SendStats = {
    slot: 'slot-0001',
    trackKind: 'video',
    source: 'camera',
    codec: 'vp8',
    sent: 0,
    held: 0,
    dropped: 0,
    failed: 0,
    keyFrames: 0,
  };
  const send = (sent: number, bytesSent: number): SendSample => ({
    atMs: 0,
    frames: { ...frames, sent },
    bytesSent,
  });
  const judge = (samples: readonly SendSample[]) => {
    let last = FIRST_SEND_VERDICT;
    let before: SendSample | null = null;
    return samples.map((now) => {
      last = judgeSender(last, before, now);
      before = now;
      return last.action;
    });
  };

  it('A-32 SEC-1 payload without sealed frames in two samples: alarm', () => {
    expect(judge([send(0, 0), send(0, 90_000), send(0, 180_000)])).toEqual([
      'none',
      'none',
      'alarm',
    ]);
    expect(judge([send(0, 90_000), send(0, 180_000)])).toEqual(['none', 'alarm']);
  });

  it('A-32 sealed frames, padding and what is sent again after a stop are no alarm', () => {
    const samples = [send(30, 90_000), send(60, 180_000), send(60, 190_000), send(60, 190_500)];
    expect(judge(samples)).toEqual(['none', 'none', 'none', 'none']);
  });
});

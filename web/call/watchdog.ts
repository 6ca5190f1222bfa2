// Judges tiles and senders from what the frames worker counted and what the engine reports
// (media.md section 10). Pure: samples in, verdict out; whoever calls it acts.
import type { ReceiveStats, SendStats } from '../worker/frames-messages.ts';
import type { TileState } from './model.ts';

export interface TileSample {
  readonly atMs: number;
  readonly subscribed: boolean;
  /** As the media server says; shown only where no frames contradict it. */
  readonly muted: boolean;
  /** A picture out of sight is paused by ourselves: silence there means nothing. */
  readonly paused: boolean;
  /** Taken after the engine's numbers, so it can only be ahead of them. */
  readonly frames: ReceiveStats | null;
  /** Video: pictures. Audio: samples that came out of the decoder and were not made up. */
  readonly decoded: number | null;
}

export type TileAction =
  | 'none'
  /** Bytes reached a decoder that no key opened: stop everything. */
  | 'alarm'
  /** Frames that no member sealed, or another member's: say who. */
  | 'name'
  | 'key-frame'
  | 'resubscribe'
  | 'rejoin';

export interface TileVerdict {
  readonly state: TileState;
  readonly action: TileAction;
  /** For how many samples in a row frames came and none had a key. */
  readonly keyless: number;
  /** For how many samples in a row frames were good and nothing was decoded. */
  readonly stuck: number;
  /** ... and something was decoded without one good frame. */
  readonly leaking: number;
}

export const FIRST_VERDICT: TileVerdict = {
  state: 'connecting',
  action: 'none',
  keyless: 0,
  stuck: 0,
  leaking: 0,
};

/** Half a second of sound, in samples: less may still come out of a decoder's buffers. */
const HEARD_SAMPLES = 24_000;
const SEEN_PICTURES = 5;
/** A key frame is asked for, then the track anew, then the room, each after two more samples. */
const STUCK_STEPS: readonly (readonly [number, TileAction])[] = [
  [2, 'key-frame'],
  [4, 'resubscribe'],
  [8, 'rejoin'],
];
const BAD_FRAMES = 3;
/** A key may be on its way; plaintext, too, reads as frames under a key that nobody has. */
const KEYLESS_SAMPLES = 3;

export function judgeTile(
  last: TileVerdict,
  before: TileSample | null,
  now: TileSample,
): TileVerdict {
  const frames = now.frames;
  if (!now.subscribed || frames === null) return { ...FIRST_VERDICT, state: 'no-track' };
  const was = before?.frames?.slot === frames.slot ? before.frames : null;
  const good = frames.good - (was?.good ?? 0);
  const decoded = Math.max(0, (now.decoded ?? 0) - (was === null ? 0 : (before?.decoded ?? 0)));
  const leaking = isLeak(frames, good, decoded, now) ? last.leaking + 1 : 0;
  if (leaking >= 2) return { ...FIRST_VERDICT, state: 'bad-frames', action: 'alarm', leaking };
  const stuck = good > 0 && decoded === 0 && !now.muted && !now.paused ? last.stuck + 1 : 0;
  const state = stateOf(was, frames, good, now);
  const keyless = state === 'no-key' ? last.keyless + 1 : 0;
  return { state, action: actionOf(state, stuck, keyless), keyless, stuck, leaking };
}

/** More decoded in total than was ever good, or decoding that goes on without good frames. */
function isLeak(frames: ReceiveStats, good: number, decoded: number, now: TileSample): boolean {
  const isVideo = frames.trackKind === 'video';
  if (isVideo && (now.decoded ?? 0) > frames.good) return true;
  return good === 0 && decoded > (isVideo ? SEEN_PICTURES : HEARD_SAMPLES);
}

function stateOf(
  was: ReceiveStats | null,
  frames: ReceiveStats,
  good: number,
  now: TileSample,
): TileState {
  const rose = (count: 'bad' | 'wrongOwner' | 'unknownKey' | 'stale' | 'replayed') =>
    frames[count] - (was?.[count] ?? 0);
  if (good > 0) return rose('bad') > Math.max(BAD_FRAMES, good) ? 'bad-frames' : 'ok';
  if (rose('wrongOwner') > 0) return 'wrong-source';
  if (rose('bad') + rose('replayed') >= BAD_FRAMES) return 'bad-frames';
  if (rose('unknownKey') + rose('stale') > 0) return 'no-key';
  if (now.muted) return 'muted';
  if (now.paused) return 'ok';
  return frames.sinceGoodMs === null && was === null ? 'connecting' : 'no-frame';
}

function actionOf(state: TileState, stuck: number, keyless: number): TileAction {
  if (keyless >= KEYLESS_SAMPLES) return 'name';
  if (state === 'bad-frames' || state === 'wrong-source') return 'name';
  return STUCK_STEPS.find(([after]) => after === stuck)?.[1] ?? 'none';
}

export interface SendSample {
  readonly atMs: number;
  readonly frames: SendStats;
  /** Payload bytes of the engine: without headers and padding, with what was sent again. */
  readonly bytesSent: number;
}

export interface SendVerdict {
  readonly action: 'none' | 'alarm';
  readonly leaking: number;
}

export const FIRST_SEND_VERDICT: SendVerdict = { action: 'none', leaking: 0 };

/** What is sent again for others after a stop; more than that in two samples is a leak. */
const RESENT_BYTES = 2_000;

export function judgeSender(
  last: SendVerdict,
  before: SendSample | null,
  now: SendSample,
): SendVerdict {
  if (before === null || before.frames.slot !== now.frames.slot) {
    const leaking = now.frames.sent === 0 && now.bytesSent > RESENT_BYTES ? 1 : 0;
    return { action: 'none', leaking };
  }
  const sealed = now.frames.sent - before.frames.sent;
  const isLeak = sealed === 0 && now.bytesSent - before.bytesSent > RESENT_BYTES;
  const leaking = isLeak ? last.leaking + 1 : 0;
  return { action: leaking >= 2 ? 'alarm' : 'none', leaking };
}

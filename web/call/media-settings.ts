// Every choice about publishing and connecting, in one place: codecs, layers, bitrates, retries.
// Nothing here can turn encryption off.
import type { ReconnectContext, ReconnectPolicy, TrackPublishOptions } from 'livekit-client';
import type { Source } from '../worker/frames-messages.ts';

export interface VideoLayer {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly bitrate: number;
}

export interface MediaSettings {
  /** Two peer connections were 290 ms faster to the first picture than one (media.md 11). */
  readonly connection: 'dual' | 'single';
  /** The largest first; one layer means no simulcast. */
  readonly camera: readonly [VideoLayer, ...VideoLayer[]];
  readonly screen: VideoLayer;
  readonly microphoneBitrate: number;
  readonly soundBitrate: number;
  /** Pictures out of sight are paused, small ones come small. */
  readonly adaptiveStream: boolean;
}

export const MEDIA_DEFAULTS: MediaSettings = {
  connection: 'dual',
  camera: [
    { width: 1280, height: 720, frameRate: 30, bitrate: 1_700_000 },
    { width: 640, height: 360, frameRate: 20, bitrate: 450_000 },
    { width: 320, height: 180, frameRate: 15, bitrate: 160_000 },
  ],
  screen: { width: 1920, height: 1080, frameRate: 15, bitrate: 2_500_000 },
  microphoneBitrate: 32_000,
  soundBitrate: 96_000,
  adaptiveStream: true,
};

/** LiveKit's own wait after a restart of the server doubled the gap (media.md section 9). */
const RETRY_AFTER_MS = [0, 250, 500, 1_000, 1_500, 2_000, 2_000, 3_000];
/** After a minute without the server the meeting takes a new ticket instead. */
const GIVE_UP_AFTER_MS = 60_000;

export const reconnectPolicy: ReconnectPolicy = {
  nextRetryDelayInMs({ retryCount, elapsedMs }: ReconnectContext): number | null {
    if (elapsedMs > GIVE_UP_AFTER_MS) return null;
    const base = RETRY_AFTER_MS[retryCount] ?? RETRY_AFTER_MS.at(-1) ?? 0;
    // A fifth more or less, so that a meeting does not come back in one instant.
    return Math.round(base * (0.8 + 0.4 * Math.random()));
  },
};

type Preset = new (
  width: number,
  height: number,
  bitrate: number,
  frameRate: number,
) => NonNullable<TrackPublishOptions['videoSimulcastLayers']>[number];

/** VP8 and Opus only, RED and backup codecs off: others have no frame layout. */
export function publishOptions(
  source: Source,
  settings: MediaSettings,
  Layer: Preset,
): TrackPublishOptions {
  const common = { videoCodec: 'vp8', backupCodec: false, red: false } as const;
  const encoding = ({ bitrate, frameRate }: VideoLayer) => ({
    maxBitrate: bitrate,
    maxFramerate: frameRate,
  });
  const [largest, ...smaller] = settings.camera;
  switch (source) {
    case 'microphone':
      return { ...common, audioPreset: { maxBitrate: settings.microphoneBitrate } };
    case 'screen-audio':
      return { ...common, dtx: false, audioPreset: { maxBitrate: settings.soundBitrate } };
    case 'screen':
      return { ...common, simulcast: false, screenShareEncoding: encoding(settings.screen) };
    case 'camera':
      return {
        ...common,
        simulcast: smaller.length > 0,
        videoEncoding: encoding(largest),
        videoSimulcastLayers: smaller
          .map((one) => new Layer(one.width, one.height, one.bitrate, one.frameRate))
          .reverse(),
      };
  }
}

// Microphones, cameras, speakers and screens of this device. Asks for nothing before the person
// has pressed or clicked something in this page, and remembers nothing: choices come in.
import { MediaEmitter } from './media-emitter.ts';
import type { DeviceChoice, DeviceFailure } from './model.ts';

export type CaptureCode = DeviceFailure | 'no-gesture';

export class CaptureError extends Error {
  readonly code: CaptureCode;
  constructor(code: CaptureCode, options?: ErrorOptions) {
    super(code, options);
    this.name = 'CaptureError';
    this.code = code;
  }
}

export interface DeviceList {
  readonly microphones: readonly DeviceChoice[];
  readonly cameras: readonly DeviceChoice[];
  readonly speakers: readonly DeviceChoice[];
}

export interface CameraShape {
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

const changes = new MediaEmitter<void>();

/** Names stay empty until a permission was given; that is the browser's rule. */
export async function listDevices(): Promise<DeviceList> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind): readonly DeviceChoice[] =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map((device) => ({ id: device.deviceId, label: device.label }));
  return {
    microphones: of('audioinput'),
    cameras: of('videoinput'),
    speakers: of('audiooutput'),
  };
}

export function onDevicesChanged(listener: () => void): () => void {
  navigator.mediaDevices.ondevicechange ??= () => changes.emit();
  return changes.listen(listener);
}

export function captureMicrophone(deviceId?: string): Promise<MediaStreamTrack> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return capture({ audio: { ...audio, ...chosen(deviceId) } });
}

export function captureCamera(shape: CameraShape, deviceId?: string): Promise<MediaStreamTrack> {
  const { width, height, frameRate } = shape;
  const video = {
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: frameRate, max: frameRate },
  };
  return capture({ video: { ...video, ...chosen(deviceId) } });
}

export interface ScreenCapture {
  readonly picture: MediaStreamTrack;
  /** Only where the person chose it in the browser's own dialog. */
  readonly sound: MediaStreamTrack | null;
}

export async function captureScreen(withSound: boolean): Promise<ScreenCapture> {
  const stream = await ask(() =>
    navigator.mediaDevices.getDisplayMedia({ video: true, audio: withSound }),
  );
  const [picture] = stream.getVideoTracks();
  const [sound] = stream.getAudioTracks();
  if (picture === undefined) throw new CaptureError('failed');
  return { picture, sound: sound ?? null };
}

/** An exact choice: another device than the chosen one is never opened unasked (F-13). */
function chosen(deviceId: string | undefined): MediaTrackConstraints {
  return deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
}

async function capture(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  const stream = await ask(() => navigator.mediaDevices.getUserMedia(constraints));
  const [track] = stream.getTracks();
  if (track === undefined) throw new CaptureError('failed');
  return track;
}

async function ask(open: () => Promise<MediaStream>): Promise<MediaStream> {
  // Sticky for this document: a reload or a restored tab starts without it.
  if (navigator.userActivation?.hasBeenActive !== true) throw new CaptureError('no-gesture');
  try {
    return await open();
  } catch (cause) {
    throw new CaptureError(failureOf(cause), { cause });
  }
}

function failureOf(cause: unknown): DeviceFailure {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'failed';
}

export interface LevelMeter {
  /** 0 to 1, of the moment. */
  read(): number;
  close(): void;
}

/** Listens to a track of this device and keeps nothing of it. */
export function meterLevel(track: MediaStreamTrack): LevelMeter {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read: () => {
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    },
    close: () => {
      source.disconnect();
      void context.close();
    },
  };
}

/** Loudness on a scale that moves with speech: -60 dB is 0, full scale is 1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-10);
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}

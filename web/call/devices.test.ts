import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  captureCamera,
  captureMicrophone,
  captureScreen,
  levelOf,
  listDevices,
} from './devices.ts';

const SHAPE = { width: 320, height: 180, frameRate: 15 };
const asked: MediaStreamConstraints[] = [];
let answer: () => Promise<unknown>;

function install(hasBeenActive: boolean | undefined): void {
  const open = (constraints: MediaStreamConstraints) => {
    asked.push(constraints);
    return answer();
  };
  vi.stubGlobal('navigator', {
    userActivation: hasBeenActive === undefined ? undefined : { hasBeenActive },
    mediaDevices: {
      getUserMedia: open,
      getDisplayMedia: open,
      enumerateDevices: () =>
        Promise.resolve([
          { kind: 'audioinput', deviceId: 'm1', label: 'Microphone' },
          { kind: 'videoinput', deviceId: '', label: '' },
          { kind: 'audiooutput', deviceId: 's1', label: 'Speaker' },
        ]),
    },
  });
}

beforeEach(() => {
  asked.length = 0;
  answer = () => Promise.resolve({ getTracks: () => ['track'] });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('A-83 nothing is captured unasked', () => {
  it.each([false, undefined])('PBD-2 0 requests before the first click (%s)', async (active) => {
    install(active);
    for (const capture of [
      () => captureMicrophone(),
      () => captureCamera(SHAPE),
      () => captureScreen(true),
    ]) {
      await expect(capture()).rejects.toMatchObject({ code: 'no-gesture' });
    }
    expect(asked).toEqual([]);
  });

  it('F-13 a chosen device is asked for exactly, so that no other one opens in its place', async () => {
    install(true);
    await captureMicrophone('m1');
    await captureCamera(SHAPE, 'c1');
    expect(asked).toMatchObject([
      { audio: { deviceId: { exact: 'm1' } } },
      { video: { deviceId: { exact: 'c1' }, width: { ideal: 320 } } },
    ]);
  });
});

describe('failures have codes', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['UnknownError', 'failed'],
  ])('%s is %s', async (name, code) => {
    install(true);
    answer = () => Promise.reject(new DOMException('x', name));
    await expect(captureMicrophone()).rejects.toMatchObject({ code });
  });

  it('a stream without a track is a failure', async () => {
    install(true);
    answer = () => Promise.resolve({ getTracks: () => [] });
    await expect(captureMicrophone()).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('lists and levels', () => {
  it('lists what has an id, by kind', async () => {
    install(false);
    expect(await listDevices()).toEqual({
      microphones: [{ id: 'm1', label: 'Microphone' }],
      cameras: [],
      speakers: [{ id: 's1', label: 'Speaker' }],
    });
  });

  it('silence is 0, full scale is 1, speech lies between', () => {
    const tone = (gain: number) => Float32Array.from({ length: 512 }, (_, i) => gain * Math.sin(i));
    expect(levelOf(new Float32Array(512))).toBe(0);
    expect(levelOf(new Float32Array(0))).toBe(0);
    expect(levelOf(new Float32Array(512).fill(1))).toBe(1);
    expect(levelOf(tone(0.1))).toBeGreaterThan(0.5);
    expect(levelOf(tone(0.1))).toBeLessThan(0.7);
  });
});

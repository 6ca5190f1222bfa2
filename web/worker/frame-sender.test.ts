import { beforeEach, describe, expect, it } from 'vitest';
import { FrameSender } from './frame-sender.ts';
import type { Source } from './frames-messages.ts';
import { epochMessage, TestFrame, testFrame } from './frames-testkit.ts';
import { FrameKeyRing } from './key-ring.ts';

let ring: FrameKeyRing;
let muted: Set<Source>;
let asked: number;
let nowMs: number;

function make(source?: Source, trackKind: 'audio' | 'video' = 'video'): FrameSender {
  const options = { kind: 'bind', slot: 'slot-send', side: 'send', trackKind } as const;
  return new FrameSender(
    source === undefined ? options : { ...options, source },
    ring,
    (one) => muted.has(one),
    () => {
      asked++;
    },
    () => nowMs,
  );
}

beforeEach(async () => {
  ring = new FrameKeyRing();
  muted = new Set();
  asked = 0;
  nowMs = 0;
  ring.handleVault(await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] }));
});

describe('A-32 what leaves', () => {
  it('A-32 SEC-1 nothing before go, without a source, without a key, after stop', async () => {
    const camera = make('camera');
    expect(await camera.handleFrame(testFrame('video/VP8', 200))).toBe(false);
    ring.handleVault({ kind: 'go' });
    expect(await make().handleFrame(testFrame('video/VP8', 200))).toBe(false);
    expect(await camera.handleFrame(testFrame('video/VP8', 200))).toBe(true);
    ring.handleVault({ kind: 'stop', reason: 'alarm' });
    expect(await camera.handleFrame(testFrame('video/VP8', 200))).toBe(false);
    expect(camera.stats()).toMatchObject({ sent: 1, held: 2 });
  });

  it('A-32 a frame being sealed when the stop comes does not leave', async () => {
    ring.handleVault({ kind: 'go' });
    const camera = make('camera');
    const judged = camera.handleFrame(testFrame('video/VP8', 60_000));
    ring.handleVault({ kind: 'stop', reason: 'alarm' });
    ring.handleVault(await epochMessage({ epoch: 2, ownLeaf: 1, leaves: [0] }));
    ring.handleVault({ kind: 'go' });
    expect(await judged).toBe(false);
  });

  it('SEC-1 no byte behind the clear prefix survives in a sealed frame', async () => {
    ring.handleVault({ kind: 'go' });
    for (const [mime, source, prefix] of [
      ['video/VP8', 'camera', 1],
      ['video/VP9', 'screen', 1],
      ['audio/opus', 'microphone', 0],
    ] as const) {
      const plain = testFrame(mime, 500);
      const frame = testFrame(mime, 500);
      const trackKind = mime === 'audio/opus' ? 'audio' : 'video';
      expect(await make(source, trackKind).handleFrame(frame)).toBe(true);
      const sealed = Buffer.from(frame.bytes);
      const bytes = Buffer.from(plain.bytes);
      for (let at = prefix; at + 6 < 500; at++) {
        expect(sealed.includes(bytes.subarray(at, at + 6))).toBe(false);
      }
    }
  });

  it('PBD-5 muted: no frame of that source, others go on; one in work is held back', async () => {
    ring.handleVault({ kind: 'go' });
    const microphone = make('microphone', 'audio');
    const judged = microphone.handleFrame(testFrame('audio/opus', 80));
    muted.add('microphone');
    expect(await judged).toBe(false);
    expect(await microphone.handleFrame(testFrame('audio/opus', 80))).toBe(false);
    expect(await make('camera').handleFrame(testFrame('video/VP8', 80))).toBe(true);
    muted.delete('microphone');
    expect(await microphone.handleFrame(testFrame('audio/opus', 80))).toBe(true);
  });

  it.each(['video/H264', 'video/AV1', 'audio/opus', 'audio/red', ''])(
    'A-40 a camera that encodes as %s sends nothing',
    async (mime) => {
      ring.handleVault({ kind: 'go' });
      const camera = make('camera');
      const frame = new TestFrame(mime, testFrame('video/VP8', 300).bytes);
      expect(await camera.handleFrame(frame)).toBe(false);
      expect(camera.stats()).toMatchObject({ sent: 0, dropped: 1 });
    },
  );

  it('A-44 empty and giant frames are dropped without using a counter', async () => {
    ring.handleVault({ kind: 'go' });
    const camera = make('camera');
    expect(await camera.handleFrame(testFrame('video/VP8', 0))).toBe(false);
    expect(await camera.handleFrame(testFrame('video/VP8', 1024 * 1024 + 1))).toBe(false);
    expect(camera.stats()).toMatchObject({ sent: 0, dropped: 2 });
    expect(ring.sealer('camera')?.next).toEqual({ hi: 0, lo: 0 });
  });

  it('a frame the cipher refuses is dropped and counted', async () => {
    ring.handleVault({ kind: 'go' });
    const camera = make('camera');
    expect(await camera.handleFrame(testFrame('video/VP8', 4, true))).toBe(false);
    expect(camera.stats()).toMatchObject({ sent: 0, failed: 1 });
  });
});

describe('A-37 one counter a key', () => {
  it('A-37 SEC-7 layers and slots of one source never share a counter', async () => {
    ring.handleVault({ kind: 'go' });
    const slots = [make('camera'), make('camera')];
    const headers = new Set<string>();
    for (let round = 0; round < 100; round++) {
      const frames = slots.map(() => testFrame('video/VP8', 30));
      await Promise.all(slots.map((slot, i) => slot.handleFrame(frames[i] ?? frames[0]!)));
      for (const frame of frames) {
        headers.add(Buffer.from(frame.bytes.subarray(1, 9)).toString('hex').slice(0, 16));
      }
    }
    expect(headers.size).toBe(200);
    expect(ring.sealer('camera')?.next).toEqual({ hi: 0, lo: 200 });
  });
});

describe('key frames after a pause', () => {
  it('A-44 asks once a second until one comes, and only after frames were held', async () => {
    const camera = make('camera');
    await camera.handleFrame(testFrame('video/VP8', 50));
    ring.handleVault({ kind: 'go' });
    await camera.handleFrame(testFrame('video/VP8', 50));
    await camera.handleFrame(testFrame('video/VP8', 50));
    expect(asked).toBe(1);
    nowMs = 1_000;
    await camera.handleFrame(testFrame('video/VP8', 50));
    expect(asked).toBe(2);
    await camera.handleFrame(testFrame('video/VP8', 50, true));
    nowMs = 5_000;
    await camera.handleFrame(testFrame('video/VP8', 50));
    expect(asked).toBe(2);
    expect(camera.stats().keyFrames).toBe(1);
  });
});

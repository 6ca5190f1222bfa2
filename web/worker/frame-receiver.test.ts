import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameReceiver, type SlotOwner } from './frame-receiver.ts';
import { FrameSender } from './frame-sender.ts';
import type { BindOptions, Source } from './frames-messages.ts';
import { epochMessage, TestFrame, testFrame } from './frames-testkit.ts';
import { FrameKeyRing } from './key-ring.ts';

const TRAILER = Uint8Array.from({ length: 43 }, (_, i) => 200 - i);
const bind = (side: 'send' | 'receive', trackKind: 'audio' | 'video', source?: Source) => {
  const options: BindOptions = { kind: 'bind', slot: `slot-${side}-1`, side, trackKind };
  return source === undefined ? options : { ...options, source };
};
const isTrailed = (frame: Uint8Array) =>
  Buffer.from(frame).subarray(-TRAILER.length).equals(Buffer.from(TRAILER));

async function ringOf(leaf: number): Promise<FrameKeyRing> {
  const ring = new FrameKeyRing();
  ring.handleVault(await epochMessage({ epoch: 1, ownLeaf: leaf, leaves: [0, 1, 2] }));
  ring.handleVault({ kind: 'go' });
  return ring;
}

const sender = (ring: FrameKeyRing, source: Source) => {
  const isAudio = source === 'microphone' || source === 'screen-audio';
  const options = bind('send', isAudio ? 'audio' : 'video', source);
  return new FrameSender(
    options,
    ring,
    () => false,
    () => undefined,
  );
};
const refused = { bad: 0, server: 0, replayed: 0, unknownKey: 0, stale: 0, wrongOwner: 0 };

let sending: FrameKeyRing;
let receiving: FrameKeyRing;
let told: SlotOwner[];
let camera: FrameReceiver;

beforeEach(async () => {
  sending = await ringOf(1);
  receiving = await ringOf(0);
  told = [];
  camera = new FrameReceiver(bind('receive', 'video'), receiving, isTrailed, (_slot, owner) =>
    told.push(owner),
  );
});

async function sealed(source: Source = 'camera', size = 400, ring = sending): Promise<TestFrame> {
  const isAudio = source === 'microphone' || source === 'screen-audio';
  const frame = testFrame(isAudio ? 'audio/opus' : 'video/VP8', size);
  expect(await sender(ring, source).handleFrame(frame)).toBe(true);
  return frame;
}

describe('frames of honest members', () => {
  it('SEC-1 pass whole, latch the slot and are told once', async () => {
    for (let i = 0; i < 3; i++) {
      const frame = await sealed();
      expect(await camera.handleFrame(frame)).toBe(true);
      expect(Buffer.compare(frame.bytes, testFrame('video/VP8', 400).bytes)).toBe(0);
    }
    expect(told).toEqual([{ leaf: 1, source: 'camera' }]);
    expect(camera.stats()).toMatchObject({ good: 3, ...refused, leaf: 1, source: 'camera' });
  });

  it('A-44 a key frame is asked for when a picture builds on one that was refused, once a second at most', async () => {
    let [asked, nowMs] = [0, 0];
    const late = new FrameReceiver(
      bind('receive', 'video'),
      receiving,
      isTrailed,
      () => undefined,
      () => asked++,
      () => nowMs,
    );
    const bad = await sealed();
    bad.bytes.fill(0, 100);
    expect(await late.handleFrame(bad)).toBe(false);
    expect(asked).toBe(0);
    for (let i = 0; i < 5; i++) expect(await late.handleFrame(await sealed())).toBe(true);
    expect(asked).toBe(1);
    nowMs += 1_000;
    expect(await late.handleFrame(await sealed())).toBe(true);
    expect(asked).toBe(2);
    const whole = testFrame('video/VP8', 400, true);
    expect(await sender(sending, 'camera').handleFrame(whole)).toBe(true);
    expect(await late.handleFrame(whole)).toBe(true);
    nowMs += 5_000;
    expect(await late.handleFrame(await sealed())).toBe(true);
    expect(asked).toBe(2);
  });

  it('empty frames are dropped and are no failure', async () => {
    expect(await camera.handleFrame(testFrame('video/VP8', 0))).toBe(false);
    expect(camera.stats()).toMatchObject({ ...refused, dropped: 1 });
  });
});

describe('A-31 frames that no member sealed', () => {
  it.each([
    ['VP8', 'video/VP8', 'video'],
    ['VP9', 'video/VP9', 'video'],
    ['Opus', 'audio/opus', 'audio'],
  ] as const)(
    'A-31 SEC-4 plaintext %s is refused before and after latching',
    async (_name, mime, kind) => {
      const receiver = new FrameReceiver(
        bind('receive', kind),
        receiving,
        isTrailed,
        () => undefined,
      );
      for (const latched of [false, true]) {
        if (latched)
          receiver.latch({ leaf: 1, source: kind === 'video' ? 'camera' : 'microphone' });
        for (const size of [1, 3, 20, 74, 1_000]) {
          const frame = testFrame(mime, size, true);
          expect(await receiver.handleFrame(frame)).toBe(false);
        }
      }
      const { good, bad, unknownKey, stale } = receiver.stats();
      expect(good).toBe(0);
      expect(bad + unknownKey + stale).toBe(10);
    },
  );

  it('A-31 filler of the media server is refused and told apart by its trailer', async () => {
    const filler = new Uint8Array(74);
    filler.set(TRAILER, 74 - TRAILER.length);
    expect(await camera.handleFrame(new TestFrame('video/VP8', filler, 'key'))).toBe(false);
    expect(camera.stats()).toMatchObject({ good: 0, bad: 0, server: 1 });
  });

  it('A-31 a sealed frame that happens to end in the trailer is still judged by its tag', async () => {
    const frame = await sealed();
    const everything = new FrameReceiver(
      bind('receive', 'video'),
      receiving,
      () => true,
      () => undefined,
    );
    expect(await everything.handleFrame(frame)).toBe(true);
  });

  it.each(['video/H264', 'video/AV1', 'audio/red', 'audio/PCMU', ''])(
    'A-40 codec %s is dropped whatever it holds',
    async (mime) => {
      const frame = await sealed();
      expect(await camera.handleFrame(new TestFrame(mime, frame.bytes))).toBe(false);
      expect(camera.stats()).toMatchObject({ good: 0, dropped: 1 });
    },
  );

  it('A-44 giant frames are dropped', async () => {
    expect(await camera.handleFrame(testFrame('video/VP8', 1024 * 1024 + 1))).toBe(false);
    expect(camera.stats()).toMatchObject({ good: 0, dropped: 1 });
  });
});

describe('A-33 frames on a slot that is not theirs', () => {
  it('A-33 SEC-12 another member on a latched slot', async () => {
    camera.latch({ leaf: 1, source: 'camera' });
    const other = await ringOf(2);
    expect(await camera.handleFrame(await sealed('camera', 100, other))).toBe(false);
    expect(camera.stats()).toMatchObject({ good: 0, wrongOwner: 1 });
    expect(await camera.handleFrame(await sealed())).toBe(true);
  });

  it('A-33 SEC-12 the screen shown as the camera, and back', async () => {
    expect(await camera.handleFrame(await sealed('camera'))).toBe(true);
    expect(await camera.handleFrame(await sealed('screen'))).toBe(false);
    camera.latch({ leaf: 1, source: 'screen' });
    expect(await camera.handleFrame(await sealed('camera'))).toBe(false);
    expect(await camera.handleFrame(await sealed('screen'))).toBe(true);
    expect(camera.stats()).toMatchObject({ good: 2, wrongOwner: 2 });
  });

  it('A-33 sound on a picture slot never gets an owner', async () => {
    const frame = await sealed('microphone');
    const relabelled = new TestFrame('video/VP8', frame.bytes);
    expect(await camera.handleFrame(relabelled)).toBe(false);
    expect(camera.stats()).toMatchObject({ good: 0, leaf: null });
  });

  it('the page overrules the first good frame; unlatched, the next one decides again', async () => {
    const other = await ringOf(2);
    expect(await camera.handleFrame(await sealed('camera', 90, other))).toBe(true);
    camera.latch({ leaf: 1, source: 'camera' });
    expect(await camera.handleFrame(await sealed('camera', 90, other))).toBe(false);
    expect(await camera.handleFrame(await sealed())).toBe(true);
    camera.unlatch();
    expect(await camera.handleFrame(await sealed('screen', 90, other))).toBe(true);
    expect(told).toEqual([
      { leaf: 2, source: 'camera' },
      { leaf: 1, source: 'camera' },
      { leaf: 2, source: 'screen' },
    ]);
  });
});

describe('A-35 frames seen before', () => {
  it('A-35 SEC-7 a recording played again on this and another slot: none accepted', async () => {
    const other = new FrameReceiver(
      bind('receive', 'video'),
      receiving,
      isTrailed,
      () => undefined,
    );
    const one = sender(sending, 'camera');
    const recorded: Uint8Array[] = [];
    for (let i = 0; i < 50; i++) {
      const frame = testFrame('video/VP8', 100 + i);
      await one.handleFrame(frame);
      recorded.push(frame.bytes.slice());
      expect(await camera.handleFrame(frame)).toBe(true);
    }
    for (const bytes of recorded) {
      expect(await camera.handleFrame(new TestFrame('video/VP8', bytes))).toBe(false);
      expect(await other.handleFrame(new TestFrame('video/VP8', bytes))).toBe(false);
    }
    expect(camera.stats()).toMatchObject({ good: 50, replayed: 50, bad: 0 });
    expect(other.stats()).toMatchObject({ good: 0, replayed: 50 });
  });

  it('A-35 two copies at the same time on two slots: one is accepted', async () => {
    const other = new FrameReceiver(
      bind('receive', 'video'),
      receiving,
      isTrailed,
      () => undefined,
    );
    const frame = await sealed();
    const copies = [
      camera.handleFrame(new TestFrame('video/VP8', frame.bytes)),
      other.handleFrame(new TestFrame('video/VP8', frame.bytes)),
    ];
    expect((await Promise.all(copies)).filter(Boolean)).toHaveLength(1);
  });

  it('A-38 a frame whose tag was broken does not use up its counter', async () => {
    const frame = await sealed();
    const broken = frame.bytes.slice();
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    expect(await camera.handleFrame(new TestFrame('video/VP8', broken))).toBe(false);
    expect(await camera.handleFrame(frame)).toBe(true);
    expect(camera.stats()).toMatchObject({ good: 1, bad: 1 });
  });
});

describe('frames of other epochs', () => {
  it('A-28 a joiner opens nothing of an epoch it has no key for', async () => {
    const joiner = new FrameKeyRing();
    joiner.handleVault(await epochMessage({ epoch: 2, ownLeaf: 0, leaves: [1] }));
    const slot = new FrameReceiver(bind('receive', 'video'), joiner, isTrailed, () => undefined);
    expect(await slot.handleFrame(await sealed())).toBe(false);
    expect(slot.stats()).toMatchObject({ good: 0, stale: 1 });
  });

  it('a frame of a newer epoch waits for its key', async () => {
    sending.handleVault(await epochMessage({ epoch: 2, ownLeaf: 1, leaves: [0] }));
    const frame = await sealed();
    const judged = camera.handleFrame(frame);
    receiving.handleVault(await epochMessage({ epoch: 2, ownLeaf: 0, leaves: [1] }));
    expect(await judged).toBe(true);
  });

  it('A-31 made-up newer epochs hold a slot once in a while, never for long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      sending.handleVault(await epochMessage({ epoch: 2, ownLeaf: 1, leaves: [0] }));
      const frames = await Promise.all([1, 2, 3].map(() => sealed()));
      const first = camera.handleFrame(frames[0] ?? testFrame('video/VP8', 1));
      await vi.advanceTimersByTimeAsync(499);
      expect(camera.stats().unknownKey).toBe(0);
      await vi.advanceTimersByTimeAsync(2);
      expect(await first).toBe(false);
      // The second is refused without waiting: no timer has to run for it.
      expect(await camera.handleFrame(frames[1] ?? testFrame('video/VP8', 1))).toBe(false);
      expect(camera.stats()).toMatchObject({ unknownKey: 2, good: 0 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('A-97 no frame is named bad after a void', async () => {
    const old = await sealed();
    for (const ring of [sending, receiving]) {
      const own = ring === sending ? 1 : 0;
      ring.handleVault(await epochMessage({ epoch: 2, ownLeaf: own, leaves: [0, 1] }));
    }
    const voided = await sealed();
    for (const ring of [sending, receiving]) {
      const own = ring === sending ? 1 : 0;
      ring.handleVault(await epochMessage({ epoch: 1, try: 1, ownLeaf: own, leaves: [0, 1] }));
    }
    expect(await camera.handleFrame(await sealed())).toBe(true);
    expect(await camera.handleFrame(old)).toBe(true);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const judged = camera.handleFrame(voided);
      await vi.advanceTimersByTimeAsync(600);
      expect(await judged).toBe(false);
    } finally {
      vi.useRealTimers();
    }
    expect(camera.stats()).toMatchObject({ good: 2, bad: 0, wrongOwner: 0 });
  });
});

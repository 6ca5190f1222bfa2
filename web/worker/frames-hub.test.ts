import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EncodedFrame, FrameTransformer } from './frame-stream.ts';
import { FramesHub } from './frames-hub.ts';
import { type FramesEvent, framesEvent } from './frames-messages.ts';
import { epochMessage, type TestFrame, testFrame } from './frames-testkit.ts';

let events: FramesEvent[];
let hub: FramesHub;

/** What an engine gives: frames in, frames out. */
class TestTransformer implements FrameTransformer {
  readonly out: EncodedFrame[] = [];
  asked = 0;
  readonly options: unknown;
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  #controller: ReadableStreamDefaultController<EncodedFrame> | null = null;

  constructor(options: unknown) {
    this.options = options;
    this.readable = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
    });
    this.writable = new WritableStream({ write: (frame) => void this.out.push(frame) });
  }

  feed(frame: EncodedFrame): void {
    this.#controller?.enqueue(frame);
  }

  end(): void {
    this.#controller?.close();
  }

  sendKeyFrameRequest(): Promise<void> {
    this.asked++;
    return Promise.resolve();
  }
}

const bind = (side: string, slot: string, source?: string) => ({
  kind: 'bind',
  slot,
  side,
  trackKind: 'video',
  ...(source === undefined ? {} : { source }),
});
const open = async (leaf: number) => {
  hub.handleVault(await epochMessage({ epoch: 1, ownLeaf: leaf, leaves: [0, 1, 2] }));
  hub.handleVault({ kind: 'go' });
};
const lastStats = () => {
  hub.handlePage({ kind: 'stats', ref: 7 });
  const event = events.at(-1);
  if (event?.kind !== 'stats') throw new Error('no stats');
  return event;
};
const PATIENCE = { timeout: 10_000, interval: 5 };
/** Long enough for a frame that goes through; for what must not come only. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

beforeEach(() => {
  events = [];
  hub = new FramesHub((event) => events.push(framesEvent.parse(event)));
});
afterEach(() => {
  hub.close();
});

describe('streams', () => {
  it('SEC-1 seals in order, opens in order, forgets the slot at the end', async () => {
    await open(1);
    const sending = new TestTransformer(bind('send', 'slot-send', 'camera'));
    const receiving = new TestTransformer(bind('receive', 'slot-recv'));
    const ended = hub.handleTransformer(sending);
    void hub.handleTransformer(receiving);
    const frames = Array.from({ length: 40 }, (_, i) => testFrame('video/VP8', 4_000 - 90 * i));
    for (const frame of frames) sending.feed(frame);
    sending.end();
    await ended;
    expect(sending.out).toEqual(frames);
    for (const frame of sending.out) receiving.feed(frame);
    await vi.waitFor(() => expect(receiving.out).toHaveLength(frames.length), PATIENCE);
    const sizes = receiving.out.map((frame) => frame.data.byteLength);
    expect(sizes).toEqual(frames.map((_, i) => 4_000 - 90 * i));
    const stats = lastStats();
    expect(stats.send).toEqual([]);
    expect(stats.receive).toMatchObject([{ slot: 'slot-recv', good: 40, leaf: 1 }]);
    expect(events.filter((event) => event.kind === 'good')).toEqual([
      { kind: 'good', slot: 'slot-recv', leaf: 1, source: 'camera' },
    ]);
  });

  it('A-32 SEC-1 without a vault every frame is held back', async () => {
    const sending = new TestTransformer(bind('send', 'slot-send', 'camera'));
    void hub.handleTransformer(sending);
    for (let i = 0; i < 5; i++) sending.feed(testFrame('video/VP8', 100));
    await vi.waitFor(
      () => expect(lastStats()).toMatchObject({ sending: false, send: [{ held: 5, sent: 0 }] }),
      PATIENCE,
    );
    expect(sending.out).toEqual([]);
  });

  it.each([
    ['no options', undefined],
    ['another kind', { ...bind('send', 'slot-send', 'camera'), kind: 'plain' }],
    ['another side', bind('both', 'slot-send', 'camera')],
    ['another source', bind('send', 'slot-send', 'window')],
    ['a short slot', bind('send', 'x', 'camera')],
  ])('A-32 options that do not fit get no pipe: %s', async (_name, options) => {
    await open(1);
    const sending = new TestTransformer(options);
    void hub.handleTransformer(sending);
    sending.feed(testFrame('video/VP8', 100));
    expect(events).toContainEqual({ kind: 'fault', code: 'options-malformed' });
    await settle();
    expect(sending.out).toEqual([]);
  });

  it('PBD-5 a muted source sends nothing, whatever the encoder gives', async () => {
    await open(1);
    const sending = new TestTransformer(bind('send', 'slot-send', 'camera'));
    void hub.handleTransformer(sending);
    hub.handlePage({ kind: 'mute', source: 'camera', muted: true });
    sending.feed(testFrame('video/VP8', 100));
    await vi.waitFor(
      () => expect(lastStats().send).toMatchObject([{ held: 1, sent: 0 }]),
      PATIENCE,
    );
    hub.handlePage({ kind: 'mute', source: 'camera', muted: false });
    sending.feed(testFrame('video/VP8', 100));
    await vi.waitFor(() => expect(sending.out).toHaveLength(1), PATIENCE);
  });
});

describe('messages', () => {
  it('A-33 latches, unlatches and tells the media server apart', async () => {
    await open(0);
    const receiving = new TestTransformer(bind('receive', 'slot-recv'));
    void hub.handleTransformer(receiving);
    hub.handlePage({ kind: 'latch', slot: 'slot-recv', leaf: 2, source: 'screen' });
    hub.handlePage({ kind: 'sif', trailer: Uint8Array.of(9, 9, 9, 9) });
    const filler: TestFrame = testFrame('video/VP8', 20);
    new Uint8Array(filler.data).set([9, 9, 9, 9], 16);
    receiving.feed(filler);
    await vi.waitFor(
      () =>
        expect(lastStats().receive).toMatchObject([
          { leaf: 2, source: 'screen', server: 1, bad: 0 },
        ]),
      PATIENCE,
    );
    hub.handlePage({ kind: 'unlatch', slot: 'slot-recv' });
    expect(lastStats().receive).toMatchObject([{ leaf: null, source: null }]);
  });

  it('A-44 asks for one key frame a second at most', () => {
    const receiving = new TestTransformer(bind('receive', 'slot-recv'));
    void hub.handleTransformer(receiving);
    for (let i = 0; i < 5; i++) hub.handlePage({ kind: 'key-frame', slot: 'slot-recv' });
    expect(receiving.asked).toBe(1);
  });

  it.each([
    ['nothing', null],
    ['a string', 'go'],
    ['a vault message from the page', { kind: 'go' }],
    ['an unknown kind', { kind: 'passthrough' }],
    ['a leaf out of range', { kind: 'latch', slot: 'slot-recv', leaf: 4_096, source: 'camera' }],
    ['a trailer of no bytes', { kind: 'sif', trailer: new Uint8Array(0) }],
    ['no port', { kind: 'vault', port: {} }],
  ])('SEC-4 the page saying %s stops sending', async (_name, message) => {
    await open(1);
    expect(lastStats().sending).toBe(true);
    hub.handlePage(message);
    expect(events).toContainEqual({ kind: 'fault', code: 'message-malformed' });
    expect(lastStats().sending).toBe(false);
  });

  it('SEC-7 keys that could be read out, or used both ways, or of another cipher are refused', async () => {
    const message = await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] });
    const aes = { name: 'AES-GCM', length: 256 };
    const readable = await crypto.subtle.generateKey(aes, true, ['encrypt']);
    const bothWays = await crypto.subtle.generateKey(aes, false, ['encrypt', 'decrypt']);
    const ctr = await crypto.subtle.generateKey({ name: 'AES-CTR', length: 256 }, false, [
      'encrypt',
    ]);
    const small = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, [
      'encrypt',
    ]);
    const short = { salt: new Uint8Array(8) };
    for (const change of [
      { key: readable },
      { key: bothWays },
      { key: ctr },
      { key: small },
      { key: {} },
      short,
    ]) {
      events = [];
      hub.handleVault({ ...message, own: message.own.map((own) => ({ ...own, ...change })) });
      hub.handleVault({ kind: 'go' });
      expect(events).toEqual([{ kind: 'fault', code: 'vault-malformed' }]);
    }
  });

  it('A-06 an epoch gone back stops sending and says so', async () => {
    hub.handleVault(await epochMessage({ epoch: 9, ownLeaf: 1, leaves: [0] }));
    hub.handleVault({ kind: 'go' });
    hub.handleVault(await epochMessage({ epoch: 3, ownLeaf: 1, leaves: [0] }));
    expect(events).toEqual([{ kind: 'fault', code: 'epoch-rollback' }]);
    expect(lastStats().sending).toBe(false);
  });

  it('takes keys from the first port only', async () => {
    const [first, second] = [new MessageChannel(), new MessageChannel()];
    hub.handlePage({ kind: 'vault', port: first.port1 });
    hub.handlePage({ kind: 'vault', port: second.port1 });
    expect(events).toEqual([{ kind: 'fault', code: 'vault-twice' }]);
    first.port2.postMessage({ kind: 'go' });
    await vi.waitFor(() => expect(lastStats().sending).toBe(true));
    second.port1.close();
    first.port2.close();
  });
});

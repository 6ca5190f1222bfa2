// Runs in a Chromium worker: what a frame costs in our transforms beside the bare AES-256-GCM call
// on the same bytes. Bare and ours take turns in short rounds, so that both see the same machine.
import { CODEC_BYTE } from '../crypto/frame-layout.ts';
import { FrameReceiver } from '../web/worker/frame-receiver.ts';
import { FrameSender } from '../web/worker/frame-sender.ts';
import { epochMessage, TestFrame } from '../web/worker/frames-testkit.ts';
import { FrameKeyRing } from '../web/worker/key-ring.ts';

const ROUNDS = 300;
const FRAMES = 40;
const WARM_UP = 20;
const NONE = new Uint8Array(0);

export interface FrameFigures {
  readonly bareUs: number;
  readonly oursUs: number;
  readonly ratio: number;
}

/** A tenth of the rounds met no neighbour on this machine: those say what the work costs. */
const undisturbed = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] ?? Number.NaN;

function frames(bytes: number): TestFrame[] {
  const content = crypto.getRandomValues(new Uint8Array(bytes));
  // A delta frame: one clear byte, as almost every picture has.
  content[0] = 0x51;
  return Array.from({ length: FRAMES }, () => new TestFrame('video/VP8', content));
}

async function time(work: (index: number) => Promise<unknown>): Promise<number> {
  const from = performance.now();
  for (let i = 0; i < FRAMES; i++) await work(i);
  return ((performance.now() - from) * 1_000) / FRAMES;
}

interface Round {
  readonly bare: (index: number) => Promise<unknown>;
  readonly ours: (index: number) => Promise<unknown>;
}

/** Both get fresh buffers of the same number and size before either is timed. */
async function compare(prepare: () => Promise<Round>): Promise<FrameFigures> {
  const [bares, all]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const { bare, ours } = await prepare();
    const before = round % 2 === 0 ? await time(bare) : null;
    const own = await time(ours);
    const plain = before ?? (await time(bare));
    if (round < WARM_UP) continue;
    bares.push(plain);
    all.push(own);
  }
  const [bareUs, oursUs] = [undisturbed(bares), undisturbed(all)];
  return { bareUs, oursUs, ratio: oursUs / bareUs };
}

async function measure(bytes: number) {
  const [sending, receiving] = [new FrameKeyRing(), new FrameKeyRing()];
  sending.handleVault(await epochMessage({ epoch: 300, ownLeaf: 1, leaves: [1] }));
  receiving.handleVault(await epochMessage({ epoch: 300, ownLeaf: 0, leaves: [1] }));
  sending.handleVault({ kind: 'go' });
  const options = { kind: 'bind', slot: 'slot-bench', trackKind: 'video' } as const;
  const nothing = () => undefined;
  const sender = new FrameSender(
    { ...options, side: 'send', source: 'camera' },
    sending,
    () => false,
    nothing,
  );
  const receiver = new FrameReceiver(
    { ...options, side: 'receive' },
    receiving,
    () => false,
    nothing,
  );

  const usages: KeyUsage[] = ['encrypt', 'decrypt'];
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages);
  const params = () => ({
    name: 'AES-GCM',
    iv: new Uint8Array(12),
    additionalData: new Uint8Array([...new Uint8Array(9), CODEC_BYTE.vp8, 0x51]),
    tagLength: 128,
  });
  const at = (set: readonly TestFrame[], index: number) => set[index] ?? new TestFrame('', NONE);

  const encrypt = await compare(async () => {
    const [theirs, own] = [frames(bytes), frames(bytes)];
    return {
      bare: (i) => crypto.subtle.encrypt(params(), key, at(theirs, i).data),
      ours: (i) => sender.handleFrame(at(own, i)),
    };
  });
  const sealed = new Uint8Array(await crypto.subtle.encrypt(params(), key, new Uint8Array(bytes)));
  const decrypt = await compare(async () => {
    const theirs = Array.from({ length: FRAMES }, () => new TestFrame('', sealed));
    const own = frames(bytes);
    for (const frame of own) await sender.handleFrame(frame);
    return {
      bare: (i) => crypto.subtle.decrypt(params(), key, at(theirs, i).data),
      ours: (i) => receiver.handleFrame(at(own, i)),
    };
  });
  const { good } = receiver.stats();
  if (good !== (ROUNDS + WARM_UP) * FRAMES) throw new Error(`only ${good} frames were good`);
  return { encrypt, decrypt };
}

globalThis.addEventListener('message', (event: MessageEvent<number>) => {
  void measure(event.data).then(
    (figures) => globalThis.postMessage(figures),
    (error) => globalThis.postMessage({ error: String(error) }),
  );
});

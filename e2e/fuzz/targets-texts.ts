// What comes as JSON or from another thread: socket messages both ways, HTTP bodies, messages of page, vault and frames
// worker. Also SFrame headers and whole frames, as the media server hands them on.
import { equalBytes } from '@in-camera/crypto/bytes.ts';
import { FrameOpener, FrameSealer, readFrame } from '@in-camera/crypto/frame-cipher.ts';
import type { FrameCodec } from '@in-camera/crypto/frame-layout.ts';
import { deriveFrameKey, FrameError, FrameHeader } from '@in-camera/crypto/sframe.ts';
import * as delivery from '@in-camera/protocol/delivery.ts';
import * as http from '@in-camera/protocol/http.ts';
import { readJson } from '@in-camera/protocol/json.ts';
import * as signal from '@in-camera/protocol/signal.ts';
import * as z from 'zod/mini';
import type { EncodedFrame } from '../../web/worker/frame-stream.ts';
import { FramesHub } from '../../web/worker/frames-hub.ts';
import { readServerMessage } from '../../web/worker/meeting-socket.ts';
import { vaultReport, vaultRequest } from '../../web/worker/vault-messages.ts';
import { erase, type Target, VALID } from './fuzz.ts';
import { mutateBytes, mutateText, mutateValue, type Next } from './mutate.ts';
import { SAMPLES, VAULT_REPORTS, VAULT_REQUESTS, WORKER_MESSAGES } from './samples.ts';

const REFUSED = 'refused';
const said = (good: boolean): string => (good ? VALID : REFUSED);

const textOf =
  (samples: readonly unknown[]) =>
  (next: Next): string =>
    mutateText(samples[next() % samples.length], samples[next() % samples.length], next);
const changedValue =
  (samples: readonly unknown[]) =>
  (next: Next): unknown =>
    mutateValue(samples[next() % samples.length], next);

/** Read, and what was read is plain: no prototype of anyone's making, at any depth. */
export function isClean(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  if (value instanceof MessagePort || value instanceof CryptoKey) return true;
  const ground: unknown = Object.getPrototypeOf(value);
  if (ground !== Object.prototype && ground !== Array.prototype) return false;
  return !Object.hasOwn(value, '__proto__') && Object.values(value).every(isClean);
}

export function readBy(schema: z.ZodMiniType, value: unknown): string {
  const read = z.safeParse(schema, value);
  if (read.success && !isClean(read.data)) throw new Error('a prototype came through');
  if ('polluted' in {}) throw new Error('the prototype of all objects was changed');
  return said(read.success);
}

const wire = (
  name: string,
  share: number,
  schemas: Record<string, z.ZodMiniType>,
): Target<string> => {
  const samples = Object.keys(schemas).flatMap((key) => SAMPLES[key] ?? []);
  const all = Object.values(schemas);
  return {
    name,
    share,
    make: textOf(samples),
    read: (input) => {
      const value = readJson(input);
      const outcomes = all.map((schema) => readBy(schema, value));
      return said(outcomes.includes(VALID));
    },
  };
};

function workerTarget(): Target {
  const hub = new FramesHub(() => undefined);
  return {
    name: 'messages to the frames worker',
    share: 80,
    make: changedValue(WORKER_MESSAGES),
    read: async (input) => {
      hub.handlePage(input);
      hub.handleVault(input);
      // Options that no schema reads get no pipe; those that do get one that ends at once.
      const readable = new ReadableStream<EncodedFrame>({ start: (stream) => stream.close() });
      await hub.handleTransformer({ readable, writable: new WritableStream(), options: input });
      return 'heard';
    },
    after: () => hub.close(),
  };
}

async function frameTargets(): Promise<
  Target<{ codec: FrameCodec; frame: Uint8Array<ArrayBuffer> }>[]
> {
  const secret = new Uint8Array(32).fill(7);
  const sealer = new FrameSealer(0x1_02_03, await deriveFrameKey(secret, 0x1_02_03, 'encrypt'));
  const opener = new FrameOpener(await deriveFrameKey(secret, 0x1_02_03, 'decrypt'));
  const codecs = ['opus', 'vp8', 'vp9'] as const;
  const frames: { codec: FrameCodec; frame: Uint8Array<ArrayBuffer> }[] = [];
  for (const codec of codecs) {
    for (const first of [0x50, 0x51]) {
      const plain = Uint8Array.from({ length: 120 }, (_, i) => (i === 0 ? first : i));
      frames.push({ codec, frame: await sealer.seal(codec, plain) });
    }
  }
  const make = (next: Next) => {
    const [one, other] = [frames[next() % frames.length], frames[next() % frames.length]];
    if (one === undefined || other === undefined) throw new TypeError('no frame');
    let frame = mutateBytes(one.frame, other.frame, next);
    // A splice may come to the other frame as it is, which is a true one.
    while (frames.some((true_) => equalBytes(true_.frame, frame)))
      frame = mutateBytes(frame, other.frame, next);
    return { codec: one.codec, frame };
  };
  const header = new FrameHeader();
  return [
    {
      name: 'SFrame header',
      share: 150,
      make,
      read: ({ codec, frame }) => {
        const good = readFrame(codec, frame, header);
        const fields = [header.kid, header.ctrHi, header.ctrLo, header.length];
        if (good && !fields.every(Number.isSafeInteger)) throw new Error('a field is no number');
        return said(good);
      },
    },
    {
      name: 'frame',
      share: 40,
      make,
      sealed: true,
      read: async ({ codec, frame }) => {
        if (!readFrame(codec, frame, header)) return 'frame-header';
        try {
          await opener.open(codec, frame, header);
          return VALID;
        } catch (error) {
          if (error instanceof FrameError) return error.code;
          throw error;
        }
      },
    },
  ];
}

export async function textSide(): Promise<Target[]> {
  const { FirstMessage, WaitingMessage, SeatedMessage } = signal;
  const { CreateMeeting, MeetingDoor, ServerStatus, HttpError, CreatedMeeting } = http;
  const bodies = { CreateMeeting, MeetingDoor, ServerStatus, HttpError, CreatedMeeting };
  const items = { OrderItem: delivery.OrderItem, SeatView: delivery.SeatView };
  const texts: Target<string>[] = [
    wire('socket message to the server', 100, { FirstMessage, WaitingMessage, SeatedMessage }),
    wire('HTTP body', 50, bodies),
    wire('items of the sequence', 20, items),
    {
      name: 'socket message from the server',
      share: 80,
      make: textOf(SAMPLES.ServerMessage ?? []),
      read: (input) => {
        const message = readServerMessage(input);
        if (!isClean(message)) throw new Error('a prototype came through');
        return said(message !== undefined);
      },
    },
  ];
  const values: Target[] = [
    {
      name: 'page to vault',
      share: 50,
      make: changedValue(VAULT_REQUESTS),
      read: (input) => readBy(vaultRequest, input),
    },
    {
      name: 'vault to page',
      share: 40,
      make: changedValue(VAULT_REPORTS),
      read: (input) => readBy(vaultReport, input),
    },
    workerTarget(),
  ];
  const frames = (await frameTargets()).map((one) => erase(one));
  return [...texts.map((one) => erase(one)), ...values, ...frames];
}

// The frames worker of a sender whose frames are exchanged behind the cipher from a word on, as a media server could
// exchange them: good ones first, then the encoder's own bytes, or those with the server's trailer. Test only.
import * as z from 'zod/mini';
import {
  type EncodedFrame,
  type FrameTransformer,
  transformerOf,
} from '../../web/worker/frame-stream.ts';
import { FramesHub } from '../../web/worker/frames-hub.ts';

/** What the test says on the channel of this name; everything else leaves the frames sealed. */
const TURNS = z.enum(['plaintext', 'filler', 'sealed']);
const trailerMessage = z.object({ kind: z.literal('sif'), trailer: z.instanceof(Uint8Array) });

const hub = new FramesHub((event) => globalThis.postMessage(event));
const clear = new WeakMap<EncodedFrame, Uint8Array<ArrayBuffer>>();
let turn: z.infer<typeof TURNS> = 'sealed';
let trailer = new Uint8Array();

function exchange(frame: EncodedFrame): void {
  const bytes = clear.get(frame);
  if (turn === 'sealed' || bytes === undefined) return;
  const parts = turn === 'plaintext' ? [...bytes] : [...bytes, ...trailer];
  frame.data = Uint8Array.from(parts).buffer;
}

const each = (work: (frame: EncodedFrame) => void) =>
  new TransformStream<EncodedFrame, EncodedFrame>({
    transform(frame, controller) {
      work(frame);
      controller.enqueue(frame);
    },
  });

/** The hub between a look at what comes in and a hand on what goes out. */
function exchanged(transformer: FrameTransformer): FrameTransformer {
  const before = each((frame) => clear.set(frame, new Uint8Array(frame.data).slice()));
  const after = each(exchange);
  void after.readable.pipeTo(transformer.writable).catch(() => undefined);
  return {
    readable: transformer.readable.pipeThrough(before),
    writable: after.writable,
    options: transformer.options,
    generateKeyFrame: async () => transformer.generateKeyFrame?.(),
  };
}

new BroadcastChannel('turn').addEventListener('message', (event: MessageEvent<unknown>) => {
  turn = TURNS.parse(event.data);
});
globalThis.addEventListener('message', (event: MessageEvent<unknown>) => {
  const told = trailerMessage.safeParse(event.data);
  if (told.success) trailer = told.data.trailer.slice();
  hub.handlePage(event.data);
});
globalThis.addEventListener('rtctransform', (event: unknown) => {
  const transformer = transformerOf(event);
  if (transformer !== null) void hub.handleTransformer(exchanged(transformer));
});

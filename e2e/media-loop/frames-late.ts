// The frames worker with counters that start just below a boundary, for A-39; otherwise the same.
import { transformerOf } from '../../web/worker/frame-stream.ts';
import { FramesHub } from '../../web/worker/frames-hub.ts';
import { FrameKeyRing } from '../../web/worker/key-ring.ts';

const lo = Number(new URL(import.meta.url).searchParams.get('from') ?? 0);
const ring = new FrameKeyRing(() => performance.now(), { hi: 0, lo });
const hub = new FramesHub((event) => globalThis.postMessage(event), ring);

globalThis.addEventListener('message', (event: MessageEvent<unknown>) =>
  hub.handlePage(event.data),
);
globalThis.addEventListener('rtctransform', (event: unknown) => {
  const transformer = transformerOf(event);
  if (transformer !== null) void hub.handleTransformer(transformer);
});

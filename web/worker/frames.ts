// Entry of the frames worker: hands the worker's events to the hub. Must hold no logic, so that
// everything else can be tested outside a browser.
import * as z from 'zod/mini';
import { transformerOf } from './frame-stream.ts';
import { FramesHub } from './frames-hub.ts';

// zod probes for eval otherwise, which Trusted Types would report.
z.config({ jitless: true });

const hub = new FramesHub((event) => globalThis.postMessage(event));

globalThis.addEventListener('message', (event: MessageEvent<unknown>) =>
  hub.handlePage(event.data),
);
globalThis.addEventListener('rtctransform', (event: unknown) => {
  const transformer = transformerOf(event);
  if (transformer !== null) void hub.handleTransformer(transformer);
});
globalThis.postMessage({ kind: 'ready' });

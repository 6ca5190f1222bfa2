// The few numbers of the engine's own statistics that the watchdog compares with the worker's.
import * as z from 'zod/mini';

const number = z.catch(z.number(), 0);
const report = z.object({
  type: z.string(),
  kind: z.optional(z.string()),
  framesDecoded: number,
  totalSamplesReceived: number,
  concealedSamples: number,
  bytesSent: number,
});
type Report = z.infer<typeof report>;

async function reportsOf(
  end: RTCRtpSender | RTCRtpReceiver,
  type: string,
): Promise<readonly Report[]> {
  const stats: ReadonlyMap<string, unknown> = await end.getStats();
  return [...stats.values()].flatMap((one) => {
    const read = z.safeParse(report, one);
    return read.success && read.data.type === type ? [read.data] : [];
  });
}

/** Pictures decoded, or sound samples that were decoded and not made up by the engine. */
export async function decodedOf(receiver: RTCRtpReceiver | null): Promise<number | null> {
  if (receiver === null) return null;
  const [first] = await reportsOf(receiver, 'inbound-rtp');
  if (first === undefined) return 0;
  if (first.kind === 'video') return first.framesDecoded;
  return first.totalSamplesReceived - first.concealedSamples;
}

/** Payload of all layers, what was sent again included, headers and padding not. */
export async function bytesSentBy(sender: RTCRtpSender | null): Promise<number> {
  if (sender === null) return 0;
  const layers = await reportsOf(sender, 'outbound-rtp');
  return layers.reduce((sum, layer) => sum + layer.bytesSent, 0);
}

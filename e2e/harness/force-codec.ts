// The media server's answer rewritten before the browser takes it: one codec that we have no frame layout for (A-40).
// Put into a page by text; must use nothing from outside itself.

export type Forced = 'H264' | 'PCMU' | 'red' | 'unknown';

/**
 * From now on each answer allows only this codec for its kind of media, under the number that the page's own offer gave
 * it; one that was not offered stands under a number that was not either, as a server of another make might say it.
 */
export function forceCodec(name: Forced): void {
  const kind = name === 'PCMU' || name === 'red' ? 'audio' : 'video';
  const sectionsOf = (sdp: string) => sdp.split(/(?=^m=)/m);
  const rewrite = (section: string, offered: string): string => {
    if (!section.startsWith(`m=${kind} `)) return section;
    const map = new RegExp(`^a=rtpmap:(\\d+) (${name}/.*)$`, 'im').exec(offered);
    const isFree = (number: number) => !new RegExp(`^a=rtpmap:${number} `, 'm').test(offered);
    const type = map?.[1] ?? [127, 126, 125, 124, 123, 122, 121, 120, 110, 85].find(isFree);
    const format = new RegExp(`^a=fmtp:${type} .*$`, 'm').exec(map === null ? '' : offered)?.[0];
    const kept = section
      .split('\r\n')
      .filter((line) => !/^a=(rtpmap|fmtp|rtcp-fb):/.test(line))
      .map((line) => line.replace(/^(m=\S+ \S+ \S+) .*$/, `$1 ${type}`));
    const lines = [`a=rtpmap:${type} ${map?.[2] ?? `${name}/90000`}`, ...(format ? [format] : [])];
    return [...kept.filter((line) => line !== ''), ...lines, ''].join('\r\n');
  };
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (
    this: RTCPeerConnection,
    told?: RTCSessionDescriptionInit,
  ) {
    if (told?.type !== 'answer') return Reflect.apply(native, this, [told]);
    const offers = sectionsOf(this.localDescription?.sdp ?? '');
    const sdp = sectionsOf(told.sdp ?? '')
      .map((section, i) => rewrite(section, offers[i] ?? ''))
      .join('');
    Reflect.set(globalThis, 'forcedAnswers', [
      ...(Reflect.get(globalThis, 'forcedAnswers') ?? []),
      sdp,
    ]);
    return Reflect.apply(native, this, [{ type: 'answer', sdp }]);
  } as typeof native;
}

// The media server's answer rewritten on its way: one codec that we have no frame layout for (A-40). Put into a page by
// text; must use nothing from outside itself.

export type Forced = 'H264' | 'PCMU' | 'red' | 'unknown';
/** Before our own guard reads it, as a hostile server would; or behind it, as an engine would that does not keep to it. */
export type ForcedAt = 'server' | 'engine';

/**
 * From now on each answer allows only this codec for its kind of media, under the number that the page's own offer gave
 * it; one that was not offered stands under a number that was not either, as a server of another make might say it.
 */
export function forceCodec({ codec, at }: { readonly codec: Forced; readonly at: ForcedAt }): void {
  const kind = codec === 'PCMU' || codec === 'red' ? 'audio' : 'video';
  const answers: string[] = [];
  Object.assign(globalThis, { forcedAnswers: answers });
  const sectionsOf = (sdp: string) => sdp.split(/(?=^m=)/m);
  const rewrite = (section: string, offered: string): string => {
    if (!section.startsWith(`m=${kind} `)) return section;
    const map = new RegExp(`^a=rtpmap:(\\d+) (${codec}/.*)$`, 'im').exec(offered);
    const isFree = (number: number) => !new RegExp(`^a=rtpmap:${number} `, 'm').test(offered);
    const type = map?.[1] ?? [127, 126, 125, 124, 123, 122, 121, 120, 110, 85].find(isFree);
    const format = new RegExp(`^a=fmtp:${type} .*$`, 'm').exec(map === null ? '' : offered)?.[0];
    const kept = section
      .split('\r\n')
      .filter((line) => !/^a=(rtpmap|fmtp|rtcp-fb):/.test(line))
      .map((line) => line.replace(/^(m=\S+ \S+ \S+) .*$/, `$1 ${type}`));
    const lines = [`a=rtpmap:${type} ${map?.[2] ?? `${codec}/90000`}`, ...(format ? [format] : [])];
    return [...kept.filter((line) => line !== ''), ...lines, ''].join('\r\n');
  };
  const patch = (prototype: RTCPeerConnection): void => {
    const honest = prototype.setRemoteDescription;
    prototype.setRemoteDescription = function (
      this: RTCPeerConnection,
      told?: RTCSessionDescriptionInit,
    ) {
      if (told?.type !== 'answer') return Reflect.apply(honest, this, [told]);
      const offers = sectionsOf(this.localDescription?.sdp ?? '');
      const sdp = sectionsOf(told.sdp ?? '')
        .map((section, i) => rewrite(section, offers[i] ?? ''))
        .join('');
      answers.push(sdp);
      return Reflect.apply(honest, this, [{ type: 'answer', sdp }]);
    } as typeof honest;
  };
  const engine = globalThis.RTCPeerConnection;
  if (at === 'engine') {
    patch(engine.prototype);
    return;
  }
  // Our guard takes the engine's place when a connection is about to be made.
  const timer = setInterval(() => {
    if (globalThis.RTCPeerConnection === engine) return;
    clearInterval(timer);
    patch(globalThis.RTCPeerConnection.prototype);
  }, 1);
}

// Reads what the media server describes before the browser does: what it would make us send in must be a codec that
// frames can be sealed in, and its certificate must stay the same (SEC-15). Knows nothing of SDP beyond what decides that (RFC 8866, RFC 3264 section 6.1).
import { codecOfMime } from '@in-camera/crypto/frame-layout.ts';

export type SentKind = 'audio' | 'video';

const MAX_DESCRIPTION = 512 * 1024;

type Section = {
  readonly kind: string;
  readonly rejected: boolean;
  readonly types: readonly string[];
  readonly names: ReadonlyMap<string, string>;
};

/** Media sections in their order, which is the same in offer and answer. */
function sectionsOf(sdp: string): Section[] {
  const [, ...sections] = sdp.split(/^m=/m);
  return sections.map((section) => {
    const [kind = '', port = '', , ...types] = (section.split(/\r?\n/)[0] ?? '').split(' ');
    const maps = section.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm);
    const names = new Map([...maps].map(([, type = '', name = '']) => [type, name.toLowerCase()]));
    return { kind, rejected: port === '0', types, names };
  });
}

/**
 * The kinds of media that an answer would have us send in a codec without a frame layout, or under a number that was not
 * offered for it. A sender takes the first codec of the answer; RED, PCMU, H.264 and what nobody knows end here.
 */
export function unsealable(offer: string, answer: string): readonly SentKind[] {
  if (answer.length > MAX_DESCRIPTION) return ['audio', 'video'];
  const offered = sectionsOf(offer);
  const bad = new Set<SentKind>();
  for (const [i, { kind, rejected, types, names }] of sectionsOf(answer).entries()) {
    if ((kind !== 'audio' && kind !== 'video') || rejected) continue;
    const type = types[0] ?? '';
    const name = names.get(type);
    const isOurs = name !== undefined && codecOfMime(`${kind}/${name}`) !== null;
    if (!isOurs || offered[i]?.names.get(type) !== name) bad.add(kind);
  }
  return [...bad];
}

/** Every certificate that a description names, as one comparable text (RFC 8122); empty for none. */
export function fingerprintsOf(sdp: string): string {
  const all = [...sdp.matchAll(/^a=fingerprint:(\S+ \S+)/gm)].map(([, one = '']) =>
    one.toLowerCase(),
  );
  return [...new Set(all)].sort().join(' ');
}

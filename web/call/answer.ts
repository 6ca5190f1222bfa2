// Reads what the media server describes before the browser does: what it would make us send in must be a codec that
// frames can be sealed in, and its certificate must stay the same (SEC-15). Knows nothing of SDP beyond what
// decides that (RFC 8866, RFC 3264 section 6.1).
import { CODECS, type SentKind } from '../worker/codecs.ts';

const MAX_DESCRIPTION = 512 * 1024;

type Section = {
  readonly kind: string;
  readonly rejected: boolean;
  readonly types: readonly string[];
  readonly names: ReadonlyMap<string, string>;
};

/** Media sections in their order, which is the same in offer and answer. */
const sectionsOf = (sdp: string): Section[] =>
  sdp
    .split(/^(?=m=)/m)
    .slice(1)
    .map(sectionOf);

function sectionOf(text: string): Section {
  const [first = ''] = text.split(/\r?\n/);
  const [kind = '', port = '', , ...types] = first.slice('m='.length).split(' ');
  const maps = text.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm);
  const names = new Map([...maps].map(([, type = '', name = '']) => [type, name.toLowerCase()]));
  return { kind, rejected: port === '0', types, names };
}

export interface Answer {
  /** The answer as the engine may have it. */
  readonly sdp: string;
  /** Kinds of media of which a section was turned down. */
  readonly refused: readonly SentKind[];
}

/**
 * Turns down (port 0, RFC 3264 section 6) each section of an answer that would have us send in a codec without a frame
 * layout, or under a number that was not offered for it, and leaves the others as they are. A sender takes the first codec
 * of the answer; RED, PCMU, H.264 and what nobody knows end here. Null for an answer that is too long to be read.
 */
export function sealable(offer: string, answer: string): Answer | null {
  if (answer.length > MAX_DESCRIPTION) return null;
  const offered = sectionsOf(offer);
  const refused = new Set<SentKind>();
  const gone: string[] = [];
  const [session = '', ...media] = answer.split(/^(?=m=)/m);
  const kept = media.map((text, i) => {
    const section = sectionOf(text);
    const { kind } = section;
    if ((kind !== 'audio' && kind !== 'video') || section.rejected) return text;
    if (isOurs(kind, section, offered[i])) return text;
    refused.add(kind);
    gone.push(/^a=mid:(\S+)/m.exec(text)?.[1] ?? '');
    return text.replace(/^m=(\S+)(?: \S+)?/, 'm=$1 0');
  });
  const bundle = session.replace(/^a=group:BUNDLE.*?$/gm, (line) =>
    line
      .split(' ')
      .filter((mid) => !gone.includes(mid.trim()))
      .join(' '),
  );
  return { sdp: bundle + kept.join(''), refused: [...refused] };
}

function isOurs(kind: SentKind, { types, names }: Section, offered?: Section): boolean {
  const type = types[0] ?? '';
  const name = names.get(type);
  return (
    name !== undefined &&
    CODECS[kind].includes(`${kind}/${name}`) &&
    offered?.names.get(type) === name
  );
}

/** Every certificate that a description names, as one comparable text (RFC 8122); empty for none. */
export function fingerprintsOf(sdp: string): string {
  const all = [...sdp.matchAll(/^a=fingerprint:(\S+ \S+)/gm)].map(([, one = '']) =>
    one.toLowerCase(),
  );
  return [...new Set(all)].sort().join(' ');
}

// Beats: that others stand in our epoch of our history, and who does not (rule 1 of attacks.md).
import { equalBytes, toBase64url } from '../bytes.ts';
import type { Member } from '../member-rule.ts';
import { MlsError } from '../mls/index.ts';
import { transcriptHash } from '../statements.ts';
import { encodeTalk } from '../talk.ts';
import {
  alarm,
  type Core,
  type Dissent,
  doubtsHistory,
  emit,
  type Group,
  isCaughtUp,
  leads,
  me,
  memberBySeat,
  personOf,
  send,
} from './core.ts';
import { openGate, owesExpulsion } from './epoch.ts';
import type { Inbound } from './signals.ts';
import { openTalk } from './talking.ts';

type BeatWord = Extract<Inbound, { kind: 'beat' }>;

const ownTranscript = ({ groupId, epoch, keyTry, client }: Group): Promise<Uint8Array> =>
  transcriptHash(groupId, epoch, keyTry, client.epochAuthenticator());

/**
 * Who joined says nothing before it has heard a host: it could be in an old epoch. A host beats by its own
 * right, but not over a history that it doubts or that lacks what it knows.
 */
function mayBeat(core: Core, group: Group): boolean {
  if (!core.online) return false;
  if (!leads(me(core, group))) return core.gateOpen;
  const sure = group.hostBeatMs !== undefined || !owesExpulsion(core, group);
  return sure && isCaughtUp(core) && !doubtsHistory(core) && group.bad === undefined;
}

export async function keepBeating(core: Core, group: Group): Promise<void> {
  if (core.nowMs < group.nextBeatMs || !mayBeat(core, group)) return;
  group.nextBeatMs = core.nowMs + beatEveryMs(core, group);
  const transcript = Uint8Array.from(await ownTranscript(group));
  const talk = encodeTalk({ kind: 'beat', transcript, frames: 0n });
  const box = toBase64url(group.client.encrypt(talk, new Uint8Array(0)));
  send(core, { kind: 'beat', group: group.id, epoch: group.epoch, box });
}

/** 5 s for host and co-hosts; the others share what is left of 6 beats a second. */
function beatEveryMs(core: Core, group: Group): number {
  if (leads(me(core, group))) return 5000;
  return Math.max(5000, Math.ceil((group.members.length * 1000) / 5));
}

export async function hearBeat(core: Core, word: BeatWord): Promise<void> {
  const { group } = core;
  if (group === undefined || word.group !== group.id || word.from === core.seat) return;
  const member = memberBySeat(group.members, word.from);
  if (word.epoch > group.epoch) return member && dissent(core, word.from, 'ahead');
  const heard = openTalk(core, group, word.box);
  if (heard === undefined) return;
  if (heard instanceof MlsError) {
    // Two histories of one epoch have different keys, so a beat from the other side does not open. One that
    // was read before says nothing: whoever repeats it is not its sender.
    const foreign = word.epoch === group.epoch && heard.code !== 'replayed';
    if (foreign && member) dissent(core, word.from, 'unreadable');
    return;
  }
  if (heard.talk.kind !== 'beat' || heard.epoch !== group.epoch) return;
  const seat = toBase64url(heard.from.seat);
  if (!equalBytes(await ownTranscript(group), heard.talk.transcript))
    return dissent(core, seat, 'hash');
  core.dissents.delete(seat);
  if (heard.from.role === 'guest') return;
  const first = group.hostBeatMs === undefined;
  group.hostBeatMs = core.nowMs;
  openGate(core);
  if (first) emit(core, { kind: 'changed' });
}

function dissent(core: Core, seat: string, kind: Dissent['kind']): void {
  const known = core.dissents.get(seat);
  if (known?.kind === kind) return;
  core.dissents.set(seat, { kind, sinceMs: core.nowMs, told: known?.told ?? false });
}

const RIPE_MS = { ahead: 5000, unreadable: 3000, hash: 0 } as const;

/**
 * A dissent that lasts is told. It stops us only from a host or co-host, or from half of the others: any single
 * member can beat nonsense, and must not be able to silence the meeting (docs/decisions/0003-dissent.md).
 */
export function watchDissents(core: Core, group: Group): void {
  const ripe = [...core.dissents].filter(
    ([, one]) => core.nowMs - one.sinceMs >= RIPE_MS[one.kind],
  );
  if (ripe.every(([, one]) => one.told)) return;
  const members = ripe.flatMap(([seat]) => memberBySeat(group.members, seat) ?? []);
  const stops = isCredible(members, group);
  const code = ripe.every(([, one]) => one.kind === 'ahead') ? 'behind' : 'fork';
  alarm(core, code, stops, members.map(personOf));
  for (const [seat, one] of ripe) core.dissents.set(seat, { ...one, told: true });
  openGate(core);
}

const isCredible = (dissenting: readonly Member[], group: Group): boolean =>
  dissenting.some(leads) ||
  (dissenting.length > 0 && 2 * dissenting.length >= group.members.length - 1);

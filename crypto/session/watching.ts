// What time brings: beats, voids that do not come, silence, surplus listeners, packages offered again.
import { keepBeating, watchDissents } from './beating.ts';
import { sealWaiting } from './chatting.ts';
import {
  alarm,
  type Core,
  changed,
  type Group,
  isCaughtUp,
  memberBySeat,
  personOf,
  request,
  send,
  tell,
} from './core.ts';
import { offerPackage } from './entering.ts';
import { HOST_SILENT_MS, hostSilentMs, openGate } from './epoch.ts';
import { found } from './hosting.ts';
import { sayStates } from './talking.ts';
import { awaitVoid } from './voids.ts';

const BEHIND_MS = 10_000;
const ABSENT_MS = 600_000;
const FORMER_MS = 10_000;
const SURPLUS_MS = 2000;
const SURPLUS_WITHIN_MS = 10_000;
const ENTER_AGAIN_MS = 30_000;
const HIGHER_STEP = 16;

export async function watch(core: Core): Promise<void> {
  if (core.over) return;
  const { group } = core;
  if (group) {
    await keepBeating(core, group);
    watchBehind(core);
    watchDissents(core, group);
    watchSurplus(core, group);
    if (core.host) expelAbsent(core, group);
    if (core.gateOpen && (core.ownStateDue || core.statesDue)) sayStates(core, group);
    sealWaiting(core);
    await awaitVoid(core, group);
    askDueTicket(core);
    watchHost(core, group);
  } else await watchDoor(core);
  openGate(core);
  if (core.seq > core.ackedSeq && core.group) {
    core.ackedSeq = core.seq;
    send(core, { kind: 'ack', seq: core.seq });
  }
}

/** Silence, and its end, are told when they come: nothing else need happen then (rule 1 of attacks.md). */
function watchHost(core: Core, group: Group): void {
  const silent = hostSilentMs(core, group) > HOST_SILENT_MS;
  if (silent === core.hostSilent) return;
  core.hostSilent = silent;
  changed(core);
}

/** The server says that there is more, and does not give it. */
function watchBehind(core: Core): void {
  if (isCaughtUp(core) || !core.online || core.waking) {
    core.behind = undefined;
    return;
  }
  if (core.behind?.seq !== core.seq) core.behind = { seq: core.seq, sinceMs: core.nowMs };
  if (core.nowMs - core.behind.sinceMs < BEHIND_MS || core.stopped !== undefined) return;
  alarm(core, 'behind', true);
}

/**
 * Three lists (protocol.md, Entering 8): who listens at the media server and is no member. Counted together within
 * 10 s, for whoever comes and goes; not while we have not read all of the sequence.
 */
function watchSurplus(core: Core, group: Group): void {
  const { seenMs } = core.surplus;
  for (const [identity, sinceMs] of core.formerIdentities) {
    if (core.nowMs - sinceMs > FORMER_MS) core.formerIdentities.delete(identity);
  }
  const members = new Set(group.identities.values());
  const surplus = (core.participants ?? []).filter(
    (identity) => !members.has(identity) && !isOnItsWay(core, group, identity),
  );
  const unsure = !core.online || !isCaughtUp(core) || group.pending || group.bad;
  const recent = core.surplus.spans.filter(([, toMs]) => core.nowMs - toMs < SURPLUS_WITHIN_MS);
  const spans: (readonly [number, number])[] =
    surplus.length === 0 || unsure ? recent : [...recent, [seenMs, core.nowMs]];
  const total = spans.reduce((sum, [fromMs, toMs]) => sum + toMs - fromMs, 0);
  core.surplus = { seenMs: core.nowMs, spans: total < SURPLUS_MS ? spans : [] };
  if (total < SURPLUS_MS || surplus.length === 0 || unsure) return;
  alarm(
    core,
    'media-surplus',
    true,
    surplus.map((identity) => identity.slice(0, 6)),
  );
}

/**
 * Just gone from the tree: the media server may need a moment, not more. Who came in a moment ago cannot know who left
 * just before, and must not take them for a listener.
 */
const isOnItsWay = (core: Core, group: Group, identity: string): boolean => {
  const sinceMs = core.formerIdentities.get(identity) ?? group.joinedAtMs;
  return core.nowMs - sinceMs < 2 * SURPLUS_MS;
};

function expelAbsent(core: Core, group: Group): void {
  if (!core.online || !isCaughtUp(core)) return;
  for (const [seat, sinceMs] of core.offlineSince) {
    const member = memberBySeat(group.members, seat);
    if (member === undefined || core.nowMs - sinceMs <= ABSENT_MS) continue;
    const person = personOf(member);
    if (person !== core.leafKey && !core.host?.expulsions.has(person))
      core.host?.expulsions.set(person, 'absent');
  }
}

/** Outside the group: offer a package again when nothing comes; a host founds when nobody lets it back in. */
async function watchDoor(core: Core): Promise<void> {
  const { host, entering, offerAtMs } = core;
  if (!core.online || core.stopped || core.waking) return;
  if (host?.foundAtMs !== undefined && core.nowMs >= host.foundAtMs) {
    await found(core, host);
    return;
  }
  if (offerAtMs !== undefined) {
    if (core.nowMs >= offerAtMs) await offerPackage(core, HIGHER_STEP);
  } else if (entering && core.nowMs - entering.sinceMs > ENTER_AGAIN_MS) await offerPackage(core);
}

/** Wanted until it comes: asked for again on the next connection when this one is lost (F-01). */
export function askTicket(core: Core): void {
  core.ticketDue = true;
  core.ticketSocket = undefined;
}

function askDueTicket(core: Core): void {
  if (!core.ticketDue || !core.online || core.ticketSocket === core.socket) return;
  core.ticketSocket = core.socket;
  request(
    core,
    (ref) => ({ kind: 'ticket', ref }),
    (reply) => {
      core.ticketDue = false;
      if (reply.ok && reply.ticket) tell(core, { kind: 'ticket', ticket: reply.ticket });
      else tell(core, { kind: 'ticket-refused', code: reply.code ?? 'internal' });
      changed(core);
    },
  );
}

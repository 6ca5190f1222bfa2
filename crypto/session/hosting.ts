// What only the host's device does: read knocks, sign admissions, found generations, remember who is seated.
import { hashName, type Serial, seatOf, signAdmission } from '../admission.ts';
import { type Bytes, concat, equalBytes, fromBase64url, toBase64url } from '../bytes.ts';
import {
  afterRemovals,
  canonical,
  encodeGroupContext,
  encodePolicy,
  type GroupContext,
  isClosed,
  sortedOnce,
} from '../group-context.ts';
import { type Knock, type KnockAnswer, openKnock, sealAnswer } from '../knock.ts';
import { checkTree } from '../member-rule.ts';
import { groupIdOf, type Opening, signOpening } from '../opening.ts';
import { closedOf } from '../role-matrix.ts';
import { hkdf, sealBox } from '../sealing.ts';
import {
  type Admitted,
  type Core,
  changed,
  emit,
  type Group,
  groundOf,
  type Hosting,
  keepPass,
  keepRecord,
  personOf,
  request,
  seatOfMember,
} from './core.ts';
import { enter, newClient } from './entering.ts';
import { dropGroup, identitiesOf } from './epoch.ts';
import type { HostRecord } from './pass.ts';
import type { Inbound } from './signals.ts';

type KnockWord = Extract<Inbound, { kind: 'knock' }>;

export async function takeKnock(core: Core, host: Hosting, word: KnockWord): Promise<void> {
  if (host.knocks.has(word.knock)) return;
  const admitted = host.admitted.get(word.knock);
  // The server asks again after a cut, and the answer may have been lost with the socket.
  if (admitted) return sayAdmitted(core, word.knock, admitted);
  const knock = await openKnock(
    core.pass.charter,
    host.record.knockPrivateKey,
    fromBase64url(word.box),
  );
  if (knock === undefined || isKnown(core, host, knock.leafKey)) return;
  if (core.group?.context.policy.locked || host.wantedPolicy?.locked) {
    answer(core, word.knock, knock, { kind: 'refused', why: 'locked' }, true);
    return;
  }
  host.knocks.set(word.knock, { knock, atMs: core.nowMs });
  answer(core, word.knock, knock, { kind: 'receipt' }, false);
  changed(core);
}

/** Those inside have their knock open still, and those removed too: neither stands at the door. */
function isKnown(core: Core, host: Hosting, leafKey: Uint8Array): boolean {
  const { context, seated } = host.record;
  const key = toBase64url(leafKey);
  const inside = core.group?.members.map(personOf) ?? seated.map((one) => toBase64url(one.leafKey));
  return inside.includes(key) || context.closed.some((one) => toBase64url(one.leafKey) === key);
}

function answer(
  core: Core,
  knockId: string,
  knock: Knock,
  content: KnockAnswer,
  last: boolean,
): void {
  const box = toBase64url(
    sealAnswer(core.pass.charter, knock.answerKey, content, core.answerBytes),
  );
  request(core, (ref) => ({ kind: 'answer', ref, knock: knockId, box, last }));
}

const RESERVE = 64;

/** The next serial of this device; reserved in durable storage before it is signed (protocol.md, issuer). */
async function nextSerial(core: Core, host: Hosting): Promise<Serial> {
  if (host.nextSerial >= host.record.reserved) {
    await keepRecord(core, host, { reserved: host.nextSerial + RESERVE });
  }
  return { issuer: host.record.issuer, serial: host.nextSerial++ };
}

/**
 * One knock has one seat, whichever device of the host admits it and however often: a second admission for the same
 * leaf key is for the same place, and a host that reloaded can admit someone again who was on the way in.
 */
const seatSecretFor = (core: Core, host: Hosting, knock: Knock): Promise<Bytes> =>
  hkdf(
    host.record.knockPrivateKey,
    'seat secret',
    concat(core.pass.charter.meetingId, knock.leafKey),
    32,
  );

export async function admit(core: Core, host: Hosting, knockId: string): Promise<void> {
  const open = host.knocks.get(knockId);
  const era = core.group?.context.era;
  // Without a socket nothing would reach them; the knock stays where it is.
  if (open === undefined || era === undefined || !core.online) return;
  host.knocks.delete(knockId);
  if (isKnown(core, host, open.knock.leafKey)) return;
  await signFor(core, host, knockId, open.knock, era);
  changed(core);
}

function sayAdmitted(core: Core, knockId: string, one: Admitted): void {
  const { knock, admission, seatSecret } = one;
  request(core, (ref) => ({ kind: 'register', ref, seat: one.seat }));
  answer(core, knockId, knock, { kind: 'admitted', admission, seatSecret }, false);
}

async function signFor(
  core: Core,
  host: Hosting,
  knockId: string,
  knock: Knock,
  era: number,
): Promise<void> {
  const seatSecret = await seatSecretFor(core, host, knock);
  const seat = await seatOf(seatSecret);
  const serial = await nextSerial(core, host);
  const admission = await signAdmission(host.authority, {
    ...serial,
    meetingId: core.pass.charter.meetingId,
    occurrence: core.pass.occurrence,
    era,
    leafKey: knock.leafKey,
    role: 'guest',
    seat,
    nameHash: await hashName(knock.nameSalt, knock.name),
  });
  const one: Admitted = {
    knock,
    seatSecret,
    seat: toBase64url(seat),
    serial,
    era,
    atMs: core.nowMs,
    admission,
  };
  host.admitted.set(knockId, one);
  sayAdmitted(core, knockId, one);
}

export function refuseKnock(core: Core, host: Hosting, knockId: string): void {
  const open = host.knocks.get(knockId);
  if (open === undefined) return;
  host.knocks.delete(knockId);
  answer(core, knockId, open.knock, { kind: 'refused', why: 'not-now' }, true);
  changed(core);
}

export function dropKnock(core: Core, host: Hosting, knockId: string): void {
  host.knocks.delete(knockId);
  host.admitted.delete(knockId);
  changed(core);
}

/** What the device must know after a reload: written after every merge and every void. */
export async function rememberSeated(core: Core, group: Group): Promise<void> {
  const { host } = core;
  if (host === undefined) return;
  const { context } = group;
  const wanted = host.wantedPolicy;
  if (wanted && equalBytes(encodePolicy(wanted), encodePolicy(context.policy)))
    host.wantedPolicy = undefined;
  await keepRecord(core, host, {
    context,
    seated: group.members.map(closedOf),
    closing: host.record.closing.filter((one) => !isClosed(context, one, one.leafKey)),
  });
  await renewAdmissions(core, host, group);
}

/**
 * A new era voids what was admitted and not yet used. Who is waiting to come in at this moment gets a new admission;
 * who keeps an admission in reserve does not, and stands at the door again for the host to decide.
 */
async function renewAdmissions(core: Core, host: Hosting, group: Group): Promise<void> {
  const { era, policy } = group.context;
  const seated = new Set(group.members.map(seatOfMember));
  for (const [knockId, { knock }] of host.knocks)
    if (isKnown(core, host, knock.leafKey)) host.knocks.delete(knockId);
  const waiting = new Set(core.job?.packages.map((one) => one.seat));
  for (const [knockId, one] of host.admitted) {
    if (seated.has(one.seat)) host.admitted.delete(knockId);
    if (seated.has(one.seat) || one.era >= era) continue;
    host.admitted.delete(knockId);
    if (policy.locked) answer(core, knockId, one.knock, { kind: 'refused', why: 'locked' }, true);
    else if (waiting.has(one.seat)) await signFor(core, host, knockId, one.knock, era);
    else host.knocks.set(knockId, { knock: one.knock, atMs: core.nowMs });
  }
}

/** What the device remembers, with those closed whose removal was on its way, and the others carried over. */
function firstContext({ context, seated, closing }: HostRecord): GroupContext {
  const known = afterRemovals(context, closing, closing.length > 0);
  const carried = seated
    .filter((one) => !isClosed(known, one, one.leafKey))
    .map(({ issuer, serial }) => ({ issuer, serial }));
  return canonical({ ...known, carried: sortedOnce(carried) });
}

/** Founds the next generation: a group of our own leaf, whose id names the opening we sign. */
export async function found(core: Core, host: Hosting): Promise<void> {
  if (host.founding || core.over) return;
  host.foundAtMs = undefined;
  const { charter, occurrence } = core.pass;
  const generation = Math.max(core.pass.generation, host.slotGeneration) + 1;
  const attempt = core.pass.attempt + 1;
  await keepPass(core, { attempt });
  const own = core.readAdmission(core.pass.admission);
  if (own === undefined) throw new TypeError('a host without an admission');
  const context = firstContext(host.record);
  const opening: Opening = {
    meetingId: charter.meetingId,
    occurrence,
    generation,
    founder: own.leafKey,
    context,
  };
  const signed = await signOpening(host.authority, opening);
  const groupId = await groupIdOf(opening, signed);
  const client = newClient(core, attempt);
  client.createGroup(groupId, encodeGroupContext(context));
  const checked = checkTree(client.leaves(), groundOf(core, context));
  if (!checked.ok) throw new TypeError('our own leaf does not stand its own rule');
  const identities = await identitiesOf(groupId, checked.members);
  const group: Group = {
    client,
    groupId,
    id: toBase64url(groupId),
    generation,
    epoch: 0,
    keyTry: 0,
    slotTry: 0,
    context,
    members: checked.members,
    identities,
    last: undefined,
    bad: undefined,
    pending: undefined,
    joinedAtMs: core.nowMs,
    hostBeatMs: core.nowMs,
    nextBeatMs: core.nowMs + 1000,
  };
  const box = await sealBox(core.keys.packageKey, 'opening', charter.meetingId, signed);
  const identity = identities.get(core.leafKey) ?? '';
  request(
    core,
    (ref) => {
      host.founding = { group, ref };
      return {
        kind: 'found',
        ref,
        group: group.id,
        generation,
        opening: toBase64url(box),
        identity,
      };
    },
    (reply) => {
      if (reply.ok || host.founding?.group !== group) return;
      // Someone with this host's keys founded it first: sit down again and join that one instead.
      dropFounding(host);
      emit(core, { kind: 'reconnect' });
    },
  );
}

export function dropFounding(host: Hosting): void {
  host.founding?.group.client.free();
  host.founding = undefined;
}

/** The opening in the sequence is ours: the group lives. False when it is another's. */
export async function settleFounding(
  core: Core,
  word: { readonly group: string; readonly seq: number },
): Promise<boolean> {
  const { host } = core;
  const founding = host?.founding;
  if (host === undefined || founding === undefined || founding.group.id !== word.group)
    return false;
  host.founding = undefined;
  core.entering?.client.free();
  dropGroup(core);
  const { group } = founding;
  group.joinedAtMs = core.nowMs;
  group.hostBeatMs = core.nowMs;
  await enter(core, group, word.seq);
  await rememberSeated(core, group);
  return true;
}

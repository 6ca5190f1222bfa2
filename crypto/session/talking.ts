// Application messages: chat, states, orders. Judged by the sender's role in the epoch they were sent in; a group key
// alone proves only "some member", MLS signatures prove which.
import type { Admission } from '../admission.ts';
import { type Bytes, fromBase64url, toBase64url } from '../bytes.ts';
import { MlsError, type Processed } from '../mls/index.ts';
import { readState, signState } from '../statements.ts';
import { decodeTalk, type Talk } from '../talk.ts';
import { hearChat, settleOwn } from './chatting.ts';
import { type Core, type Group, keepPass, personOf, tell } from './core.ts';
import { dropGroup } from './epoch.ts';
import { say } from './saying.ts';
import type { OrderWord } from './signals.ts';

type MessageWord = Extract<OrderWord, { kind: 'message' }>;
export type Heard = {
  readonly talk: Talk;
  readonly from: Admission;
  readonly epoch: number;
  readonly bytes: Bytes;
};

/** Decrypts and reads; the admission in the sender's credential says who it is, also in a past epoch. */
export function openTalk(core: Core, group: Group, box: string): Heard | MlsError | undefined {
  let processed: Processed;
  try {
    processed = group.client.process(fromBase64url(box));
  } catch (error) {
    if (error instanceof MlsError) return error;
    throw error;
  }
  if (processed.kind !== 'application') {
    group.client.discardStaged();
    return undefined;
  }
  const from = core.readAdmission(processed.senderCredential);
  const talk = decodeTalk(processed.data);
  return from && talk
    ? { talk, from, epoch: Number(processed.epoch), bytes: processed.data }
    : undefined;
}

export async function hearMessage(core: Core, group: Group, word: MessageWord): Promise<void> {
  if (settleOwn(core, word.box) || word.from === core.seat) return;
  const heard = openTalk(core, group, word.box);
  if (heard === undefined || heard instanceof MlsError) return;
  const { talk, from } = heard;
  const person = toBase64url(from.leafKey);
  // Sealed in an epoch that a removed member still knows: it is over as soon as the Remove is merged.
  if (!group.members.some((member) => personOf(member) === person)) return;
  if (talk.kind === 'chat') await hearChat(core, group, person, talk, heard.bytes);
  if (talk.kind === 'states') for (const signed of talk.states) hearState(core, group, signed);
  if (talk.kind === 'mute' && from.role !== 'guest' && toBase64url(talk.leafKey) === core.leafKey)
    tell(core, { kind: 'mute-asked', by: person });
  if (talk.kind === 'end' && from.role === 'host') {
    // The host's word is enough: a server that goes on would keep us sending.
    core.over = true;
    dropGroup(core);
    tell(core, { kind: 'ended' });
  }
}

function hearState(core: Core, group: Group, signed: Bytes): void {
  const state = readState(core.pass.charter.meetingId, signed);
  if (state === undefined) return;
  const person = toBase64url(state.leafKey);
  const known = core.states.get(person);
  const member = group.members.some((one) => personOf(one) === person);
  if (!member || person === core.leafKey || (known && known.state.version >= state.version)) return;
  core.states.set(person, { state, signed });
  tell(core, { kind: 'state', person });
}

const MOST_STATES = 48;

/** Our own statement to all, or everyone's to those who just came in by our commit. */
export function sayStates(core: Core, group: Group): void {
  const own = core.states.get(core.leafKey);
  if (own === undefined || !core.gateOpen || !core.online) return;
  const states = core.statesDue ? [...core.states.values()].map((one) => one.signed) : [own.signed];
  const all = core.statesDue || (core.statesOnWay?.all ?? false);
  const onWay = { left: Math.ceil(states.length / MOST_STATES), all };
  core.statesOnWay = onWay;
  for (let i = 0; i < states.length; i += MOST_STATES) {
    say(core, group, { kind: 'states', states: states.slice(i, i + MOST_STATES) }, (code) => {
      if (core.statesOnWay !== onWay) return;
      onWay.left--;
      if (code === 'stale-epoch' || code === 'stale-generation') sayStatesAgain(core);
      else if (onWay.left === 0) core.statesOnWay = undefined;
    });
  }
  core.statesDue = false;
  core.ownStateDue = false;
}

/** What was on its way may not have arrived: names must not stay unknown because a server was restarted (F-01). */
export function sayStatesAgain(core: Core): void {
  if (core.statesOnWay === undefined) return;
  core.statesDue ||= core.statesOnWay.all;
  core.ownStateDue = true;
  core.statesOnWay = undefined;
}

export async function changeState(
  core: Core,
  change: { readonly name?: string; readonly hand?: boolean; readonly microphone?: boolean },
): Promise<void> {
  const version = core.pass.stateVersion + 1;
  await keepPass(core, {
    stateVersion: version,
    ...(change.name === undefined ? {} : { name: change.name }),
  });
  const before = core.states.get(core.leafKey)?.state;
  const state = {
    leafKey: fromBase64url(core.leafKey),
    version,
    name: core.pass.name,
    nameSalt: core.pass.nameSalt,
    hand: change.hand ?? before?.hand ?? false,
    microphone: change.microphone ?? before?.microphone ?? false,
  };
  const signed = signState(core.pass.leafSeed, core.pass.charter.meetingId, state);
  core.states.set(core.leafKey, { state, signed });
  core.ownStateDue = true;
  tell(core, { kind: 'state', person: core.leafKey });
}

export const sayOrder = (
  core: Core,
  group: Group,
  talk: Extract<Talk, { kind: 'mute' | 'end' }>,
): void => {
  say(core, group, talk);
};

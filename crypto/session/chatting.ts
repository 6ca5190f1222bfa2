// Chat: numbered and chained by each sender, sealed again where an epoch or a socket was lost, shown once.
import { type Bytes, equalBytes, toBase64url } from '../bytes.ts';
import { randomBytes, sha256 } from '../sealing.ts';
import { encodeTalk, type Talk } from '../talk.ts';
import { type Core, type Group, isCaughtUp, type OutgoingChat, personOf, tell } from './core.ts';
import { say } from './saying.ts';

const MOST_KEPT = 200;

export async function sayChat(core: Core, id: string, text: string): Promise<void> {
  const chat: OutgoingChat = {
    id,
    text,
    count: core.chatCount + 1,
    previous: core.chatPrevious,
    idBytes: randomBytes(8),
    state: { kind: 'waiting' },
  };
  core.chatCount = chat.count;
  core.chatPrevious = await sha256(encodeTalk(talkOf(chat)));
  core.outgoing.push(chat);
  if (core.outgoing.length > MOST_KEPT) core.outgoing.shift();
  sealWaiting(core);
}

const talkOf = ({ count, previous, idBytes, text }: OutgoingChat): Talk => ({
  kind: 'chat',
  count,
  previous,
  id: idBytes,
  text,
});

/** Chat that could not be sent yet: the gate was closed, the socket away, the epoch stale. */
export function sealWaiting(core: Core): void {
  const { group } = core;
  if (group === undefined || !core.gateOpen || !core.online) return;
  for (const chat of core.outgoing) {
    if (chat.state.kind === 'sealed' && isLost(core, group, chat.state))
      chat.state = { kind: 'waiting' };
    if (chat.state.kind === 'waiting') seal(core, group, chat);
  }
}

type Sealed = Extract<OutgoingChat['state'], { kind: 'sealed' }>;

/** Sent on a socket that was lost, and the sequence read since does not have it; or for a group we left. */
const isLost = (core: Core, group: Group, state: Sealed): boolean =>
  state.group !== group.id || (state.socket !== core.socket && isCaughtUp(core));

function seal(core: Core, group: Group, chat: OutgoingChat): void {
  const sealed: Sealed = {
    kind: 'sealed',
    group: group.id,
    epoch: group.epoch,
    socket: core.socket,
    box: say(core, group, talkOf(chat), (code) => {
      if (code === undefined || chat.state !== sealed) return;
      if (code === 'stale-epoch' || code === 'stale-generation') chat.state = { kind: 'waiting' };
      else giveUp(core, chat);
    }),
  };
  chat.state = sealed;
}

function giveUp(core: Core, chat: OutgoingChat): void {
  const at = core.outgoing.indexOf(chat);
  if (at >= 0) core.outgoing.splice(at, 1);
  tell(core, { kind: 'chat-failed', id: chat.id });
}

/** True when this item of the sequence is one of our own, come back. */
export function settleOwn(core: Core, box: string): boolean {
  const own = core.outgoing.find(({ state }) => state.kind === 'sealed' && state.box === box);
  if (own === undefined || own.state.kind !== 'sealed') return false;
  const { group, epoch } = own.state;
  own.state = { kind: 'sent', group, epoch };
  tell(core, { kind: 'chat-sent', id: own.id });
  return true;
}

/** What was said in a voided epoch was said to some only: it is sealed again in the present one. */
export function unsend(core: Core, group: Group, epoch: number): void {
  for (const chat of core.outgoing) {
    const { state } = chat;
    if (state.kind !== 'waiting' && state.group === group.id && state.epoch === epoch)
      chat.state = { kind: 'waiting' };
  }
}

export function resealVoided(core: Core, group: Group, epoch: number): void {
  unsend(core, group, epoch);
  sealWaiting(core);
}

const MOST_IDS = 64;

export async function hearChat(
  core: Core,
  group: Group,
  person: string,
  talk: Extract<Talk, { kind: 'chat' }>,
  bytes: Bytes,
): Promise<void> {
  const member = group.members.find((one) => personOf(one) === person);
  if (member === undefined) return;
  const id = toBase64url(talk.id);
  const chain = core.chains.get(person);
  // Sealed twice, because a void or a lost reply left its sender unsure.
  if (chain?.ids.includes(id)) return;
  const follows =
    chain === undefined ||
    (talk.count === chain.count + 1 && equalBytes(talk.previous, chain.hash));
  // A person that reloaded starts to count anew; before that, an older number is a repetition.
  const anew = chain !== undefined && member.attempt > chain.attempt && talk.count <= chain.count;
  if (chain && talk.count <= chain.count && !anew) return;
  if (!follows && !(anew && talk.count === 1))
    tell(core, { kind: 'chat-missing', person, count: talk.count });
  core.chains.set(person, {
    count: talk.count,
    hash: await sha256(bytes),
    attempt: member.attempt,
    ids: [...(chain?.ids ?? []), id].slice(-MOST_IDS),
  });
  tell(core, { kind: 'chat', person, id, text: talk.text });
}

// One admitted person's session in one meeting: inputs in, effects out, one at a time. It knows no socket, no
// timer and no clock; whoever drives it gives the time with each input (browser worker, headless client, simulation).
import { admissionReader, readAdmission, seatOf } from '../admission.ts';
import { toBase64url, wipeBytes } from '../bytes.ts';
import { charterHash } from '../charter.ts';
import { deriveLinkKeys } from '../link.ts';
import { safetyWords } from '../safety-words.ts';
import type { Signer } from '../signing.ts';
import { hearBeat } from './beating.ts';
import { maybeCommit } from './committing.ts';
import { alarm, type Core, changed, type Hosting, type Keeper, tell } from './core.ts';
import { offerPackage, takeWelcome } from './entering.ts';
import { dropGroup, openGate } from './epoch.ts';
import { dropKnock, takeKnock } from './hosting.ts';
import { takeIntent } from './intents.ts';
import { takeOrder } from './ordering.ts';
import type { HostRecord, Pass } from './pass.ts';
import type { Effect, Inbound, Input } from './signals.ts';
import { forgetSeat, noteSeat, noticeSleep, readmit, takeRefusal, takeSeat } from './sitting.ts';
import { changeState, sayStatesAgain } from './talking.ts';
import { type SessionView, viewOf } from './view.ts';
import { watch } from './watching.ts';

export type SessionStart = {
  readonly pass: Pass;
  readonly host?: { readonly record: HostRecord; readonly authority: Signer };
  /** Writes durably; resolves when written. */
  readonly keep: Keeper;
  readonly answerBytes: number;
  readonly nowMs: number;
};

export class MeetingSession {
  readonly #core: Core;

  private constructor(core: Core) {
    this.#core = core;
  }

  static async start(start: SessionStart): Promise<MeetingSession> {
    const core = await newCore(start);
    await changeState(core, {});
    return new MeetingSession(core);
  }

  /** Takes one input; call again only when the promise before has resolved. */
  async handle(input: Input, nowMs: number): Promise<readonly Effect[]> {
    const core = this.#core;
    noticeSleep(core, nowMs);
    await take(core, input);
    await watch(core);
    await maybeCommit(core);
    const { effects } = core;
    core.effects = [];
    return effects;
  }

  view(): SessionView {
    return viewOf(this.#core);
  }

  /** Six words over the present epoch; half a second of work on purpose. */
  async safetyWords(): Promise<readonly string[]> {
    const { group, pass } = this.#core;
    if (group === undefined) return [];
    const { epoch, groupId, client } = group;
    return safetyWords({
      charterHash: await charterHash(pass.charter),
      groupId,
      epoch: BigInt(epoch),
      epochAuthenticator: client.epochAuthenticator(),
      leafKeys: group.members.map((member) => member.admission.leafKey),
    });
  }

  /** Ends it and wipes what can be wiped. */
  close(): void {
    const core = this.#core;
    dropGroup(core);
    core.entering?.client.free();
    core.entering = undefined;
    core.host?.founding?.group.client.free();
    core.over = true;
    wipeBytes(core.pass.leafSeed, core.pass.seatSecret, core.pass.linkSecret, core.keys.pskSecret);
    core.effects = [];
  }
}

/** A device that died on the way to an expulsion goes on with it. */
function newHosting({ record, authority }: NonNullable<SessionStart['host']>): Hosting {
  return {
    authority,
    record,
    nextSerial: record.reserved,
    knocks: new Map(),
    admitted: new Map(),
    expulsions: new Map(record.closing.map((one) => [toBase64url(one.leafKey), 'expelled'])),
    wantedPolicy: undefined,
    slotGeneration: 0,
    foundAtMs: undefined,
    founding: undefined,
  };
}

async function newCore({ pass, host, keep, answerBytes, nowMs }: SessionStart): Promise<Core> {
  const own = readAdmission(pass.charter.authorityKey, pass.admission);
  if (own === undefined) throw new TypeError('a pass without a good admission');
  return {
    pass,
    seat: toBase64url(await seatOf(pass.seatSecret)),
    leafKey: toBase64url(own.leafKey),
    readAdmission: admissionReader(pass.charter.authorityKey),
    keys: await deriveLinkKeys(pass.linkSecret, pass.charter.meetingId, pass.linkVersion),
    host: host && newHosting(host),
    keep,
    answerBytes,
    nowMs,
    online: false,
    socket: 0,
    seq: 0,
    headSeq: 0,
    behind: undefined,
    waking: false,
    ackedSeq: 0,
    seats: new Map(),
    offlineSince: new Map(),
    group: undefined,
    entering: undefined,
    enteredBefore: pass.attempt > 0,
    failures: 0,
    formerAdmission: undefined,
    refusals: 0,
    offerAtMs: undefined,
    job: undefined,
    badPackages: new Set(),
    mostAdds: Number.POSITIVE_INFINITY,
    commitNotBeforeMs: 0,
    states: new Map(),
    statesDue: false,
    ownStateDue: true,
    statesOnWay: undefined,
    ticketDue: false,
    ticketSocket: undefined,
    outgoing: [],
    chatCount: 0,
    chatPrevious: new Uint8Array(32),
    chains: new Map(),
    dissents: new Map(),
    participants: undefined,
    surplus: { seenMs: nowMs, spans: [] },
    formerIdentities: new Map(),
    stopped: undefined,
    gateOpen: false,
    hostSilent: false,
    keysDropped: false,
    over: false,
    refs: new Map(),
    nextRef: 1,
    effects: [],
  };
}

async function take(core: Core, input: Input): Promise<void> {
  switch (input.kind) {
    case 'connected':
      core.online = true;
      core.socket++;
      core.effects.push({
        kind: 'send',
        message: {
          kind: 'sit',
          secret: toBase64url(core.pass.seatSecret),
          since: core.group ? core.seq : null,
        },
      });
      return;
    case 'disconnected':
      core.online = false;
      core.refs.clear();
      sayStatesAgain(core);
      core.job = undefined;
      return changed(core);
    case 'server':
      return takeMessage(core, input.message);
    case 'tick':
      return;
    case 'participants':
      core.participants = input.identities;
      return;
    case 'readmitted':
      return readmit(core, input.admission);
    case 'stop':
      alarm(core, input.alarm, true);
      return openGate(core);
    case 'intent':
      return takeIntent(core, input.intent);
  }
}

async function takeMessage(core: Core, message: Inbound): Promise<void> {
  switch (message.kind) {
    case 'seated':
      return takeSeat(core, message);
    case 'order':
      return takeOrder(core, message.item);
    case 'gap':
      dropGroup(core);
      return offerPackage(core);
    case 'beat':
      return hearBeat(core, message);
    case 'welcome':
      return takeWelcome(core, message);
    case 'job':
      core.job = { ...message, arrivedMs: core.nowMs };
      return;
    case 'seat':
      return noteSeat(core, message.view);
    case 'seat-gone':
      return forgetSeat(core, message.seat);
    case 'package-refused':
      return takeRefusal(core);
    case 'knock':
      return core.host ? takeKnock(core, core.host, message) : undefined;
    case 'knock-gone':
      return core.host ? dropKnock(core, core.host, message.knock) : undefined;
    case 'reply':
      return settleReply(core, message.ref, {
        ok: true,
        ...(message.ticket ? { ticket: message.ticket } : {}),
      });
    case 'refused':
      return settleReply(core, message.ref, { ok: false, code: message.code });
    case 'ended':
      core.over = true;
      dropGroup(core);
      return tell(core, { kind: 'ended' });
  }
}

function settleReply(
  core: Core,
  ref: number,
  reply: { ok: boolean; code?: string; ticket?: string },
): void {
  const then = core.refs.get(ref);
  core.refs.delete(ref);
  then?.(reply);
}

// The one mutable thing: a session's memory. MLS state lives in wasm and cannot be a value; everything that judges
// it is pure and stands elsewhere (docs/decisions/0002-session.md).
import { type AdmissionReader, rankOf } from '../admission.ts';
import { type Bytes, toBase64url } from '../bytes.ts';
import type { GroupContext } from '../group-context.ts';
import type { LinkKeys } from '../link.ts';
import type { Ground, Member } from '../member-rule.ts';
import type { MlsClient } from '../mls/index.ts';
import type { State } from '../statements.ts';
import type { HostRecord, Pass } from './pass.ts';
import type { AlarmCode, Effect, JobWord, Outbound, SeatWord, SessionEvent } from './signals.ts';
import type { Chain, Dissent, Group, Hosting, Keeper, OutgoingChat } from './state.ts';

export type * from './state.ts';

export type Core = {
  pass: Pass;
  readonly seat: string;
  readonly leafKey: string;
  readonly keys: LinkKeys;
  readonly readAdmission: AdmissionReader;
  readonly host: Hosting | undefined;
  readonly keep: Keeper;
  readonly answerBytes: number;
  nowMs: number;
  online: boolean;
  /** Counts connections. */
  socket: number;
  seq: number;
  /** The sequence is known to reach this far; behind it nothing is sent. */
  headSeq: number;
  /** Since when no item came although some are missing. */
  behind: { readonly seq: number; readonly sinceMs: number } | undefined;
  /** The tab slept: what happened meanwhile is not known until the next `seated`. */
  waking: boolean;
  ackedSeq: number;
  readonly seats: Map<string, SeatWord>;
  readonly offlineSince: Map<string, number>;
  group: Group | undefined;
  /** Key package out, Welcome awaited. */
  entering:
    | {
        readonly client: MlsClient;
        readonly attempt: number;
        readonly sinceMs: number;
        readonly box: string;
        /** KeyPackageRef: a Welcome for another package is an old one. */
        readonly ref: Bytes;
      }
    | undefined;
  enteredBefore: boolean;
  /** Welcomes that failed. */
  failures: number;
  /** The other one when the host admitted us twice. */
  formerAdmission: Bytes | undefined;
  /** Packages that were refused since we were last in a group. */
  refusals: number;
  /** When a refused package may be followed by the next. */
  offerAtMs: number | undefined;
  job: (JobWord & { readonly arrivedMs: number }) | undefined;
  /** Hashes of waiting packages that are of no use. */
  readonly badPackages: Set<string>;
  /** How many newcomers one commit may take: fewer after one that failed. */
  mostAdds: number;
  commitNotBeforeMs: number;
  readonly states: Map<string, { readonly state: State; readonly signed: Bytes }>;
  /** Everyone's states are to be said to those who came in by our commit; or only our own. */
  statesDue: boolean;
  ownStateDue: boolean;
  /** States sent whose replies have not come: due again if the socket is lost or the epoch was over. */
  statesOnWay: { left: number; readonly all: boolean } | undefined;
  /** A media ticket is wanted, and the connection on which it was asked for. */
  ticketDue: boolean;
  ticketSocket: number | undefined;
  readonly outgoing: OutgoingChat[];
  chatCount: number;
  chatPrevious: Bytes;
  readonly chains: Map<string, Chain>;
  /** By seat. */
  readonly dissents: Map<string, Dissent>;
  participants: readonly string[] | undefined;
  /** When somebody listened who is no member, and since when we look. */
  surplus: { readonly seenMs: number; readonly spans: readonly (readonly [number, number])[] };
  readonly formerIdentities: Map<string, number>;
  stopped: AlarmCode | undefined;
  gateOpen: boolean;
  /** No beat of a host or co-host for so long that everyone reads it. */
  hostSilent: boolean;
  /** The gate was shut since keys were last handed out. */
  keysDropped: boolean;
  over: boolean;
  readonly refs: Map<
    number,
    (message: { readonly ok: boolean; readonly code?: string; readonly ticket?: string }) => void
  >;
  nextRef: number;
  effects: Effect[];
};

export const emit = (core: Core, effect: Effect): void => {
  core.effects.push(effect);
};
export const changed = (core: Core): void => emit(core, { kind: 'changed' });
export const tell = (core: Core, event: SessionEvent): void => {
  emit(core, { kind: 'event', event });
  emit(core, { kind: 'changed' });
};
export const send = (core: Core, message: Outbound): void => {
  if (core.online || message.kind === 'sit') emit(core, { kind: 'send', message });
};

export type ReplyTo = (message: {
  readonly ok: boolean;
  readonly code?: string;
  readonly ticket?: string;
}) => void;
const ignore: ReplyTo = () => undefined;

const MOST_REFS = 1000;

/** Sends a request; `then` runs when its reply comes. Lost with the socket: the sequence tells what happened. */
export function request(core: Core, make: (ref: number) => Outbound, then: ReplyTo = ignore): void {
  if (!core.online) return;
  const ref = core.nextRef++;
  core.refs.set(ref, then);
  // A server that never replies must not fill our memory.
  const [oldest] = core.refs.keys();
  if (core.refs.size > MOST_REFS && oldest !== undefined) core.refs.delete(oldest);
  send(core, make(ref));
}

export function alarm(
  core: Core,
  code: AlarmCode,
  stopped: boolean,
  who: readonly string[] = [],
  by?: string,
): void {
  if (stopped) core.stopped ??= code;
  emit(core, { kind: 'alarm', code, stopped, who, ...(by ? { by } : {}) });
}

/** Nothing is sent for now, and everyone reads why; what lifts it is in the group's state. */
export const pause = (
  core: Core,
  code: AlarmCode,
  who: readonly string[],
  by: string | undefined,
): void => emit(core, { kind: 'alarm', code, stopped: true, who, ...(by ? { by } : {}) });

export const personOf = (member: Member): string => toBase64url(member.admission.leafKey);
export const seatOfMember = (member: Member): string => toBase64url(member.admission.seat);
export const memberBySeat = (members: readonly Member[], seat: string): Member | undefined =>
  members.find((member) => seatOfMember(member) === seat);
export const me = (core: Core, group: Group): Member | undefined =>
  group.members.find((member) => personOf(member) === core.leafKey);
export const leads = (member: Member | undefined): boolean =>
  member !== undefined && rankOf(member.admission.role) >= rankOf('cohost');

/** Everything that the server says it has was read. */
export const isCaughtUp = (core: Core): boolean => !core.waking && core.seq >= core.headSeq;

/** Alarms about the history: who has one of these neither commits nor speaks for the group. */
const HISTORY_ALARMS: readonly AlarmCode[] = [
  'bad-member',
  'role-breach',
  'fork',
  'behind',
  'server-behind',
  'void-failed',
  'worker-died',
];
export const doubtsHistory = (core: Core): boolean =>
  core.stopped !== undefined && HISTORY_ALARMS.includes(core.stopped);

export const groundOf = (core: Core, context: GroupContext): Ground => ({
  charter: core.pass.charter,
  occurrence: core.pass.occurrence,
  context,
  read: core.readAdmission,
});

export async function keepPass(core: Core, change: Partial<Pass>): Promise<void> {
  core.pass = { ...core.pass, ...change };
  await core.keep(core.pass, core.host?.record);
}
export async function keepRecord(
  core: Core,
  host: Hosting,
  change: Partial<HostRecord>,
): Promise<void> {
  host.record = { ...host.record, ...change };
  await core.keep(core.pass, host.record);
}

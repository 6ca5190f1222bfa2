// Real commits by every role, processed by a member who only watches, with what the server would say of them.
import type { Role } from './admission.ts';
import { toBase64url } from './bytes.ts';
import { type CommitData, encodeCommitData } from './commit-data.ts';
import {
  afterRemovals,
  encodeGroupContext,
  FIRST_CONTEXT,
  type GroupContext,
} from './group-context.ts';
import type { Member } from './member-rule.ts';
import type { CommitRequest, CommitView, MlsClient } from './mls/index.ts';
import { groundIn, meetingOf, membersOf, type Person, PSK, person } from './people.testkit.ts';
import {
  type Bench,
  closedOf,
  type Judgement,
  judgeCommit,
  type ServerWord,
} from './role-matrix.ts';
import { mediaIdentityOf, signLeaving } from './statements.ts';

/** The element that a test knows to be there. */
export function nth<T>(list: readonly T[], at: number): T {
  const found = list[at];
  if (found === undefined) throw new Error(`nothing at ${at}`);
  return found;
}

const ROLES: readonly Role[] = ['host', 'host', 'cohost', 'cohost', 'guest', 'guest', 'guest'];
export const AT = {
  host: 0,
  host2: 1,
  cohost: 2,
  cohost2: 3,
  guest: 4,
  guest2: 5,
  witness: 6,
} as const;
/** One committer of each role; the last guest only watches. */
export const COMMITTERS = { host: AT.host, cohost: AT.cohost, guest: AT.guest } as const;
export const START: GroupContext = {
  ...FIRST_CONTEXT,
  era: 5,
  policy: { locked: false, strict: true, screen: 'hosts' },
  closed: [{ issuer: 3n, serial: 3, leafKey: new Uint8Array(32).fill(3) }],
  carried: [{ issuer: 3n, serial: 9 }],
};

export type Scene = Awaited<ReturnType<typeof scene>>;

export async function scene() {
  const { people, charter, authority, groupId } = await meetingOf(ROLES, START);
  const ground = groundIn(charter, START);
  const members = membersOf(nth(people, 0).client, ground);
  const bench: Bench = { ground, groupId, members, pskId: PSK.id, rejoinPskIds: [] };
  const seatOf = (member: Member) => toBase64url(member.admission.seat);
  const committer = (role: Role) => nth(members, COMMITTERS[role as keyof typeof COMMITTERS]);
  const come = (change = {}) => person(authority, charter, 'guest', { era: START.era, ...change });
  return { people, charter, authority, groupId, ground, members, bench, seatOf, committer, come };
}

export type Wanted = {
  readonly adds?: readonly Person[];
  readonly removes?: readonly number[];
  readonly leavers?: readonly number[];
  readonly context?: GroupContext;
  readonly psk?: Uint8Array | null;
  readonly forcePath?: boolean;
  /** Lies about what the commit does. */
  readonly data?: Partial<CommitData>;
  readonly word?: Partial<ServerWord>;
};

export async function truthOf(s: Scene, by: Member, wanted: Wanted) {
  const gone = [...(wanted.removes ?? []), ...(wanted.leavers ?? [])].map((at) =>
    nth(s.members, at),
  );
  const added = await Promise.all(
    (wanted.adds ?? []).map(async ({ client, admission }) => ({
      seat: admission.seat,
      identity: await mediaIdentityOf(s.groupId, admission.leafKey, attemptOf(client)),
    })),
  );
  const data: CommitData = {
    added,
    removed: gone.map((member) => member.admission.seat),
    leavings: (wanted.leavers ?? []).map((at) => ({
      leaf: nth(s.members, at).leaf.index,
      statement: signLeaving(nth(s.people, at).seed, {
        groupId: s.groupId,
        leafKey: nth(s.members, at).admission.leafKey,
        attempt: nth(s.members, at).attempt,
      }),
    })),
    ...wanted.data,
  };
  const word: ServerWord = {
    from: s.seatOf(by),
    added: added.map((one) => ({
      seat: toBase64url(one.seat),
      identity: toBase64url(one.identity),
    })),
    removed: gone.map(s.seatOf),
    ...wanted.word,
  };
  return { data, word };
}

export const attempts = new WeakMap<MlsClient, number>();
const attemptOf = (client: MlsClient): number => attempts.get(client) ?? 1;

/** A real commit by one member, processed by another, judged, and put away. */
export async function viewOf(
  s: Scene,
  at: number,
  wanted: Wanted,
): Promise<[CommitView, ServerWord]> {
  const client = nth(s.people, at).client;
  const { data, word } = await truthOf(s, nth(s.members, at), wanted);
  const request: CommitRequest = {
    adds: (wanted.adds ?? []).map((one) => one.client.keyPackage()),
    removes: [...(wanted.removes ?? []), ...(wanted.leavers ?? [])],
    ...(wanted.psk === null || (wanted.psk === undefined && !wanted.adds)
      ? {}
      : { pskId: wanted.psk ?? PSK.id }),
    ...(wanted.context ? { groupContext: encodeGroupContext(wanted.context) } : {}),
    forcePath: wanted.forcePath ?? false,
    aad: encodeCommitData(data),
  };
  const { commit } = client.commit(request);
  client.clearPending();
  const witness = nth(s.people, AT.witness).client;
  const processed = witness.process(commit);
  witness.discardStaged();
  if (processed.kind !== 'commit') throw new Error('no commit');
  return [processed.view, word];
}

export async function judge(s: Scene, at: number, wanted: Wanted): Promise<Judgement> {
  const [view, word] = await viewOf(s, at, wanted);
  return judgeCommit(view, s.bench, word);
}
export const outcome = (judgement: Judgement): string => (judgement.ok ? 'good' : judgement.fault);

export const next = (change: Partial<GroupContext>): GroupContext => ({ ...START, ...change });
export const afterExpulsion = (s: Scene, at: number) =>
  afterRemovals(START, [closedOf(nth(s.members, at))], true);

// Making a commit when it is our turn: waiting packages, leavers, expulsions, policy, in one (protocol.md, Entering 5).
import { type Bytes, fromBase64url, toBase64url } from '../bytes.ts';
import { encodeCommitData } from '../commit-data.ts';
import { committerDelayMs } from '../committer-order.ts';
import { afterRemovals, encodeGroupContext, type GroupContext } from '../group-context.ts';
import type { Member } from '../member-rule.ts';
import { MlsError } from '../mls/index.ts';
import { splitWelcome } from '../mls/welcome.ts';
import { closedOf } from '../role-matrix.ts';
import { isLeavingOf, mediaIdentityOf } from '../statements.ts';
import { type Candidate, findAdds, MOST_SEATS, sayBad } from './candidates.ts';
import {
  type Core,
  doubtsHistory,
  type Group,
  isCaughtUp,
  me,
  memberBySeat,
  personOf,
  request,
  seatOfMember,
} from './core.ts';

type Leaver = { readonly member: Member; readonly statement: Bytes };
type Plan = {
  readonly adds: readonly Candidate[];
  readonly leavers: readonly Leaver[];
  readonly expelled: readonly Member[];
  readonly absent: readonly Member[];
  readonly context: GroupContext | undefined;
};

/** Commits if there is work and it is our turn; called after every input and tick. */
export async function maybeCommit(core: Core): Promise<void> {
  const { group } = core;
  const own = group && me(core, group);
  if (group === undefined || own === undefined || !core.online || core.over) return;
  if (group.pending || group.bad || doubtsHistory(core) || !isCaughtUp(core)) return;
  if (core.nowMs < core.commitNotBeforeMs) return;
  const urgent = urgentPlan(core, group);
  const plan = urgent ?? (await jobPlan(core, group, own));
  if (plan) await commit(core, group, plan);
}

/** A host's removals and policy go alone and at once: admissions of the old era wait for new ones. */
function urgentPlan(core: Core, group: Group): Plan | undefined {
  const { host } = core;
  if (host === undefined) return undefined;
  const chosen = (why: 'expelled' | 'absent') =>
    group.members.filter(
      (member) =>
        host.expulsions.get(personOf(member)) === why && personOf(member) !== core.leafKey,
    );
  const expelled = chosen('expelled').slice(0, MOST_SEATS);
  const absent = chosen('absent').slice(0, MOST_SEATS - expelled.length);
  for (const person of host.expulsions.keys()) {
    if (!group.members.some((member) => personOf(member) === person))
      host.expulsions.delete(person);
  }
  const wanted = host.wantedPolicy;
  if (expelled.length + absent.length === 0 && wanted === undefined) return undefined;
  const closed = afterRemovals(
    group.context,
    expelled.map(closedOf),
    expelled.length + absent.length > 0,
  );
  const locks = wanted?.locked === true && !group.context.policy.locked;
  const context = { ...closed, era: closed.era + (locks ? 1 : 0), policy: wanted ?? closed.policy };
  return { adds: [], leavers: [], expelled, absent, context };
}

async function jobPlan(core: Core, group: Group, own: Member): Promise<Plan | undefined> {
  const { job } = core;
  if (job === undefined) return undefined;
  const requesters = [
    ...job.packages.map((one) => one.seat),
    ...job.leaving.map((one) => one.seat),
  ];
  const delayMs = committerDelayMs(own, group.members, job.online, requesters);
  if (delayMs === undefined || core.nowMs < job.arrivedMs + delayMs) return undefined;
  if (moreAreComing(core, job.packages)) return undefined;
  const leavers = findLeavers(group, job.leaving).slice(0, MOST_SEATS);
  const adds = await findAdds(core, group, job);
  if (adds.length + leavers.length === 0) return undefined;
  const context =
    leavers.length > 0
      ? afterRemovals(
          group.context,
          leavers.map((one) => closedOf(one.member)),
          false,
        )
      : undefined;
  return { adds, leavers, expelled: [], absent: [], context };
}

const COLLECT_MS = 300;

/** People admitted together come in together: the host waits for the last of them, 300 ms at most (crypto.md). */
function moreAreComing(core: Core, packages: readonly { readonly seat: string }[]): boolean {
  const here = new Set(packages.map((one) => one.seat));
  for (const one of core.host?.admitted.values() ?? []) {
    if (!here.has(one.seat) && core.nowMs - one.atMs < COLLECT_MS) return true;
  }
  return false;
}

function findLeavers(
  group: Group,
  leaving: readonly { readonly seat: string; readonly statement: string }[],
): Leaver[] {
  return leaving.flatMap((one) => {
    const member = memberBySeat(group.members, one.seat);
    const statement = fromBase64url(one.statement);
    return member && isLeavingOf(statement, group.groupId, member) ? [{ member, statement }] : [];
  });
}

async function commit(core: Core, group: Group, plan: Plan): Promise<void> {
  const replaced = plan.adds.flatMap((one) =>
    one.seating.kind === 'rejoin' ? [one.seating.replaces.leaf.index] : [],
  );
  const gone = [...plan.leavers.map((one) => one.member), ...plan.expelled, ...plan.absent];
  const added = await Promise.all(
    plan.adds.map(async ({ seating: { member } }) => ({
      seat: member.admission.seat,
      identity: await mediaIdentityOf(group.groupId, member.admission.leafKey, member.attempt),
    })),
  );
  const aad = encodeCommitData({
    added,
    removed: gone.map((member) => member.admission.seat),
    leavings: plan.leavers.map((one) => ({
      leaf: one.member.leaf.index,
      statement: one.statement,
    })),
  });
  let made: { readonly commit: Bytes; readonly welcome?: Bytes };
  try {
    made = group.client.commit({
      adds: plan.adds.map((one) => one.keyPackage),
      removes: [...replaced, ...gone.map((member) => member.leaf.index)],
      ...(plan.adds.length > 0 ? { pskId: core.keys.pskId } : {}),
      ...(plan.context ? { groupContext: encodeGroupContext(plan.context) } : {}),
      forcePath: false,
      aad,
    });
  } catch (error) {
    if (!(error instanceof MlsError)) throw error;
    return takeFewer(core, group, plan);
  }
  post(core, group, plan, made, added);
}

const AFTER_FAILURE_MS = 100;

/**
 * One package can spoil a commit although it is good by itself, such as one whose init key is a member's: the
 * next commits take one newcomer each, and who fails alone is the one.
 */
function takeFewer(core: Core, group: Group, plan: Plan): void {
  const [first] = plan.adds;
  if (first && plan.adds.length === 1) sayBad(core, group, first.seat, first.hash);
  core.mostAdds = 1;
  core.commitNotBeforeMs = core.nowMs + AFTER_FAILURE_MS;
}

function post(
  core: Core,
  group: Group,
  plan: Plan,
  made: { readonly commit: Bytes; readonly welcome?: Bytes },
  added: readonly { readonly seat: Bytes; readonly identity: Bytes }[],
): void {
  const parts = made.welcome ? splitWelcome(made.welcome) : undefined;
  const words = plan.adds.map((one, i) => {
    const secret = parts?.secrets.find(
      (candidate) => toBase64url(candidate.ref) === toBase64url(one.ref),
    );
    const seat = added[i];
    if (secret === undefined || seat === undefined)
      throw new TypeError('a Welcome without one of its joiners');
    return {
      seat: toBase64url(seat.seat),
      identity: toBase64url(seat.identity),
      secrets: toBase64url(secret.bytes),
    };
  });
  const bytes = toBase64url(made.commit);
  const { epoch, slotTry } = group;
  const gone = [...plan.leavers.map((one) => one.member), ...plan.expelled, ...plan.absent];
  const removed = gone.map(seatOfMember);
  group.pending = {
    commit: bytes,
    states: plan.adds.length > 0,
    added: words.map(({ seat, identity }) => ({ seat, identity })),
    removed,
  };
  if (plan.expelled.length > 0) request(core, (ref) => ({ kind: 'expel', ref }));
  request(
    core,
    (ref) => ({
      kind: 'commit',
      ref,
      group: group.id,
      epoch,
      try: slotTry,
      commit: bytes,
      added: words,
      groupInfo: parts ? toBase64url(parts.groupInfo) : null,
      removed,
    }),
    (reply) => {
      if (!reply.ok) dropPending(core, group, bytes, reply.code);
    },
  );
}

const AGAIN_MS = 200;
const AGAIN_LATER_MS = 2000;

/** Our commit was refused: clear it and wait; the sequence or the next job says what to do. */
export function dropPending(core: Core, group: Group, bytes?: string, code?: string): void {
  if (core.group !== group || group.pending === undefined) return;
  if (bytes !== undefined && group.pending.commit !== bytes) return;
  group.client.clearPending();
  group.pending = undefined;
  // Another was faster, or an expulsion is under way: soon. Anything else will not change in a moment.
  const soon = code === undefined || code === 'stale-slot' || code === 'reserved';
  core.commitNotBeforeMs = core.nowMs + (soon ? AGAIN_MS : AGAIN_LATER_MS);
}

// Who may commit what (protocol.md, the matrix), judged by every member before merging. Pure; checks stand in the
// order of the page. MLS itself has no such rules: a key package of anyone would do.
import { rankOf } from './admission.ts';
import { type Bytes, compareBytes, equalBytes, toBase64url } from './bytes.ts';
import { type CommitData, decodeCommitData } from './commit-data.ts';
import {
  afterRemovals,
  type Closed,
  decodeGroupContext,
  encodeGroupContext,
  type GroupContext,
  isClosed,
} from './group-context.ts';
import { checkAdd, type Ground, type LeafFault, type Member, type Seating } from './member-rule.ts';
import type { CommitView } from './mls/index.ts';
import { isLeavingOf, mediaIdentityOf } from './statements.ts';

export type CommitFault =
  | 'sender' // external, or not in the tree
  | 'kind' // by reference, Update, ReInit, external init, unknown
  | 'psk'
  | 'ghost' // an Add without a good admission
  | 'remove' // the sender may not remove this leaf
  | 'context' // other bytes in the group context than follow from the commit
  | 'path' // a path that changes more than keys
  | 'data'; // authenticated data, staged commit and the server's word differ

export type CommitPlan = {
  readonly committer: Member;
  readonly seatings: readonly Seating[];
  /** Removed and not added again. */
  readonly leavers: readonly Member[];
  readonly expelled: readonly Member[];
  readonly context: GroupContext;
};

export type Judgement =
  | { readonly ok: true; readonly plan: CommitPlan }
  | {
      readonly ok: false;
      readonly fault: CommitFault;
      readonly leafFault?: LeafFault;
      readonly who: readonly Bytes[];
      readonly by?: Member;
    };

/** What the server says the commit does, and from which seat it came: seats in base64url. */
export type ServerWord = {
  readonly from: string;
  readonly added: readonly { readonly seat: string; readonly identity: string }[];
  readonly removed: readonly string[];
};

export type Bench = {
  readonly ground: Ground;
  readonly groupId: Uint8Array;
  readonly members: readonly Member[];
  /** PSK id of the present link version; `rejoinPskIds` are good where all Adds are rejoins. */
  readonly pskId: Uint8Array;
  readonly rejoinPskIds: readonly Uint8Array[];
};

const no = (
  fault: CommitFault,
  by?: Member,
  who: readonly Bytes[] = [],
  leafFault?: LeafFault,
): Judgement => ({
  ok: false,
  fault,
  who,
  ...(by ? { by } : {}),
  ...(leafFault ? { leafFault } : {}),
});

export const closedOf = (member: Member): Closed => ({
  issuer: member.admission.issuer,
  serial: member.admission.serial,
  leafKey: member.admission.leafKey,
});

/** Judges a staged commit. `word` is what the server published beside it. */
export async function judgeCommit(
  view: CommitView,
  bench: Bench,
  word: ServerWord,
): Promise<Judgement> {
  const committer = bench.members.find((member) => member.leaf.index === view.sender);
  if (view.senderKind !== 'member' || committer === undefined) return no('sender');
  // The server judged the seat that posted it, members judge the leaf that signed it: one and the same, or neither.
  if (toBase64url(committer.admission.seat) !== word.from) return no('sender', committer);
  if (view.byReference > 0 || view.otherProposals > 0 || view.updates > 0 || view.otherPsks > 0)
    return no('kind', committer);

  const seatings: Seating[] = [];
  for (const keyPackage of view.adds) {
    const verdict = checkAdd(keyPackage, bench.members, bench.ground);
    const key = Uint8Array.from(keyPackage.leaf.signatureKey);
    if (!verdict.ok) return no('ghost', committer, [key], verdict.fault);
    seatings.push(verdict.value);
  }
  if (hasTwins(seatings))
    return no(
      'ghost',
      committer,
      seatings.map((one) => one.member.admission.leafKey),
      'already-seated',
    );
  if (!isPskGood(view, bench, seatings)) return no('psk', committer);

  const data = decodeCommitData(view.aad);
  if (data === undefined) return no('data', committer);
  const sorted = sortRemovals(view, bench, seatings, data);
  if (sorted === undefined || !mayRemove(committer, sorted.expelled))
    return no('remove', committer);
  const context = judgeContext(
    view,
    bench.ground.context,
    committer,
    sorted.leavers,
    sorted.expelled,
  );
  if (context === undefined || closesSeated(context, view, bench, seatings))
    return no('context', committer);
  const pathChanged =
    view.pathLeaf !== undefined && !equalBytes(view.pathLeaf.fixed, committer.leaf.fixed);
  if (pathChanged) return no('path', committer);
  const told = await isDataTrue(
    bench.groupId,
    seatings,
    [...sorted.leavers, ...sorted.expelled],
    data,
    word,
  );
  if (!told) return no('data', committer);
  return { ok: true, plan: { committer, seatings, ...sorted, context } };
}

const hasTwins = (seatings: readonly Seating[]): boolean => {
  const keys = seatings.map((one) => toBase64url(one.member.admission.leafKey));
  const serials = seatings.map(
    (one) => `${one.member.admission.issuer}/${one.member.admission.serial}`,
  );
  return new Set(keys).size < keys.length || new Set(serials).size < serials.length;
};

/** The link's PSK in every commit with an Add and in no other. */
function isPskGood(view: CommitView, bench: Bench, seatings: readonly Seating[]): boolean {
  if (seatings.length === 0) return view.pskIds.length === 0;
  const [id, ...more] = view.pskIds;
  if (id === undefined || more.length > 0) return false;
  if (equalBytes(id, bench.pskId)) return true;
  return (
    seatings.every((one) => one.kind === 'rejoin') &&
    bench.rejoinPskIds.some((old) => equalBytes(old, id))
  );
}

/** Every removed leaf is a rejoin's old one, a leaver at its own word, or expelled; undefined if it names no member. */
function sortRemovals(
  view: CommitView,
  bench: Bench,
  seatings: readonly Seating[],
  data: CommitData,
): { leavers: Member[]; expelled: Member[] } | undefined {
  const replaced = new Set(
    seatings.flatMap((one) => (one.kind === 'rejoin' ? [one.replaces.leaf.index] : [])),
  );
  const removed = new Set(view.removes);
  if (removed.size < view.removes.length || [...replaced].some((leaf) => !removed.has(leaf)))
    return undefined;
  const leavers: Member[] = [];
  const expelled: Member[] = [];
  for (const index of removed) {
    if (replaced.has(index)) continue;
    const member = bench.members.find((one) => one.leaf.index === index);
    if (member === undefined) return undefined;
    const statement = data.leavings.find((one) => one.leaf === index)?.statement;
    if (statement && isLeavingOf(statement, bench.groupId, member)) leavers.push(member);
    else expelled.push(member);
  }
  return data.leavings.length === leavers.length ? { leavers, expelled } : undefined;
}

/** Host: anyone. Co-host: guests. Guest: nobody who did not say so. */
function mayRemove(committer: Member, expelled: readonly Member[]): boolean {
  const { role } = committer.admission;
  if (role === 'host') return true;
  if (role === 'cohost')
    return expelled.every((one) => rankOf(one.admission.role) < rankOf('cohost'));
  return expelled.length === 0;
}

function judgeContext(
  view: CommitView,
  before: GroupContext,
  committer: Member,
  leavers: readonly Member[],
  expelled: readonly Member[],
): GroupContext | undefined {
  const expected = afterRemovals(before, leavers.map(closedOf), expelled.length > 0);
  const changed = leavers.length > 0 || expelled.length > 0;
  if (view.groupContext === undefined) return changed ? undefined : before;
  if (view.groupContextExact !== true) return undefined;
  if (committer.admission.role === 'guest') {
    return changed && compareBytes(view.groupContext, encodeGroupContext(expected)) === 0
      ? expected
      : undefined;
  }
  return readHostContext(view.groupContext, before, expected, committer);
}

/** A serial that stays seated must not be closed: its leaf would be bad for everyone a moment later. */
function closesSeated(
  context: GroupContext,
  view: CommitView,
  bench: Bench,
  seatings: readonly Seating[],
): boolean {
  if (view.groupContext === undefined) return false;
  const staying = bench.members.filter((one) => !view.removes.includes(one.leaf.index));
  return [...staying, ...seatings.map((one) => one.member)].some((one) =>
    isClosed(context, one.admission, one.admission.leafKey),
  );
}

/** One for a Remove, one for a lock. Without a bound one commit could use all numbers up. */
const MOST_ERAS = 2;

/** A host may close more, raise the era further and change the policy; never take any of it back. */
function readHostContext(
  bytes: Uint8Array,
  before: GroupContext,
  expected: GroupContext,
  committer: Member,
): GroupContext | undefined {
  let next: GroupContext;
  try {
    next = decodeGroupContext(bytes);
  } catch {
    return undefined;
  }
  const kept = expected.closed.every((one) => isClosed(next, one, one.leafKey));
  const carriedSame = next.carried.every((one) =>
    before.carried.some((old) => old.issuer === one.issuer && old.serial === one.serial),
  );
  const newLinks = committer.admission.role === 'host' ? 1 : 0;
  const forward =
    next.era >= expected.era &&
    next.era <= before.era + MOST_ERAS &&
    next.linkVersion >= before.linkVersion &&
    next.linkVersion <= before.linkVersion + newLinks;
  const lockRaises = !next.policy.locked || before.policy.locked || next.era > before.era;
  if (!kept || !carriedSame || !forward || !lockRaises) return undefined;
  const loosened =
    (before.policy.locked && !next.policy.locked) ||
    (before.policy.strict && !next.policy.strict) ||
    (before.policy.screen === 'hosts' && next.policy.screen === 'everyone');
  return committer.admission.role === 'cohost' && loosened ? undefined : next;
}

async function isDataTrue(
  groupId: Uint8Array,
  seatings: readonly Seating[],
  gone: readonly Member[],
  data: CommitData,
  word: ServerWord,
): Promise<boolean> {
  const added = await Promise.all(
    seatings.map(async ({ member }) => {
      const identity = await mediaIdentityOf(groupId, member.admission.leafKey, member.attempt);
      return `${toBase64url(member.admission.seat)} ${toBase64url(identity)}`;
    }),
  );
  const removed = gone.map((member) => toBase64url(member.admission.seat));
  return (
    sameSet(
      added,
      data.added.map((one) => `${toBase64url(one.seat)} ${toBase64url(one.identity)}`),
    ) &&
    sameSet(
      added,
      word.added.map((one) => `${one.seat} ${one.identity}`),
    ) &&
    sameSet(removed, data.removed.map(toBase64url)) &&
    sameSet(removed, word.removed)
  );
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && new Set(b).size === b.length && a.every((one) => b.includes(one));

// The sequence: commits judged before merging, openings. What a blind server orders, every member checks.
import { compareBytes, fromBase64url, toBase64url } from '../bytes.ts';
import { encodePolicy } from '../group-context.ts';
import type { Member } from '../member-rule.ts';
import { type CommitView, MlsError } from '../mls/index.ts';
import { type CommitPlan, judgeCommit } from '../role-matrix.ts';
import { sha256 } from '../sealing.ts';
import { dropPending } from './committing.ts';
import {
  alarm,
  type Before,
  type Core,
  emit,
  type Group,
  groundOf,
  leads,
  me,
  memberBySeat,
  type Pending,
  personOf,
  seatOfMember,
  tell,
} from './core.ts';
import { offerPackage, openOpening } from './entering.ts';
import { dropGroup, giveKeys, openGate, readTree } from './epoch.ts';
import { rememberSeated, settleFounding } from './hosting.ts';
import type { CommitWord, OrderWord } from './signals.ts';
import { hearMessage } from './talking.ts';
import { refuse, takeSecond, takeVoid } from './voids.ts';

export async function takeOrder(core: Core, item: OrderWord): Promise<void> {
  core.headSeq = Math.max(core.headSeq, item.seq);
  if (item.kind === 'opening' && (await takeOpening(core, item))) return;
  const { group } = core;
  if (group === undefined || item.seq <= core.seq) return;
  if (item.seq !== core.seq + 1) {
    // The server skipped something: ask again from where we stand.
    emit(core, { kind: 'reconnect' });
    return;
  }
  core.seq = item.seq;
  if (item.group !== group.id) return;
  if (item.kind === 'commit') await takeCommit(core, group, item);
  if (item.kind === 'void') await takeVoid(core, group, item);
  if (item.kind === 'message') await hearMessage(core, group, item);
}

async function takeCommit(core: Core, group: Group, word: CommitWord): Promise<void> {
  if (group.bad) return takeSecond(core, group, group.bad, word);
  // A second commit for one slot: the server breaks its own rule.
  if (word.epoch !== group.epoch || word.try !== group.slotTry) return fork(core);
  const hash = toBase64url(await sha256(fromBase64url(word.commit)));
  if (group.pending?.commit === word.commit) return mergeOwn(core, group, word, hash);
  dropPending(core, group);
  // Our own commit that we no longer hold was taken after all: all others are in its epoch, we come in anew.
  if (word.from === core.seat) return startOver(core);
  const view = stageCommit(group, word);
  if (view === undefined) return refuse(core, group, word, hash, 'commit-garbage', []);
  const judged = await judgeCommit(view, benchOf(core, group), word);
  if (!judged.ok) {
    group.client.discardStaged();
    const who = judged.who.map((key) => toBase64url(key));
    const code = judged.fault === 'ghost' ? 'ghost' : 'role-breach';
    return refuse(core, group, word, hash, code, who, judged.by);
  }
  await merge(core, group, word, hash, judged.plan, () => group.client.mergeStaged());
}

function fork(core: Core): void {
  alarm(core, 'fork', true);
  openGate(core);
}

async function startOver(core: Core): Promise<void> {
  dropGroup(core);
  await offerPackage(core);
}

function stageCommit(group: Group, word: CommitWord): CommitView | undefined {
  try {
    const processed = group.client.process(fromBase64url(word.commit));
    return processed.kind === 'commit' ? processed.view : undefined;
  } catch (error) {
    if (error instanceof MlsError) return undefined;
    throw error;
  }
}

const benchOf = (core: Core, group: Group) => ({
  ground: groundOf(core, group.context),
  groupId: group.groupId,
  members: group.members,
  pskId: core.keys.pskId,
  rejoinPskIds: [],
});

/** Merged only now that the sequence shows the same bytes, with the same words beside them. */
async function mergeOwn(core: Core, group: Group, word: CommitWord, hash: string): Promise<void> {
  const { pending } = group;
  const committer = me(core, group);
  group.pending = undefined;
  if (pending === undefined || committer === undefined || !isSameWord(pending, word)) {
    // Only the server can have changed them, and everyone else will refuse what we said.
    group.client.clearPending();
    return fork(core);
  }
  const gone = group.members.filter((member) => word.removed.includes(seatOfMember(member)));
  const expelled = gone.filter((member) => core.host?.expulsions.has(personOf(member)));
  const leavers = gone.filter((member) => !expelled.includes(member));
  const plan = { committer, seatings: [], leavers, expelled, context: group.context };
  await merge(core, group, word, hash, plan, () => group.client.mergePending());
  core.mostAdds *= 2;
  if (pending.states) core.statesDue = true;
}

const isSameWord = (pending: Pending, word: CommitWord): boolean => {
  const text = (one: { readonly seat: string; readonly identity: string }) =>
    `${one.seat} ${one.identity}`;
  const same = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && a.every((one, i) => one === b[i]);
  return same(pending.removed, word.removed) && same(pending.added.map(text), word.added.map(text));
};

async function merge(
  core: Core,
  group: Group,
  word: CommitWord,
  hash: string,
  plan: CommitPlan,
  doMerge: () => void,
): Promise<void> {
  const before: Before = {
    snapshot: group.client.snapshot(),
    epoch: group.epoch,
    keyTry: group.keyTry,
    members: group.members,
    context: group.context,
  };
  group.last?.before?.snapshot.free();
  doMerge();
  group.last = {
    epoch: word.epoch,
    try: word.try,
    hash,
    before,
    committer: plan.committer,
    removedSeats: word.removed,
    expelled: plan.expelled
      .map(personOf)
      .filter((person) => core.host?.expulsions.get(person) === 'expelled'),
  };
  if (!group.client.isActive()) return goneFromTree(core, group, plan);
  group.epoch = word.epoch + 1;
  group.keyTry = word.try;
  group.slotTry = 0;
  if (!(await readTree(core, group))) return;
  await afterMerge(core, group, before, plan);
}

/** Our leaf is out: removed, gone at our own word, or replaced by a newer one of ours. */
function goneFromTree(core: Core, group: Group, plan: CommitPlan): void {
  const own = (member: Member) => personOf(member) === core.leafKey;
  const replaced = plan.seatings.some((one) => own(one.member));
  const left = plan.leavers.some(own);
  dropGroup(core);
  group.last = undefined;
  core.over = true;
  tell(core, { kind: replaced ? 'elsewhere' : left ? 'gone' : 'removed' });
}

async function afterMerge(
  core: Core,
  group: Group,
  before: Before,
  plan: CommitPlan,
): Promise<void> {
  const now = new Map(group.members.map((member) => [personOf(member), member]));
  const then = new Map(before.members.map((member) => [personOf(member), member]));
  const gone = before.members.filter((member) => {
    const still = now.get(personOf(member));
    return still === undefined || still.leaf.index !== member.leaf.index;
  });
  const hadRemove = before.members.some(
    (member) => now.get(personOf(member))?.attempt !== member.attempt,
  );
  giveKeys(
    core,
    group,
    hadRemove,
    gone.map((member) => member.leaf.index),
  );
  if (core.job) {
    const packages = core.job.packages.filter((one) => !isSettled(group, then, one.seat));
    core.job = { ...core.job, packages };
  }
  for (const member of group.members) {
    const old = then.get(personOf(member));
    if (old === undefined) tell(core, { kind: 'came-in', person: personOf(member) });
    else if (old.attempt !== member.attempt)
      tell(core, { kind: 'came-back', person: personOf(member) });
  }
  for (const member of before.members) {
    const person = personOf(member);
    if (now.has(person)) continue;
    const leaver = plan.leavers.some((one) => personOf(one) === person);
    if (leaver) tell(core, { kind: 'left', person });
    else tell(core, { kind: 'was-removed', person, by: personOf(plan.committer) });
    core.states.delete(person);
    core.chains.delete(person);
  }
  const policyChanged =
    compareBytes(encodePolicy(before.context.policy), encodePolicy(group.context.policy)) !== 0;
  if (policyChanged) tell(core, { kind: 'policy', policy: group.context.policy });
  await rememberSeated(core, group);
  // A host beats at once when someone came, so that the newcomer may speak.
  if (leads(me(core, group))) group.nextBeatMs = core.nowMs;
  core.dissents.clear();
  emit(core, { kind: 'changed' });
}

const isSettled = (group: Group, then: ReadonlyMap<string, Member>, seat: string): boolean => {
  const member = memberBySeat(group.members, seat);
  return member !== undefined && then.get(personOf(member))?.attempt !== member.attempt;
};

type OpeningWord = Pick<Extract<OrderWord, { kind: 'opening' }>, 'opening' | 'group' | 'seq'>;

/** True when it made us leave a group, or enter our own. */
export async function takeOpening(core: Core, word: OpeningWord): Promise<boolean> {
  const opened = await openOpening(core, word.opening);
  if (opened === undefined || opened.groupId !== word.group) return false;
  if (await settleFounding(core, word)) return true;
  const { group, host } = core;
  if (group && group.generation >= opened.opening.generation) return false;
  dropGroup(core);
  if (host) host.slotGeneration = opened.opening.generation;
  // The place of the opening counts, also when it is lower than what we read before.
  core.seq = word.seq;
  core.headSeq = word.seq;
  await offerPackage(core);
  return true;
}

// Commits that are not merged, and their voids (protocol.md, A commit is bad, lost or late). A void counts only
// directly after its commit, by someone it did not remove and of no lower rank than its sender.
import { rankOf } from '../admission.ts';
import { fromBase64url, toBase64url } from '../bytes.ts';
import type { Member } from '../member-rule.ts';
import { closedOf } from '../role-matrix.ts';
import { isVoidBy, signVoid } from '../statements.ts';
import { resealVoided, unsend } from './chatting.ts';
import { dropPending } from './committing.ts';
import {
  alarm,
  type Bad,
  type Core,
  doubtsHistory,
  emit,
  type Group,
  keepRecord,
  leads,
  me,
  memberBySeat,
  pause,
  personOf,
  request,
  seatOfMember,
} from './core.ts';
import { offerPackage } from './entering.ts';
import { dropGroup, giveKeys, openGate, readTree } from './epoch.ts';
import { found, rememberSeated } from './hosting.ts';
import type { CommitWord, VoidWord } from './signals.ts';

/** A commit that breaks a rule is not merged: everyone waits for its void, host and co-hosts send it. */
export function refuse(
  core: Core,
  group: Group,
  word: CommitWord,
  hash: string,
  code: Bad['code'],
  who: readonly string[],
  by?: Member,
): void {
  const sender = by ?? memberBySeat(group.members, word.from);
  group.bad = {
    word,
    hash,
    code,
    who,
    by: sender && personOf(sender),
    atMs: core.nowMs,
    stopped: false,
    stuck: false,
    voidSentMs: undefined,
  };
  alarm(core, code, false, who, group.bad.by);
  if (leads(me(core, group))) sendVoid(core, group, group.bad);
}

/** Another commit while one waits for its void. Two insiders can do that; a server that breaks its rule, too. */
export function takeSecond(core: Core, group: Group, bad: Bad, word: CommitWord): void {
  if (word.epoch > bad.word.epoch) {
    // A void counts only directly after its commit: from now on only a new generation helps.
    group.bad = { ...bad, stuck: true };
    return;
  }
  alarm(core, 'fork', true);
  openGate(core);
}

function sendVoid(core: Core, group: Group, bad: Bad): void {
  if (!core.online) return;
  group.bad = { ...bad, voidSentMs: core.nowMs };
  const { word, hash } = bad;
  const one = {
    groupId: group.groupId,
    epoch: word.epoch,
    try: word.try,
    hash: fromBase64url(hash),
  };
  const signature = toBase64url(signVoid(core.pass.leafSeed, one));
  request(
    core,
    (ref) => ({
      kind: 'void',
      ref,
      group: group.id,
      epoch: word.epoch,
      try: word.try,
      hash,
      signature,
    }),
    (reply) => {
      // Refused although the commit still stands: it is not the last one any more.
      const standing = core.group === group && group.bad?.hash === hash ? group.bad : undefined;
      if (!reply.ok && standing) group.bad = { ...standing, stuck: true };
    },
  );
}

const STOP_MS = 2000;
const GIVE_UP_MS = 5000;
const AGAIN_MS = 1000;

/**
 * Nothing is sent while a void is late. After 5 s who is no host comes in anew (it may be alone in refusing), and the
 * host founds anew, at once where no void can undo the commit: the slot is never lost.
 */
export async function awaitVoid(core: Core, group: Group): Promise<void> {
  const { bad } = group;
  if (bad === undefined) return;
  const waitedMs = core.nowMs - bad.atMs;
  if (waitedMs >= STOP_MS && !bad.stopped) {
    group.bad = { ...bad, stopped: true };
    pause(core, bad.code, bad.who, bad.by);
    openGate(core);
  }
  if (!core.online || doubtsHistory(core)) return;
  const leading = leads(me(core, group));
  const giveUp = waitedMs >= GIVE_UP_MS || (bad.stuck && core.host !== undefined);
  if (giveUp) {
    dropGroup(core);
    if (core.host) await found(core, core.host);
    else await offerPackage(core);
  } else if (leading && !bad.stuck && core.nowMs - (bad.voidSentMs ?? 0) >= AGAIN_MS)
    sendVoid(core, group, bad);
}

/** Undoes the last commit. It counts only directly after it, from someone it did not remove and of no lower rank. */
export async function takeVoid(core: Core, group: Group, word: VoidWord): Promise<void> {
  const { bad, last } = group;
  if (bad) return voidBad(core, group, bad, word);
  if (last === undefined || last.epoch !== word.epoch || last.try !== word.try) return breach(core);
  if (last.before === undefined) {
    // We came in by the voided commit: back to the door with a new package.
    unsend(core, group, word.epoch + 1);
    dropGroup(core);
    return offerPackage(core);
  }
  const { before } = last;
  const good =
    last.hash === word.hash &&
    isGoodVoid(group, before.members, word, last.committer, last.removedSeats);
  if (!good) return breach(core);
  dropPending(core, group);
  group.client.restore(before.snapshot);
  before.snapshot.free();
  group.epoch = before.epoch;
  group.keyTry = before.keyTry;
  group.slotTry = word.try + 1;
  group.last = undefined;
  if (!(await readTree(core, group))) return;
  giveKeys(core, group, true, []);
  await rememberUndone(core, group, last.expelled);
  resealVoided(core, group, word.epoch + 1);
  // So were names and hands.
  core.ownStateDue = true;
  emit(core, { kind: 'changed' });
}

function voidBad(core: Core, group: Group, bad: Bad, word: VoidWord): void {
  // What stands behind a commit that we refused is of a branch we are not on.
  if (bad.stuck && word.epoch > bad.word.epoch) return;
  const same = bad.word.epoch === word.epoch && bad.word.try === word.try && bad.hash === word.hash;
  const committer = memberBySeat(group.members, bad.word.from);
  if (!same || !isGoodVoid(group, group.members, word, committer, bad.word.removed))
    return breach(core);
  group.bad = undefined;
  group.slotTry = word.try + 1;
  openGate(core);
}

/** The host's record is what the tree shows again, and whom it had expelled is still to go. */
async function rememberUndone(
  core: Core,
  group: Group,
  expelled: readonly string[],
): Promise<void> {
  const { host } = core;
  if (host === undefined) return;
  const back = group.members.filter((member) => expelled.includes(personOf(member)));
  for (const member of back) host.expulsions.set(personOf(member), 'expelled');
  await keepRecord(core, host, { closing: [...host.record.closing, ...back.map(closedOf)] });
  await rememberSeated(core, group);
}

function isGoodVoid(
  group: Group,
  members: readonly Member[],
  word: VoidWord,
  committer: Member | undefined,
  removedSeats: readonly string[],
): boolean {
  const author = memberBySeat(members, word.from);
  if (author === undefined || removedSeats.includes(seatOfMember(author)) || !leads(author))
    return false;
  if (committer && rankOf(author.admission.role) < rankOf(committer.admission.role)) return false;
  const one = {
    groupId: group.groupId,
    epoch: word.epoch,
    try: word.try,
    hash: fromBase64url(word.hash),
  };
  return isVoidBy(author.admission.leafKey, one, fromBase64url(word.signature));
}

/** A void that does not count, yet stands in the sequence: from here on the server and we count differently. */
function breach(core: Core): void {
  alarm(core, 'void-failed', true);
  openGate(core);
}

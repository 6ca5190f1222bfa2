// Getting into the group: key package out, Welcome in, every leaf checked before joining (protocol.md, Entering 4-7).
import { serialKey } from '../admission.ts';
import { ByteWriter, equalBytes, fromBase64url, toBase64url } from '../bytes.ts';
import { decodeGroupContext, type GroupContext, isClosed } from '../group-context.ts';
import { checkTree, type Member } from '../member-rule.ts';
import { inspectKeyPackage, MlsClient, MlsError } from '../mls/index.ts';
import { buildWelcome } from '../mls/welcome.ts';
import { groupIdOf, type Opening, readOpening } from '../opening.ts';
import { openBox, sealBox } from '../sealing.ts';
import { mediaIdentityOf } from '../statements.ts';
import {
  alarm,
  type Core,
  emit,
  type Group,
  groundOf,
  keepPass,
  personOf,
  request,
  send,
  tell,
} from './core.ts';
import { giveKeys, identitiesOf, openGate } from './epoch.ts';
import type { Inbound } from './signals.ts';

type WelcomeWord = Extract<Inbound, { kind: 'welcome' }>;

const attemptBytes = (attempt: number): Uint8Array => new ByteWriter().u32(attempt).finish();

export function newClient(core: Core, attempt: number): MlsClient {
  const { pass } = core;
  const client = new MlsClient(
    pass.charter.suite,
    pass.leafSeed,
    pass.admission,
    attemptBytes(attempt),
  );
  client.setPsk(core.keys.pskId, core.keys.pskSecret);
  return client;
}

/** Takes a new attempt, stores it, and offers a key package sealed under the package key. */
export async function offerPackage(core: Core, step = 1): Promise<void> {
  if (core.over || core.group !== undefined) return;
  core.offerAtMs = undefined;
  armFounding(core);
  core.entering?.client.free();
  core.entering = undefined;
  const attempt = core.pass.attempt + step;
  await keepPass(core, { attempt });
  const client = newClient(core, attempt);
  const keyPackage = client.keyPackage();
  const { packageKey } = core.keys;
  const { meetingId, suite } = core.pass.charter;
  const box = toBase64url(await sealBox(packageKey, 'package', meetingId, keyPackage));
  const ref = Uint8Array.from(inspectKeyPackage(suite, keyPackage).ref);
  core.entering = { client, attempt, sinceMs: core.nowMs, box, ref };
  postPackage(core);
}

export function postPackage(core: Core): void {
  const { entering } = core;
  if (entering) request(core, (ref) => ({ kind: 'package', ref, box: entering.box }));
}

/**
 * Says the same package again, unless the server shows that it was taken: then its Welcome comes by itself, and a
 * package sent now would put that Welcome away.
 */
export async function postAgain(core: Core, group: string): Promise<void> {
  const { entering } = core;
  if (entering === undefined) return;
  const identity = await mediaIdentityOf(
    fromBase64url(group),
    fromBase64url(core.leafKey),
    entering.attempt,
  );
  if (core.seats.get(core.seat)?.identity !== toBase64url(identity)) postPackage(core);
}

const FOUND_AFTER_MS = 8000;
const FOUND_ALONE_MS = 300;

/** Outside the group a host gives the others a while to let it in; where nobody could, it does not wait. */
function armFounding(core: Core): void {
  const { host } = core;
  if (host === undefined || host.foundAtMs !== undefined) return;
  const alone = [...core.seats.values()].every(
    (view) => view.seat === core.seat || !view.online || !view.seated,
  );
  host.foundAtMs = core.nowMs + (alone ? FOUND_ALONE_MS : FOUND_AFTER_MS);
}

export async function openOpening(
  core: Core,
  sealed: string,
): Promise<{ opening: Opening; groupId: string } | undefined> {
  const { charter } = core.pass;
  const signed = await openBox(
    core.keys.packageKey,
    'opening',
    charter.meetingId,
    fromBase64url(sealed),
  );
  const opening = signed && readOpening(charter, signed);
  if (signed === undefined || opening === undefined) return undefined;
  if (opening.occurrence !== core.pass.occurrence || opening.generation < core.pass.generation)
    return undefined;
  return { opening, groupId: toBase64url(await groupIdOf(opening, signed)) };
}

/** The context must come from the opening: never less era, never fewer closed serials, nothing more carried. */
function followsFrom(opening: GroupContext, context: GroupContext): boolean {
  const carried = new Set(opening.carried.map(serialKey));
  return (
    context.era >= opening.era &&
    opening.closed.every((one) => isClosed(context, one, one.leafKey)) &&
    context.carried.every((one) => carried.has(serialKey(one)))
  );
}

/** The host's device knows what it closed: an old epoch kept alive for its reload lacks some of it. */
function hostRemembers(core: Core, context: GroupContext): boolean {
  const known = core.host?.record.context;
  if (known === undefined) return true;
  return (
    context.era >= known.era && known.closed.every((one) => isClosed(context, one, one.leafKey))
  );
}

/** EncryptedGroupSecrets start with the KeyPackageRef of whom they are for (RFC 9420 section 12.4.3.1). */
function isFor(secrets: Uint8Array, ref: Uint8Array): boolean {
  return secrets[0] === ref.length && equalBytes(secrets.slice(1, 1 + ref.length), ref);
}

export async function takeWelcome(core: Core, word: WelcomeWord): Promise<void> {
  const { entering } = core;
  if (entering === undefined || core.group !== undefined) return;
  // A Welcome for a package we gave up is late, not false. With it the newer package went away at the server, which
  // knows seats only; another one instead of the same again would never end.
  if (!isFor(fromBase64url(word.secrets), entering.ref)) return postAgain(core, word.group);
  const opened = await openOpening(core, word.opening);
  if (
    opened === undefined ||
    opened.groupId !== word.group ||
    opened.opening.generation !== word.generation
  ) {
    await burn(core);
    return;
  }
  const outcome = stage(core, word, opened.opening);
  if (outcome.kind === 'burned') return burn(core);
  if (outcome.kind === 'bad') {
    alarm(core, 'bad-member', true, [outcome.leaf]);
    return;
  }
  entering.client.joinStaged();
  await settle(core, word, outcome.members, outcome.context, opened.opening.generation);
}

type Staged =
  | { readonly kind: 'good'; readonly members: readonly Member[]; readonly context: GroupContext }
  | { readonly kind: 'burned' }
  | { readonly kind: 'bad'; readonly leaf: string };

/** Reads the staged Welcome and checks it whole; nothing is joined here. */
function stage(core: Core, word: WelcomeWord, opening: Opening): Staged {
  const client = core.entering?.client;
  if (client === undefined) return { kind: 'burned' };
  try {
    const bytes = buildWelcome(
      core.pass.charter.suite,
      fromBase64url(word.secrets),
      fromBase64url(word.groupInfo),
    );
    const view = client.stageWelcome(bytes);
    const context = decodeGroupContext(view.groupContext);
    const named = view.groupContextExact && toBase64url(view.groupId) === word.group;
    if (
      !named ||
      view.suite !== core.pass.charter.suite ||
      !followsFrom(opening.context, context) ||
      !hostRemembers(core, context)
    ) {
      client.discardWelcome();
      return { kind: 'burned' };
    }
    const checked = checkTree(view.leaves, groundOf(core, context));
    if (!checked.ok) {
      client.discardWelcome();
      return { kind: 'bad', leaf: `#${checked.leaf}` };
    }
    const own = checked.members.find((member) => member.leaf.index === view.ownIndex);
    const isOwn =
      own &&
      equalBytes(own.leaf.signatureKey, client.signatureKey()) &&
      own.attempt === core.entering?.attempt;
    if (!isOwn) {
      client.discardWelcome();
      return { kind: 'burned' };
    }
    return { kind: 'good', members: checked.members, context };
  } catch (error) {
    if (error instanceof MlsError || (error instanceof Error && error.name === 'CodecError'))
      return { kind: 'burned' };
    throw error;
  }
}

const MOST_FAILURES = 5;

/** A Welcome that fails burns the key package: the next one has a higher attempt. */
async function burn(core: Core): Promise<void> {
  core.failures++;
  if (core.failures > MOST_FAILURES) {
    alarm(core, 'bad-member', true);
    return;
  }
  await offerPackage(core);
}

async function settle(
  core: Core,
  word: WelcomeWord,
  members: readonly Member[],
  context: GroupContext,
  generation: number,
): Promise<void> {
  const client = core.entering?.client;
  if (client === undefined) return;
  const groupId = client.groupId();
  const group: Group = {
    client,
    groupId,
    id: toBase64url(groupId),
    generation,
    epoch: Number(client.epoch()),
    keyTry: word.try,
    slotTry: 0,
    context,
    members,
    identities: await identitiesOf(groupId, members),
    last: {
      epoch: word.epoch,
      try: word.try,
      hash: '',
      before: undefined,
      committer: undefined,
      removedSeats: [],
      expelled: [],
    },
    bad: undefined,
    pending: undefined,
    joinedAtMs: core.nowMs,
    hostBeatMs: undefined,
    // Those who come in together do not speak together.
    nextBeatMs: core.nowMs + 1000 + 400 * (Number(client.ownIndex()) % 12),
  };
  await enter(core, group, word.seq);
}

/** The group is ours: keys out, gate judged. */
export async function enter(core: Core, group: Group, seq: number): Promise<void> {
  core.entering = undefined;
  core.offerAtMs = undefined;
  core.group = group;
  core.seq = seq;
  core.failures = 0;
  core.refusals = 0;
  if (core.formerAdmission) await keepPass(core, {});
  core.formerAdmission = undefined;
  if (core.host) core.host.foundAtMs = undefined;
  core.formerIdentities.clear();
  core.dissents.clear();
  forgetStrangers(core, group);
  if (group.generation > core.pass.generation) {
    // The host opened it over what the server had lost: the doubt was about the sequence before.
    if (core.stopped === 'server-behind') core.stopped = undefined;
    await keepPass(core, { generation: group.generation });
  }
  send(core, { kind: 'ack', seq });
  core.ackedSeq = seq;
  giveKeys(core, group, false, []);
  core.gateOpen = false;
  openGate(core);
  const identity = group.identities.get(core.leafKey);
  tell(core, { kind: 'entered', rejoined: core.enteredBefore });
  if (identity) tell(core, { kind: 'identity', identity });
  core.enteredBefore = true;
  // The Welcome was made a while ago: what came since was not for us then, and is asked for now.
  if (core.seq < core.headSeq) emit(core, { kind: 'reconnect' });
  emit(core, { kind: 'changed' });
}

/** Who left while we were away is no longer spoken of. */
function forgetStrangers(core: Core, group: Group): void {
  const here = new Set(group.members.map(personOf));
  for (const person of core.states.keys()) if (!here.has(person)) core.states.delete(person);
  for (const person of core.chains.keys()) if (!here.has(person)) core.chains.delete(person);
}

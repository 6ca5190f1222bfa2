// What follows from standing in an epoch: members, media identities, keys for frames, the gate.
// Keys leave one sender and source at a time (design.md, How a frame travels).
import { toBase64url } from '../bytes.ts';
import { FRAME_EXPORTER_LABEL, type FrameSource, frameKeyContext } from '../frame-keys.ts';
import { decodeGroupContext } from '../group-context.ts';
import { checkTree, type Member } from '../member-rule.ts';
import { mediaIdentityOf } from '../statements.ts';
import {
  alarm,
  type Core,
  emit,
  type Group,
  groundOf,
  isCaughtUp,
  leads,
  me,
  personOf,
} from './core.ts';

const SOURCES: readonly FrameSource[] = ['microphone', 'camera', 'screen', 'screen-audio'];

export async function identitiesOf(
  groupId: Uint8Array,
  members: readonly Member[],
): Promise<Map<string, string>> {
  const entries = await Promise.all(
    members.map(
      async (member) =>
        [
          personOf(member),
          toBase64url(await mediaIdentityOf(groupId, member.admission.leafKey, member.attempt)),
        ] as const,
    ),
  );
  return new Map(entries);
}

/** Reads tree and context out of MLS again. False, with an alarm that stops sending, when a bad leaf is in our tree. */
export async function readTree(core: Core, group: Group): Promise<boolean> {
  group.context = decodeGroupContext(group.client.groupContext());
  const checked = checkTree(group.client.leaves(), groundOf(core, group.context));
  if (!checked.ok) {
    alarm(core, 'bad-member', true, [`#${checked.leaf}`]);
    openGate(core);
    return false;
  }
  const former = group.identities;
  group.members = checked.members;
  group.identities = await identitiesOf(group.groupId, checked.members);
  const present = new Set(group.identities.values());
  for (const identity of former.values()) {
    if (!present.has(identity)) core.formerIdentities.set(identity, core.nowMs);
  }
  return true;
}

/** Hands the frames worker the keys of the present epoch. */
export function giveKeys(
  core: Core,
  group: Group,
  hadRemove: boolean,
  removedLeaves: readonly number[],
): void {
  const senders = group.members.flatMap(({ leaf }) =>
    SOURCES.map((source) => ({
      leaf: leaf.index,
      source,
      secret: group.client.export(
        FRAME_EXPORTER_LABEL,
        frameKeyContext(group.keyTry, leaf.index, source),
        32,
      ),
    })),
  );
  core.keysDropped = false;
  emit(core, {
    kind: 'keys',
    keys: {
      group: group.id,
      generation: group.generation,
      epoch: group.epoch,
      try: group.keyTry,
      ownLeaf: group.client.ownIndex(),
      senders,
      removedLeaves,
      hadRemove,
      sendAfterMs: hadRemove ? 0 : 300,
    },
  });
}

export const HOST_SILENT_MS = 15_000;

/** When the last beat of a host or co-host came; undefined when none has come in this group. */
export const hostSilentMs = (core: Core, group: Group): number =>
  leads(me(core, group)) ? 0 : core.nowMs - (group.hostBeatMs ?? group.joinedAtMs);

/**
 * A host trusts the history it stands in by its own record. While someone it has expelled is still in the tree it was
 * let into, that history may be an old one kept alive for its reload.
 */
export function owesExpulsion(core: Core, group: Group): boolean {
  const { host } = core;
  return (
    host !== undefined &&
    group.members.some((member) => host.expulsions.get(personOf(member)) === 'expelled')
  );
}

/** A host or co-host was heard over this history; a host needs no other's word for it. */
const isHeard = (core: Core, group: Group): boolean =>
  group.hostBeatMs !== undefined ||
  (me(core, group)?.admission.role === 'host' && !owesExpulsion(core, group));

/**
 * Whether anything may be sent: in a group whose tree was checked, with all of its sequence read, a host heard over
 * this history, nothing stopping us, and in strict meetings the host not silent.
 */
function mayStream(core: Core): boolean {
  const { group } = core;
  if (group === undefined || core.stopped !== undefined || core.over) return false;
  if (group.bad?.stopped || !isCaughtUp(core) || !isHeard(core, group)) return false;
  return !(group.context.policy.strict && hostSilentMs(core, group) > HOST_SILENT_MS);
}

export function openGate(core: Core): void {
  const open = mayStream(core);
  if (open === core.gateOpen) return;
  // A stop dropped the sending keys: opening again needs them anew.
  if (open && core.group && core.keysDropped) giveKeys(core, core.group, false, []);
  core.gateOpen = open;
  core.keysDropped = !open;
  if (open && core.group && me(core, core.group)?.admission.role === 'host')
    core.group.hostBeatMs ??= core.nowMs;
  emit(core, { kind: 'gate', open });
  emit(core, { kind: 'changed' });
}

/** Forgets the group and everything secret in it. */
export function dropGroup(core: Core): void {
  const { group } = core;
  if (group === undefined) return;
  group.last?.before?.snapshot.free();
  group.client.free();
  core.group = undefined;
  core.gateOpen = false;
  emit(core, { kind: 'gate', open: false });
  emit(core, { kind: 'wipe' });
  emit(core, { kind: 'changed' });
}

// What may be known of a session outside of it: no keys, no secrets.
import { toBase64url } from '../bytes.ts';
import type { Policy } from '../group-context.ts';
import { type Core, leads, me, personOf, seatOfMember } from './core.ts';
import { hostSilentMs } from './epoch.ts';
import type { AlarmCode } from './signals.ts';

export type PersonView = {
  /** Leaf key, base64url. */
  readonly person: string;
  readonly leaf: number;
  readonly role: 'guest' | 'cohost' | 'host';
  readonly you: boolean;
  /** Undefined until the person has said it. */
  readonly name: string | undefined;
  /** The name it now has is the one the host saw, as far as we can tell. */
  readonly nameHash: string;
  readonly nameSalt: string | undefined;
  readonly hand: boolean;
  readonly microphone: boolean;
  readonly online: boolean;
  readonly offlineSinceMs: number | undefined;
  readonly identity: string;
};

export type SessionView = {
  readonly phase: 'out' | 'entering' | 'in' | 'over';
  readonly host: boolean;
  readonly epoch: number | undefined;
  readonly generation: number;
  readonly people: readonly PersonView[];
  readonly policy: Policy | undefined;
  readonly gateOpen: boolean;
  readonly stopped: AlarmCode | undefined;
  /** A host or co-host was heard over this history. */
  readonly hostHeard: boolean;
  readonly hostSilentMs: number;
  readonly knocks: readonly { readonly id: string; readonly name: string; readonly atMs: number }[];
  readonly online: boolean;
  /** Host only, before anyone let it back in: when it will found anew. */
  readonly founding: boolean;
};

export function viewOf(core: Core): SessionView {
  const { group, host } = core;
  const people = group?.members.map((member): PersonView => {
    const person = personOf(member);
    const state = core.states.get(person)?.state;
    const seat = core.seats.get(seatOfMember(member));
    return {
      person,
      leaf: member.leaf.index,
      role: member.admission.role,
      you: person === core.leafKey,
      name: state?.name,
      nameHash: toBase64url(member.admission.nameHash),
      nameSalt: state && toBase64url(state.nameSalt),
      hand: state?.hand ?? false,
      microphone: state?.microphone ?? false,
      online: person === core.leafKey ? core.online : (seat?.online ?? false),
      offlineSinceMs: core.offlineSince.get(seatOfMember(member)),
      identity: group.identities.get(person) ?? '',
    };
  });
  return {
    phase: core.over ? 'over' : group ? 'in' : core.entering ? 'entering' : 'out',
    host: host !== undefined,
    epoch: group?.epoch,
    generation: core.pass.generation,
    people: people ?? [],
    policy: group?.context.policy,
    gateOpen: core.gateOpen,
    stopped: core.stopped ?? (group?.bad?.stopped ? group.bad.code : undefined),
    hostHeard: group !== undefined && (group.hostBeatMs !== undefined || leads(me(core, group))),
    hostSilentMs: group ? hostSilentMs(core, group) : 0,
    knocks: [...(host?.knocks ?? [])].map(([id, one]) => ({
      id,
      name: one.knock.name,
      atMs: one.atMs,
    })),
    online: core.online,
    founding: host?.founding !== undefined || host?.foundAtMs !== undefined,
  };
}

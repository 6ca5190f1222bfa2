// What a person asks for: each intent sets something in motion, none is an answer. What MLS and roles allow is
// judged where it happens.
import { fromBase64url, toBase64url } from '../bytes.ts';
import { closedOf } from '../role-matrix.ts';
import { signLeaving } from '../statements.ts';
import { sayChat } from './chatting.ts';
import { type Core, type Hosting, keepRecord, me, personOf, request, tell } from './core.ts';
import { offerPackage } from './entering.ts';
import { dropGroup } from './epoch.ts';
import { admit, refuseKnock } from './hosting.ts';
import type { Intent } from './signals.ts';
import { changeState, sayOrder } from './talking.ts';
import { askTicket } from './watching.ts';

export async function takeIntent(core: Core, intent: Intent): Promise<void> {
  const { group, host } = core;
  switch (intent.kind) {
    case 'admit':
      if (host) for (const knock of intent.knocks) await admit(core, host, knock);
      return;
    case 'refuse':
      if (host) for (const knock of intent.knocks) refuseKnock(core, host, knock);
      return;
    case 'remove':
      return host && expel(core, host, intent.person);
    case 'policy':
      if (host) host.wantedPolicy = intent.policy;
      return;
    case 'chat':
      return sayChat(core, intent.id, intent.text);
    case 'state':
      return changeState(core, intent);
    case 'ask-to-mute':
      if (group) sayOrder(core, group, { kind: 'mute', leafKey: fromBase64url(intent.person) });
      return;
    case 'ticket':
      return askTicket(core);
    case 'leave':
      return leave(core);
    case 'end':
      if (group) sayOrder(core, group, { kind: 'end' });
      request(core, (ref) => ({ kind: 'end', ref }));
      return;
    case 'rejoin':
      return rejoin(core);
  }
}

/** Written down before it is done: a host that dies before its commit is merged must not bring the person back. */
async function expel(core: Core, host: Hosting, person: string): Promise<void> {
  const member = core.group?.members.find((one) => personOf(one) === person);
  if (member === undefined || person === core.leafKey) return;
  host.expulsions.set(person, 'expelled');
  const others = host.record.closing.filter((one) => toBase64url(one.leafKey) !== person);
  await keepRecord(core, host, { closing: [...others, closedOf(member)] });
}

/** Says goodbye under our own leaf key; good for this leaf only, so a reload never sends it. */
function leave(core: Core): void {
  const { group } = core;
  const own = group && me(core, group);
  core.over = true;
  if (group && own) {
    const statement = signLeaving(core.pass.leafSeed, {
      groupId: group.groupId,
      leafKey: own.admission.leafKey,
      attempt: own.attempt,
    });
    request(core, (ref) => ({ kind: 'leaving', ref, statement: toBase64url(statement) }));
  }
  dropGroup(core);
  tell(core, { kind: 'gone' });
}

/** At the person's own wish: after an alarm, or when it went on elsewhere. */
async function rejoin(core: Core): Promise<void> {
  core.stopped = undefined;
  core.over = false;
  dropGroup(core);
  if (core.online) await offerPackage(core);
}

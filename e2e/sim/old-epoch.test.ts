// A removed member and the server keep the epoch before its removal alive, and let someone in there: a newcomer, a
// guest who reloads, the host who reloads. Nobody says a word without a host's beat over the same history.
import { fromBase64url, toBase64url } from '@in-camera/crypto/bytes.ts';
import { splitWelcome } from '@in-camera/crypto/mls/welcome.ts';
import { openBox } from '@in-camera/crypto/sealing.ts';
import { transcriptHash } from '@in-camera/crypto/statements.ts';
import { encodeTalk } from '@in-camera/crypto/talk.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { alarmsOf, expectTogether, personOf, viewOf } from './looking.ts';
import { loadMlsHere, type SimMeeting } from './meeting.ts';
import type { RogueMember } from './rogue-member.ts';
import { HONEST, keyOf, withRogue } from './rogue-scene.ts';

beforeAll(loadMlsHere);

/** Rex is removed and does not go along with it; the server stops telling it anything. */
async function keptAlive() {
  const { sim, rogue } = await withRogue();
  sim.listeners.delete(rogue.seat);
  const opening = sim.delivery.opening ?? '';
  return { sim, rogue, seq: sim.delivery.log.length, opening };
}

async function removeRex(sim: SimMeeting, rogue: RogueMember): Promise<void> {
  await sim.intent('host', { kind: 'remove', person: keyOf(rogue) });
  await sim.run(1_500);
}

/** The package that waits for this seat, opened with the key that every member has. */
async function packageOf(sim: SimMeeting, rogue: RogueMember, name: string): Promise<Uint8Array> {
  const box = fromBase64url(sim.delivery.packages.get(sim.actor(name).seat) ?? '');
  const { packageKey } = rogue.keys;
  const opened = await openBox(packageKey, 'package', rogue.pass.charter.meetingId, box);
  if (opened === undefined) throw new Error('no package');
  return opened;
}

/** Rex commits the Add in the old epoch, and the server hands its Welcome to `name`. */
async function letIn(
  { sim, rogue, seq, opening }: Awaited<ReturnType<typeof keptAlive>>,
  name: string,
): Promise<void> {
  const replaced = rogue.client
    .leaves()
    .filter((leaf) => sim.actors.has(name) && seatOfLeaf(rogue, leaf) === sim.actor(name).seat)
    .map((leaf) => leaf.index);
  const adds = [await packageOf(sim, rogue, name)];
  const epoch = Number(rogue.client.epoch());
  const { welcome } = await rogue.make({ adds, removes: replaced, data: { removed: [] } });
  rogue.client.mergePending();
  const parts = splitWelcome(welcome ?? new Uint8Array(0));
  const { seat } = sim.actor(name);
  // What the others say has another history and is kept from it.
  sim.tamper = (to, message) => {
    const honest = message.kind === 'order' || message.kind === 'beat';
    return message.kind === 'job' || (to === seat && honest) ? undefined : message;
  };
  await sim.input(name, {
    kind: 'server',
    message: {
      kind: 'welcome',
      seq: seq + 1,
      group: toBase64url(rogue.client.groupId()),
      generation: 1,
      epoch,
      try: 0,
      from: rogue.seat,
      opening,
      secrets: toBase64url(parts.secrets[0]?.bytes ?? new Uint8Array(0)),
      groupInfo: toBase64url(parts.groupInfo),
    },
  });
}

const seatOfLeaf = (rogue: RogueMember, leaf: Parameters<RogueMember['admissionOf']>[0]): string =>
  toBase64url(rogue.admissionOf(leaf).seat);

/** Rex beats over the very history that it shares with whom it let in. */
async function beatTo({ sim, rogue }: { sim: SimMeeting; rogue: RogueMember }, name: string) {
  const { client } = rogue;
  const [groupId, epoch] = [client.groupId(), Number(client.epoch())];
  const transcript = await transcriptHash(groupId, epoch, 0, client.epochAuthenticator());
  const talk = encodeTalk({ kind: 'beat', transcript: Uint8Array.from(transcript), frames: 0n });
  const box = toBase64url(client.encrypt(talk, new Uint8Array(0)));
  const group = toBase64url(groupId);
  const message = { kind: 'beat', from: rogue.seat, group, epoch, box } as const;
  await sim.input(name, { kind: 'server', message });
}

const sentOf = (sim: SimMeeting, name: string): readonly string[] =>
  sim
    .actor(name)
    .effects.flatMap((effect) => (effect.kind === 'send' ? [effect.message.kind] : []))
    .filter((kind) => kind === 'send' || kind === 'beat' || kind === 'commit');

/** However often the removed one beats: no host was heard, the gate stays shut, nothing was sent. */
async function expectSilent(
  scene: { sim: SimMeeting; rogue: RogueMember },
  name: string,
  beats: number,
): Promise<void> {
  const { sim } = scene;
  for (let i = 0; i < beats; i++) {
    await beatTo(scene, name);
    await sim.run(5_000);
  }
  expect(viewOf(sim, name)).toMatchObject({ hostHeard: false, gateOpen: false });
  expect(sentOf(sim, name)).toEqual([]);
}

describe('A-95 an old epoch kept alive', () => {
  it('A-95 SEC-12 a newcomer let in there sends nothing, however well the removed one beats', async () => {
    const scene = await keptAlive();
    const { sim, rogue } = scene;
    sim.tamper = (_seat, message) => (message.kind === 'job' ? undefined : message);
    const id = await sim.knock('tom');
    await sim.run(100);
    await sim.intent('host', { kind: 'admit', knocks: [id] });
    await sim.run(500);
    sim.onPass = async () => undefined; // the new admission of the new era is kept from him
    await removeRex(sim, rogue);
    await letIn(scene, 'tom');
    expect(viewOf(sim, 'tom').phase).toBe('in');
    expect(viewOf(sim, 'tom').people.map((one) => one.person)).toContain(keyOf(rogue));
    await sim.intent('tom', { kind: 'chat', text: 'is anybody here', id: 'c1' });
    await sim.intent('tom', { kind: 'state', hand: true });
    await expectSilent(scene, 'tom', 12);
    expect(sim.actor('tom').effects).not.toContainEqual({ kind: 'gate', open: true });
    sim.actors.delete('tom');
    expectTogether(sim, HONEST);
  });

  it('A-95 SEC-12 a guest who reloads into it sends nothing', async () => {
    const scene = await keptAlive();
    const { sim, rogue } = scene;
    await removeRex(sim, rogue);
    sim.tamper = (_seat, message) => (message.kind === 'job' ? undefined : message);
    await sim.reload('ben');
    await sim.run(300);
    await letIn(scene, 'ben');
    expect(viewOf(sim, 'ben').phase).toBe('in');
    await expectSilent(scene, 'ben', 6);
  });

  it('A-95 SEC-12 the host who reloads does not come back into what it closed', async () => {
    const scene = await keptAlive();
    const { sim, rogue } = scene;
    await removeRex(sim, rogue);
    sim.tamper = (_seat, message) => (message.kind === 'job' ? undefined : message);
    await sim.reload('host');
    await sim.run(200);
    await letIn(scene, 'host');
    expect(viewOf(sim, 'host').phase).not.toBe('in');
    await sim.run(2_000);
    expect(viewOf(sim, 'host').people.map((one) => one.person)).not.toContain(keyOf(rogue));
    expect(sentOf(sim, 'host')).toEqual([]);
  });

  it('what an honest return looks like from the same place: heard within a moment', async () => {
    const { sim, rogue } = await keptAlive();
    await removeRex(sim, rogue);
    await sim.reload('ben');
    await sim.run(2_500);
    expect(viewOf(sim, 'ben')).toMatchObject({ phase: 'in', hostHeard: true, gateOpen: true });
    expect(personOf(sim, 'ben')).not.toBe(keyOf(rogue));
    expect(alarmsOf(sim, 'ben')).toEqual([]);
    expectTogether(sim, HONEST);
  });
});

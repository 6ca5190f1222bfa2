// Whole meetings in virtual time, by the book: come, talk, leave, be removed, reload, lock.
import { beforeAll, describe, expect, it } from 'vitest';
import { newSeat } from './fake-house.ts';
import { events, expectQuiet, lastKeys, secretsOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

describe.each([0x0001, 0x004e] as const)('suite %i', (suite) => {
  it('three people meet, each holds the same keys and hears the others', async () => {
    const sim = await SimMeeting.make(suite);
    await sim.bring('ben');
    await sim.bring('mei');
    expectQuiet(sim, ['host', 'ben', 'mei']);
    await sim.intent('ben', { kind: 'chat', text: 'hello', id: 'c1' });
    await sim.run(300);
    for (const name of ['host', 'mei']) {
      expect(
        events(sim, name).some((event) => event.kind === 'chat' && event.text === 'hello'),
      ).toBe(true);
    }
    const names = sim
      .actor('mei')
      .session.view()
      .people.map((one) => one.name);
    expect(new Set(names)).toEqual(new Set(['', 'ben', 'mei']));
  });
});

describe('by the book', () => {
  it('a guest leaves at its own word, and comes back only by a new knock', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    await sim.bring('mei');
    await sim.intent('mei', { kind: 'leave' });
    await sim.run(1500);
    expect(events(sim, 'ben').some((event) => event.kind === 'left')).toBe(true);
    sim.actors.delete('mei');
    expectQuiet(sim, ['host', 'ben']);
    await sim.bring('mei');
    expectQuiet(sim, ['host', 'ben', 'mei']);
  });

  it('a guest reloads: new leaf, no new knock, a cue to all', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    await sim.bring('mei');
    await sim.reload('ben');
    await sim.run(2500);
    expectQuiet(sim, ['host', 'ben', 'mei']);
    expect(events(sim, 'mei').some((event) => event.kind === 'came-back')).toBe(true);
  });

  it('the host reloads and a guest lets it back in', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    await sim.reload('host');
    await sim.run(4000);
    expectQuiet(sim, ['host', 'ben']);
    expect(lastKeys(sim, 'host')?.generation).toBe(1);
  });

  it('a host alone reloads: the next generation is founded', async () => {
    const sim = await SimMeeting.make();
    await sim.reload('host');
    await sim.run(3000);
    expect(lastKeys(sim, 'host')?.generation).toBe(2);
    await sim.bring('ben');
    expectQuiet(sim, ['host', 'ben']);
  });

  it('everyone reloads at once: the dead group is founded anew and all return without a knock', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    await sim.bring('mei');
    for (const name of ['host', 'ben', 'mei']) await sim.disconnect(name);
    for (const name of ['ben', 'host', 'mei']) await sim.reload(name);
    await sim.run(15000);
    expectQuiet(sim, ['host', 'ben', 'mei']);
  });

  it('A-19 A-98 a removed guest is out, and its old admission opens nothing', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    await sim.bring('mei');
    const ben =
      sim
        .actor('ben')
        .session.view()
        .people.find((one) => one.you)?.person ?? '';
    const { pass, seat } = sim.actor('ben');
    await sim.intent('host', { kind: 'remove', person: ben });
    await sim.run(1500);
    expect(events(sim, 'ben').some((event) => event.kind === 'removed')).toBe(true);
    expect(sim.actor('ben').gateOpen).toBe(false);
    sim.actors.delete('ben');
    expectQuiet(sim, ['host', 'mei']);
    // The server helps: it gives the seat back and hands the old package around.
    sim.delivery.seats.set(seat, newSeat(seat, 'guest'));
    await sim.seat('ben', pass);
    await sim.connect('ben');
    await sim.run(5000);
    expect(sim.actor('ben').session.view().phase).not.toBe('in');
    expect(sim.actor('ben').keys).toEqual([]);
    expect(sim.actor('mei').session.view().people.length).toBe(2);
  });

  it('locking voids admissions not yet used, unlocking admits again', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    const policy = sim.actor('host').session.view().policy;
    if (policy === undefined) throw new Error('no policy');
    await sim.intent('host', { kind: 'policy', policy: { ...policy, locked: true } });
    await sim.run(600);
    expect(sim.actor('ben').session.view().policy?.locked).toBe(true);
    await sim.knock('mei');
    await sim.run(600);
    expect(sim.actor('host').session.view().knocks).toEqual([]);
    await sim.intent('host', { kind: 'policy', policy });
    await sim.run(600);
    await sim.bring('mei');
    expectQuiet(sim, ['host', 'ben', 'mei']);
  });

  it('F-15 the committer vanishes: the next takes over', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    await sim.bring('mei');
    sim.tamper = (seat, message) =>
      seat === sim.actor('host').seat && message.kind === 'job' ? undefined : message;
    const id = await sim.knock('tom');
    await sim.run(50);
    await sim.intent('host', { kind: 'admit', knocks: [id] });
    await sim.run(4000);
    expectQuiet(sim, ['host', 'ben', 'mei', 'tom']);
  });

  it.each(Array.from({ length: 20 }, (_, i) => i * 20))(
    'F-15 the committer is cut off %i ms into the work: the next has done it 3 s later, and no fork',
    async (atMs) => {
      const sim = await SimMeeting.make();
      await sim.bring('ben');
      await sim.bring('mei');
      sim.latencyMs = () => 30;
      await sim.reload('ben');
      await sim.run(atMs);
      await sim.disconnect('host');
      await sim.run(3000);
      expect(sim.actor('ben').session.view().phase).toBe('in');
      expect(secretsOf(sim, 'ben')).toBe(secretsOf(sim, 'mei'));
      await sim.connect('host');
      await sim.run(3000);
      expectQuiet(sim, ['host', 'ben', 'mei']);
    },
  );

  it('F-06 sockets cut for five seconds come back without a rejoin', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    await sim.bring('mei');
    const epoch = lastKeys(sim, 'host')?.epoch;
    for (const name of ['host', 'ben', 'mei']) await sim.disconnect(name);
    await sim.run(5000);
    for (const name of ['mei', 'host', 'ben']) await sim.connect(name);
    await sim.run(2000);
    expectQuiet(sim, ['host', 'ben', 'mei']);
    expect(lastKeys(sim, 'host')?.epoch).toBe(epoch);
  });
});

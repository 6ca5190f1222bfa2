// The server is put back to an earlier state of its own in the middle of a meeting.
import { beforeAll, expect, it } from 'vitest';
import type { FakeSeat } from './fake-house.ts';
import { alarmsOf, events, expectTogether, viewOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

/** What a backup holds; `restore` puts it back while all sockets are cut, as a restart would. */
function backup(sim: SimMeeting): (cutMs: number) => Promise<void> {
  const { delivery } = sim;
  const kept = structuredClone({
    log: delivery.log,
    slot: delivery.slot,
    opening: delivery.opening,
    seats: [...delivery.seats.entries()],
    last: delivery.last,
  });
  return async (cutMs) => {
    const names = [...sim.actors.keys()];
    for (const name of names) await sim.disconnect(name);
    const back = structuredClone(kept);
    delivery.log.splice(0, delivery.log.length, ...back.log);
    Object.assign(delivery, { slot: back.slot, opening: back.opening, last: back.last });
    Object.assign(delivery, { reservation: null, undo: undefined });
    delivery.seats.clear();
    delivery.packages.clear();
    delivery.welcomes.clear();
    for (const [seat, view] of back.seats) {
      delivery.seats.set(seat, { ...view, online: false } satisfies FakeSeat);
    }
    await sim.run(cutMs);
    for (const name of names) await sim.connect(name);
  };
}

async function removedThenRestored() {
  const sim = await SimMeeting.make();
  await sim.bring('ben', 'mei', 'tom');
  const restore = backup(sim);
  const tom = viewOf(sim, 'tom').people.find((one) => one.you)?.person ?? '';
  await sim.intent('host', { kind: 'remove', person: tom });
  await sim.run(1_500);
  expect(events(sim, 'tom').some((event) => event.kind === 'removed')).toBe(true);
  return { sim, restore, tom };
}

it('A-06 A-100 SEC-6 a server behind its guests, the host away: nobody commits, nobody sends, and they say why', async () => {
  const { sim, restore } = await removedThenRestored();
  await sim.disconnect('host');
  sim.actors.delete('host');
  sim.actors.delete('tom');
  const posted: string[] = [];
  sim.tamperOut = (_seat, message) => {
    if (['commit', 'void', 'send', 'beat'].includes(message.kind)) posted.push(message.kind);
    return message;
  };
  await restore(300);
  posted.length = 0;
  await sim.run(10_000);
  for (const name of ['ben', 'mei']) {
    expect(alarmsOf(sim, name).at(-1), name).toMatchObject({
      code: 'server-behind',
      stopped: true,
    });
    expect(viewOf(sim, name).gateOpen, name).toBe(false);
  }
  expect(posted).toEqual([]);
});

it('A-06 A-100 SEC-6 with the host: the next generation is opened, without whom it had removed', async () => {
  const { sim, restore, tom } = await removedThenRestored();
  const held = sim.actor('tom');
  const keysOfTom = held.keys.length;
  // The restored server takes Tom's seat for a good one, and he tries.
  await restore(300);
  await sim.run(20_000);
  sim.actors.delete('tom');
  expectTogether(sim, ['host', 'ben', 'mei']);
  expect(viewOf(sim, 'host').generation).toBe(2);
  for (const name of ['host', 'ben', 'mei']) {
    expect(
      viewOf(sim, name).people.some((one) => one.person === tom),
      name,
    ).toBe(false);
  }
  expect(held.keys.length).toBe(keysOfTom);
});

it('A-100 who comes back after the new generation was opened is taken along', async () => {
  const { sim, restore } = await removedThenRestored();
  sim.actors.delete('tom');
  const mei = sim.actor('mei');
  const back = mei.session;
  sim.actors.delete('mei');
  await restore(300);
  await sim.run(3_000);
  expect(viewOf(sim, 'host').generation).toBe(2);
  sim.actors.set('mei', mei);
  await sim.connect('mei');
  await sim.run(6_000);
  expect(sim.actor('mei').session).toBe(back);
  expectTogether(sim, ['host', 'ben', 'mei']);
});

it('A-100 of a generation before the present one: opened over all the same', async () => {
  const sim = await SimMeeting.make();
  await sim.bring('ben', 'mei');
  const restore = backup(sim);
  for (const name of ['host', 'ben', 'mei']) await sim.reload(name);
  await sim.run(20_000);
  expectTogether(sim, ['host', 'ben', 'mei']);
  expect(viewOf(sim, 'host').generation).toBe(2);
  await restore(300);
  await sim.run(20_000);
  expect(viewOf(sim, 'host').generation).toBe(3);
  expectTogether(sim, ['host', 'ben', 'mei']);
});

it('A-100 F-01 an opening lost with the socket of its host is made again', async () => {
  const { sim, restore } = await removedThenRestored();
  sim.actors.delete('tom');
  let lost = 0;
  sim.tamperOut = (_seat, message) =>
    message.kind === 'found' && lost++ === 0 ? undefined : message;
  await restore(300);
  await sim.run(1_000);
  expect(viewOf(sim, 'host').stopped).toBe('server-behind');
  await sim.disconnect('host');
  await sim.connect('host');
  await sim.run(10_000);
  expect(lost).toBe(2);
  expectTogether(sim, ['host', 'ben', 'mei']);
});

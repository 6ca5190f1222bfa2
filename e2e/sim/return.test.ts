// Who was removed is put forward again by the server, to someone who came later, or by an insider who came later.
import { beforeAll, describe, expect, it } from 'vitest';
import { newSeat } from './fake-house.ts';
import { alarmsOf, expectQuiet, expectTogether, viewOf } from './looking.ts';
import { loadMlsHere } from './meeting.ts';
import { RogueMember } from './rogue-member.ts';
import { HONEST, keyOf, withRogue } from './rogue-scene.ts';

beforeAll(loadMlsHere);

describe('A-19 the removed comes back by who came after', () => {
  it('A-19 SEC-12 no honest newcomer commits it; a rogue one who does is voided and named', async () => {
    const { sim, rogue: rex } = await withRogue();
    await sim.intent('host', { kind: 'remove', person: keyOf(rex) });
    await sim.run(1500);
    await sim.bring('lea');
    const people = [...HONEST, 'lea'];
    // The server gives the seat back and shows the work to the newcomer alone.
    sim.delivery.seats.set(rex.seat, newSeat(rex.seat, 'guest'));
    const lea = sim.actor('lea').seat;
    sim.tamper = (seat, message) => (message.kind === 'job' && seat !== lea ? undefined : message);
    rex.client = rex.newClient();
    await rex.enter();
    await sim.run(6000);
    const present = (name: string) => viewOf(sim, name).people.map((one) => one.person);
    for (const name of people) expect(present(name)).not.toContain(keyOf(rex));
    expectQuiet(sim, people);
    sim.tamper = (_seat, message) => message;
    const roy = await RogueMember.join(sim, 'roy');
    for (const keyPackage of [rex.client.keyPackage(), rex.newClient().keyPackage()]) {
      await roy.commit({ adds: [keyPackage], added: [] });
      await sim.run(1000);
    }
    for (const name of people) {
      expect(alarmsOf(sim, name)[0], name).toMatchObject({ by: keyOf(roy), stopped: false });
      expect(present(name)).not.toContain(keyOf(rex));
    }
    expectTogether(sim, people, 1);
  });
});

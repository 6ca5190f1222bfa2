// Someone knocks twice and keeps the second admission for later: once they are removed it opens nothing, whatever the host
// does meanwhile and however the server helps.
import { seatOf } from '@in-camera/crypto/admission.ts';
import { toBase64url } from '@in-camera/crypto/bytes.ts';
import type { Pass } from '@in-camera/crypto/session/pass.ts';
import { beforeAll, expect, it } from 'vitest';
import { newSeat } from './fake-house.ts';
import { expectQuiet, personOf, viewOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

const MEANWHILE: Readonly<Record<string, (sim: SimMeeting) => Promise<void>>> = {
  nothing: async () => undefined,
  'a reload of the host': (sim) => sim.reload('host'),
  'a lock and its end': async (sim) => {
    const { policy } = viewOf(sim, 'host');
    if (policy === undefined) throw new Error('no policy');
    for (const locked of [true, false]) {
      await sim.intent('host', { kind: 'policy', policy: { ...policy, locked } });
      await sim.run(1_000);
    }
  },
  'a new generation': async (sim) => {
    for (const name of ['host', 'ben']) await sim.disconnect(name);
    for (const name of ['ben', 'host']) await sim.reload(name);
    await sim.run(15_000);
  },
};

/** Rex knocks twice, is admitted twice, comes in once; gives the pass that is left. */
async function withSpare(): Promise<{ sim: SimMeeting; spare: Pass }> {
  const sim = await SimMeeting.make();
  await sim.bring('ben');
  const passes: Pass[] = [];
  sim.onPass = async (_name, pass) => void passes.push(pass);
  for (let knocks = 0; knocks < 2; knocks++) {
    const id = await sim.knock('rex');
    await sim.run(100);
    await sim.intent('host', { kind: 'admit', knocks: [id] });
    await sim.run(500);
  }
  const [first, spare] = passes;
  if (first === undefined || spare === undefined) throw new Error('not admitted twice');
  expect(spare.admission).not.toEqual(first.admission);
  await sim.seat('rex', first);
  await sim.connect('rex');
  await sim.run(2_000);
  return { sim, spare };
}

/** The server gives the spare seat out as if nothing had been said about it. */
async function use(sim: SimMeeting, spare: Pass): Promise<void> {
  const seat = toBase64url(await seatOf(spare.seatSecret));
  sim.delivery.seats.set(seat, newSeat(seat, 'guest'));
  await sim.seat('spare', spare);
  await sim.connect('spare');
  await sim.run(8_000);
}

it('a second admission is good as long as nobody was removed', async () => {
  const { sim, spare } = await withSpare();
  await use(sim, spare);
  expect(viewOf(sim, 'spare').phase).toBe('in');
});

it.each(Object.keys(MEANWHILE))(
  'A-98 SEC-12 a spare admission after a removal and %s opens nothing',
  async (what) => {
    const { sim, spare } = await withSpare();
    await sim.intent('host', { kind: 'remove', person: personOf(sim, 'rex') });
    await sim.run(2_000);
    sim.actors.delete('rex');
    await MEANWHILE[what]?.(sim);
    await sim.run(3_000);
    await use(sim, spare);
    expect(viewOf(sim, 'spare').phase).not.toBe('in');
    expect(sim.actor('spare').keys).toEqual([]);
    sim.actors.delete('spare');
    expectQuiet(sim, ['host', 'ben']);
  },
);

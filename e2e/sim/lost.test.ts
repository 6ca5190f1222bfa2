// What was on its way when a connection broke is said or asked again on the next one (F-01): names, hands, tickets.
import { beforeAll, expect, it } from 'vitest';
import { eventKinds, expectQuiet, personOf, viewOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

const cutAll = async (sim: SimMeeting): Promise<void> => {
  for (const name of sim.actors.keys()) await sim.disconnect(name);
  for (const name of sim.actors.keys()) await sim.connect(name);
};

it('F-01 names and hands that were lost with the connection arrive on the next', async () => {
  const sim = await SimMeeting.make();
  await sim.bring('ben');
  sim.tamperOut = (_seat, message) => (message.kind === 'send' ? undefined : message);
  await sim.bring('mei');
  await sim.intent('ben', { kind: 'state', hand: true });
  await sim.run(500);
  const named = () =>
    new Map(viewOf(sim, 'mei').people.map((one) => [one.person, `${one.name} ${one.hand}`]));
  expect([...named().values()]).not.toContain('ben true');
  sim.tamperOut = (_seat, message) => message;
  await cutAll(sim);
  await sim.run(3_000);
  expect(named().get(personOf(sim, 'ben'))).toBe('ben true');
  expect(named().get(personOf(sim, 'host'))).toBe(' false');
  expectQuiet(sim, ['host', 'ben', 'mei']);
});

it('F-01 a media ticket is asked for until it comes, once a connection', async () => {
  const sim = await SimMeeting.make();
  await sim.bring('ben');
  let asked = 0;
  sim.tamperOut = (seat, message) => {
    if (message.kind !== 'ticket' || seat !== sim.actor('ben').seat) return message;
    asked++;
    return undefined;
  };
  await sim.intent('ben', { kind: 'ticket' });
  await sim.run(2_000);
  expect(asked).toBe(1);
  sim.tamperOut = (_seat, message) => message;
  await sim.disconnect('ben');
  // Wanted while there is no connection at all: not forgotten either.
  await sim.intent('ben', { kind: 'ticket' });
  await sim.run(500);
  const answered = () =>
    eventKinds(sim, 'ben').filter((kind) => kind === 'ticket' || kind === 'ticket-refused').length;
  expect(answered()).toBe(0);
  await sim.connect('ben');
  await sim.run(500);
  expect(answered()).toBe(1);
});

it('F-01 TRA-1 silence of the host is told when it comes and when it ends, though nothing else happens', async () => {
  const sim = await SimMeeting.make();
  await sim.bring('ben');
  const { effects, seat } = sim.actor('ben');
  /** What a page would know: the view as it was when something was last said to have changed. */
  const shown = { silentMs: 0 };
  const run = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      const told = effects.length;
      await sim.run(100);
      if (effects.slice(told).some((effect) => effect.kind === 'changed'))
        shown.silentMs = viewOf(sim, 'ben').hostSilentMs;
    }
  };
  await run(12_000);
  expect(shown.silentMs).toBeLessThan(15_000);
  sim.tamper = (to, message) => (to === seat && message.kind === 'beat' ? undefined : message);
  await run(21_000);
  expect(shown.silentMs).toBeGreaterThan(15_000);
  sim.tamper = (_seat, message) => message;
  await run(6_000);
  expect(shown.silentMs).toBeLessThan(15_000);
});

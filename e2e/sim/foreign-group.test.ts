// A server invites a newcomer into a group of its own, under the id of the meeting in the link.
import type { Inbound } from '@in-camera/crypto/session/signals.ts';
import { beforeAll, expect, it } from 'vitest';
import { eventKinds, expectTogether, viewOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

type Welcome = Extract<Inbound, { kind: 'welcome' }>;

it('A-03 SEC-5 a Welcome into a group of another authority is no way in: no key, not one byte sent', async () => {
  const own = await SimMeeting.make();
  const seen: Welcome[] = [];
  own.tamper = (_seat, message) => {
    if (message.kind === 'welcome') seen.push(message);
    return message;
  };
  await own.bring('tim');
  const [forged] = seen;
  if (forged === undefined) throw new Error('no Welcome');

  const sim = await SimMeeting.make();
  await sim.bring('ben');
  sim.tamper = (_seat, message) => (message.kind === 'job' ? undefined : message);
  const id = await sim.knock('tom');
  await sim.run(100);
  await sim.intent('host', { kind: 'admit', knocks: [id] });
  await sim.run(500);
  const group = sim.delivery.slot?.group ?? '';
  // As it came, under the meeting's own group id, and with the opening that tom would believe.
  const { opening } = sim.delivery;
  const forgeries = [forged, { ...forged, group }, { ...forged, group, opening: opening ?? '' }];
  for (const message of forgeries) {
    await sim.input('tom', { kind: 'server', message });
    await sim.run(1_000);
  }
  expect(viewOf(sim, 'tom').phase).not.toBe('in');
  expect(sim.actor('tom').keys).toEqual([]);
  expect(sim.actor('tom').effects).not.toContainEqual({ kind: 'gate', open: true });
  expect(eventKinds(sim, 'tom')).not.toContain('entered');
  const sent = sim
    .actor('tom')
    .effects.flatMap((one) => (one.kind === 'send' ? [one.message] : []));
  expect(new Set(sent.map((message) => message.kind))).toEqual(new Set(['sit', 'package']));
  // Nothing was lost by it: the right Welcome still lets him in.
  sim.tamper = (_seat, message) => message;
  await sim.run(40_000);
  expectTogether(sim, ['host', 'ben', 'tom']);
});

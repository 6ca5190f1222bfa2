// A server that keeps the meeting's commits from one member, to hold it in an old epoch.
import type { Inbound } from '@in-camera/crypto/session/signals.ts';
import { beforeAll, expect, it } from 'vitest';
import { alarmsOf, expectTogether, lastKeys, personOf, stoppedBy, viewOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

const LIMIT_MS = 15_000;

/** Ben, cut off from every commit while Tom comes in; his beats are the others' or what `beat` makes of them. */
async function cutOff(beat: (now: Inbound, old: Inbound) => Inbound): Promise<SimMeeting> {
  const sim = await SimMeeting.make();
  await sim.bring('ben', 'mei');
  const { seat } = sim.actor('ben');
  const heard: Inbound[] = [];
  sim.tamper = (to, message) => {
    if (to === seat && message.kind === 'beat') heard.push(message);
    return message;
  };
  await sim.run(6_000);
  const [old] = heard;
  if (old === undefined) throw new Error('nobody beat');
  const epoch = lastKeys(sim, 'ben')?.epoch;
  sim.tamper = (to, message) => {
    if (to !== seat) return message;
    if (message.kind === 'order') return undefined;
    return message.kind === 'beat' ? beat(message, old) : message;
  };
  await sim.bring('tom');
  await sim.run(LIMIT_MS);
  expect(lastKeys(sim, 'ben')?.epoch).toBe(epoch);
  expect(viewOf(sim, 'mei').people.length).toBe(4);
  return sim;
}

async function expectBack(sim: SimMeeting): Promise<void> {
  sim.tamper = (_to, message) => message;
  await sim.intent('ben', { kind: 'rejoin' });
  await sim.run(5_000);
  expectTogether(sim, ['host', 'ben', 'mei', 'tom']);
}

it('A-08 SEC-6 who is kept in an old epoch and hears later beats stops within 15 s, says by whom, and comes back when asked', async () => {
  const sim = await cutOff((now) => now);
  expect(stoppedBy(sim, 'ben')).toBe('behind');
  expect(viewOf(sim, 'ben').gateOpen).toBe(false);
  const named = alarmsOf(sim, 'ben').flatMap(({ who }) => who);
  expect(named).toContain(personOf(sim, 'host'));
  await expectBack(sim);
});

it('A-08 SEC-6 who hears old beats again and again is told within 15 s that the host is silent', async () => {
  const sim = await cutOff((_now, old) => old);
  expect(viewOf(sim, 'ben').hostSilentMs).toBeGreaterThan(LIMIT_MS);
  await expectBack(sim);
});

// A server that takes two commits for one epoch and shows each to one half of the meeting.
import type { Inbound, OrderWord } from '@in-camera/crypto/session/signals.ts';
import { beforeAll, expect, it } from 'vitest';
import { alarmsOf, secretsOf, stoppedBy, viewOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

const LIMIT_MS = 15_000;
type CommitWord = Extract<OrderWord, { kind: 'commit' }>;

/** Host and Ben follow the host's commit, Mei and Tim the one that Mei was asked for; `between` is what beats cross. */
async function split(between: (beat: Inbound) => Inbound | undefined): Promise<SimMeeting> {
  const sim = await SimMeeting.make();
  await sim.bring('ben', 'mei', 'tim', 'tom');
  await sim.run(6_000);
  const seat = (name: string): string => sim.actor(name).seat;
  const [host, mei] = [seat('host'), seat('mei')];
  const far = new Set([mei, seat('tim')]);
  const byHost: CommitWord[] = [];
  let byMei: Omit<CommitWord, 'seq'> | undefined;
  sim.tamper = (to, message) => {
    if (message.kind === 'job') {
      if (to === mei) return { ...message, online: [mei] };
      return to === host ? message : undefined;
    }
    if (message.kind === 'beat' && far.has(to) !== far.has(message.from)) return between(message);
    if (message.kind !== 'order' || message.item.kind !== 'commit') return message;
    if (message.item.from === host) byHost.push(message.item);
    return (message.item.from === mei) === far.has(to) ? message : undefined;
  };
  sim.tamperOut = (from, message) => {
    if (from !== mei || message.kind !== 'commit') return message;
    const { group, epoch, commit, removed } = message;
    byMei ??= { kind: 'commit', from, group, epoch, try: message.try, commit, added: [], removed };
    sim.delivery.post(mei, { kind: 'reply', ref: message.ref, ok: true });
    return undefined;
  };
  await sim.intent('tom', { kind: 'leave' });
  await sim.run(1_000);
  const [first] = byHost;
  if (first === undefined || byMei === undefined) throw new Error('two commits were not made');
  expect([byMei.epoch, byMei.try]).toEqual([first.epoch, first.try]);
  for (const to of far) {
    sim.delivery.post(to, { kind: 'order', item: { ...byMei, seq: first.seq } });
  }
  await sim.run(500);
  expect(secretsOf(sim, 'ben')).toBe(secretsOf(sim, 'host'));
  expect(secretsOf(sim, 'tim')).toBe(secretsOf(sim, 'mei'));
  expect(secretsOf(sim, 'tim')).not.toBe(secretsOf(sim, 'ben'));
  await sim.run(LIMIT_MS);
  return sim;
}

it('A-05 SEC-5 SEC-12 a split meeting whose beats cross: both halves stop within 15 s and say that it is one', async () => {
  const sim = await split((beat) => beat);
  for (const name of ['host', 'ben', 'mei', 'tim']) {
    expect(stoppedBy(sim, name), name).toBe('fork');
    expect(viewOf(sim, name).gateOpen, name).toBe(false);
    // Both people of the other half are named.
    expect(new Set(alarmsOf(sim, name).flatMap(({ who }) => who)).size, name).toBe(2);
  }
});

it('A-05 SEC-5 a split meeting whose beats do not cross: the half without the host is told within 15 s that it is silent', async () => {
  const sim = await split(() => undefined);
  for (const name of ['mei', 'tim'])
    expect(viewOf(sim, name).hostSilentMs).toBeGreaterThan(LIMIT_MS);
});

// Who listens at the media server and is no member: told soon by everyone, but nobody who left a moment ago is taken
// for one, neither by those who saw them go nor by who came just after.
import { beforeAll, expect, it } from 'vitest';
import { alarmsOf, eventKinds, events, expectQuiet, viewOf } from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';

beforeAll(loadMlsHere);

const GHOST = 'nobody-of-the-meeting';

const identityOf = (sim: SimMeeting, name: string): string => {
  const told = events(sim, name).findLast((event) => event.kind === 'identity');
  if (told?.kind !== 'identity') throw new Error(`${name} has no identity`);
  return told.identity;
};

/** The media server's list as each of these is shown it, again and again for so long. */
async function listed(
  sim: SimMeeting,
  names: readonly string[],
  surplus: readonly string[],
  ms: number,
): Promise<void> {
  for (let passed = 0; passed < ms; passed += 200) {
    const identities = [...names.map((name) => identityOf(sim, name)), ...surplus];
    for (const name of names) await sim.input(name, { kind: 'participants', identities });
    await sim.run(200);
  }
}

it('A-42 SEC-12 a listener who is no member stops everyone and is named, also at who came with it', async () => {
  const sim = await SimMeeting.make();
  await sim.bring('ben');
  await listed(sim, ['host', 'ben'], [], 5_000);
  await listed(sim, ['host', 'ben'], [GHOST], 3_000);
  for (const name of ['host', 'ben']) {
    const [first] = alarmsOf(sim, name);
    const expected = { code: 'media-surplus', stopped: true, who: [GHOST.slice(0, 6)] };
    expect(first, name).toMatchObject(expected);
    expect(viewOf(sim, name).gateOpen, name).toBe(false);
  }
  const other = await SimMeeting.make();
  await other.bring('tim');
  await listed(other, ['host', 'tim'], [GHOST], 8_000);
  expect(alarmsOf(other, 'tim')[0]).toMatchObject({ code: 'media-surplus', stopped: true });
});

it('A-42 PBD-4 who came just after someone left does not take the end of their connection for a listener', async () => {
  const sim = await SimMeeting.make();
  await sim.bring('ben', 'mei');
  const left = identityOf(sim, 'mei');
  await sim.intent('mei', { kind: 'leave' });
  await sim.run(500);
  expect(eventKinds(sim, 'mei')).toContain('gone');
  sim.actors.delete('mei');
  await sim.bring('tim');
  await listed(sim, ['host', 'ben', 'tim'], [left], 2_200);
  await listed(sim, ['host', 'ben', 'tim'], [], 10_000);
  expectQuiet(sim, ['host', 'ben', 'tim']);
});

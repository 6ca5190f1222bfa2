// A rejoin is a Remove of one's own old leaf and an Add of the same person. Used to push someone else out, or to come in
// as them, it is refused by everyone, and nobody is gone.
import { beforeAll, expect, it } from 'vitest';
import { alarmsOf, expectTogether, personOf, viewOf } from './looking.ts';
import { loadMlsHere } from './meeting.ts';
import { HONEST, keyOf, lastItem, withRogues } from './rogue-scene.ts';

beforeAll(loadMlsHere);

it.each([
  'the victim is removed beside the own old leaf',
  'the victim comes back with the keys of another',
])('A-14 SEC-12 %s: voided, the one who did it is named, nobody is gone', async (how) => {
  const { sim, rogues } = await withRogues('rex', 'ria');
  const [rex, ria] = rogues;
  if (rex === undefined || ria === undefined) throw new Error('no rogues');
  const victim = rex.leafOf(personOf(sim, 'ben'));
  const own = rex.leafOf(keyOf(ria));
  // Nobody else takes the work meanwhile.
  sim.tamper = (_to, message) => (message.kind === 'job' ? undefined : message);
  const removed = how.startsWith('the victim is removed');
  const keyPackage = ria.newClient(removed ? undefined : victim.credential).keyPackage();
  await ria.offer(keyPackage);
  await rex.commit({
    adds: [keyPackage],
    removes: [own.index, victim.index],
    added: [ria.seat],
    ...(removed ? {} : { data: { added: [] } }),
  });
  await sim.run(1_000);
  expect(lastItem(sim)?.kind).toBe('void');
  for (const name of HONEST) {
    expect(alarmsOf(sim, name)).toMatchObject([{ by: keyOf(rex) }]);
    expect(viewOf(sim, name).people.length).toBe(5);
  }
  sim.tamper = (_to, message) => message;
  await sim.bring('tom');
  expectTogether(sim, [...HONEST, 'tom'], 2);
});

// F-02: the disk is full. A message is refused with a code, nothing is half written, meetings go on, and it recovers.
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import { ask, commitOf, gather, nextEpoch, randomBox } from '../testkit-client.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.stop());

const setPages = (pages: number) =>
  sql`pragma max_page_count = ${sql.lit(pages)}`.execute(server.db);
async function pagesInUse(): Promise<number> {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(server.db);
  return rows[0]?.page_count ?? 0;
}

it('F-02 a full disk refuses what it cannot keep and breaks nothing', async () => {
  const { host, guests, slot } = await gather(server, 2);
  await setPages(await pagesInUse());
  const big = { ...commitOf(slot), commit: randomBox(400_000) };
  expect(await host.raw.ask(big)).toMatchObject({ kind: 'refused', code: 'internal' });
  // Beats need no disk.
  host.raw.say({ kind: 'beat', group: slot.group, epoch: slot.epoch, box: randomBox(40) });
  await guests[0]!.raw.hear('beat');
  const id = randomBox(16);
  const headers = {
    origin: server.origin,
    'content-type': 'application/json',
    authorization: `Bearer ${server.setupToken}`,
  };
  const made = await ask(
    server,
    'POST',
    '/api/meetings',
    headers,
    JSON.stringify({ id, charter: randomBox(8_192), hostSeat: randomBox(16) }),
  );
  expect([made.status, made.body]).toEqual([500, JSON.stringify({ code: 'internal' })]);
  expect(server.failures.length).toBeGreaterThan(0);
  const rows = await server.db
    .selectFrom('delivery_orders')
    .select('kind')
    .where('seq', '>', 2)
    .execute();
  expect(rows).toEqual([]);
  expect(
    guests[0]!.raw
      .all('order')
      .filter(({ item }) => item.kind === 'commit' && item.epoch === slot.epoch),
  ).toEqual([]);

  await setPages(1_000_000);
  // The slot was not taken by what was refused.
  expect((await host.raw.ask(big)).kind).toBe('reply');
  expect((await guests[1]!.raw.ask(commitOf(nextEpoch(slot)))).kind).toBe('reply');
  expect([host, ...guests].every(({ raw }) => raw.closed === undefined)).toBe(true);
});

// Admission to media against a stand-in media server: tickets, and that nobody stays or comes back whose seat is gone.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  type Gathering,
  gather,
  nextEpoch,
  randomBox,
  sit,
  sleep,
} from '../testkit-client.ts';
import { enter, identityOf, ticketOf, whenClosed } from './enter-testkit.ts';
import { FakeMediaServer } from './fake-media-server.ts';

let [server, media, dataFolder]: [TestServer, FakeMediaServer, string] = [
  {} as TestServer,
  {} as FakeMediaServer,
  '',
];
beforeEach(async () => {
  media = new FakeMediaServer();
  await media.start();
  dataFolder = mkdtempSync(join(tmpdir(), 'in-camera-media-'));
  server = await startTestServer({ media, dataFolder });
});
afterEach(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
  await media.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

const roomOf = ({ meeting }: Gathering): Promise<string | undefined> =>
  server.db
    .selectFrom('media_rooms')
    .select('room')
    .where('meeting', '=', meeting.id)
    .executeTakeFirst()
    .then((row) => row?.room);

describe('A-21 who is out stays out', () => {
  it('A-21 a removed seat: cut off, removed, and refused with every ticket it had', async () => {
    const gathering = await gather(server, 2);
    const { host, guests, slot } = gathering;
    const victim = guests[0]!;
    const tickets = [await ticketOf(victim), await ticketOf(victim)];
    expect((await enter(server, tickets[0]!)).status).toBe(401);
    const { socket } = await enter(server, tickets[1]!);
    const other = await enter(server, await ticketOf(guests[1]!));
    const seen = media.visits[0]!.url.searchParams.get('access_token') ?? '';
    const startMs = performance.now();
    await host.raw.ask(commitOf(slot, [], [victim.chair.seat]));
    await whenClosed(socket);
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(Object.values(media.people()).flat()).toEqual([await identityOf(guests[1]!)]);
    for (const ticket of tickets) {
      for (const end of ['/rtc', '/rtc/v1']) {
        expect((await enter(server, ticket, end, `access_token=${seen}`)).status).toBe(401);
        expect(
          (await enter(server, ticket, end, `access_token=${seen}&reconnect=1&sid=PA_x`)).status,
        ).toBe(401);
      }
    }
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('A-21 a rejoin under a new identity ends the old one, and the old ticket is void', async () => {
    const gathering = await gather(server, 1);
    const { host, guests, slot } = gathering;
    const guest = guests[0]!;
    const old = await ticketOf(guest);
    const { socket } = await enter(server, old);
    await guest.raw.ask({ kind: 'package', box: randomBox(40) });
    await host.raw.ask(commitOf(slot, [guest.chair.seat]));
    await whenClosed(socket);
    expect((await enter(server, old)).status).toBe(401);
    expect((await enter(server, await ticketOf(guest))).status).toBe(101);
    expect(Object.values(media.people()).flat()).toEqual([await identityOf(guest)]);
  });

  it('A-21 a join that was under way during the removal is found and removed', async () => {
    const gathering = await gather(server, 1);
    const { host, guests, slot } = gathering;
    const victim = guests[0]!;
    const ticket = await ticketOf(victim);
    const identity = await identityOf(victim);
    let open = (): void => undefined;
    media.gate = new Promise((resolve) => {
      open = resolve;
    });
    const entering = enter(server, ticket);
    await vi.waitFor(() =>
      expect(media.requests.some((line) => line.includes('/rtc/v1'))).toBe(true),
    );
    await host.raw.ask(commitOf(slot, [], [victim.chair.seat]));
    await sleep(50);
    open();
    await Promise.race([entering, sleep(500)]);
    // The media server let it in after it had been removed once.
    media.rooms.get((await roomOf(gathering)) ?? '')?.set(identity, undefined);
    await vi.waitFor(() => expect(Object.values(media.people()).flat()).toEqual([]), 6_000);
  });

  it('A-21 after the end there is no room, no socket and no ticket', async () => {
    const gathering = await gather(server, 1);
    const ticket = await ticketOf(gathering.guests[0]!);
    const { socket } = await enter(server, ticket);
    await gathering.host.raw.ask({ kind: 'end' });
    await whenClosed(socket);
    await vi.waitFor(() => expect(media.people()).toEqual({}), 3_000);
    expect((await enter(server, ticket)).status).toBe(401);
    expect(await server.db.selectFrom('media_tickets').selectAll().execute()).toEqual([]);
  });

  it('a void that takes a newcomer out again takes its media too', async () => {
    const gathering = await gather(server, 1);
    const { host, guests, slot } = gathering;
    await guests[0]!.raw.ask({ kind: 'package', box: randomBox(40) });
    const before = await identityOf(guests[0]!);
    const commit = commitOf(slot, [guests[0]!.chair.seat]);
    await host.raw.ask(commit);
    const ticket = await ticketOf(guests[0]!);
    const { socket } = await enter(server, ticket);
    const { hashOfBox } = await import('../testkit-client.ts');
    const undo = {
      kind: 'void',
      group: slot.group,
      epoch: slot.epoch,
      try: slot.try,
      hash: hashOfBox(commit.commit),
      signature: randomBox(64),
    };
    expect((await host.raw.ask(undo)).kind).toBe('reply');
    await whenClosed(socket);
    expect((await enter(server, ticket)).status).toBe(401);
    await vi.waitFor(async () => expect(await identityOf(guests[0]!)).toBe(before));
  });
});

describe('tickets', () => {
  it('are given only to seats in the tree, and not before the media server is ready', async () => {
    const gathering = await gather(server, 0);
    const { host, meeting } = gathering;
    const { newChair } = await import('../testkit-client.ts');
    const chair = newChair();
    await host.raw.ask({ kind: 'register', seat: chair.seat });
    const outside = await sit(server, meeting, chair);
    expect(await outside.ask({ kind: 'ticket' })).toMatchObject({ code: 'not-seated' });
    media.setState({ kind: 'starting' });
    expect(await host.raw.ask({ kind: 'ticket' })).toMatchObject({ code: 'media-not-ready' });
    expect((await enter(server, randomBox(16))).status).toBe(503);
    media.setState({ kind: 'ready' });
    expect((await host.raw.ask({ kind: 'ticket' })).kind).toBe('reply');
  });

  it('are kept as hashes and outlive a restart of the server; whoever came in meanwhile is put out', async () => {
    const gathering = await gather(server, 1);
    const ticket = await ticketOf(gathering.guests[0]!);
    expect((await enter(server, ticket)).status).toBe(101);
    for (const name of readdirSync(dataFolder)) {
      expect([name, readFileSync(join(dataFolder, name)).includes(ticket)]).toEqual([name, false]);
    }
    expect(server.log.some((line) => line.includes(ticket))).toBe(false);
    await server.stop();
    media.rooms.get([...media.rooms.keys()][0] ?? '')?.set('ghost', undefined);
    media.rooms.set('room of nobody', new Map());
    server = await startTestServer({ media, dataFolder });
    expect((await enter(server, ticket)).status).toBe(101);
    const identity = media.visits.at(-1)!.claims.sub;
    expect(Object.values(media.people())).toEqual([[identity]]);
  });

  it('A-94 two meetings of the same people share nothing at the media server', async () => {
    const first = await gather(server, 1);
    await enter(server, await ticketOf(first.guests[0]!));
    const second = await gather(server, 1);
    await enter(server, await ticketOf(second.guests[0]!));
    const [one, two] = [media.visits[0]!.claims, media.visits[1]!.claims];
    expect(one.sub).not.toBe(two.sub);
    expect(one.video?.room).not.toBe(two.video?.room);
    for (const { meeting, host, guests } of [first, second]) {
      const known = [meeting.id, host.chair.seat, ...guests.map(({ chair }) => chair.seat)];
      for (const id of known)
        expect(media.requests.join('\n') + JSON.stringify([one, two])).not.toContain(id);
    }
  });

  it('commits that change nobody keep everybody in', async () => {
    const gathering = await gather(server, 1);
    const { socket } = await enter(server, await ticketOf(gathering.guests[0]!));
    await gathering.host.raw.ask(commitOf(gathering.slot));
    await gathering.host.raw.ask(commitOf(nextEpoch(gathering.slot)));
    await sleep(400);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });
});

// The media proxy against a stand-in media server: what it passes on, and what never gets there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import { ask, type Gathering, gather, randomBox } from '../testkit-client.ts';
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

describe('what the proxy passes on', () => {
  it('A-74 A-94 our own token with these grants, no name, and none of the client tokens, cookies, addresses', async () => {
    const gathering = await gather(server, 1);
    const guest = gathering.guests[0]!;
    const ticket = await ticketOf(guest);
    const headers = {
      authorization: 'Bearer stolen',
      cookie: 'session=1',
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
      'x-real-ip': '203.0.113.9',
      via: '1.1 x',
      'user-agent': 'Firefox/153',
    };
    const query =
      'access_token=first&access_token=second&join_request=abc&sdk=js&device_model=phone&os=x&network=wifi&publish=1&name=Eve&metadata=x&attributes=y&Access_Token=third';
    const { socket, status } = await enter(server, ticket, '/rtc/v1', query, headers);
    expect(status).toBe(101);
    const visit = media.visits[0]!;
    expect(visit.url.pathname).toBe('/rtc/v1');
    const identity = await identityOf(guest);
    const { iat, exp, nbf, ...claims } = visit.claims as Record<string, unknown>;
    expect(claims).toEqual({
      iss: media.apiKey,
      sub: identity,
      video: {
        room: await roomOf(gathering),
        roomJoin: true,
        canPublish: true,
        canSubscribe: true,
        canPublishData: false,
        canUpdateOwnMetadata: false,
      },
    });
    expect(Number(exp) - Date.now() / 1_000).toBeLessThan(120);
    expect([...visit.url.searchParams.keys()]).toEqual(['join_request', 'sdk', 'access_token']);
    expect(Object.keys(visit.headers).toSorted()).toEqual([
      'connection',
      'host',
      'sec-websocket-key',
      'sec-websocket-version',
      'upgrade',
      'user-agent',
    ]);
    socket.close();
  });

  it('carries bytes both ways untouched, and closes on both sides', async () => {
    const gathering = await gather(server, 1);
    const { socket } = await enter(server, await ticketOf(gathering.guests[0]!), '/rtc');
    for (const bytes of [0, 1, 200, 70_000, 3_000_000]) {
      const sent = Buffer.alloc(bytes, 7);
      const back = new Promise<Buffer>((resolve) =>
        socket.once('message', (data) => resolve(data as Buffer)),
      );
      socket.send(sent);
      expect((await back).equals(sent)).toBe(true);
    }
    socket.close(4_001, 'bye');
    const far = media.visits[0]!.socket;
    await whenClosed(far);
    const again = await enter(server, await ticketOf(gathering.guests[0]!), '/rtc');
    media.visits[1]!.socket.close(1_000);
    await whenClosed(again.socket);
  });

  it('A-73 nothing but the signalling paths reaches the media server', async () => {
    const gathering = await gather(server, 1);
    const ticket = await ticketOf(gathering.guests[0]!);
    const before = media.requests.length;
    const ends = [
      '',
      '/',
      '/rtc/',
      '/rtc/v2',
      '/rtc/v1/validate/x',
      '/twirp/livekit.RoomService/ListRooms',
      '/rtc/../twirp/livekit.RoomService/ListRooms',
      '/rtc%2f..%2ftwirp',
      '/metrics',
      '/debug/pprof',
      '/rtc;x',
      '/RTC',
      '/rtc/validate',
    ];
    for (const end of ends) {
      const { status } = await enter(server, ticket, end);
      expect([end, status]).toEqual([end, 404]);
    }
    for (const method of ['POST', 'PUT', 'GET']) {
      for (const end of ['/rtc', '/twirp/livekit.RoomService/ListRooms', '/rtc/v1']) {
        const { status } = await ask(server, method, `/media/${ticket}${end}`, {
          origin: server.origin,
        });
        expect(status).toBe(404);
      }
    }
    expect((await enter(server, ticket, '/rtc', `join_request=${'x'.repeat(13_000)}`)).status).toBe(
      404,
    );
    expect(media.requests.slice(before)).toEqual([]);
  });

  it('asks the media server own check for the client library, with our token', async () => {
    const gathering = await gather(server, 1);
    const ticket = await ticketOf(gathering.guests[0]!);
    for (const path of ['/rtc/validate', '/rtc/v1/validate']) {
      const answer = await ask(server, 'GET', `/media/${ticket}${path}?access_token=mine`);
      expect([answer.status, answer.body]).toEqual([200, 'success']);
      expect((await ask(server, 'GET', `/media/${randomBox(16)}${path}`)).status).toBe(401);
      expect(
        (await ask(server, 'GET', `/media/${ticket}${path}`, { origin: 'https://evil.example' }))
          .status,
      ).toBe(403);
    }
  });
});

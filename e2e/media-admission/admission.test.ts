// A-21 against the real LiveKit: whoever is removed stays out, whatever tokens it has seen, on every path of the proxy.
// Raw signalling sockets instead of browsers: joining, being listed and being refused need no media.
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLogger } from '../../server/logger.ts';
import { findLiveKit, pinnedVersion } from '../../server/media/livekit-binary.ts';
import { mediaFolderOf, readOrMakeKeys } from '../../server/media/livekit-config.ts';
import { LiveKitSupervisor } from '../../server/media/livekit-supervisor.ts';
import { startTestServer, type TestServer } from '../../server/testkit.ts';
import {
  commitOf,
  type Gathering,
  gather,
  type Member,
  randomBox,
} from '../../server/testkit-client.ts';

const MEDIA_FOLDER = fileURLToPath(new URL('../../media', import.meta.url));
const JOIN = 'protocol=16&sdk=js&version=2.23.0&auto_subscribe=1';

let dataFolder = '';
let livekit: LiveKitSupervisor;
let server: TestServer;
let rooms: RoomServiceClient;

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'in-camera-admission-'));
  const folder = mediaFolderOf(dataFolder);
  const logger = createLogger(() => undefined, Date.now);
  livekit = new LiveKitSupervisor({
    settings: {
      folder,
      network: { kind: 'loopback' },
      ports: { port: 0, udpPort: 0, tcpPort: 0 },
      maxParticipants: 50,
      version: pinnedVersion(MEDIA_FOLDER),
    },
    keys: readOrMakeKeys(folder),
    logger,
    findBinary: (onStep, signal) =>
      findLiveKit({
        configured: undefined,
        cacheFolder: process.env.IN_CAMERA_CACHE ?? join(homedir(), '.cache', 'in-camera'),
        mediaFolder: MEDIA_FOLDER,
        env: process.env,
        onStep,
        signal,
      }),
  });
  await livekit.start();
  rooms = new RoomServiceClient(livekit.livekitUrl() ?? '', livekit.apiKey, livekit.apiSecret);
  server = await startTestServer({ media: livekit, dataFolder });
});
afterAll(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
  await livekit.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

/** One raw signalling socket and every token that came over it. */
class Signalling {
  readonly socket: WebSocket;
  readonly tokens = new Set<string>();
  messages = 0;
  status = 0;

  constructor(url: string, origin: string) {
    this.socket = new WebSocket(url, { origin, perMessageDeflate: false });
    this.socket.on('message', (data) => {
      this.messages += 1;
      for (const [token] of String(data).matchAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g))
        this.tokens.add(token);
    });
    this.socket.on('error', () => undefined);
  }

  /** 101, or the status of the refusal. */
  opened(): Promise<number> {
    return new Promise((resolve) => {
      this.socket.on('open', () => resolve(101));
      this.socket.on('unexpected-response', (_request, response) => {
        this.socket.terminate();
        resolve(response.statusCode ?? 0);
      });
    });
  }

  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === this.socket.CLOSED) resolve();
      else this.socket.on('close', () => resolve());
    });
  }
}

const throughProxy = (ticket: string, path: string, query: string): Signalling =>
  new Signalling(`ws://127.0.0.1:${server.port}/media/${ticket}${path}?${query}`, server.origin);

async function ticketOf({ raw }: Member): Promise<string> {
  const reply = await raw.ask({ kind: 'ticket' });
  if (reply.kind !== 'reply' || reply.ticket === undefined) throw new Error('no ticket');
  return reply.ticket;
}

async function enter(member: Member): Promise<{ ticket: string; signalling: Signalling }> {
  const ticket = await ticketOf(member);
  const signalling = throughProxy(ticket, '/rtc', `access_token=dummy&${JOIN}`);
  expect(await signalling.opened()).toBe(101);
  await vi.waitFor(() => expect(signalling.messages).toBeGreaterThan(0), 10_000);
  return { ticket, signalling };
}

async function roomOf({ meeting }: Gathering): Promise<string> {
  const row = await server.db
    .selectFrom('media_rooms')
    .select('room')
    .where('meeting', '=', meeting.id)
    .executeTakeFirstOrThrow();
  return row.room;
}

const listed = async (room: string): Promise<string[]> =>
  (await rooms.listParticipants(room)).map(({ identity }) => identity).toSorted();

function identityOf({ raw, chair }: Member): string {
  const views = raw.all('seat').map(({ view }) => view);
  return views.findLast(({ seat }) => seat === chair.seat)?.identity ?? '';
}

it('A-21 A-74 a member is listed without name or metadata, with these permissions and no others', async () => {
  const gathering = await gather(server, 1);
  const guest = gathering.guests[0]!;
  await enter(guest);
  const [info, ...others] = await rooms.listParticipants(await roomOf(gathering));
  expect(others).toEqual([]);
  expect(info).toMatchObject({
    identity: identityOf(guest),
    name: '',
    metadata: '',
    attributes: {},
  });
  expect(info?.permission).toMatchObject({
    canPublish: true,
    canSubscribe: true,
    canPublishData: false,
    canUpdateMetadata: false,
    hidden: false,
    recorder: false,
    agent: false,
  });
});

it('A-21 a removed member is gone at once and comes back by no token it ever saw', async () => {
  const gathering = await gather(server, 2);
  const { host, guests, slot } = gathering;
  const [victim, other] = [guests[0]!, guests[1]!];
  const [gone, stays] = [await enter(victim), await enter(other)];
  const room = await roomOf(gathering);
  const [goneIdentity, staysIdentity] = [identityOf(victim), identityOf(other)];
  expect(await listed(room)).toEqual([goneIdentity, staysIdentity].toSorted());
  // What the media server itself hands out: a fresh token that works without us.
  await vi.waitFor(() => expect(gone.signalling.tokens.size).toBeGreaterThan(0), 10_000);
  const tokens = [...gone.signalling.tokens];
  const sid = (await rooms.getParticipant(room, goneIdentity)).sid;

  const startMs = performance.now();
  await host.raw.ask(commitOf(slot, [], [victim.chair.seat]));
  await vi.waitFor(async () => expect(await listed(room)).toEqual([staysIdentity]), {
    timeout: 10_000,
    interval: 10,
  });
  const goneMs = performance.now() - startMs;
  await gone.signalling.closed();
  expect(goneMs).toBeLessThan(2_000);

  for (const token of ['dummy', ...tokens]) {
    for (const path of ['/rtc', '/rtc/v1']) {
      for (const query of [
        JOIN,
        `${JOIN}&reconnect=1&sid=${sid}`,
        `${JOIN}&reconnect=1&sid=${sid}&reconnect_reason=1`,
      ]) {
        for (const ticket of [gone.ticket, randomBox(16)]) {
          const again = throughProxy(ticket, path, `access_token=${token}&${query}`);
          expect(await again.opened()).toBe(401);
        }
      }
    }
  }
  expect(await listed(room)).toEqual([staysIdentity]);

  // The token alone would do: it is the proxy that holds, and the broom that finds who got past it.
  const direct = new Signalling(
    `${livekit.livekitUrl()?.replace('http', 'ws')}/rtc?access_token=${tokens[0]}&${JOIN}`,
    server.origin,
  );
  expect(await direct.opened()).toBe(101);
  await direct.closed();
  await vi.waitFor(async () => expect(await listed(room)).toEqual([staysIdentity]), {
    timeout: 20_000,
    interval: 100,
  });
  expect(stays.signalling.socket.readyState).toBe(WebSocket.OPEN);
});

it('A-21 SEC-12 whoever got into the room past us is put out when the server starts again', async () => {
  const gathering = await gather(server, 1);
  await enter(gathering.guests[0]!);
  const room = await roomOf(gathering);
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'ghost', ttl: 60 });
  token.addGrant({ room, roomJoin: true, hidden: false });
  const ghost = new Signalling(
    `${livekit.livekitUrl()?.replace('http', 'ws')}/rtc?access_token=${await token.toJwt()}&${JOIN}`,
    server.origin,
  );
  expect(await ghost.opened()).toBe(101);
  await vi.waitFor(async () => expect(await listed(room)).toContain('ghost'), 5_000);
  await server.stop();
  server = await startTestServer({ media: livekit, dataFolder });
  await vi.waitFor(async () => expect(await listed(room)).not.toContain('ghost'), 10_000);
  await ghost.closed();
});

it('A-21 the end of the meeting ends its room; nobody makes a room by joining', async () => {
  const gathering = await gather(server, 1);
  const { ticket, signalling } = await enter(gathering.guests[0]!);
  const room = await roomOf(gathering);
  await gathering.host.raw.ask({ kind: 'end' });
  await signalling.closed();
  await vi.waitFor(
    async () => expect((await rooms.listRooms()).map(({ name }) => name)).not.toContain(room),
    5_000,
  );
  expect(await throughProxy(ticket, '/rtc', `access_token=x&${JOIN}`).opened()).toBe(401);
  for (const token of signalling.tokens) {
    const direct = new Signalling(
      `${livekit.livekitUrl()?.replace('http', 'ws')}/rtc?access_token=${token}&${JOIN}`,
      server.origin,
    );
    expect(await direct.opened()).not.toBe(101);
  }
});

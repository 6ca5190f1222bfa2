// The door of a meeting: who may make one, and that nobody outside can tell a meeting from none (SEC-11, A-13, A-24).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeetingDoor } from '@in-camera/protocol/http.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  type Answer,
  ask,
  createMeeting,
  gather,
  newChair,
  openRaw,
  randomBox,
} from '../testkit-client.ts';
import { decoyCharter } from './decoy.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

const door = (id: string): Promise<Answer> => ask(server, 'GET', `/api/meetings/${id}`);
/** All that differs between two answers at any time. */
const masked = ({ status, headers, body }: Answer) => {
  const { date, ...rest } = headers;
  return { status, headers: Object.entries(rest), length: body.length, date: typeof date };
};

describe('making a meeting', () => {
  const body = () => ({
    id: randomBox(16),
    charter: randomBox(LIMITS.charterBox),
    hostSeat: newChair().seat,
  });
  const post = (
    value: unknown,
    token: string | null = server.setupToken,
    text = JSON.stringify(value),
  ) =>
    ask(
      server,
      'POST',
      '/api/meetings',
      {
        origin: server.origin,
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: token }),
      },
      text,
    );

  it('needs the set-up token, once an id, and exactly the fields of the schema', async () => {
    const bearer = `Bearer ${server.setupToken}`;
    const first = body();
    expect(await post(first, bearer)).toMatchObject({
      status: 201,
      body: JSON.stringify({ id: first.id }),
    });
    const cases: [unknown, string | null, number, string][] = [
      [{ ...body(), id: first.id }, bearer, 409, 'exists'],
      [body(), null, 401, 'unauthorised'],
      [body(), `Bearer ${randomBox(16)}`, 401, 'unauthorised'],
      [body(), server.setupToken, 401, 'unauthorised'],
      [{ ...body(), id: randomBox(15) }, bearer, 400, 'bad-message'],
      [{ ...body(), charter: randomBox(LIMITS.charterBox - 1) }, bearer, 400, 'bad-message'],
      [{ ...body(), title: 'x' }, bearer, 400, 'bad-message'],
      [[], bearer, 400, 'bad-message'],
      [null, bearer, 400, 'bad-message'],
    ];
    for (const [value, token, status, code] of cases) {
      expect(await post(value, token)).toMatchObject({ status, body: JSON.stringify({ code }) });
    }
    expect(await post({ ...body(), padding: randomBox(20_000) }, bearer)).toMatchObject({
      status: 413,
    });
    expect(await server.db.selectFrom('meetings').select('id').execute()).toEqual([
      { id: first.id },
    ]);
  });

  it('wrong tokens are slowed down, the right one is not', async () => {
    const codes = [];
    for (let n = 0; n < 12; n += 1)
      codes.push((await post(body(), `Bearer ${randomBox(16)}`)).status);
    expect([codes[0], codes.at(-1)]).toEqual([401, 429]);
    expect((await post(body(), `Bearer ${server.setupToken}`)).status).toBe(201);
  });
});

describe('SEC-11 A-24 known and unknown meetings', () => {
  it('answer with the same status, headers in the same order, and length', async () => {
    const meeting = await createMeeting(server);
    const { guests, meeting: busy } = await gather(server, 1);
    expect(guests).toHaveLength(1);
    const unknown = masked(await door(randomBox(16)));
    expect(unknown.status).toBe(200);
    for (const id of [meeting.id, busy.id, randomBox(16)])
      expect(masked(await door(id))).toEqual(unknown);
    expect(MeetingDoor.parse(JSON.parse((await door(meeting.id)).body)).charter).toBe(
      meeting.charter,
    );
    for (const odd of ['x', 'a'.repeat(22), `${randomBox(16)}=`])
      expect((await door(odd)).status).toBe(404);
  });

  it('an unknown meeting shows the same bytes at each look, also after a restart, and none tell of another', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'in-camera-door-'));
    const [id, other] = [randomBox(16), randomBox(16)];
    const seen: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      const again = await startTestServer({ dataFolder });
      for (let look = 0; look < 2; look += 1)
        seen.push((await ask(again, 'GET', `/api/meetings/${id}`)).body);
      expect((await ask(again, 'GET', `/api/meetings/${other}`)).body).not.toBe(seen[0]);
      await again.stop();
    }
    rmSync(dataFolder, { recursive: true });
    expect(new Set(seen).size).toBe(1);
    // Without the secret it is noise: each byte value about equally often.
    const bytes = Buffer.concat(
      Array.from({ length: 40 }, () =>
        Buffer.from(decoyCharter(Buffer.alloc(32, 1), randomBox(16)), 'base64url'),
      ),
    );
    const counts = new Uint32Array(256);
    for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
    const expected = bytes.length / 256;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(370);
  });

  it('a meeting that has ended is an unknown one again', async () => {
    const { meeting, host } = await gather(server, 0);
    const before = (await door(meeting.id)).body;
    await host.raw.ask({ kind: 'end' });
    const after = await door(meeting.id);
    expect(masked(after)).toEqual(masked(await door(randomBox(16))));
    expect(after.body).not.toBe(before);
  });

  it('the time of an answer does not tell either', async () => {
    const { meeting } = await gather(server, 1);
    const times: [number[], number[]] = [[], []];
    for (let pair = 0; pair < 150; pair += 1) {
      for (const [index, id] of [meeting.id, randomBox(16)].entries()) {
        const startMs = performance.now();
        await door(id);
        times[index]?.push(performance.now() - startMs);
      }
    }
    // How often a known one is slower than an unknown one: half of the time if there is nothing to see.
    const [known, unknown] = times;
    const slower =
      known.reduce((sum, a) => sum + unknown.filter((b) => a > b).length, 0) /
      (known.length * unknown.length);
    expect(Math.abs(slower - 0.5)).toBeLessThan(0.15);
  });
});

describe('A-13 nothing more is served', () => {
  it('A-13 no route but these exists, and none knows a GroupInfo', async () => {
    const routes = server.app.printRoutes({ commonPrefix: false });
    const paths = [...routes.matchAll(/── (\S+) \(([A-Z, ]+)\)/g)].map(
      ([, path, methods]) => `${path} ${methods}`,
    );
    expect(paths.toSorted()).toEqual([
      '/:id GET, HEAD', // below /api/meetings
      '/api/meetings POST',
      '/api/status GET, HEAD',
      '/media/:ticket/rtc/v1/validate GET, HEAD',
      '/media/:ticket/rtc/validate GET, HEAD',
    ]);
  });

  it('A-13 a stranger with id and link gets no byte of GroupInfo, opening, commits or seats', async () => {
    const { meeting, host, guests } = await gather(server, 2);
    const rows = await server.db.selectFrom('delivery_orders').select('body').execute();
    const infos = await server.db
      .selectFrom('delivery_group_infos')
      .select(['group_info', 'opening'])
      .execute();
    const secrets = [
      ...infos.flatMap((row) => [row.group_info, row.opening]),
      ...rows.map((row) => row.body.slice(0, 200)),
      ...[host, ...guests].map(({ chair }) => chair.seat),
    ].map((text) => text.slice(0, 22));
    expect(secrets.length).toBeGreaterThan(5);
    const stranger = await openRaw(server, meeting.id);
    stranger.say({ kind: 'knock', box: randomBox(LIMITS.knockBox) });
    await stranger.hear('knocked');
    const answers = [
      ...stranger.raw,
      ...(await Promise.all(
        ['', '/groupinfo', '/group', '/welcome', '/opening', '/seats', '/orders', '/socket'].map(
          async (end) =>
            JSON.stringify(await ask(server, 'GET', `/api/meetings/${meeting.id}${end}`)),
        ),
      )),
    ].join('\n');
    for (const secret of secrets) expect(answers).not.toContain(secret);
  });
});

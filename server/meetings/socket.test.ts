// The meeting socket from outside: origins, strangers, what they hear and how long they are kept, floods.
import { request } from 'node:http';
import { LIMITS, TIMES } from '@in-camera/protocol/limits.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  createMeeting,
  gather,
  newChair,
  nextEpoch,
  openRaw,
  type RawSocket,
  randomBox,
  sit,
  sleep,
} from '../testkit-client.ts';

let server: TestServer;
let nowMs = Date.now();
beforeEach(async () => {
  server = await startTestServer({ clock: () => nowMs });
});
afterEach(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

const knockBox = () => randomBox(LIMITS.knockBox);
const answerBox = () => randomBox(LIMITS.answerBox);

async function knock(id: string, box = knockBox()): Promise<RawSocket> {
  const stranger = await openRaw(server, id);
  stranger.say({ kind: 'knock', box });
  await stranger.hear('knocked');
  return stranger;
}

/** Status line and headers of an upgrade, whether it is taken or refused. */
function upgrade(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: [string, string][] }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: server.port,
      path,
      agent: false,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'),
        ...headers,
      },
    });
    const seen = (response: {
      statusCode?: number | undefined;
      headers: NodeJS.Dict<string | string[]>;
    }) =>
      resolve({
        status: response.statusCode ?? 0,
        headers: Object.entries(response.headers).map(([k, v]) => [k, String(v)]),
      });
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy();
      seen(response);
    });
    outgoing.on('response', (response) => {
      response.resume();
      seen(response);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

describe('A-59 SEC-15 who may open a socket', () => {
  it('A-59 refuses foreign, null and absent origins before the handshake, on every socket path', async () => {
    const meeting = await createMeeting(server);
    const paths = [
      `/api/meetings/${meeting.id}/socket`,
      `/media/${randomBox(16)}/rtc`,
      `/media/${randomBox(16)}/rtc/v1`,
    ];
    const origins = [
      undefined,
      'null',
      'https://evil.example',
      `${server.origin}.evil.example`,
      server.origin.replace('http:', 'https:'),
      `http://127.0.0.1:${server.port + 1}`,
      '',
    ];
    for (const path of paths) {
      for (const origin of origins) {
        const { status } = await upgrade(path, origin === undefined ? {} : { origin });
        expect([path, origin, status]).toEqual([path, origin, 403]);
      }
    }
    expect(
      (await upgrade(`/api/meetings/${meeting.id}/socket`, { origin: server.origin })).status,
    ).toBe(101);
    expect(
      (
        await upgrade(`/api/meetings/${meeting.id}/socket`, {
          origin: server.origin,
          host: 'evil.example',
        })
      ).status,
    ).toBe(421);
    for (const path of [
      '/api/meetings/x/socket',
      `/api/meetings/${meeting.id}`,
      `/api/meetings/${meeting.id}/socket/`,
      '/elsewhere',
    ]) {
      expect([path, (await upgrade(path, { origin: server.origin })).status]).toEqual([path, 404]);
    }
  });

  it('A-67 takes no compression', async () => {
    const { headers } = await upgrade(`/api/meetings/${randomBox(16)}/socket`, {
      origin: server.origin,
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
    });
    expect(headers.map(([name]) => name)).toEqual([
      'upgrade',
      'connection',
      'sec-websocket-accept',
    ]);
  });
});

describe('SEC-11 A-24 strangers of known and unknown meetings', () => {
  it('hear the same bytes for everything they may say', async () => {
    const { meeting } = await gather(server, 1);
    const mask = (text: string) => text.replaceAll(/"[A-Za-z0-9_-]{22}"/g, '"id"');
    async function talk(id: string) {
      const headers = await upgrade(`/api/meetings/${id}/socket`, { origin: server.origin });
      const heard: unknown[] = [headers];
      const says: object[][] = [
        [{ kind: 'knock', box: knockBox() }, { kind: 'ping' }],
        [{ kind: 'wait', knock: randomBox(16) }, { kind: 'ping' }],
        [{ kind: 'sit', secret: randomBox(32), since: null }],
        [{ kind: 'sit', secret: randomBox(32), since: 7 }],
        [
          { kind: 'knock', box: knockBox() },
          { kind: 'knock', box: knockBox() },
        ],
        [{ kind: 'knock', box: randomBox(10) }],
        [{ kind: 'ping' }],
      ];
      for (const messages of says) {
        const stranger = await openRaw(server, id);
        for (const message of messages) stranger.say(message);
        const closes =
          messages.some((m) => 'secret' in m) ||
          messages.length !== 2 ||
          (messages[1] !== undefined && 'box' in messages[1]);
        if (closes) heard.push(await stranger.whenClosed());
        else await stranger.hear('pong');
        heard.push(stranger.raw.map(mask));
        await stranger.terminate();
      }
      // A knock that broke off and waits again.
      const first = await knock(id);
      const { knock: number } = await first.hear('knocked');
      await first.terminate();
      const second = await openRaw(server, id);
      second.say({ kind: 'wait', knock: number });
      second.say({ kind: 'ping' });
      await second.hear('pong');
      heard.push(second.raw);
      await second.terminate();
      return heard;
    }
    const known = await talk(meeting.id);
    expect(known).toEqual(await talk(randomBox(16)));
    expect(JSON.stringify(known)).toContain('"kind\\":\\"knocked');
  });

  it('SEC-13 A-93 a waiting client hears only its number and its answers, while the meeting is busy', async () => {
    const { meeting, host, guests, slot } = await gather(server, 2);
    const stranger = await knock(meeting.id);
    const { knock: number } = await stranger.hear('knocked');
    const box = answerBox();
    const other = await knock(meeting.id);
    await guests[0]!.raw.ask({
      kind: 'send',
      group: slot.group,
      epoch: slot.epoch,
      box: randomBox(40),
    });
    host.raw.say({ kind: 'beat', group: slot.group, epoch: slot.epoch, box: randomBox(40) });
    await host.raw.ask(commitOf(slot));
    await host.raw.ask({
      kind: 'answer',
      knock: (await other.hear('knocked')).knock,
      box: answerBox(),
      last: true,
    });
    await host.raw.ask({ kind: 'answer', knock: number, box, last: false });
    await host.raw.ask(commitOf(nextEpoch(slot), [], [guests[1]!.chair.seat]));
    await stranger.hear('answered');
    await host.raw.ask({ kind: 'end' });
    expect(await stranger.whenClosed()).toEqual({ code: 1000, reason: '' });
    expect(stranger.raw).toEqual([
      JSON.stringify({ kind: 'knocked', knock: number }),
      JSON.stringify({ kind: 'answered', box }),
    ]);
    expect(number).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});

describe('knocks and answers', () => {
  it('reach hosts only, again when one sits down, and no longer once answered', async () => {
    const { meeting, host, guests } = await gather(server, 1);
    const boxes = [knockBox(), knockBox()];
    const strangers = [await knock(meeting.id, boxes[0]), await knock(meeting.id, boxes[1])];
    await host.raw.hear('knock', ({ box }) => box === boxes[1]);
    expect(host.raw.all('knock').map(({ box }) => box)).toEqual(boxes);
    const { knock: first } = await strangers[0]!.hear('knocked');
    await host.raw.ask({ kind: 'answer', knock: first, box: answerBox(), last: true });
    expect(await host.raw.hear('knock-gone')).toEqual({ kind: 'knock-gone', knock: first });
    const reply = await host.raw.ask({
      kind: 'answer',
      knock: first,
      box: answerBox(),
      last: true,
    });
    expect(reply).toMatchObject({ kind: 'refused', code: 'unknown-knock' });
    await host.raw.close();
    const back = await sit(server, meeting, host.chair, 2);
    await back.hear('knock');
    await back.ask({ kind: 'ticket' });
    expect(back.all('knock').map(({ box }) => box)).toEqual([boxes[1]]);
    expect(guests[0]!.raw.all('knock')).toEqual([]);
    // A knock of one meeting cannot be answered from another.
    const elsewhere = await gather(server, 0);
    const { knock: second } = await strangers[1]!.hear('knocked');
    expect(
      await elsewhere.host.raw.ask({ kind: 'answer', knock: second, box: answerBox(), last: true }),
    ).toMatchObject({ code: 'unknown-knock' });
  });

  it('A-09 wait for a stranger that was cut off, for a minute', async () => {
    const { meeting, host } = await gather(server, 0);
    const stranger = await knock(meeting.id);
    const { knock: number } = await stranger.hear('knocked');
    await stranger.terminate();
    const [receipt, admission] = [answerBox(), answerBox()];
    expect(
      (await host.raw.ask({ kind: 'answer', knock: number, box: receipt, last: false })).kind,
    ).toBe('reply');
    expect(
      (await host.raw.ask({ kind: 'answer', knock: number, box: admission, last: true })).kind,
    ).toBe('reply');
    nowMs += TIMES.knockKeptMs - 1_000;
    await server.sweep();
    const back = await openRaw(server, meeting.id);
    back.say({ kind: 'wait', knock: number });
    await back.hear('answered', ({ box }) => box === admission);
    expect(back.all('answered').map(({ box }) => box)).toEqual([receipt, admission]);
    await back.terminate();
    await sleep(50);
    nowMs += TIMES.knockKeptMs + 1_000;
    await server.sweep();
    expect(await server.db.selectFrom('meeting_knocks').select('id').execute()).toEqual([]);
    expect(await server.db.selectFrom('meeting_answers').select('number').execute()).toEqual([]);
  });

  it('are forgotten a minute after the stranger left, and hosts are told', async () => {
    const { meeting, host } = await gather(server, 0);
    const stranger = await knock(meeting.id);
    const { knock: number } = await stranger.hear('knocked');
    await stranger.close();
    await sleep(50);
    nowMs += TIMES.knockKeptMs + 1_000;
    await server.sweep();
    expect(await host.raw.hear('knock-gone')).toEqual({ kind: 'knock-gone', knock: number });
  });

  it('F-24 five hundred at once from one address reach the host; more are dropped without a word', async () => {
    const { meeting, host } = await gather(server, 0);
    const strangers = await Promise.all(
      Array.from({ length: LIMITS.knocks + 5 }, () => knock(meeting.id)),
    );
    await vi.waitFor(() => expect(host.raw.all('knock')).toHaveLength(LIMITS.knocks), 60_000);
    expect(host.raw.all('knock')).toHaveLength(LIMITS.knocks);
    expect(strangers.every((stranger) => stranger.all('knocked').length === 1)).toBe(true);
    const answers = host.raw
      .all('knock')
      .map(({ knock: number }) =>
        host.raw.ask({ kind: 'answer', knock: number, box: answerBox(), last: true }),
      );
    expect((await Promise.all(answers)).every(({ kind }) => kind === 'reply')).toBe(true);
  }, 120_000);

  it('thirty people of one school are let in within their rates', async () => {
    const { meeting, host, slot } = await gather(server, 0);
    const strangers = await Promise.all(Array.from({ length: 30 }, () => knock(meeting.id)));
    expect(strangers).toHaveLength(30);
    const seats = await Promise.all(
      strangers.map(async (stranger) => {
        const { knock: number } = await stranger.hear('knocked');
        const made = newChair();
        await host.raw.ask({ kind: 'register', seat: made.seat });
        await host.raw.ask({ kind: 'answer', knock: number, box: answerBox(), last: true });
        const raw = await sit(server, meeting, made);
        await raw.ask({ kind: 'package', box: randomBox(100) });
        return { made, raw };
      }),
    );
    expect(
      (
        await host.raw.ask(
          commitOf(
            slot,
            seats.map(({ made }) => made.seat),
          ),
        )
      ).kind,
    ).toBe('reply');
    for (const { raw } of seats) await raw.hear('welcome');
  });
});

describe('how long a stranger may wait', () => {
  afterEach(() => void vi.useRealTimers());

  it('SEC-11 ten minutes, at known and unknown meetings alike, and it is told nothing then', async () => {
    const { meeting } = await gather(server, 0);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const id of [meeting.id, randomBox(16)]) {
      const stranger = await knock(id);
      vi.advanceTimersByTime(TIMES.strangerSocketMs - 1_000);
      stranger.say({ kind: 'ping' });
      await stranger.hear('pong');
      vi.advanceTimersByTime(1_000);
      expect(await stranger.whenClosed()).toEqual({ code: 1000, reason: '' });
      expect(stranger.heard.map(({ kind }) => kind)).toEqual(['knocked', 'pong']);
    }
  });
});

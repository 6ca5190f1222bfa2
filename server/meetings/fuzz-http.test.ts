// A-65 A-68: every route with input that is malformed, oversized or of the wrong type: a coded error, no crash, and not
// one row changed.
import { LIMITS } from '@in-camera/protocol/limits.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import { ask, newChair, randomBox } from '../testkit-client.ts';
import { contents, RAW, spoilt } from './fuzz-testkit.ts';

let server: TestServer;
let nowMs = 1_800_000_000_000;
beforeAll(async () => {
  server = await startTestServer({ clock: () => nowMs });
});
afterAll(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

describe('A-65 A-68 the routes', () => {
  it('A-65 A-68 answer a coded error to anything odd, and nothing changes', async () => {
    const before = await contents(server);
    const good = {
      id: randomBox(16),
      charter: randomBox(LIMITS.charterBox),
      hostSeat: newChair().seat,
    };
    const { CreateMeeting } = await import('@in-camera/protocol/http.ts');
    const bodies = [
      ...RAW,
      ...fc
        .sample(spoilt(good), { numRuns: 600, seed: 9 })
        .filter((value) => !CreateMeeting.safeParse(value).success)
        .map((value) => JSON.stringify(value) ?? ''),
    ];
    const headers = { origin: server.origin, authorization: `Bearer ${server.setupToken}` };
    let count = 0;
    const check = async (answer: Awaited<ReturnType<typeof ask>>, what: string) => {
      count += 1;
      nowMs += 300;
      expect([
        what,
        answer.status >= 400 && answer.status < 500,
        Object.keys(JSON.parse(answer.body)),
      ]).toEqual([what, true, ['code']]);
    };
    for (const [index, body] of bodies.entries()) {
      const type =
        [
          'application/json',
          'application/json',
          'text/plain',
          'multipart/form-data; boundary=x',
          'application/json; charset=utf-7',
        ][index % 5] ?? '';
      const answer = await ask(
        server,
        'POST',
        '/api/meetings',
        { ...headers, 'content-type': type, 'content-length': String(Buffer.byteLength(body)) },
        body,
      );
      await check(answer, `${type} ${body.slice(0, 60)}`);
    }
    const paths = [
      '/api/meetings/',
      '/api/meetings/%00',
      `/api/meetings/${'a'.repeat(100)}`,
      '/api/meetings/..%2f..%2fetc',
      '/media/x/rtc/validate',
      `/media/${randomBox(16)}/rtc/validate`,
      `/media/${randomBox(16)}/rtc/v1/validate?access_token=x`,
      `/media/${randomBox(16)}/rtc`,
      '/media/',
      '/api',
      '/api/meetings/%',
      '//',
      '/api/meetings/%E0%A4%A',
      `/${'x'.repeat(9_000)}`,
    ];
    for (const path of paths) {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        // Without a media server a ticket cannot be judged: 503, coded too.
        const answer = await ask(server, method, path, { origin: server.origin });
        await check(answer, `${method} ${path.slice(0, 60)}`);
      }
    }
    expect(count).toBeGreaterThan(600);
    expect(await contents(server)).toBe(before);
    // It still works.
    const made = await ask(
      server,
      'POST',
      '/api/meetings',
      { ...headers, 'content-type': 'application/json' },
      JSON.stringify(good),
    );
    expect(made.status).toBe(201);
  }, 120_000);
});

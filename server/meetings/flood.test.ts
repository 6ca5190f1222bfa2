// Floods and giants at the meeting socket: ended with a code, and nobody else feels them.
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import { gather, openRaw, randomBox, sit } from '../testkit-client.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

const knockBox = () => randomBox(LIMITS.knockBox);

describe('A-65 floods', () => {
  it('A-65 a thousand messages a second are closed with a code, and others go on', async () => {
    const { host, guests, slot } = await gather(server, 2);
    const rogue = guests[0]!.raw;
    for (let n = 0; n < 2_000; n += 1) rogue.say({ kind: 'ping' });
    expect(await rogue.whenClosed()).toEqual({ code: 4429, reason: 'too-many' });
    expect(rogue.heard.at(-1)).toEqual({ kind: 'error', code: 'too-many' });
    expect(
      (
        await host.raw.ask({
          kind: 'send',
          group: slot.group,
          epoch: slot.epoch,
          box: randomBox(40),
        })
      ).kind,
    ).toBe('reply');
    await guests[1]!.raw.hear('order', ({ item }) => item.kind === 'message');
  });

  it('A-65 what is too large ends the socket, before and after sitting down', async () => {
    const { meeting, guests } = await gather(server, 1);
    const seated = guests[0]!.raw;
    seated.socket.send(`{"kind":"ping","x":"${'x'.repeat(LIMITS.socketMessage)}"}`);
    expect(await seated.whenClosed()).toEqual({ code: 4413, reason: 'too-large' });
    const giant = await sit(server, meeting, guests[0]!.chair);
    giant.socket.send('x'.repeat(3 * LIMITS.socketMessage));
    expect((await giant.whenClosed()).code).toBe(1009);
    const stranger = await openRaw(server, meeting.id);
    stranger.socket.send('x'.repeat(LIMITS.socketMessage));
    expect((await stranger.whenClosed()).code).toBe(4413);
    const binary = await openRaw(server, meeting.id);
    binary.socket.send(Buffer.from(JSON.stringify({ kind: 'knock', box: knockBox() })));
    expect(await binary.whenClosed()).toEqual({ code: 4400, reason: 'bad-message' });
  });

  it('A-66 sockets that say nothing are ended, and meanwhile an honest one is served', async () => {
    const { host, slot, meeting } = await gather(server, 0);
    const idle = await Promise.all(Array.from({ length: 200 }, () => openRaw(server, meeting.id)));
    expect(
      (
        await host.raw.ask({
          kind: 'send',
          group: slot.group,
          epoch: slot.epoch,
          box: randomBox(40),
        })
      ).kind,
    ).toBe('reply');
    const closes = await Promise.all(idle.map((socket) => socket.whenClosed()));
    expect(new Set(closes.map(({ code }) => code))).toEqual(new Set([4400]));
  });
});

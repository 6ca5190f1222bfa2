// Every connection of the server and of the browsers in a whole meeting is to our own house:
// system calls of the server and its media server, Chromium's net-log, each browser's road, ICE lists.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cast, openCast } from '../harness/cast.ts';
import { type FirefoxPerson, openFirefox } from '../harness/firefox.ts';
import { iceUrlsOf } from '../harness/gauges.ts';
import { mediaKeysOf } from '../harness/hostile.ts';
import {
  isLoopback,
  isThisMachine,
  readNetLog,
  readTrace,
  tracer,
} from '../harness/network-log.ts';
import {
  bringIn,
  makeLink,
  openMeeting,
  waitForChat,
  waitForClosed,
  write,
} from '../harness/steps.ts';
import { waitToHear, waitToSee } from '../harness/together.ts';

/** A kernel that lets nobody trace makes the trace impossible: the test then says so by failing. */
const mayTrace = (): boolean => {
  try {
    execFileSync('strace', ['-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('whom the house and its guests talk to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'in-camera-trace-'));
  const trace = join(folder, 'trace');
  let cast: Cast;
  let fay: FirefoxPerson;

  beforeAll(async () => {
    expect(mayTrace()).toBe(true);
    cast = await openCast([{ name: 'Ana' }], { under: tracer(trace) });
    fay = await openFirefox({ name: 'Fay', host: cast.house.host });
    const ana = cast.person('Ana');
    const link = await makeLink(ana, cast.house);
    await openMeeting(ana);
    await bringIn(ana, fay, link);
    for (const person of [ana, fay]) await waitForClosed(person, 2);
    await waitToSee(ana, fay, 60_000);
    await waitToSee(fay, ana, 60_000);
    await waitToHear(fay, [ana]);
    await write(ana, 'Look at https://stranger.example/x.png');
    await waitForChat(fay, 'stranger.example');
  }, 400_000);
  afterAll(async () => {
    await fay?.close();
    await cast?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('A-80 PBD-8 every ICE list holds own hosts only', async () => {
    for (const person of [cast.person('Ana'), fay]) {
      const urls = await iceUrlsOf(person);
      for (const url of urls) {
        const host = /^(?:stuns?|turns?):([^?]+)/.exec(url)?.[1] ?? url;
        expect({ name: person.name, host, own: isLoopback(host) }).toEqual({
          name: person.name,
          host,
          own: true,
        });
      }
    }
  });

  test('PBD-10 the only address a browser is told of is the media server', async () => {
    const { port } = new URL(mediaKeysOf(cast.house).url);
    for (const person of [cast.person('Ana'), fay]) {
      const told = await person.evaluate(
        () =>
          (globalThis.inCameraGauges?.peers ?? []).flatMap((peer) =>
            [...(peer.remoteDescription?.sdp ?? '').matchAll(/^a=candidate:.*$/gm)].map(
              ([one]) => one,
            ),
          ),
        undefined,
      );
      expect(told.length).toBeGreaterThan(0);
      const ports = new Set(told.map((one) => one.split(' ')[5]));
      // LiveKit has one port for media: every candidate is that, and none is another person's.
      expect({ name: person.name, ports: ports.size }).toEqual({ name: person.name, ports: 1 });
      expect([...ports]).not.toContain(port);
      expect(told.every((one) => / typ host\b/.test(one))).toBe(true);
    }
  });

  test('A-80 A-52 TRA-5 the pages asked for our own host and no other, also after a link in the chat', async () => {
    expect(fay.road.hosts()).toEqual([cast.house.host]);
    const ana = cast.person('Ana');
    await ana.quit();
    const talk = readNetLog(ana.netLog);
    expect(talk.events).toBeGreaterThan(500);
    expect(talk.byPages).toEqual([cast.house.host]);
    expect(talk.datagrams.length).toBeGreaterThan(0);
    expect(talk.datagrams.filter((one) => !isThisMachine(one))).toEqual([]);
    expect(talk.names.filter((one) => /stun|twilio|livekit|stranger/.test(one))).toEqual([]);
    // Chromium's own talk with its maker is none of the product's; it was refused, and is told.
    console.log(
      `A-80 net-log: pages ${talk.byPages.length} host, browser itself ${talk.byBrowser.join(' ')}; datagrams to ${talk.datagrams.length} addresses`,
    );
  }, 60_000);

  test('A-80 PBD-8 server and media server connected and sent to this machine alone, from their first moment', () => {
    const { calls, addresses } = readTrace(trace);
    expect(calls).toBeGreaterThan(100);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((one) => !isThisMachine(one))).toEqual([]);
    console.log(
      `A-80 connect trace (strace): ${calls} calls to ${addresses.length} addresses, all of this machine`,
    );
  });
});

// Proves the harness on a page of its own: two browsers' pictures and tones are named, other things
// are not, a cut road cuts, a foreign host is noted. Must know nothing of the product.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChromiumPerson, openChromium } from './chromium.ts';
import { FIREFOX_TONE_HZ, type FirefoxPerson, openFirefox } from './firefox.ts';
import { columnsOf, lookOf, readColumns } from './look.ts';
import { until, withoutAddresses } from './person.ts';
import { moved, picturesOf } from './picture.ts';
import { installSecondCamera, SECOND_CAMERA_COLUMNS, SECOND_CAMERA_ID } from './second-camera.ts';
import { hasTone, hear, idsHeard } from './tone.ts';

const ALL = Array.from({ length: 16 }, (_, id) => id);

const PAGE = `<!doctype html><html lang="en"><title>Loop</title><body>
<button id="start">Start the loop</button><label>Name <input id="name"></label>
<div role="status" id="said"></div>
<figure data-tile="camera"><video aria-label="Far end" id="far" autoplay muted playsinline width="320" height="180"></video></figure>
<figure aria-label="Nothing"><canvas id="nothing"></canvas></figure>
<script>
const open = async () => {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = (e) => e.candidate && b.addIceCandidate(e.candidate);
  b.onicecandidate = (e) => e.candidate && a.addIceCandidate(e.candidate);
  const sound = new Audio(); sound.srcObject = new MediaStream(); window.sound = sound;
  const far = document.getElementById('far'); far.srcObject = new MediaStream();
  b.ontrack = (e) => {
    if (e.track.kind === 'video') far.srcObject.addTrack(e.track);
    else { sound.srcObject.addTrack(e.track); void sound.play(); }
  };
  const own = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: { width: 320, height: 180, frameRate: 15 } });
  for (const track of own.getTracks()) a.addTrack(track, own);
  await a.setLocalDescription(); await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription(); await a.setRemoteDescription(b.localDescription);
  document.getElementById('said').textContent = 'Started by ' + document.getElementById('name').value;
};
document.getElementById('start').onclick = open;
</script></body></html>`;

describe('the harness of the browser tests', () => {
  let server: Server;
  let host: string;
  let ana: ChromiumPerson;
  let ben: FirefoxPerson;

  beforeAll(async () => {
    server = createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html; charset=utf-8');
      answer.end(PAGE);
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    host = `localhost:${(server.address() as AddressInfo).port}`;
    ana = await openChromium({ name: 'Ana', id: 6, host });
    ben = await openFirefox({ name: 'Ben', host });
  }, 60_000);

  afterAll(async () => {
    await Promise.all([ana?.close(), ben?.close()]);
    server?.close();
  }, 30_000);

  test('every look reads back as itself, and noise as nobody', () => {
    for (const id of ALL) expect(readColumns(columnsOf(id))).toBe(id);
    expect(readColumns(columnsOf(3).map(([r, g, b]) => [b, r, g] as const))).toBeUndefined();
    expect(readColumns(Array.from({ length: 4 }, () => [90, 90, 90] as const))).toBeUndefined();
    const swapped = [0, 2, 1, 3].map((i) => columnsOf(7)[i] ?? ([0, 0, 0] as const));
    expect(readColumns(swapped)).not.toBe(7);
  });

  test('the second camera paints the look it says', () => {
    expect(readColumns(SECOND_CAMERA_COLUMNS)).toBe(SECOND_CAMERA_ID);
    const painted = SECOND_CAMERA_COLUMNS.map((rgb) => `rgb(${rgb.join(' ')})`);
    for (const colour of painted) expect(installSecondCamera.toString()).toContain(colour);
  });

  test('addresses never reach a log', () => {
    expect(withoutAddresses('at https://a.example/j/x#secret failed')).toBe('at <address> failed');
  });

  test('Chromium: the picture and the tone of the capture files arrive decoded', async () => {
    await ana.goto(`http://${host}/`);
    expect(await picturesOf(ana)).toHaveLength(0);
    await ana.fill('Name', 'Ana');
    await ana.press('button', 'Start the loop');
    const first = await until('a picture', 15_000, async () => (await picturesOf(ana))[0]);
    expect(first).toMatchObject({ shows: 6, width: 320, height: 180 });
    expect(first).toMatchObject({ label: 'Far end', tile: 'camera' });
    await until('movement', 5_000, async () => {
      const [next] = await picturesOf(ana);
      return next !== undefined && moved(first, next);
    });
    await until('text', 5_000, async () => (await ana.text()).includes('Started by Ana'));
    const heard = await until('the tone', 15_000, async () => {
      const one = await hear(ana);
      return hasTone(one, lookOf(6).toneHz) && one;
    });
    expect(idsHeard(heard, ALL)).toEqual([6]);
  }, 60_000);

  test('Chromium: the tone outlives noise suppression, and silence is nobody', async () => {
    await new Promise((done) => {
      setTimeout(done, 8_000);
    });
    expect(idsHeard(await hear(ana), ALL)).toEqual([6]);
    await ana.evaluate(() => {
      for (const one of globalThis.inCameraEars ?? []) one.muted = true;
    }, undefined);
    expect(idsHeard(await hear(ana), ALL)).toEqual([]);
  }, 60_000);

  test('Firefox: its fake camera is recognised and its tone measured', async () => {
    await ben.goto(`http://${host}/`);
    await ben.fill('Name', 'Ben');
    await ben.press('button', /^Start the/);
    const first = await until('a picture', 15_000, async () => (await picturesOf(ben))[0]);
    expect(first.shows).toBe('firefox');
    await until('movement', 10_000, async () => {
      const [next] = await picturesOf(ben);
      return next !== undefined && moved(first, next);
    });
    expect(await ben.text()).toContain('Started by Ben');
    const heard = await until('a tone', 15_000, async () => {
      const one = await hear(ben);
      return one.peaksHz.length > 0 && one;
    });
    expect(heard.peaksHz).toHaveLength(1);
    expect(hasTone(heard, FIREFOX_TONE_HZ)).toBe(true);
  }, 60_000);

  test('a foreign host is refused and noted, in both engines', async () => {
    for (const person of [ana, ben]) {
      const reached = await person.evaluate(
        () =>
          fetch('http://stranger.example/x').then(
            () => true,
            () => false,
          ),
        undefined,
      );
      expect(reached).toBe(false);
      expect(person.road.strangers()).toContain('stranger.example:80');
    }
  });

  test('a cut road is cut until it is mended', async () => {
    const fetches = () =>
      ana.evaluate(
        () =>
          fetch('/again', { cache: 'no-store' }).then(
            (r) => r.status,
            () => 0,
          ),
        undefined,
      );
    expect(await fetches()).toBe(200);
    ana.road.cut();
    expect(await fetches()).toBe(0);
    ana.road.mend();
    expect(await fetches()).toBe(200);
  });
});

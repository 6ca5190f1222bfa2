// Hostile media (attacks.md): a browser page with a LiveKit token that the test made under any
// identity. The key comes from the data folder, as a malicious operator has it. Test code only.
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { bundleScript } from './bundle.ts';
import { type ChromiumPerson, openChromium } from './chromium.ts';
import type { Recorded, SendMode, Tapped } from './hostile-page.ts';
import { sleep } from './person.ts';
import type { House } from './server.ts';

export type { Recorded, Tapped } from './hostile-page.ts';
export const HOSTILE_ID = 15;

export interface MediaKeys {
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Key and port as the server wrote them for its child. */
export function mediaKeysOf(house: House): MediaKeys {
  const folder = join(house.dataFolder, 'media');
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(folder, one.name), 'utf8'));
  const config = texts.find((text) => text.includes('bind_addresses')) ?? '';
  const keys = texts.find((text) => text.includes('"apiSecret"')) ?? '';
  const read = (text: string, name: string, value: string): string | undefined =>
    new RegExp(`"?${name}"?:\\s*"?(${value})"?`).exec(text)?.[1];
  const port = read(config, 'port', '\\d+');
  const [apiKey, apiSecret] = [read(keys, 'apiKey', '[\\w-]+'), read(keys, 'apiSecret', '[\\w-]+')];
  if (port === undefined || apiKey === undefined || apiSecret === undefined) {
    throw new Error('no keys of the media server in the data folder');
  }
  return { url: `http://127.0.0.1:${port}`, apiKey, apiSecret };
}

export const roomsOf = ({ url, apiKey, apiSecret }: MediaKeys): RoomServiceClient =>
  new RoomServiceClient(url, apiKey, apiSecret);

/** The one room there is. */
export async function onlyRoom(keys: MediaKeys): Promise<string> {
  const rooms = await roomsOf(keys).listRooms();
  const [room] = rooms.filter((one) => one.numParticipants > 0);
  if (room === undefined) throw new Error('no room');
  return room.name;
}

export interface Grants {
  readonly identity: string;
  readonly hidden?: boolean;
  readonly publish?: boolean;
}

export function mint(keys: MediaKeys, room: string, { identity, hidden, publish }: Grants) {
  const token = new AccessToken(keys.apiKey, keys.apiSecret, { identity, ttl: 600 });
  token.addGrant({
    room,
    roomJoin: true,
    canSubscribe: true,
    canPublish: publish ?? false,
    canPublishData: true,
    hidden: hidden ?? false,
  });
  return token.toJwt();
}

export interface Hostile {
  readonly person: ChromiumPerson;
  join(grants: Grants): Promise<void>;
  leave(): Promise<void>;
  take(): Promise<readonly Tapped[]>;
  publish(kind: 'audio' | 'video', source: string, mode: SendMode): Promise<void>;
  /** Frames that left this page. */
  sent(): Promise<number>;
  identities(): Promise<readonly string[]>;
  sendData(text: string): Promise<string>;
  close(): Promise<void>;
}

export async function openHostile(keys: MediaKeys): Promise<Hostile> {
  const script = await bundleScript(join(import.meta.dirname, 'hostile-page.ts'));
  const server = createServer((request, answer) => {
    const isScript = request.url === '/page.js';
    answer.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    answer.end(
      isScript
        ? script
        : '<!doctype html><title>Hostile</title><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const person = await openChromium({
    name: 'Hostile',
    id: HOSTILE_ID,
    host,
    alsoHosts: [new URL(keys.url).host],
    flags: ['--autoplay-policy=no-user-gesture-required'],
  });
  await person.goto(`http://${host}/`);
  await person.page.waitForFunction(() => globalThis.hostilePage !== undefined);
  return {
    person,
    async join(grants) {
      const room = await onlyRoom(keys);
      const token = await mint(keys, room, grants);
      const url = keys.url.replace(/^http/, 'ws');
      await person.evaluate((to) => globalThis.hostilePage.join(to.url, to.token), { url, token });
    },
    leave: () => person.evaluate(() => globalThis.hostilePage.leave(), undefined),
    take: () => person.evaluate(() => globalThis.hostilePage.take(), undefined),
    publish: (kind, source, mode) =>
      person.evaluate(
        (what) => globalThis.hostilePage.publish(what.kind, what.source as never, what.mode),
        { kind, source, mode },
      ),
    sent: () => person.evaluate(() => globalThis.hostilePage.sent(), undefined),
    identities: () => person.evaluate(() => globalThis.hostilePage.identities(), undefined),
    sendData: (text) => person.evaluate((words) => globalThis.hostilePage.sendData(words), text),
    async close() {
      await person.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/**
 * What passes the media server in `ms`. The server puts out whom it did not admit: while the tap records it stands
 * still, as a malicious one would look away. The media server goes on.
 */
export async function record(house: House, tap: Hostile, ms: number): Promise<readonly Tapped[]> {
  const server = await house.pid();
  process.kill(server, 'SIGSTOP');
  try {
    await tap.join({ identity: 'tap', hidden: true });
    await tap.take();
    await sleep(ms);
    return await tap.take();
  } finally {
    await tap.leave().catch(() => undefined);
    process.kill(server, 'SIGCONT');
  }
}

/** All frames of one member and source, in order. */
export function framesOf(
  tapped: readonly Tapped[],
  source: string,
  identity?: string,
): readonly Recorded[] {
  return tapped
    .filter((one) => one.source === source && (identity === undefined || one.identity === identity))
    .flatMap(({ frames }) => frames);
}

// A real LiveKit on loopback for these tests alone, and a proxy in front of it that serves the test
// page and puts a token in by ticket, as ours does. Knows no keys.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

const KEY = 'loop';

export interface Ticket {
  readonly identity: string;
  readonly mayPublishData?: boolean;
}

export interface Loop {
  /** http://localhost:<port> */
  readonly origin: string;
  /** ws://localhost:<port>/media/<ticket>, a member of this loop's one room. */
  address(ticket: Ticket): string;
  /** Kills LiveKit and starts it again with the same configuration. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly codecs?: readonly string[];
  /** Path to body of what the page asks for. */
  readonly files: ReadonlyMap<string, string>;
}

const CODECS = ['audio/opus', 'video/vp8', 'video/vp9', 'video/rtx'];

export async function startLoop(options: LoopOptions): Promise<Loop> {
  const folder = mkdtempSync(join(tmpdir(), 'media-loop-'));
  const secret = randomBytes(24).toString('hex');
  const [port, udpPort] = [await freePort(), await freePort()];
  const config = join(folder, 'livekit.yaml');
  const codecs = (options.codecs ?? CODECS).map((mime) => `{mime: ${mime}}`).join(', ');
  writeFileSync(join(folder, 'keys.yaml'), `${KEY}: ${secret}\n`, { mode: 0o600 });
  writeFileSync(
    config,
    [
      `port: ${port}`,
      'bind_addresses: ["127.0.0.1"]',
      'logging: {level: error, pion_level: error, json: true, sample: false}',
      `key_file: ${join(folder, 'keys.yaml')}`,
      'enable_data_tracks: false',
      `room: {auto_create: true, empty_timeout: 60, departure_timeout: 5, enable_remote_unmute: false, enabled_codecs: [${codecs}]}`,
      `rtc: {node_ip: 127.0.0.1, udp_port: ${udpPort}, tcp_port: 0, enable_loopback_candidate: true, interfaces: {includes: [lo]}, stun_servers: ["127.0.0.1:9"]}`,
      '',
    ].join('\n'),
  );
  const start = async () => {
    const started = spawn(livekitBinary(), ['--config', config], { stdio: 'ignore' });
    await answering(port, started);
    return started;
  };
  let child = await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  const tickets = new Map<string, Ticket>();
  const upgraded = new Set<Duplex>();
  const server = serve(options.files, port, upgraded, (id) => {
    const ticket = tickets.get(id);
    return ticket === undefined ? null : mint(ticket, secret);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  return {
    origin: `http://localhost:${own}`,
    restart: async () => {
      await kill();
      child = await start();
    },
    address: (ticket) => {
      const id = randomBytes(12).toString('hex');
      tickets.set(id, ticket);
      return `ws://localhost:${own}/media/${id}`;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      // Upgraded ones are no longer the server's to close.
      for (const socket of upgraded) socket.destroy();
      await closed;
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Built by `npm start` or by hand (media/README.md); these tests build nothing. */
function livekitBinary(): string {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'in-camera');
  const builds = join(cache, 'livekit');
  const own = join(import.meta.dirname, '../../media/bin/livekit-server');
  const found = existsSync(builds) ? readdirSync(builds).map((one) => join(builds, one)) : [];
  const binary = [own, ...found.map((one) => join(one, 'livekit-server'))].find(existsSync);
  if (binary === undefined) throw new Error('no LiveKit built: see media/README.md');
  return binary;
}

async function freePort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`LiveKit ended with ${child.exitCode}`);
    const ok = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('LiveKit does not answer');
}

function mint({ identity, mayPublishData }: Ticket, secret: string): string {
  const now = Math.floor(Date.now() / 1000);
  const video = {
    room: 'loop',
    roomJoin: true,
    canPublish: true,
    canSubscribe: true,
    canPublishData: mayPublishData ?? false,
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: KEY, sub: identity, nbf: now - 60, exp: now + 600, video })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', html: 'text/html' };

function serve(
  files: ReadonlyMap<string, string>,
  port: number,
  upgraded: Set<Duplex>,
  tokenOf: (ticket: string) => string | null,
): Server {
  /** /media/<ticket>/rtc... becomes LiveKit's own path with a fresh token; anything else null. */
  const forward = (url: string): string | null => {
    const match = /^\/media\/([0-9a-f]+)(\/rtc(?:\/v1)?(?:\/validate)?)(\?.*)?$/.exec(url);
    const token = match?.[1] === undefined ? null : tokenOf(match[1]);
    if (token === null || match?.[2] === undefined) return null;
    const query = new URLSearchParams(match[3] ?? '');
    query.set('access_token', token);
    return `${match[2]}?${query}`;
  };
  const server = createServer((request, response) => {
    const path = forward(request.url ?? '');
    if (path !== null) {
      void fetch(`http://127.0.0.1:${port}${path}`).then(
        async (answer) => response.writeHead(answer.status).end(await answer.text()),
        () => response.writeHead(502).end(),
      );
      return;
    }
    const name = (request.url ?? '').split('?')[0] ?? '';
    const body = files.get(name);
    const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'text/html';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
  });
  server.on('upgrade', (request, socket) => {
    const path = forward(request.url ?? '');
    if (path === null) {
      socket.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      const headers = Object.entries(request.headers)
        .filter(([name]) => name !== 'authorization')
        .map(([name, value]) => `${name}: ${value}\r\n`);
      upstream.write(`GET ${path} HTTP/1.1\r\n${headers.join('')}\r\n`);
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    upgraded.add(socket);
    socket.on('close', () => {
      upgraded.delete(socket);
      upstream.destroy();
    });
  });
  return server;
}

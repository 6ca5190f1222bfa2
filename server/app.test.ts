// Over real sockets on the loopback: what a client gets, byte for byte.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressOf } from './address.ts';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { RequestError } from './errors.ts';
import { createListeners, type Listeners } from './listen.ts';
import { createLogger } from './logger.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createUpgrades, type Upgrades } from './upgrades.ts';
import { addWebFiles } from './web-files.ts';

const CONFIG: Config = {
  exposure: { kind: 'loopback' },
  listen: { hosts: ['127.0.0.1'], port: 0 },
  dataFolder: '',
  cacheFolder: '',
  media: { binary: undefined, port: 0, udpPort: 0, tcpPort: 0, maxParticipants: 2 },
};
const HOST = 'meet.example.org';
const ORIGIN = `https://${HOST}`;
const OWN = { host: HOST, origin: ORIGIN };

let folder: string;
let app: FastifyInstance;
let listeners: Listeners;
let upgrades: Upgrades;
let port: number;
let log: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'in-camera-app-'));
  mkdirSync(join(folder, 'web', 'assets'), { recursive: true });
  mkdirSync(join(folder, 'web', '.vite'));
  writeFileSync(join(folder, 'web', 'index.html'), '<!doctype html>page');
  writeFileSync(join(folder, 'web', 'fragment.js'), 'fragment');
  writeFileSync(join(folder, 'web', 'assets', 'a-1.js'), 'script');
  writeFileSync(join(folder, 'web', 'assets', 'm-1.wasm'), 'wasm');
  writeFileSync(join(folder, 'web', '.vite', 'manifest.json'), 'manifest');
  writeFileSync(join(folder, 'web', 'data.bin'), 'binary');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  log = [];
  const clock = Date.now;
  const addressOf = createAddressOf([]);
  const publicOrigin = (): string => ORIGIN;
  upgrades = createUpgrades({
    publicOrigin,
    addressOf,
    limiter: createRateLimiter({ burst: 50, perSecond: 0 }, clock),
  });
  listeners = createListeners(CONFIG, upgrades);
  app = createApp({
    listeners,
    logger: createLogger((line) => void log.push(line), clock),
    clock,
    addressOf,
    publicOrigin,
    status: () => ({ version: '1', media: 'building', step: 'x' }),
  });
  addWebFiles(app, join(folder, 'web'));
  app.get('/api/broken/:id', () => {
    throw new TypeError('canary-secret');
  });
  app.get('/api/refused', () => {
    throw new RequestError('ended');
  });
  app.post('/api/echo', (incoming) => ({ got: incoming.body }));
  await app.ready();
  port = await listeners.listen();
});
afterEach(async () => {
  await listeners.close();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { status: number; headers: Record<string, unknown>; body: string };

function ask(path: string, options: { method?: string; headers?: object; body?: string } = {}) {
  const { method = 'GET', headers = OWN, body } = options;
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, method, headers: { ...headers } });
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: { ...response.headers }, body: text }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends bytes as they are and returns everything until the other side ends. */
function speak(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString('latin1');
    });
    socket.on('error', () => resolve(heard));
    socket.on('close', () => resolve(heard));
  });
}

const EXPECTED = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self'; media-src 'self'; worker-src 'self'; manifest-src 'self'; connect-src 'self' wss://meet.example.org; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types in-camera",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy':
    'autoplay=(self), camera=(self), display-capture=(self), fullscreen=(self), microphone=(self), screen-wake-lock=(self), speaker-selection=(self), accelerometer=(), bluetooth=(), browsing-topics=(), clipboard-read=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
};
/** These differ by answer and are checked where they matter. */
const VARYING = [
  'date',
  'connection',
  'keep-alive',
  'content-length',
  'content-type',
  'transfer-encoding',
];

describe('headers', () => {
  it('A-79 SEC-18 every answer has exactly these headers, errors included', async () => {
    const answers = {
      page: await ask('/'),
      link: await ask('/j/whatever'),
      file: await ask('/fragment.js'),
      status: await ask('/api/status'),
      missing: await ask('/nowhere'),
      api: await ask('/api/nowhere'),
      broken: await ask('/api/broken/1'),
      refused: await ask('/api/refused'),
      method: await ask('/', { method: 'DELETE' }),
      host: await ask('/', { headers: { host: 'evil.example' } }),
      origin: await ask('/', { headers: { host: HOST, origin: 'https://evil.example' } }),
      parameter: await ask(`/j/${'x'.repeat(500)}`),
      encoding: await ask('/%E0%A4%A'),
      body: await ask('/api/echo', {
        method: 'POST',
        body: '{',
        headers: { ...OWN, 'content-type': 'application/json' },
      }),
    };
    for (const [name, { headers }] of Object.entries(answers)) {
      const rest = Object.fromEntries(
        Object.entries(headers).filter(([key]) => !VARYING.includes(key)),
      );
      expect(rest, name).toEqual({ ...EXPECTED, 'cache-control': 'no-store' });
    }
  });

  it('A-79 a hashed file differs by its cache time alone', async () => {
    const { headers } = await ask('/assets/a-1.js');
    const rest = Object.fromEntries(
      Object.entries(headers).filter(([key]) => !VARYING.includes(key)),
    );
    expect(rest).toEqual({ ...EXPECTED, 'cache-control': 'public, max-age=31536000, immutable' });
  });

  it('A-67 compresses nothing', async () => {
    const { headers } = await ask('/', {
      headers: { ...OWN, 'accept-encoding': 'gzip, br, zstd' },
    });
    expect(headers).not.toHaveProperty('content-encoding');
  });
});

describe('routes', () => {
  it('serves the page at the addresses it knows, the same bytes for any id (SEC-11)', async () => {
    for (const path of ['/', '/start', '/about', '/j/AAAAAAAAAAAAAAAAAAAAAA', '/j/x']) {
      const { status, headers, body } = await ask(path);
      expect([status, body]).toEqual([200, '<!doctype html>page']);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
    }
  });

  it('serves files with their types', async () => {
    expect(await ask('/assets/m-1.wasm')).toMatchObject({
      status: 200,
      body: 'wasm',
      headers: { 'content-type': 'application/wasm' },
    });
  });

  it('A-69 reaches nothing outside the built page, by no spelling', async () => {
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
      '/..%5csecret.txt',
      '//secret.txt',
      '/.vite/manifest.json',
      '/data.bin',
      '/index.html%00',
      '/j/../secret.txt',
    ]) {
      const { status, body } = await ask(path);
      expect(status, path).not.toBe(200);
      expect(body).toMatch(/^\{"code":"[a-z-]+"\}$/);
    }
  });

  it('says how the media server is', async () => {
    const { body } = await ask('/api/status');
    expect(JSON.parse(body)).toEqual({ version: '1', media: 'building', step: 'x' });
  });

  it('SEC-16 bad input gets a code and changes nothing', async () => {
    const json = { ...OWN, 'content-type': 'application/json' };
    const post = (body: string, headers: object = json) =>
      ask('/api/echo', { method: 'POST', body, headers });
    expect(await post('{"a":1}')).toMatchObject({ status: 200, body: '{"got":{"a":1}}' });
    for (const body of [
      '{',
      '',
      '[1,',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":{}}}',
      '\u0000',
    ]) {
      expect(await post(body), body).toMatchObject({ status: 400, body: '{"code":"bad-message"}' });
    }
    expect(await post('"x"', { ...OWN, 'content-type': 'text/plain' })).toMatchObject({
      status: 400,
      body: '{"code":"bad-message"}',
    });
    expect(await post(`"${'x'.repeat(70_000)}"`)).toMatchObject({
      status: 413,
      body: '{"code":"too-large"}',
    });
  });

  it('SEC-25 an unexpected error tells the client its code and the log its place, nothing more', async () => {
    expect(await ask('/api/broken/canary-id?canary=1')).toMatchObject({
      status: 500,
      body: '{"code":"internal"}',
    });
    expect(log.join('')).toMatch(
      /request-failed route=\/api\/broken\/:id errorName=TypeError place=app\.test\.ts/,
    );
    expect(log.join('')).not.toContain('canary');
    expect(await ask('/api/refused')).toMatchObject({ status: 410, body: '{"code":"ended"}' });
  });

  it('A-75 refuses a request for another host', async () => {
    for (const host of ['evil.example', 'localhost', `127.0.0.1:${port}`]) {
      const answer = await ask('/', { headers: { host, 'x-forwarded-host': HOST } });
      expect(answer).toMatchObject({ status: 421, body: '{"code":"bad-origin"}' });
    }
  });

  it('A-59 refuses a change from another origin, or from none', async () => {
    const json = { 'content-type': 'application/json' };
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const headers = { host: HOST, ...json, ...(origin === undefined ? {} : { origin }) };
      const answer = await ask('/api/echo', { method: 'POST', body: '{}', headers });
      expect(answer).toMatchObject({ status: 403, body: '{"code":"bad-origin"}' });
    }
  });
});

describe('sockets', () => {
  const upgrade = (path: string, headers: Record<string, string> = {}) =>
    speak(
      [
        `GET ${path} HTTP/1.1`,
        ...Object.entries({
          host: HOST,
          origin: ORIGIN,
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          ...headers,
        })
          .filter(([, value]) => value !== '')
          .map(([name, value]) => `${name}: ${value}`),
        '',
        '',
      ].join('\r\n'),
    );

  it('A-59 SEC-15 opens none for another origin, for none, or for another host', async () => {
    upgrades.add('/api/meetings/', () => {
      throw new TypeError('reached the feature');
    });
    const path = '/api/meetings/x/socket';
    for (const origin of ['https://evil.example', 'null', 'http://meet.example.org', '']) {
      expect(await upgrade(path, { origin })).toMatch(/^HTTP\/1\.1 403 /);
    }
    expect(await upgrade(path, { host: 'evil.example' })).toMatch(/^HTTP\/1\.1 421 /);
  });

  it('A-77 hands only WebSocket upgrades of known paths on', async () => {
    upgrades.add('/api/meetings/', (_request, socket) => socket.end('HTTP/1.1 299 Mine\r\n\r\n'));
    expect(await upgrade('/api/meetings/x/socket')).toMatch(/^HTTP\/1\.1 299 /);
    expect(await upgrade('/api/other')).toMatch(/^HTTP\/1\.1 404 /);
    expect(await upgrade('/api/meetings/x', { upgrade: 'h2c' })).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('SEC-16 limits how often one address may try', async () => {
    const answers: string[] = [];
    for (let index = 0; index < 51; index += 1) answers.push(await upgrade('/x'));
    expect(answers.at(-1)).toMatch(/^HTTP\/1\.1 429 /);
  });

  it('A-77 ends a request that could be read in two ways', async () => {
    const both = `POST /api/echo HTTP/1.1\r\nhost: ${HOST}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`;
    const heard = await speak(both);
    expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
    expect(await speak('GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await speak('\x16\x03\x01garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('A-66 ends connections that say nothing or too slowly, within 15 s', {
    timeout: 40_000,
  }, async () => {
    const startMs = performance.now();
    const slow = speak(`GET / HTTP/1.1\r\nhost: ${HOST}\r\nx-slow: `);
    const silent = speak('');
    await Promise.all([slow, silent]);
    expect(performance.now() - startMs).toBeLessThan(15_000);
    expect(await ask('/')).toMatchObject({ status: 200 });
  });
});

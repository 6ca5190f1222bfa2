import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from './config.ts';
import { createListeners, type Listeners } from './listen.ts';

const upgrades = { add: () => undefined, handle: () => undefined };
const opened: (Listeners | Server)[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    if ('servers' in one) await one.close();
    else await new Promise((resolve) => one.close(resolve));
  }
});

function listenersFor(
  hosts: readonly string[],
  port: number,
  exposure?: Config['exposure'],
): Listeners {
  const listeners = createListeners(
    {
      exposure: exposure ?? { kind: 'loopback' },
      listen: { hosts, port },
      dataFolder: '',
      cacheFolder: '',
      media: { binary: undefined, port: 0, udpPort: 0, tcpPort: 0, maxParticipants: 2 },
    },
    upgrades,
  );
  opened.push(listeners);
  return listeners;
}

function occupy(host: string): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    opened.push(server);
    server.listen({ host, port: 0 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

const reaches = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });

describe('listening', () => {
  it('binds both loopback addresses to one port, and no other address', async () => {
    const port = await listenersFor(['127.0.0.1', '::1'], 0).listen();
    expect(await reaches('127.0.0.1', port)).toBe(true);
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    if (own.some(({ address }) => address === '::1')) expect(await reaches('::1', port)).toBe(true);
    const others = own.filter(({ internal, scopeid }) => !internal && !scopeid);
    for (const { address } of others) expect(await reaches(address, port), address).toBe(false);
  });

  it('says in one sentence that the port is busy, with the way out', async () => {
    const port = await occupy('127.0.0.1');
    await expect(listenersFor(['127.0.0.1', '::1'], port).listen()).rejects.toMatchObject({
      code: 'port-busy',
      message: `Port ${port} is in use by another program (127.0.0.1:${port}): end it, or set IN_CAMERA_PORT to another port.`,
    });
  });

  it('refuses a port whose other loopback address is taken: browsers might reach a stranger there', async () => {
    const hosts = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const second = hosts.some(({ address }) => address === '::1') ? '::1' : '127.0.0.2';
    const port = await occupy(second);
    await expect(listenersFor(['127.0.0.1', second], port).listen()).rejects.toMatchObject({
      code: 'port-busy',
    });
  });

  it('says that an address is not this machine’s', async () => {
    await expect(listenersFor(['192.0.2.77'], 0).listen()).rejects.toMatchObject({
      code: 'no-address',
    });
  });

  it('says that certificate and key do not fit together', () => {
    const exposure: Config['exposure'] = {
      kind: 'public',
      publicOrigin: 'https://meet.example.org',
      tls: { cert: 'nonsense', key: 'nonsense' },
      trustedProxies: [],
      nodeIp: '192.0.2.7',
    };
    expect(() => listenersFor(['127.0.0.1'], 0, exposure)).toThrow(/do not fit together: give PEM/);
  });
});

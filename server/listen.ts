// The listening sockets: one for each address, all with the same port and the same handlers. Must bind nothing that the
// configuration did not name, and must close slow and idle connections.
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Config } from './config.ts';
import { StartError } from './errors.ts';
import type { Upgrades } from './upgrades.ts';

export type Listeners = {
  readonly servers: readonly [Server, ...Server[]];
  onRequest(listener: RequestListener): void;
  /** Resolves with the port. */
  listen(): Promise<number>;
  close(): Promise<void>;
};

const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
  // One way to read a request: no smuggling past a proxy in front.
  insecureHTTPParser: false,
  requireHostHeader: true,
};
const MAX_CONNECTIONS = 20_000;
/** TLS 1.3 first; of 1.2 only suites with forward secrecy and an AEAD (RFC 9325 section 4.2, SEC-15). */
const TLS: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    ...['ECDSA', 'RSA'].flatMap((key) => [
      `ECDHE-${key}-AES256-GCM-SHA384`,
      `ECDHE-${key}-CHACHA20-POLY1305`,
      `ECDHE-${key}-AES128-GCM-SHA256`,
    ]),
  ].join(':'),
};

/** Bytes that are no HTTP: answered without a word about why. */
export function handleClientError(_error: Error, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

function createOne({ exposure }: Config): Server {
  const tls = exposure.kind === 'public' ? exposure.tls : undefined;
  const server = tls === undefined ? createServer(LIMITS) : createTls(tls);
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

function createTls(tls: { readonly cert: string; readonly key: string }): Server {
  try {
    return createTlsServer({ ...LIMITS, ...tls, ...TLS });
  } catch (cause) {
    throw new StartError(
      'bad-config',
      'tls.cert and tls.key do not fit together: give PEM files of one pair.',
      { cause },
    );
  }
}

function listenOne(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  if (code === 'EADDRINUSE') {
    return new StartError(
      'port-busy',
      `Port ${port} is in use by another program (${where}): end it, or set IN_CAMERA_PORT to another port.`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new StartError(
      'port-busy',
      `This user may not listen on port ${port}: set IN_CAMERA_PORT to one above 1023.`,
      { cause: error },
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') {
    return new StartError(
      'no-address',
      `This machine has no address ${host}: correct listen.host.`,
      { cause: error },
    );
  }
  return error;
}

export function createListeners(config: Config, upgrades: Upgrades): Listeners {
  const { hosts, port: wanted } = config.listen;
  const first = createOne(config);
  const servers: [Server, ...Server[]] = [first, ...hosts.slice(1).map(() => createOne(config))];
  // The framework sets its own on the first one.
  for (const server of servers.slice(1)) server.on('clientError', handleClientError);
  const upgraded = new Set<Socket>();
  for (const server of servers) {
    server.on('upgrade', (request, socket, head) => {
      upgraded.add(request.socket);
      request.socket.once('close', () => upgraded.delete(request.socket));
      upgrades.handle(request, socket, head);
    });
  }
  return {
    servers,
    onRequest(listener) {
      for (const server of servers) server.on('request', listener);
    },
    async listen() {
      let port = wanted;
      for (const [index, server] of servers.entries()) {
        const host = hosts[index] ?? '127.0.0.1';
        try {
          await listenOne(server, host, port);
          port = portOf(server);
        } catch (error) {
          const reason = explain(error, host, port);
          // A machine without IPv6 has no ::1; nothing of ours can be missed there.
          const noSecond =
            reason instanceof StartError && reason.code === 'no-address' && index > 0;
          if (!noSecond) throw reason;
        }
      }
      return port;
    },
    async close() {
      const ends = servers
        .filter((server) => server.listening)
        .map((server) => new Promise<void>((resolve) => void server.close(() => resolve())));
      for (const server of servers) server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await Promise.all(ends);
    },
  };
}

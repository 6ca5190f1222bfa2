// One person's road to the server: a small forward proxy on loopback. It can be cut and mended
// (F-06), notes every host that was asked for and lets only the server's through.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface Cut {
  readonly port: number;
  /** Hosts asked for, each `name:port`, in order of first asking. */
  hosts(): readonly string[];
  /** Hosts asked for that are not ours. */
  strangers(): readonly string[];
  /** WebSockets opened so far, and alive now. */
  tunnels(): { readonly opened: number; readonly alive: number };
  /** Ends every connection and refuses new ones until mended. */
  cut(): void;
  mend(): void;
  /** Everything sent by the browser and by the server since `record`, as bytes on this road. */
  record(): void;
  recorded(): { readonly up: Buffer; readonly down: Buffer };
  close(): Promise<void>;
}

const withPort = (host: string): string => (/:\d+$/.test(host) ? host : `${host}:80`);

/** `ours` says which `name:port` may be reached; what else is asked for is noted and refused. */
export async function openRoad(ours: (host: string) => boolean): Promise<Cut> {
  const hosts = new Set<string>();
  const sockets = new Set<Socket>();
  const tunnels = new Set<Socket>();
  const heard: { up: Buffer[]; down: Buffer[] } = { up: [], down: [] };
  let opened = 0;
  let isCut = false;
  let records = false;

  const keep = (side: 'up' | 'down') => (chunk: Buffer) => {
    if (records) heard[side].push(chunk);
  };

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const url = URL.parse(incoming.url ?? '');
    const host = url === null ? 'unknown:0' : withPort(url.host);
    hosts.add(host);
    if (url === null || isCut || !ours(host)) {
      outgoing.destroy();
      return;
    }
    if (records) heard.up.push(Buffer.from(`${incoming.method} ${url.pathname}${url.search}\n`));
    const onward = request(
      {
        host: '127.0.0.1',
        port: Number(url.port || 80),
        method: incoming.method,
        path: `${url.pathname}${url.search}`,
        headers: incoming.headers,
        agent: false,
      },
      (answer) => {
        answer.on('data', keep('down'));
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(outgoing);
      },
    );
    onward.on('socket', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.on('data', keep('up'));
    if (records) heard.up.push(Buffer.from(`${incoming.rawHeaders.join('\n')}\n`));
    incoming.pipe(onward);
  }

  const server = createServer(forward);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    if (isCut) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  // Browsers reach WebSockets through a proxy by CONNECT.
  server.on('connect', (incoming: IncomingMessage, near: Socket) => {
    const host = withPort(incoming.url ?? 'unknown:0');
    hosts.add(host);
    if (isCut || !ours(host)) {
      near.destroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: Number(host.split(':').at(-1)) }, () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      near.pipe(far);
      far.pipe(near);
    });
    opened += 1;
    tunnels.add(near);
    sockets.add(far);
    near.on('data', keep('up'));
    far.on('data', keep('down'));
    const end = (): void => {
      near.destroy();
      far.destroy();
      tunnels.delete(near);
      sockets.delete(far);
    };
    for (const one of [near, far]) one.on('close', end).on('error', end);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
    for (const socket of tunnels) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    hosts: () => [...hosts],
    strangers: () => [...hosts].filter((host) => !ours(host)),
    tunnels: () => ({ opened, alive: tunnels.size }),
    cut() {
      isCut = true;
      dropAll();
    },
    mend() {
      isCut = false;
    },
    record() {
      records = true;
    },
    recorded: () => ({ up: Buffer.concat(heard.up), down: Buffer.concat(heard.down) }),
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        dropAll();
      });
    },
  };
}

// The only way to the media server: takes a ticket, puts our own token into the request, and passes the signalling
// on unread. Must refuse once the ticket no longer counts, cut what is open then, and log nothing of a request.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import type { MediaIdentity, MediaTicket, MeetingId } from '@in-camera/protocol/ids.ts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { statusOf } from '../errors.ts';
import type { RateLimiter } from '../rate-limiter.ts';
import {
  type MediaPath,
  readMediaPath,
  upstreamHeaders,
  upstreamTarget,
  upstreamUpgradeHeaders,
} from './proxy-request.ts';
import type { Admission } from './tickets.ts';
import { mintToken } from './token.ts';

export type ProxyDeps = {
  readonly livekitUrl: () => string | undefined;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** The ticket's admission if it still counts: its seat is in the tree under this identity. */
  readonly admit: (ticket: MediaTicket) => Promise<Admission | undefined>;
  readonly ensureRoom: (room: string) => Promise<boolean>;
  readonly limiter: RateLimiter;
  readonly failed: (error: unknown) => void;
};

export type MediaProxy = {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  addRoutes(app: FastifyInstance): void;
  /** Ends every signalling socket of these identities, or of the whole meeting. */
  cut(meeting: MeetingId, identities?: readonly MediaIdentity[]): void;
  /** Meetings with open signalling. */
  meetings(): ReadonlySet<MeetingId>;
  stop(): void;
};

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};
const UPSTREAM_TIMEOUT_MS = 10_000;
const BODY_MOST = 1_024;

type Open = {
  readonly meeting: MeetingId;
  readonly identity: MediaIdentity;
  readonly end: () => void;
};
type Route = { readonly url: URL; readonly target: string };

function refuse(socket: Duplex, code: ErrorCode): void {
  const status = statusOf(code);
  const body = JSON.stringify({ code });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Where an admitted request goes on, or the code of its refusal. */
async function routeOf(
  deps: ProxyDeps,
  path: MediaPath,
  admission: Admission,
): Promise<Route | ErrorCode> {
  const base = deps.livekitUrl();
  if (base === undefined || !(await deps.ensureRoom(admission.room))) return 'media-not-ready';
  const { identity, room } = admission;
  const token = await mintToken({ apiKey: deps.apiKey, apiSecret: deps.apiSecret, identity, room });
  return { url: new URL(base), target: upstreamTarget(path, token) };
}

function join(client: Duplex, upstream: Duplex): void {
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
  client.pipe(upstream);
  upstream.pipe(client);
}

/** Opens the socket at the media server and joins both; resolves once it is open or refused. */
function connect(
  { url, target }: Route,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
): Promise<void> {
  return new Promise((resolve) => {
    const headers = upstreamUpgradeHeaders(request.headers, url.host);
    if (headers === undefined) {
      refuse(client, 'bad-message');
      return resolve();
    }
    const { hostname, port } = url;
    const outgoing = httpRequest({
      hostname,
      port,
      path: target,
      headers,
      agent: false,
      timeout: UPSTREAM_TIMEOUT_MS,
    });
    outgoing.on('upgrade', (answer, upstream, rest) => {
      const accept = answer.headers['sec-websocket-accept'] ?? '';
      client.write(
        `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
      );
      upstream.setTimeout(0);
      if (rest.length > 0) client.write(rest);
      if (head.length > 0) upstream.write(head);
      join(client, upstream);
      resolve();
    });
    outgoing.on('response', (answer) => {
      answer.resume();
      refuse(
        client,
        answer.statusCode === statusOf('unauthorised') ? 'unauthorised' : 'media-not-ready',
      );
      resolve();
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', () => {
      refuse(client, 'media-not-ready');
      resolve();
    });
    client.on('close', () => outgoing.destroy());
    outgoing.end();
  });
}

/** Asks the media server's own check, for the client library's error messages. */
function ask(
  { url, target }: Route,
  request: IncomingMessage,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const unreachable = { status: statusOf('media-not-ready'), body: '' };
    const { hostname, port, host } = url;
    const headers = upstreamHeaders(request.headers, host);
    const outgoing = httpRequest(
      { hostname, port, path: target, headers, agent: false, timeout: UPSTREAM_TIMEOUT_MS },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          body = (body + part).slice(0, BODY_MOST);
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? unreachable.status, body }));
        answer.on('error', () => resolve(unreachable));
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', () => resolve(unreachable));
    outgoing.end();
  });
}

export function createMediaProxy(deps: ProxyDeps): MediaProxy {
  const opens = new Set<Open>();
  async function open(
    path: MediaPath,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    if (deps.livekitUrl() === undefined) return refuse(socket, 'media-not-ready');
    const claimed = await deps.admit(path.ticket);
    if (claimed === undefined) return refuse(socket, 'unauthorised');
    const entry: Open = { ...claimed, end: () => socket.destroy() };
    opens.add(entry);
    socket.on('close', () => opens.delete(entry));
    const route = await routeOf(deps, path, claimed);
    // Asked again now that a cut-off would end this socket: a removal in between is seen by one of the two.
    const admitted = await deps.admit(path.ticket);
    if (socket.destroyed) return void opens.delete(entry);
    if (admitted === undefined) return refuse(socket, 'unauthorised');
    if (typeof route === 'string') return refuse(socket, route);
    await connect(route, request, socket, head);
  }
  async function validate(request: IncomingMessage, reply: FastifyReply): Promise<FastifyReply> {
    const fail = (code: ErrorCode): FastifyReply => reply.code(statusOf(code)).send({ code });
    const path = readMediaPath(request.url);
    if (path === undefined) return fail('not-found');
    if (!deps.limiter.take(path.ticket)) return fail('too-many');
    const admission = await deps.admit(path.ticket);
    if (admission === undefined) return fail('unauthorised');
    const route = await routeOf(deps, path, admission);
    if (typeof route === 'string') return fail(route);
    const { status, body } = await ask(route, request);
    return reply.code(status).type('text/plain; charset=utf-8').send(body);
  }
  return {
    handleUpgrade(request, socket, head) {
      const path = readMediaPath(request.url);
      if (path === undefined || path.path.endsWith('/validate')) return refuse(socket, 'not-found');
      if (!deps.limiter.take(path.ticket)) return refuse(socket, 'too-many');
      open(path, request, socket, head).catch((error: unknown) => {
        deps.failed(error);
        socket.destroy();
      });
    },
    addRoutes(app) {
      for (const path of ['/media/:ticket/rtc/validate', '/media/:ticket/rtc/v1/validate']) {
        app.get(path, (request, reply) => validate(request.raw, reply));
      }
    },
    cut(meeting, identities) {
      for (const entry of opens) {
        if (entry.meeting !== meeting) continue;
        if (identities === undefined || identities.includes(entry.identity)) entry.end();
      }
    },
    meetings: () => new Set([...opens].map((entry) => entry.meeting)),
    stop() {
      for (const entry of opens) entry.end();
    },
  };
}

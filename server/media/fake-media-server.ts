// A stand-in for LiveKit on the loopback: the room service and the signalling socket as our side uses them, with every
// request kept for inspection. Test code only; it carries no media.
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { TokenVerifier } from 'livekit-server-sdk';
import { type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod/mini';
import type { MediaAccess, MediaStatus } from '../feature.ts';

const Body = z.object({
  name: z.optional(z.string()),
  room: z.optional(z.string()),
  identity: z.optional(z.string()),
});
type Claims = Awaited<ReturnType<TokenVerifier['verify']>>;

export type Visit = {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly claims: Claims;
  readonly socket: WebSocket;
};

export class FakeMediaServer implements MediaAccess {
  readonly apiKey = 'fake-key-of-tests';
  readonly apiSecret = 'fake-secret-of-tests-with-more-than-32-characters';
  readonly rooms = new Map<string, Map<string, WebSocket | undefined>>();
  readonly visits: Visit[] = [];
  /** Method and path of everything that arrived. */
  readonly requests: string[] = [];
  /** Set to hold signalling joins back until it resolves. */
  gate: Promise<void> = Promise.resolve();
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #verifier = new TokenVerifier(this.apiKey, this.apiSecret);
  readonly #listeners = new Set<(state: MediaStatus) => void>();
  #state: MediaStatus = { kind: 'absent' };

  constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        this.#answer(request.url ?? '', request.headers, text, response).catch(() =>
          response.writeHead(401).end('{}'),
        );
      });
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.requests.push(`${request.method} ${request.url}`);
      const url = new URL(request.url ?? '', 'http://fake');
      this.#verifier.verify(url.searchParams.get('access_token') ?? '').then(
        async (claims) => {
          await this.gate;
          const room = this.rooms.get(claims.video?.room ?? '');
          if (room === undefined) {
            socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
            return;
          }
          this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
            room.get(claims.sub ?? '')?.close();
            room.set(claims.sub ?? '', webSocket);
            this.visits.push({ url, headers: request.headers, claims, socket: webSocket });
            webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
          });
        },
        () => socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n'),
      );
    });
  }

  async #answer(
    path: string,
    headers: IncomingHttpHeaders,
    text: string,
    response: ServerResponse,
  ): Promise<void> {
    const url = new URL(path, 'http://fake');
    if (url.pathname.endsWith('/validate')) {
      await this.#verifier.verify(url.searchParams.get('access_token') ?? '');
      response.end('success');
      return;
    }
    await this.#verifier.verify(headers.authorization?.replace('Bearer ', '') ?? '');
    const value: unknown = JSON.parse(text);
    const body = Body.parse(value);
    const [status, answer] = this.#call(url.pathname.split('/').at(-1) ?? '', body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  #call(
    method: string,
    { name = '', room = '', identity = '' }: z.infer<typeof Body>,
  ): [number, object] {
    const people = this.rooms.get(room);
    switch (method) {
      case 'CreateRoom':
        if (!this.rooms.has(name)) this.rooms.set(name, new Map());
        return [200, { name }];
      case 'ListRooms':
        return [200, { rooms: [...this.rooms.keys()].map((key) => ({ name: key })) }];
      case 'ListParticipants':
        return [
          200,
          { participants: [...(people?.keys() ?? [])].map((key) => ({ identity: key })) },
        ];
      case 'DeleteRoom':
        for (const socket of people?.values() ?? []) socket?.close();
        return this.rooms.delete(room) ? [200, {}] : [404, { code: 'not_found', msg: 'no room' }];
      case 'RemoveParticipant':
        people?.get(identity)?.close();
        return people?.delete(identity) ? [200, {}] : [404, { code: 'not_found', msg: 'nobody' }];
      default:
        return [404, { code: 'bad_route', msg: method }];
    }
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    this.setState({ kind: 'ready' });
  }

  setState(state: MediaStatus): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  livekitUrl(): string | undefined {
    const address = this.#server.address() as AddressInfo | null;
    return this.#state.kind === 'ready' && address !== null
      ? `http://127.0.0.1:${address.port}`
      : undefined;
  }

  state(): MediaStatus {
    return this.#state;
  }

  onState(listener: (state: MediaStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Everyone the server lists, by room. */
  people(): Record<string, string[]> {
    return Object.fromEntries([...this.rooms].map(([room, people]) => [room, [...people.keys()]]));
  }

  async stop(): Promise<void> {
    this.setState({ kind: 'absent' });
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }
}

// Turns upgrades into meeting sockets. Host and Origin were checked before (SEC-15, A-59); must not tell known meetings
// from unknown ones, and bounds how many sockets one address may hold.
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import { MeetingId } from '@in-camera/protocol/ids.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { WebSocketServer } from 'ws';
import type { UpgradeHandler } from '../feature.ts';
import { runSocket, type SocketDeps } from './socket.ts';

const PATH = /^\/api\/meetings\/([A-Za-z0-9_-]{22})\/socket$/;
/** Sockets held by one address: a school's gateway brings hundreds. */
const OPEN_MOST = 1_200;
const STATUS = { 'not-found': '404 Not Found', 'too-many': '429 Too Many Requests' } as const;

export type Front = { readonly handleUpgrade: UpgradeHandler; stop(): void };

/** Ends a request before any handshake, with a coded body. */
function refuse(socket: Duplex, code: ErrorCode & keyof typeof STATUS): void {
  const body = JSON.stringify({ code });
  socket.end(
    `HTTP/1.1 ${STATUS[code]}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

export function createFront(deps: SocketDeps): Front {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // A little above the limit, so that what is just too large gets our code and the rest 1009 from ws.
    maxPayload: LIMITS.socketMessage + 65_536,
    maxFragments: 1_024,
  });
  const held = new Map<string, number>();
  function count(address: string, change: number): void {
    const next = (held.get(address) ?? 0) + change;
    if (next > 0) held.set(address, next);
    else held.delete(address);
  }
  return {
    handleUpgrade(request, socket, head, address) {
      const meeting = MeetingId.safeParse(PATH.exec(request.url ?? '')?.[1]);
      if (!meeting.success) return refuse(socket, 'not-found');
      if ((held.get(address) ?? 0) >= OPEN_MOST) return refuse(socket, 'too-many');
      server.handleUpgrade(request, socket, head, (webSocket) => {
        count(address, 1);
        webSocket.once('close', () => count(address, -1));
        const { handleBytes } = runSocket(deps, meeting.data, webSocket);
        socket.on('data', (chunk: Buffer) => handleBytes(chunk.length));
      });
    },
    stop() {
      for (const socket of server.clients) socket.close(1_001);
      server.close();
    },
  };
}

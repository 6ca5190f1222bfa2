// Gives each WebSocket upgrade to the feature whose path it names. Must refuse foreign hosts and origins before any
// feature sees the request, and leaves no socket without an owner.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { refuseForeign } from './address.ts';
import type { UpgradeHandler } from './feature.ts';
import type { RateLimiter } from './rate-limiter.ts';

export type Upgrades = {
  add(prefix: `/${string}/`, handler: UpgradeHandler): void;
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void;
};

export type UpgradeFacts = {
  readonly publicOrigin: () => string;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly limiter: RateLimiter;
};

/** Answers an upgrade with a status and ends the socket. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export function createUpgrades({ publicOrigin, addressOf, limiter }: UpgradeFacts): Upgrades {
  const handlers: { prefix: string; handler: UpgradeHandler }[] = [];
  return {
    add: (prefix, handler) => void handlers.push({ prefix, handler }),
    handle(request, socket, head) {
      // Without a listener an early reset would end the process.
      socket.on('error', () => socket.destroy());
      const address = addressOf(request);
      if (!limiter.take(address)) return refuseUpgrade(socket, '429 Too Many Requests');
      const foreign = refuseForeign(request, publicOrigin());
      if (foreign === 'host') return refuseUpgrade(socket, '421 Misdirected Request');
      if (foreign === 'origin') return refuseUpgrade(socket, '403 Forbidden');
      const path = request.url ?? '';
      const found = handlers.find(({ prefix }) => path.startsWith(prefix));
      const isWebSocket =
        request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';
      if (found === undefined || !isWebSocket) return refuseUpgrade(socket, '404 Not Found');
      found.handler(request, socket, head, address);
    },
  };
}

// A client of the media proxy in tests: asks for tickets, opens the signalling socket, finds identities. Test code only.
import { WebSocket } from 'ws';
import type { TestServer } from '../testkit.ts';
import type { Member } from '../testkit-client.ts';

export async function ticketOf({ raw }: Member): Promise<string> {
  const reply = await raw.ask({ kind: 'ticket' });
  if (reply.kind !== 'reply' || reply.ticket === undefined) throw new Error('no ticket');
  return reply.ticket;
}

export type Entry = { readonly socket: WebSocket; readonly status: number };

/** Opens the signalling socket through the proxy; the status tells how it went. */
export function enter(
  server: TestServer,
  ticket: string,
  end = '/rtc/v1',
  query = 'access_token=mine',
  headers: Record<string, string> = {},
): Promise<Entry> {
  const url = `ws://127.0.0.1:${server.port}/media/${ticket}${end}?${query}`;
  const socket = new WebSocket(url, { origin: server.origin, headers });
  return new Promise((resolve) => {
    socket.on('open', () => resolve({ socket, status: 101 }));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      socket.terminate();
      resolve({ socket, status: response.statusCode ?? 0 });
    });
  });
}

export const whenClosed = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.on('close', () => resolve());
  });
export const identityOf = async (member: Member): Promise<string> => {
  const { seats } = await member.raw.hear('seated');
  const views = [...seats, ...member.raw.all('seat').map(({ view }) => view)];
  return views.findLast(({ seat }) => seat === member.chair.seat)?.identity ?? '';
};

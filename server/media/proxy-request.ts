// Reads a request for the media proxy and writes the one that goes on to the media server: path, query, headers. Pure.
// Must pass on nothing that could carry a token, an address, a cookie or an origin.
import type { IncomingHttpHeaders } from 'node:http';
import { MediaTicket } from '@in-camera/protocol/ids.ts';

export type MediaPath = {
  readonly ticket: MediaTicket;
  readonly path: '/rtc' | '/rtc/v1' | '/rtc/validate' | '/rtc/v1/validate';
  readonly query: URLSearchParams;
};

const PATH = /^\/media\/([A-Za-z0-9_-]{22})(\/rtc(?:\/v1)?(?:\/validate)?)$/;
/** The SDP offer is inside the query: 3 kB are normal (media.md section 3). */
const URL_MOST = 12_288;

/** What the client library sends that the media server needs; tokens, device and network facts are left out. */
const QUERY_KEYS = [
  'join_request',
  'reconnect',
  'reconnect_reason',
  'sid',
  'auto_subscribe',
  'adaptive_stream',
  'subscriber_allow_pause',
  'disable_ice_lite',
  'sdk',
  'version',
  'protocol',
  'client_protocol',
];
const PATHS = ['/rtc', '/rtc/v1', '/rtc/validate', '/rtc/v1/validate'] as const;
const USER_AGENT = /^[\x20-\x7e]{1,256}$/;

export function readMediaPath(url: string | undefined): MediaPath | undefined {
  if (url === undefined || url.length > URL_MOST) return undefined;
  const [front = '', ...rest] = url.split('?');
  const found = PATH.exec(front);
  const ticket = MediaTicket.safeParse(found?.[1]);
  const path = PATHS.find((known) => known === found?.[2]);
  if (!ticket.success || path === undefined) return undefined;
  return { ticket: ticket.data, path, query: new URLSearchParams(rest.join('?')) };
}

/** Path and query at the media server; ours is the only token in it. */
export function upstreamTarget({ path, query }: MediaPath, token: string): string {
  const kept = new URLSearchParams();
  for (const key of QUERY_KEYS) {
    const value = query.get(key);
    if (value !== null) kept.set(key, value);
  }
  kept.set('access_token', token);
  return `${path}?${kept.toString()}`;
}

/** The engine is told apart by its user agent: Firefox and Chromium need different answers. */
export function upstreamHeaders(
  headers: IncomingHttpHeaders,
  host: string,
): Record<string, string> {
  const agent = headers['user-agent'];
  return {
    host,
    ...(agent !== undefined && USER_AGENT.test(agent) ? { 'user-agent': agent } : {}),
  };
}

/** No extensions: without permessage-deflate there is nothing to bomb or to measure. */
export function upstreamUpgradeHeaders(
  headers: IncomingHttpHeaders,
  host: string,
): Record<string, string> | undefined {
  const { 'sec-websocket-key': key, 'sec-websocket-version': version } = headers;
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key) || version !== '13') return undefined;
  return {
    ...upstreamHeaders(headers, host),
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': key,
    'sec-websocket-version': version,
  };
}

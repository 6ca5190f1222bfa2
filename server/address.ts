// Whose request is this: the client's address for rate limits, and whether Host and Origin are ours. Must believe
// X-Forwarded-For only as far as named proxies vouch for it, and never keeps an address.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

const MAX_HOPS = 16;

const plain = (ip: string): string =>
  ip.startsWith('::ffff:') && isIPv4(ip.slice(7)) ? ip.slice(7) : ip;
const familyOf = (ip: string): 'ipv4' | 'ipv6' => (isIPv4(ip) ? 'ipv4' : 'ipv6');

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [ip = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(ip, familyOf(ip));
    else list.addSubnet(ip, Number(bits), familyOf(ip));
  }
  return list;
}

/** The first 64 bits of an IPv6 address: one customer has at least that many to choose from. */
function limitKey(ip: string): string {
  if (isIPv4(ip)) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

/** The address nearest to the client that somebody trusted has seen. */
export function createAddressOf(
  trustedProxies: readonly string[],
): (request: IncomingMessage) => string {
  const trusted = blockListOf(trustedProxies);
  return (request) => {
    let ip = plain(request.socket.remoteAddress ?? '');
    const header = request.headers['x-forwarded-for'];
    const hops = (typeof header === 'string' ? header : '').split(',').slice(-MAX_HOPS);
    while (isIP(ip) !== 0 && trusted.check(ip, familyOf(ip))) {
      const next = plain((hops.pop() ?? '').trim());
      if (isIP(next) === 0) break;
      ip = next;
    }
    return limitKey(ip);
  };
}

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Undefined if the request is meant for us; else the reason. Links never come from a header. */
export function refuseForeign(
  request: IncomingMessage,
  publicOrigin: string,
): 'host' | 'origin' | undefined {
  if (request.headers.host !== new URL(publicOrigin).host) return 'host';
  const { origin } = request.headers;
  // A socket or a change needs our own Origin; none is as foreign as another.
  const needsOrigin =
    request.headers.upgrade !== undefined || !SAFE_METHODS.includes(request.method ?? '');
  if (origin === undefined) return needsOrigin ? 'origin' : undefined;
  return origin === publicOrigin ? undefined : 'origin';
}

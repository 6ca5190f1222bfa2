// Who was talked to: Chromium's own net-log, told apart by who asked, and a trace of the server's system
// calls. Must not count what a browser asks its maker for as ours, nor hide it.
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import * as z from 'zod/mini';

const netLog = z.object({
  constants: z.object({ logEventTypes: z.record(z.string(), z.number()) }),
  events: z.array(
    z.object({
      type: z.number(),
      source: z.object({ id: z.number() }),
      params: z.optional(z.record(z.string(), z.unknown())),
    }),
  ),
});

export interface BrowserTalk {
  readonly events: number;
  /** Hosts that a page asked for, each `name:port`. */
  readonly byPages: readonly string[];
  /** Hosts the browser itself asked for; its road refused them. */
  readonly byBrowser: readonly string[];
  /**
   * Addresses that datagrams went to: a socket that is only tied to an address, as Chromium does to find
   * out whether there is a road, sends none. And names that were asked for.
   */
  readonly datagrams: readonly string[];
  readonly names: readonly string[];
}

const hostOf = (url: string): string => {
  const read = URL.parse(url);
  if (read === null) return url.slice(0, 20);
  const usual = /^(?:https|wss):$/.test(read.protocol) ? 443 : 80;
  return `${read.hostname}:${read.port || usual}`;
};

/** A browser that was ended in haste leaves the list of events open, in the middle of one perhaps. */
function parseOpen(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(`${text.slice(0, text.lastIndexOf(',\n'))}]}`);
  }
}

/** After the browser has ended: only then the file is whole. */
export function readNetLog(path: string): BrowserTalk {
  const { constants, events } = netLog.parse(parseOpen(readFileSync(path, 'utf8')));
  const names = new Map(Object.entries(constants.logEventTypes).map(([name, id]) => [id, name]));
  const [byPages, byBrowser, datagrams, asked] = [0, 1, 2, 3].map(() => new Set<string>());
  const tied = new Map<number, string>();
  for (const { type, source, params } of events) {
    const name = names.get(type) ?? '';
    const { url, initiator, address, host } = params ?? {};
    if (name === 'URL_REQUEST_START_JOB' && typeof url === 'string' && /^(?:http|ws)/.test(url)) {
      const isPage = typeof initiator === 'string' && initiator !== 'not an origin';
      (isPage ? byPages : byBrowser)?.add(hostOf(url));
    }
    if (name === 'UDP_CONNECT' && typeof address === 'string') tied.set(source.id, address);
    const to = typeof address === 'string' ? address : tied.get(source.id);
    if (name === 'UDP_BYTES_SENT' && to !== undefined) datagrams?.add(to);
    if (/^HOST_RESOLVER/.test(name) && typeof host === 'string') asked?.add(host);
  }
  return {
    events: events.length,
    byPages: [...(byPages ?? [])],
    byBrowser: [...(byBrowser ?? [])],
    datagrams: [...(datagrams ?? [])],
    names: [...(asked ?? [])],
  };
}

/** A tracer that follows the server and all its children from their first moment. */
export const tracer = (output: string): readonly string[] => [
  'strace',
  '-f',
  '-qq',
  '--seccomp-bpf',
  '-e',
  'trace=connect,sendto,sendmsg,sendmmsg',
  '-s',
  '0',
  '-o',
  output,
];

/** Internet addresses in a trace: `127.0.0.1:7880`, `[::1]:80`. */
export function readTrace(path: string): {
  readonly calls: number;
  readonly addresses: readonly string[];
} {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  const addresses = new Set<string>();
  for (const line of lines) {
    for (const [, port, ip] of line.matchAll(
      /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)/g,
    )) {
      addresses.add(`${ip}:${port}`);
    }
    for (const [, port, ip] of line.matchAll(
      /sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([0-9a-f:.]+)"/g,
    )) {
      addresses.add(`[${ip}]:${port}`);
    }
  }
  return { calls: lines.length, addresses: [...addresses] };
}

export const isLoopback = (address: string): boolean =>
  /^(?:127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:127\.[\d.]+\]|localhost)(?::\d+)?$/.test(address);

/** This machine's own addresses, which media goes to and comes from as well as loopback. */
export function isThisMachine(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return (
    isLoopback(address) ||
    own.some(({ address: ip, family }) =>
      address.startsWith(family === 'IPv6' ? `[${ip}]:` : `${ip}:`),
    )
  );
}

// Writes the media server's own configuration: reached by our proxy alone, no host but ours, no metadata, no logs of
// clients. Must not name any port, host or feature that is not listed here (media.md section 2).
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { makeFolders, writePrivateFile } from '../data-folder.ts';

export type MediaKeys = { readonly apiKey: string; readonly apiSecret: string };

export type MediaPorts = {
  readonly port: number;
  readonly udpPort: number;
  /** 0: no ICE over TCP. */
  readonly tcpPort: number;
};

export type MediaNetwork =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'public'; readonly nodeIp: string };

const StoredKeys = z.strictObject({
  apiKey: z.string().check(z.regex(/^[\w-]{16,64}$/)),
  apiSecret: z.string().check(z.regex(/^[\w-]{43,128}$/)),
});

/** The folder of the media server inside the data folder. */
export function mediaFolderOf(dataFolder: string): string {
  const folder = join(dataFolder, 'media');
  makeFolders(folder);
  return folder;
}

function readKeys(path: string): MediaKeys | undefined {
  try {
    const read = StoredKeys.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** One pair for each installation. A lost or damaged file means new keys: nothing outside knows the old ones. */
export function readOrMakeKeys(folder: string): MediaKeys {
  const path = join(folder, 'keys.json');
  const known = readKeys(path);
  const keys = known ?? {
    apiKey: randomBytes(12).toString('base64url'),
    apiSecret: randomBytes(32).toString('base64url'),
  };
  if (known === undefined) writePrivateFile(path, JSON.stringify(keys));
  writePrivateFile(join(folder, 'livekit-keys.yaml'), `${keys.apiKey}: ${keys.apiSecret}\n`);
  return keys;
}

function loopbackInterfaces(): readonly string[] {
  const names = Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some((address) => address.internal))
    .map(([name]) => name);
  return names.length > 0 ? names : ['lo'];
}

/** A `host:port`; IPv6 in brackets. */
const hostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

function rtcOf(network: MediaNetwork, { udpPort, tcpPort }: MediaPorts): Record<string, unknown> {
  const nodeIp = network.kind === 'loopback' ? '127.0.0.1' : network.nodeIp;
  const common = {
    node_ip: nodeIp,
    use_external_ip: false,
    udp_port: udpPort,
    tcp_port: tcpPort,
    // Without an entry clients are told the STUN servers of others; this one is ours and never asked (A-80,
    // docs/decisions/stun.md).
    stun_servers: [hostPort(nodeIp, udpPort)],
  };
  return network.kind === 'public'
    ? common
    : {
        ...common,
        enable_loopback_candidate: true,
        interfaces: { includes: loopbackInterfaces() },
      };
}

export type LiveKitConfig = {
  readonly folder: string;
  readonly network: MediaNetwork;
  readonly ports: MediaPorts;
  readonly maxParticipants: number;
};

/** JSON, which is YAML too. */
export function liveKitConfigText({
  folder,
  network,
  ports,
  maxParticipants,
}: LiveKitConfig): string {
  const config = {
    port: ports.port,
    bind_addresses: ['127.0.0.1'],
    // Its logs hold what clients sent, so that warnings go nowhere as well: the supervisor gives it no output.
    logging: { level: 'warn', pion_level: 'error', json: true, sample: false },
    key_file: join(folder, 'livekit-keys.yaml'),
    enable_data_tracks: false,
    room: {
      auto_create: false,
      empty_timeout: 60,
      departure_timeout: 20,
      max_participants: maxParticipants,
      enable_remote_unmute: false,
      enabled_codecs: [
        { mime: 'audio/opus' },
        { mime: 'video/vp8' },
        { mime: 'video/vp9' },
        { mime: 'video/rtx' },
      ],
    },
    // Zero would mean no limit.
    limit: {
      max_metadata_size: 1,
      max_attributes_size: 1,
      max_participant_name_length: 1,
      max_room_name_length: 64,
      max_participant_identity_length: 64,
    },
    rtc: rtcOf(network, ports),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Returns the path. Mode 0600, as the key file's. */
export function writeLiveKitConfig(config: LiveKitConfig): string {
  const path = join(config.folder, 'livekit.yaml');
  writePrivateFile(path, liveKitConfigText(config));
  return path;
}

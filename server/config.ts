// Reads incamera.json and says under which address this house may be reached. Must refuse, with one sentence, anything
// that would serve browsers from an insecure origin: they give no camera there, and links would travel in the clear.
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ConfigFile, sentenceOf } from './config-file.ts';
import { StartError } from './errors.ts';

/** Who can reach the server, and how its origin is made secure. */
export type Exposure =
  | { readonly kind: 'loopback' }
  | {
      readonly kind: 'public';
      readonly publicOrigin: string;
      readonly tls: { readonly cert: string; readonly key: string } | undefined;
      readonly trustedProxies: readonly string[];
      readonly nodeIp: string;
    };

export type Config = {
  readonly exposure: Exposure;
  readonly listen: { readonly hosts: readonly string[]; readonly port: number };
  readonly dataFolder: string;
  readonly cacheFolder: string;
  readonly media: {
    readonly binary: string | undefined;
    /** 0: a free port. */
    readonly port: number;
    readonly udpPort: number;
    readonly tcpPort: number;
    readonly maxParticipants: number;
  };
};

type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigSource = {
  readonly args: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
};

const DEFAULT_PORT = 8080;
const DEFAULT_UDP_PORT = 7882;
const DEFAULT_TCP_PORT = 7881;
const DEFAULT_MAX_PARTICIPANTS = 300;
const LOOPBACK = ['127.0.0.1', '::1'];
const LOOPBACK_HOSTS = ['localhost', ...LOOPBACK];

const refuse = (sentence: string): never => {
  throw new StartError('bad-config', sentence);
};

function configPath({ args, cwd }: ConfigSource): { path: string; named: boolean } {
  const [flag, value, ...rest] = args;
  if (flag === undefined) return { path: join(cwd, 'incamera.json'), named: false };
  if (flag !== '--config' || value === undefined || rest.length > 0) {
    return refuse('The only argument is --config <file>: see docs/operators.md for the settings.');
  }
  return { path: resolve(cwd, value), named: true };
}

function readFile(path: string, named: boolean): ConfigFile {
  if (!named && !existsSync(path)) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    return refuse(`The configuration ${path} ${what}: correct it, or start without it.`);
  }
  const read = ConfigFile.safeParse(value);
  return read.success ? read.data : refuse(`${path}: ${sentenceOf(read.error.issues)}`);
}

function portOf(file: ConfigFile, env: Environment): number {
  const text = env.IN_CAMERA_PORT;
  if (text === undefined || text === '') return file.listen?.port ?? DEFAULT_PORT;
  const port = Number(text);
  const good = /^\d{1,5}$/.test(text) && port <= 65_535;
  return good
    ? port
    : refuse('IN_CAMERA_PORT must be a port from 0 to 65535: correct or unset it.');
}

function readTls(file: ConfigFile, folder: string): { cert: string; key: string } | undefined {
  if (file.tls === undefined) return undefined;
  const read = (name: 'cert' | 'key', path: string): string => {
    try {
      return readFileSync(resolve(folder, path), 'utf8');
    } catch {
      return refuse(`The file of tls.${name} cannot be read: correct its path or its permissions.`);
    }
  };
  return { cert: read('cert', file.tls.cert), key: read('key', file.tls.key) };
}

function publicOriginOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url !== undefined && url.protocol === 'https:' && url.href === `${url.origin}/`;
  if (url === undefined || !bare) {
    return refuse('publicUrl must be https://<host> without a path: browsers give no camera else.');
  }
  return url.origin;
}

const isLoopbackIp = (ip: string): boolean => ip === '::1' || ip.startsWith('127.');
const isNoAddress = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';

function exposureOf(file: ConfigFile, folder: string): Exposure {
  const host = file.listen?.host ?? 'localhost';
  const { publicUrl, trustedProxies = [], tls } = file;
  const secured = tls !== undefined || trustedProxies.length > 0;
  if (!secured && LOOPBACK_HOSTS.includes(host) && publicUrl === undefined) {
    return { kind: 'loopback' };
  }
  if (!secured) {
    return refuse(
      'Any address but http://localhost needs tls: {cert, key} or trustedProxies: browsers give no camera without a secure origin.',
    );
  }
  if (publicUrl === undefined) {
    return refuse('With tls or trustedProxies, publicUrl must say how browsers reach this server.');
  }
  const publicOrigin = publicOriginOf(publicUrl);
  const nodeIp = file.media?.nodeIp;
  if (nodeIp === undefined || isLoopbackIp(nodeIp) || isNoAddress(nodeIp)) {
    return refuse(
      'With publicUrl, media.nodeIp must be the address at which media reaches this machine.',
    );
  }
  return { kind: 'public', publicOrigin, tls: readTls(file, folder), trustedProxies, nodeIp };
}

function hostsOf(file: ConfigFile): readonly string[] {
  const host = file.listen?.host ?? 'localhost';
  if (host === 'localhost') return LOOPBACK;
  return isIP(host) === 0 ? refuse('listen.host must be "localhost" or an IP address.') : [host];
}

function mediaOf(file: ConfigFile, exposure: Exposure, folder: string): Config['media'] {
  const {
    binary,
    port = 0,
    maxParticipants = DEFAULT_MAX_PARTICIPANTS,
    ...media
  } = file.media ?? {};
  const common = {
    binary: binary === undefined ? undefined : resolve(folder, binary),
    port,
    maxParticipants,
  };
  if (exposure.kind === 'loopback') {
    if ((media.tcpPort ?? 0) !== 0 || media.nodeIp !== undefined) {
      return refuse('media.tcpPort and media.nodeIp open media to others: they need publicUrl.');
    }
    return { ...common, udpPort: media.udpPort ?? 0, tcpPort: 0 };
  }
  const { udpPort = DEFAULT_UDP_PORT, tcpPort = DEFAULT_TCP_PORT } = media;
  return { ...common, udpPort, tcpPort };
}

function cacheFolderOf(env: Environment): string {
  const base = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return resolve(env.IN_CAMERA_CACHE || join(base, 'in-camera'));
}

/** The whole configuration, or a StartError whose sentence says what to change. */
export function readConfig(source: ConfigSource): Config {
  const { path, named } = configPath(source);
  const file = readFile(path, named);
  const folder = dirname(path);
  const exposure = exposureOf(file, folder);
  const dataFolder = source.env.IN_CAMERA_DATA || file.dataFolder || 'data';
  const base = source.env.IN_CAMERA_DATA ? source.cwd : folder;
  return {
    exposure,
    listen: { hosts: hostsOf(file), port: portOf(file, source.env) },
    dataFolder: resolve(base, dataFolder),
    cacheFolder: cacheFolderOf(source.env),
    media: mediaOf(file, exposure, folder),
  };
}

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Config, readConfig } from './config.ts';
import { StartError } from './errors.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'in-camera-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function read(file: unknown, env: Record<string, string> = {}, args: string[] = []): Config {
  if (file !== undefined) writeFileSync(join(cwd, 'incamera.json'), JSON.stringify(file));
  return readConfig({ args, env, cwd });
}

function sentence(file: unknown, env: Record<string, string> = {}, args: string[] = []): string {
  try {
    read(file, env, args);
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    expect(error).toMatchObject({ code: 'bad-config' });
    const { message } = error as StartError;
    // One sentence: a colon leads to the way out, and it ends.
    expect(message).toMatch(/^[^\n]+\.$/);
    return message;
  }
  throw new Error('was accepted');
}

const PUBLIC = {
  listen: { host: '0.0.0.0', port: 443 },
  publicUrl: 'https://meet.example.org',
  media: { nodeIp: '192.0.2.7' },
};
const PROXY = { ...PUBLIC, trustedProxies: ['10.0.0.0/8'] };

describe('configuration', () => {
  it('binds to localhost alone without a file', () => {
    const config = read(undefined);
    expect(config.exposure).toEqual({ kind: 'loopback' });
    expect(config.listen).toEqual({ hosts: ['127.0.0.1', '::1'], port: 8080 });
    expect(config.dataFolder).toBe(join(cwd, 'data'));
    expect(config.media).toMatchObject({ port: 0, udpPort: 0, tcpPort: 0 });
  });

  it('SEC-15 refuses any other address without a secure origin', () => {
    const hosts = ['0.0.0.0', '::', '192.0.2.7', '10.1.2.3', 'fd00::1', 'meet.example.org'];
    for (const host of hosts) {
      expect(sentence({ listen: { host } })).toMatch(/needs tls: \{cert, key\} or trustedProxies/);
    }
    expect(sentence({ publicUrl: 'https://meet.example.org' })).toMatch(/needs tls/);
    expect(sentence({ publicUrl: 'http://localhost:8080' })).toMatch(/needs tls/);
  });

  it('SEC-15 refuses a secure address that lacks publicUrl or media.nodeIp', () => {
    const { publicUrl, media, ...rest } = PROXY;
    expect(sentence({ ...rest, media })).toMatch(/publicUrl must say/);
    expect(sentence({ ...rest, publicUrl })).toMatch(/media\.nodeIp must be/);
    for (const nodeIp of ['127.0.0.1', '127.9.9.9', '::1', '0.0.0.0', '::']) {
      expect(sentence({ ...PROXY, media: { nodeIp } })).toMatch(/media\.nodeIp must be/);
    }
  });

  it('SEC-15 refuses a publicUrl that is not a bare https origin', () => {
    for (const publicUrl of [
      'http://meet.example.org',
      'meet.example.org',
      'https://meet.example.org/path',
      'https://meet.example.org/?a',
      'https://user@meet.example.org',
      'https://meet.example.org/#x',
      'wss://meet.example.org',
      'javascript:alert(1)',
    ]) {
      expect(sentence({ ...PROXY, publicUrl }), publicUrl).toMatch(/publicUrl must be https/);
    }
  });

  it('takes a trusted proxy, and its own certificate', () => {
    expect(read(PROXY).exposure).toEqual({
      kind: 'public',
      publicOrigin: 'https://meet.example.org',
      tls: undefined,
      trustedProxies: ['10.0.0.0/8'],
      nodeIp: '192.0.2.7',
    });
    expect(read(PROXY).media).toMatchObject({ udpPort: 7882, tcpPort: 7881 });
    writeFileSync(join(cwd, 'c.pem'), 'cert');
    writeFileSync(join(cwd, 'k.pem'), 'key');
    const { exposure } = read({ ...PUBLIC, tls: { cert: 'c.pem', key: 'k.pem' } });
    expect(exposure).toMatchObject({ tls: { cert: 'cert', key: 'key' }, trustedProxies: [] });
  });

  it('says which certificate file cannot be read', () => {
    writeFileSync(join(cwd, 'c.pem'), 'cert');
    expect(sentence({ ...PUBLIC, tls: { cert: 'c.pem', key: 'none.pem' } })).toMatch(/tls\.key/);
  });

  it('refuses unknown settings by name, at every depth', () => {
    expect(sentence({ publicURL: 'x' })).toMatch(/unknown setting "publicURL": remove it/);
    expect(sentence({ media: { stun: 'x' } })).toMatch(/unknown setting "stun" in media/);
    expect(sentence({ listen: { ports: 1 } })).toMatch(/unknown setting "ports" in listen/);
    expect(sentence({ tls: { cert: 'a', key: 'b', pfx: 'c' } })).toMatch(/"pfx" in tls/);
  });

  it('SEC-1 knows no setting that would turn encryption off', () => {
    for (const name of ['e2ee', 'encryption', 'encrypt', 'insecure', 'plaintext', 'debug']) {
      expect(sentence({ [name]: false })).toMatch(/unknown setting/);
      expect(sentence({ media: { [name]: false } })).toMatch(/unknown setting/);
    }
  });

  it('refuses values of the wrong kind with the place and what is wanted', () => {
    expect(sentence({ listen: { port: 65_536 } })).toMatch(/listen\.port must be a port/);
    expect(sentence({ listen: { port: 80.5 } })).toMatch(/listen\.port must be a port/);
    expect(sentence({ listen: { port: '80' } })).toMatch(/listen\.port must be a port/);
    expect(sentence({ listen: [] })).toMatch(/listen must be an object/);
    expect(sentence([])).toMatch(/the configuration must be a JSON object/);
    expect(sentence({ ...PROXY, trustedProxies: [] })).toMatch(/trustedProxies/);
    expect(sentence({ ...PROXY, trustedProxies: ['everyone'] })).toMatch(/trustedProxies\.0 must/);
    // A prefix of no bits would trust the whole world.
    expect(sentence({ ...PROXY, trustedProxies: ['0.0.0.0/0'] })).toMatch(/trustedProxies\.0/);
    expect(sentence({ ...PROXY, media: { nodeIp: 'here' } })).toMatch(
      /media\.nodeIp must be an IP/,
    );
    expect(sentence({ ...PROXY, listen: { host: 'meet.example.org' } })).toMatch(/listen\.host/);
  });

  it('A-80 refuses to open media to others from a loopback house', () => {
    expect(sentence({ media: { tcpPort: 7881 } })).toMatch(/need publicUrl/);
    expect(sentence({ media: { nodeIp: '192.0.2.7' } })).toMatch(/need publicUrl/);
  });

  it('refuses a file that is not JSON or cannot be read', () => {
    writeFileSync(join(cwd, 'incamera.json'), '{,}');
    expect(sentence(undefined)).toMatch(/is not JSON/);
    expect(sentence(undefined, {}, ['--config', 'nowhere.json'])).toMatch(/cannot be read/);
  });

  it('refuses arguments it does not know', () => {
    for (const args of [['--port', '1'], ['x'], ['--config'], ['--config', 'a', 'b']]) {
      expect(sentence({}, {}, args)).toMatch(/The only argument is --config/);
    }
  });

  it('lets the environment choose port and data folder, nothing else', () => {
    const env = {
      IN_CAMERA_PORT: '0',
      IN_CAMERA_DATA: 'elsewhere',
      PUBLIC_URL: 'https://evil.example',
      LIVEKIT_URL: 'x',
    };
    const config = read({ listen: { port: 9 }, dataFolder: 'here' }, env);
    expect(config.listen.port).toBe(0);
    expect(config.dataFolder).toBe(join(cwd, 'elsewhere'));
    expect(config.exposure).toEqual({ kind: 'loopback' });
    for (const port of ['-1', '65536', '8080x', '1e3', ' 80']) {
      expect(sentence({}, { IN_CAMERA_PORT: port })).toMatch(/IN_CAMERA_PORT must be/);
    }
  });

  it('resolves paths against the folder of the file', () => {
    const path = join(cwd, 'other.json');
    writeFileSync(path, JSON.stringify({ dataFolder: 'd', media: { binary: 'bin/lk' } }));
    chmodSync(path, 0o600);
    const config = readConfig({ args: ['--config', path], env: {}, cwd: '/' });
    expect(config.dataFolder).toBe(join(cwd, 'd'));
    expect(config.media.binary).toBe(join(cwd, 'bin', 'lk'));
  });
});

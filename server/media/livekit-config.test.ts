import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type LiveKitConfig,
  liveKitConfigText,
  mediaFolderOf,
  readOrMakeKeys,
  writeLiveKitConfig,
} from './livekit-config.ts';

let folder: string;
beforeEach(() => {
  folder = mediaFolderOf(mkdtempSync(join(tmpdir(), 'in-camera-lkc-')));
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const LOOPBACK: LiveKitConfig = {
  folder: '/data/media',
  network: { kind: 'loopback' },
  ports: { port: 7000, udpPort: 7001, tcpPort: 0 },
  maxParticipants: 50,
};
const PUBLIC: LiveKitConfig = {
  ...LOOPBACK,
  network: { kind: 'public', nodeIp: '192.0.2.7' },
  ports: { port: 7000, udpPort: 7882, tcpPort: 7881 },
};
const parse = (config: LiveKitConfig): Record<string, unknown> =>
  JSON.parse(liveKitConfigText(config)) as Record<string, unknown>;

describe('configuration of the media server', () => {
  it('is this, key by key', () => {
    expect(parse(PUBLIC)).toEqual({
      port: 7000,
      bind_addresses: ['127.0.0.1'],
      logging: { level: 'warn', pion_level: 'error', json: true, sample: false },
      key_file: '/data/media/livekit-keys.yaml',
      enable_data_tracks: false,
      room: {
        auto_create: false,
        empty_timeout: 60,
        departure_timeout: 20,
        max_participants: 50,
        enable_remote_unmute: false,
        enabled_codecs: [
          { mime: 'audio/opus' },
          { mime: 'video/vp8' },
          { mime: 'video/vp9' },
          { mime: 'video/rtx' },
        ],
      },
      limit: {
        max_metadata_size: 1,
        max_attributes_size: 1,
        max_participant_name_length: 1,
        max_room_name_length: 64,
        max_participant_identity_length: 64,
      },
      rtc: {
        node_ip: '192.0.2.7',
        use_external_ip: false,
        udp_port: 7882,
        tcp_port: 7881,
        stun_servers: ['192.0.2.7:7882'],
      },
    });
  });

  it('A-80 on localhost it names the loopback alone and needs no network', () => {
    expect(parse(LOOPBACK).rtc).toMatchObject({
      node_ip: '127.0.0.1',
      tcp_port: 0,
      enable_loopback_candidate: true,
      interfaces: { includes: expect.arrayContaining([expect.stringMatching(/^lo/)]) },
      stun_servers: ['127.0.0.1:7001'],
    });
  });

  it('A-80 the STUN list has one entry and it is ours, for IPv6 too', () => {
    const v6: LiveKitConfig = { ...PUBLIC, network: { kind: 'public', nodeIp: '2001:db8::7' } };
    expect(parse(v6).rtc).toMatchObject({ stun_servers: ['[2001:db8::7]:7882'] });
  });

  it('A-73 has no metrics, debug, recording, ingress, agents, webhooks or relay', () => {
    const names = JSON.stringify([parse(PUBLIC), parse(LOOPBACK)]);
    expect(names).not.toMatch(
      /"(?:prometheus\w*|debug\w*|development|egress|ingress|agents|webhook|sip|turn|redis)"/,
    );
  });
});

describe('keys of the media server', () => {
  it('are made once for an installation, at random, readable by one user', () => {
    const keys = readOrMakeKeys(folder);
    expect(keys.apiSecret.length).toBeGreaterThanOrEqual(43);
    expect(readOrMakeKeys(folder)).toEqual(keys);
    expect(readFileSync(join(folder, 'livekit-keys.yaml'), 'utf8')).toBe(
      `${keys.apiKey}: ${keys.apiSecret}\n`,
    );
    const other = mkdtempSync(join(tmpdir(), 'in-camera-lkc-'));
    expect(readOrMakeKeys(mediaFolderOf(other)).apiSecret).not.toBe(keys.apiSecret);
    rmSync(other, { recursive: true });
    const config = writeLiveKitConfig({ ...LOOPBACK, folder });
    for (const path of [config, join(folder, 'keys.json'), join(folder, 'livekit-keys.yaml')]) {
      expect(statSync(path).mode & 0o777, path).toBe(0o600);
    }
    expect(readFileSync(config, 'utf8')).not.toContain(keys.apiSecret);
  });

  it('are made anew when the file is damaged', () => {
    const keys = readOrMakeKeys(folder);
    for (const text of ['', '{', '{"apiKey":"x","apiSecret":"y"}']) {
      writeFileSync(join(folder, 'keys.json'), text);
      expect(readOrMakeKeys(folder)).not.toEqual(keys);
    }
  });
});

import { createSocket } from 'node:dgram';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from '../errors.ts';
import type { MediaStatus } from '../feature.ts';
import { createLogger } from '../logger.ts';
import type { LaunchSettings } from './livekit-launch.ts';
import {
  endProcess,
  isAlive,
  type ProcessRecord,
  readRecord,
  startedOf,
} from './livekit-process.ts';
import { LiveKitSupervisor, type SupervisorDeps } from './livekit-supervisor.ts';
import { writeFakeLiveKit } from './livekit-testkit.ts';

let folder: string;
let log: string[];
const supervisors: LiveKitSupervisor[] = [];
const abandoned: LiveKitSupervisor[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'in-camera-lks-'));
  log = [];
});
afterEach(async () => {
  for (const supervisor of [...supervisors.splice(0), ...abandoned.splice(0)])
    await supervisor.stop();
  const record = readRecord(recordFile());
  if (record !== undefined) await endProcess(record);
  rmSync(folder, { recursive: true, force: true });
});

const recordFile = (): string => join(folder, 'process.json');
function record(): ProcessRecord {
  const found = readRecord(recordFile());
  if (found === undefined) throw new Error('no record');
  return found;
}
const runs = (): string[] =>
  existsSync(join(folder, 'runs'))
    ? readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n')
    : [];

function settings(change: Partial<LaunchSettings> = {}): LaunchSettings {
  return {
    folder,
    network: { kind: 'loopback' },
    ports: { port: 0, udpPort: 0, tcpPort: 0 },
    maxParticipants: 5,
    version: '1',
    ...change,
  };
}

function supervise(change: Partial<LaunchSettings> = {}, deps: Partial<SupervisorDeps> = {}) {
  const binary = writeFakeLiveKit(folder, '1');
  const supervisor = new LiveKitSupervisor({
    settings: settings(change),
    keys: { apiKey: 'k', apiSecret: 's' },
    findBinary: async () => ({ path: binary, source: 'cache' }),
    logger: createLogger((line) => void log.push(line), Date.now),
    backoffMs: [20],
    ...deps,
  });
  supervisors.push(supervisor);
  return supervisor;
}

/** Starts one and lets go of it, as if the server had been killed: nobody ends the process or starts another. */
async function startAndAbandon(change: Partial<LaunchSettings> = {}): Promise<ProcessRecord> {
  await supervise(change, { backoffMs: [3_600_000] }).start();
  abandoned.push(...supervisors.splice(0));
  return record();
}

function whenState(supervisor: LiveKitSupervisor, kind: MediaStatus['kind']): Promise<MediaStatus> {
  return new Promise((resolve) => {
    const stop = supervisor.onState((state) => {
      if (state.kind !== kind) return;
      stop();
      resolve(state);
    });
  });
}

describe('supervisor of the media server', () => {
  it('goes absent, building, starting, ready, absent and says its address only while ready', async () => {
    const binary = writeFakeLiveKit(folder, '1');
    const supervisor = supervise(
      {},
      {
        findBinary: async (onStep) => {
          onStep('half way');
          return { path: binary, source: 'go' };
        },
      },
    );
    const states: MediaStatus[] = [supervisor.state()];
    supervisor.onState((state) => void states.push(state));
    expect(supervisor.livekitUrl()).toBeUndefined();
    await supervisor.start();
    const url = supervisor.livekitUrl();
    expect(url).toBe(`http://127.0.0.1:${record().port}`);
    expect(await (await fetch(url ?? '')).text()).toBe('OK');
    const running = record();
    await supervisor.stop();
    expect(states).toEqual([
      { kind: 'absent' },
      { kind: 'building', step: 'half way' },
      { kind: 'starting' },
      { kind: 'ready' },
      { kind: 'absent' },
    ]);
    expect(supervisor.livekitUrl()).toBeUndefined();
    expect(isAlive(running)).toBe(false);
    expect(existsSync(recordFile())).toBe(false);
  });

  it('keeps its record for this user alone and gives the process none of our environment', async () => {
    process.env.CANARY_SECRET = 'canary';
    await supervise().start();
    delete process.env.CANARY_SECRET;
    expect(statSync(recordFile()).mode & 0o777).toBe(0o600);
    expect(runs()).toHaveLength(1);
    expect(runs()[0]).not.toContain('canary');
    expect(runs()[0]).not.toContain('HOME');
  });

  it('F-01 adopts the process an earlier server started', async () => {
    const before = await startAndAbandon();
    const second = supervise();
    await second.start();
    expect(record()).toEqual(before);
    expect(runs()).toHaveLength(1);
    expect(second.livekitUrl()).toBe(`http://127.0.0.1:${before.port}`);
    expect(log.join('')).toMatch(/media-adopted pid=\d+/);
    await second.stop();
    expect(isAlive(before)).toBe(false);
  });

  it('starts a new one, on the same ports, when the adopted one dies', async () => {
    const before = await startAndAbandon();
    const second = supervise();
    await second.start();
    const ready = whenState(second, 'ready');
    process.kill(before.pid, 'SIGKILL');
    await ready;
    expect(record().pid).not.toBe(before.pid);
    expect(record()).toMatchObject({ port: before.port, udpPort: before.udpPort });
  });

  it('ends an earlier process whose settings differ, and one that does not answer', async () => {
    const before = await startAndAbandon();
    const silent = await startAndAbandon({ maxParticipants: 6 });
    expect(isAlive(before)).toBe(false);
    expect(log.join('')).toMatch(/media-replaced pid=\d+ reason=settings/);
    process.kill(silent.pid, 'SIGSTOP');
    await supervise({ maxParticipants: 6 }).start();
    expect(isAlive(silent)).toBe(false);
    expect(log.join('')).toMatch(/media-replaced pid=\d+ reason=silent/);
  });

  it('never ends or adopts a stranger that has got the pid', async () => {
    const stranger = { ...(await fakeRecord()), started: 'another time' };
    writeFileSync(recordFile(), JSON.stringify(stranger));
    await supervise().start();
    expect(startedOf(process.pid)).toBeDefined();
    expect(log.join('')).not.toMatch(/media-(?:adopted|replaced)/);
    expect(record().pid).not.toBe(process.pid);
  });

  async function fakeRecord(): Promise<ProcessRecord> {
    return { pid: process.pid, started: '', port: 0, udpPort: 0, tcpPort: 0, fingerprint: '' };
  }

  it('does without a damaged record', async () => {
    for (const text of [
      '',
      '{',
      '{"pid":1,"started":"x"}',
      JSON.stringify({ ...(await fakeRecord()), pid: 'all' }),
    ]) {
      writeFileSync(recordFile(), text);
      expect(readRecord(recordFile())).toBeUndefined();
    }
    await supervise().start();
    expect(runs()).toHaveLength(1);
  });

  it('F-05 starts it again after a crash, with an event for each step', async () => {
    const supervisor = supervise();
    await supervisor.start();
    for (let round = 0; round < 3; round += 1) {
      const { pid } = record();
      const ready = whenState(supervisor, 'ready');
      process.kill(pid, 'SIGKILL');
      expect(await ready).toEqual({ kind: 'ready' });
      expect(record().pid).not.toBe(pid);
    }
    expect(log.filter((line) => line.includes('media-exited signal=SIGKILL'))).toHaveLength(3);
  });

  it('says failed when it keeps dying, goes on trying, and recovers', async () => {
    const supervisor = supervise();
    await supervisor.start();
    const failed = whenState(supervisor, 'failed');
    writeFileSync(join(folder, 'die'), '');
    process.kill(record().pid, 'SIGKILL');
    expect(await failed).toMatchObject({
      code: 'media-unavailable',
      message: expect.stringMatching(/exit 7/),
    });
    const ready = whenState(supervisor, 'ready');
    rmSync(join(folder, 'die'));
    await ready;
  });

  it('gives up with a sentence when it has never been ready', async () => {
    writeFileSync(join(folder, 'die'), '');
    const started = supervise().start();
    await expect(started).rejects.toThrow(
      /^The media server ends as soon as it starts \(exit 7\): .*\.$/,
    );
    expect(runs()).toHaveLength(5);
  });

  it('refuses a taken port with a sentence that names the setting', async () => {
    const socket = createSocket('udp4');
    const port = await new Promise<number>((resolve) => {
      socket.bind(0, '127.0.0.1', () => resolve(socket.address().port));
    });
    const started = supervise({ ports: { port: 0, udpPort: port, tcpPort: 0 } }).start();
    await expect(started).rejects.toMatchObject({
      code: 'port-busy',
      message: `UDP port ${port} is in use by another program: end it, or set media.udpPort to another port.`,
    });
    socket.close();
  });

  it('passes on why there is no binary', async () => {
    const supervisor = supervise(
      {},
      {
        findBinary: () => Promise.reject(new StartError('media-unavailable', 'No Go: install it.')),
      },
    );
    await expect(supervisor.start()).rejects.toThrow('No Go: install it.');
    expect(supervisor.state()).toEqual({
      kind: 'failed',
      code: 'media-unavailable',
      message: 'No Go: install it.',
    });
  });

  it('stops in the middle of a build, of a start, and twice', async () => {
    const building = supervise(
      {},
      {
        findBinary: (_onStep, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')));
          }),
      },
    );
    const started = building.start();
    await building.stop();
    await started;
    await building.stop();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'mute'), '');
    const starting = supervise();
    const begun = starting.start();
    while (readRecord(recordFile()) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const { pid, started: at } = record();
    await starting.stop();
    await begun;
    expect(isAlive({ pid, started: at })).toBe(false);
  });

  it('A-71 SEC-25 logs nothing but events it lists', async () => {
    await supervise().start();
    for (const line of log)
      expect(line).toMatch(/^\S+ (?:info|warn|error) media-[a-z]+(?: \w+=[\w.-]+)*\n$/);
  });
});

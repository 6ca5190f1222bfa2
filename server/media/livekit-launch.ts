// Starts one media server process with our configuration, or knows an earlier one again. Must give it no output and no
// environment of ours: it logs what clients sent, and reads settings from variables.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { StartError } from '../errors.ts';
import {
  liveKitConfigText,
  type MediaNetwork,
  type MediaPorts,
  writeLiveKitConfig,
} from './livekit-config.ts';
import { tryTcpPort, tryUdpPort } from './livekit-ports.ts';
import {
  isAlive,
  type ProcessRecord,
  readRecord,
  startedOf,
  writeRecord,
} from './livekit-process.ts';

export type LaunchSettings = {
  /** `<data folder>/media`. */
  readonly folder: string;
  readonly network: MediaNetwork;
  /** 0: a free one, but no ICE over TCP for `tcpPort`. */
  readonly ports: MediaPorts;
  readonly maxParticipants: number;
  readonly version: string;
};

export type Running = {
  readonly record: ProcessRecord;
  /** Resolves when the process has ended, with what is known of how. */
  readonly ended: Promise<{ readonly exitCode?: number; readonly signal?: string }>;
};

const READY_WAIT_MS = 20_000;
const PROBE_EVERY_MS = 100;
const PROBE_TIMEOUT_MS = 1_000;
const WATCH_EVERY_MS = 300;

export const recordPath = (settings: LaunchSettings): string =>
  join(settings.folder, 'process.json');
export const urlOf = ({ port }: MediaPorts): string => `http://127.0.0.1:${port}`;

function fingerprintOf(settings: LaunchSettings, ports: MediaPorts): string {
  const text = liveKitConfigText({ ...settings, ports });
  return createHash('sha256').update(settings.version).update(text).digest('base64url');
}

const busy = (what: string, port: number, setting: string): StartError =>
  new StartError(
    'port-busy',
    `${what} port ${port} is in use by another program: end it, or set media.${setting} to another port.`,
  );

async function choosePorts(
  settings: LaunchSettings,
  last: MediaPorts | undefined,
): Promise<MediaPorts> {
  const { ports: wanted, network } = settings;
  const udpHost = network.kind === 'loopback' ? '127.0.0.1' : '0.0.0.0';
  // The last ones again if they are free: clients that lost the media server find it there.
  const port =
    (await tryTcpPort(wanted.port || last?.port || 0, '127.0.0.1')) ??
    (wanted.port === 0 ? await tryTcpPort(0, '127.0.0.1') : undefined);
  if (port === undefined) throw busy('TCP', wanted.port, 'port');
  const udpPort =
    (await tryUdpPort(wanted.udpPort || last?.udpPort || 0, udpHost)) ??
    (wanted.udpPort === 0 ? await tryUdpPort(0, udpHost) : undefined);
  if (udpPort === undefined) throw busy('UDP', wanted.udpPort, 'udpPort');
  const { tcpPort } = wanted;
  if (tcpPort !== 0 && (await tryTcpPort(tcpPort, '0.0.0.0')) === undefined)
    throw busy('TCP', tcpPort, 'tcpPort');
  return { port, udpPort, tcpPort };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Resolves true once it answers, false if it ends or stays silent. */
export async function whenReady(
  { record, ended }: Running,
  waitMs = READY_WAIT_MS,
): Promise<boolean> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const untilMs = performance.now() + waitMs;
  while (!over && performance.now() < untilMs) {
    // Another program on that port may answer too: ours must be alive.
    if ((await answers(urlOf(record))) && isAlive(record)) return !over;
    await wait(PROBE_EVERY_MS);
  }
  return false;
}

function endOfChild(child: ChildProcess): Running['ended'] {
  return new Promise((resolve) => {
    child.once('error', () => resolve({}));
    child.once('exit', (code, signal) =>
      resolve({
        ...(code === null ? {} : { exitCode: code }),
        ...(signal === null ? {} : { signal }),
      }),
    );
  });
}

export async function launch(
  binary: string,
  settings: LaunchSettings,
): Promise<Running | undefined> {
  const ports = await choosePorts(settings, readRecord(recordPath(settings)));
  const config = writeLiveKitConfig({ ...settings, ports });
  // Its own process group: Ctrl-C reaches us alone, and we end it in order.
  const child = spawn(binary, ['--config', config], {
    cwd: settings.folder,
    env: {},
    detached: true,
    stdio: 'ignore',
  });
  const ended = endOfChild(child);
  const { pid } = child;
  const started = pid === undefined ? undefined : startedOf(pid);
  if (pid === undefined || started === undefined) return undefined;
  const record: ProcessRecord = {
    pid,
    started,
    ...ports,
    fingerprint: fingerprintOf(settings, ports),
  };
  writeRecord(recordPath(settings), record);
  return { record, ended };
}

/** The process that an earlier server started, if it lives; `fits` says whether it runs what we want to run. */
export function findEarlier(
  settings: LaunchSettings,
): (Running & { readonly fits: boolean }) | undefined {
  const record = readRecord(recordPath(settings));
  if (record === undefined || !isAlive(record)) return undefined;
  const { ports: wanted } = settings;
  const ports: MediaPorts = {
    port: wanted.port || record.port,
    udpPort: wanted.udpPort || record.udpPort,
    tcpPort: wanted.tcpPort,
  };
  const fits = record.fingerprint === fingerprintOf(settings, ports);
  // Not our child: no exit event, so we look.
  const ended = new Promise<Record<string, never>>((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(record)) return;
      clearInterval(timer);
      resolve({});
    }, WATCH_EVERY_MS);
  });
  return { record, ended, fits };
}

// Starts the real meeting server in this process on a free port, without a media server unless one is given, for headless
// clients and attacks. Test code only: nothing of the product may import it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import { createAddressOf } from './address.ts';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { openDataFolder } from './data-folder.ts';
import { migrate, openDatabase } from './database.ts';
import type { DeliveryTables } from './delivery/tables.ts';
import type { MediaAccess } from './feature.ts';
import { createListeners } from './listen.ts';
import { createLogger } from './logger.ts';
import { MIGRATIONS, startFeatures, stopFeatures } from './main.ts';
import type { MediaTables } from './media/tables.ts';
import type { MeetingsTables } from './meetings/tables.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { createSetupToken } from './setup-token.ts';
import { createUpgrades } from './upgrades.ts';

export type TestServerOptions = {
  /** Kept after `stop` when given; else a new temporary folder that goes with it. */
  readonly dataFolder?: string;
  readonly port?: number;
  readonly clock?: () => number;
  readonly media?: MediaAccess;
};

type Tables = DeliveryTables & MeetingsTables & MediaTables;

export type TestServer = {
  /** `http://127.0.0.1:<port>`; also the only origin whose sockets are let in. */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly setupToken: string;
  readonly dataFolder: string;
  readonly db: Kysely<Tables>;
  readonly app: FastifyInstance;
  /** All that was logged. */
  readonly log: readonly string[];
  /** Errors that no caller waited for: a healthy run has none. */
  readonly failures: readonly unknown[];
  /** Runs the meetings' sweeper once, now. */
  sweep(): Promise<void>;
  stop(): Promise<void>;
};

const NO_MEDIA: MediaAccess = {
  livekitUrl: () => undefined,
  apiKey: 'none',
  apiSecret: 'none',
  state: () => ({ kind: 'absent' }),
  onState: () => () => undefined,
};

function configOf(dataFolder: string, port: number): Config {
  return {
    exposure: { kind: 'loopback' },
    listen: { hosts: ['127.0.0.1'], port },
    dataFolder,
    cacheFolder: dataFolder,
    media: { binary: undefined, port: 0, udpPort: 0, tcpPort: 0, maxParticipants: 300 },
  };
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const path = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'in-camera-test-'));
  const clock = options.clock ?? Date.now;
  const config = configOf(path, options.port ?? 0);
  const [log, failures]: [string[], unknown[]] = [[], []];
  const logger = createLogger((line) => void log.push(line), clock);
  const folder = openDataFolder(path);
  const database = openDatabase(join(path, 'in-camera.sqlite'));
  await migrate(database.db, MIGRATIONS, clock);
  const setup = createSetupToken();
  const addressOf = createAddressOf([]);
  let origin = 'http://127.0.0.1:0';
  const publicOrigin = (): string => origin;
  const limiter = createRateLimiter({ burst: 2_000, perSecond: 100 }, clock);
  const upgrades = createUpgrades({ publicOrigin, addressOf, limiter });
  const listeners = createListeners(config, upgrades);
  const status = () => ({ version: 'test', media: 'absent' as const });
  const app = createApp({ listeners, logger, clock, addressOf, publicOrigin, status });
  const failed = (feature: string) => (error: unknown) => {
    logger.log('feature-failed', {
      feature,
      errorName: error instanceof Error ? error.name : 'unknown',
    });
    failures.push(error);
  };
  const features = await startFeatures({
    db: database.db,
    scrubDatabase: database.scrub,
    logger,
    clock,
    media: options.media ?? NO_MEDIA,
    config,
    app,
    onUpgrade: upgrades.add,
    addressOf,
    installationKey: folder.installationKey,
    setupTokenHash: setup.hash,
    failed,
    publicOrigin,
  });
  await app.ready();
  const port = await listeners.listen();
  origin = `http://127.0.0.1:${port}`;
  return {
    url: origin,
    origin,
    port,
    setupToken: setup.text,
    dataFolder: path,
    log,
    failures,
    app,
    db: database.db.withTables<Tables>(),
    sweep: () => features.meetings.sweep(),
    async stop() {
      stopFeatures(features);
      await app.close();
      await listeners.close();
      await database.close();
      folder.release();
      if (options.dataFolder === undefined) rmSync(path, { recursive: true, force: true });
    },
  };
}

// Brings the house up and down: configuration, data folder, database, features, address, media server, in this order.
// Must be the only place that knows all features and starts things; whatever it started, it ends.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerStatus } from '@in-camera/protocol/http.ts';
import { createAddressOf } from './address.ts';
import { createApp } from './app.ts';
import { type Config, type ConfigSource, readConfig } from './config.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { type Database, migrate, openDatabase } from './database.ts';
import { createDelivery, type Delivery } from './delivery/delivery.ts';
import { type DeliveryTables, deliveryMigrations } from './delivery/tables.ts';
import { describeError, StartError } from './errors.ts';
import type { FeatureDeps } from './feature.ts';
import { createListeners } from './listen.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMediaAdmission, type MediaAdmission } from './media/admission.ts';
import { findLiveKit, pinnedVersion } from './media/livekit-binary.ts';
import { mediaFolderOf, readOrMakeKeys } from './media/livekit-config.ts';
import { LiveKitSupervisor } from './media/livekit-supervisor.ts';
import { type MediaTables, mediaMigrations } from './media/tables.ts';
import { createMeetings, type Meetings } from './meetings/meetings.ts';
import { type MeetingsTables, meetingsMigrations } from './meetings/tables.ts';
import packageFile from './package.json' with { type: 'json' };
import { createRateLimiter } from './rate-limiter.ts';
import { createSetupToken, type SetupToken } from './setup-token.ts';
import { createUpgrades } from './upgrades.ts';
import { addWebFiles } from './web-files.ts';

export type House = {
  /** Scheme, host and port as browsers see them. */
  readonly origin: string;
  /** Rejects when the media server cannot be had; resolves once it is ready. */
  readonly mediaReady: Promise<void>;
  stop(signal: string): Promise<void>;
};

export type HouseOptions = ConfigSource & {
  /** Lines for the operator, such as the address. */
  readonly print: (line: string) => void;
  readonly log: (line: string) => void;
};

export type Features = {
  readonly meetings: Meetings;
  readonly delivery: Delivery;
  readonly media: MediaAdmission;
};

export const MIGRATIONS = [...meetingsMigrations, ...deliveryMigrations, ...mediaMigrations];

/** Features know each other only as functions given here. */
function wireFeatures(deps: FeatureDeps): Features {
  const media: MediaAdmission = createMediaAdmission({
    db: deps.db.withTables<MediaTables>(),
    media: deps.media,
    clock: deps.clock,
    admits: (meeting, seat, identity) => delivery.admits(meeting, seat, identity),
    identities: (meeting) => delivery.identities(meeting),
    failed: deps.failed('media'),
  });
  const meetings: Meetings = createMeetings({
    ...deps,
    db: deps.db.withTables<MeetingsTables>(),
    doorSecret: deps.installationKey('meetings door'),
    openMeeting: (trx, meeting, host) =>
      delivery.openMeeting(trx.withTables<DeliveryTables>(), meeting, host),
    newKnock: (meeting) => delivery.newKnock(meeting),
    tellHosts: (meeting, message) => delivery.tellHosts(meeting, message),
    sit: (socket, meeting, secret, since) => delivery.sit(socket, meeting, secret, since),
    endRoom: (meeting) => delivery.endRoom(meeting),
    endMedia: (meeting) => media.endMeeting(meeting),
    failed: deps.failed('meetings'),
  });
  const delivery: Delivery = createDelivery({
    db: deps.db.withTables<DeliveryTables>(),
    clock: deps.clock,
    cutMedia: (meeting, identities) => media.cut(meeting, identities),
    answer: (meeting, message) => meetings.strangers.answer(meeting, message),
    ticket: (meeting, seat, identity) => media.ticket(meeting, seat, identity),
    deleteMeeting: (meeting) => meetings.deleteMeeting(meeting),
    presence: (meeting, anyone) => meetings.presence(meeting, anyone),
    knocks: (meeting, after) => meetings.strangers.page(meeting, after),
    failed: deps.failed('delivery'),
  });
  return { meetings, delivery, media };
}

export async function startFeatures(deps: FeatureDeps): Promise<Features> {
  const features = wireFeatures(deps);
  features.meetings.addRoutes(deps.app);
  features.media.proxy.addRoutes(deps.app);
  deps.onUpgrade('/api/meetings/', features.meetings.front.handleUpgrade);
  deps.onUpgrade('/media/', features.media.proxy.handleUpgrade);
  await features.meetings.start();
  features.delivery.start();
  await features.media.reconcile();
  return features;
}

export function stopFeatures({ meetings, delivery, media }: Features): void {
  delivery.stop();
  meetings.stop();
  media.stop();
}

/** The folder with media/ and web/: two up from the bundle, one up from the source. */
function findRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'media', 'go.mod'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new TypeError('media/go.mod is missing');
    folder = parent;
  }
  return folder;
}

function createMedia(config: Config, root: string, logger: Logger, env: ConfigSource['env']) {
  const mediaFolder = join(root, 'media');
  const folder = mediaFolderOf(config.dataFolder);
  const { exposure } = config;
  return new LiveKitSupervisor({
    settings: {
      folder,
      network:
        exposure.kind === 'loopback' ? exposure : { kind: 'public', nodeIp: exposure.nodeIp },
      ports: config.media,
      maxParticipants: config.media.maxParticipants,
      version: pinnedVersion(mediaFolder),
    },
    keys: readOrMakeKeys(folder),
    logger,
    findBinary: (onStep, signal) =>
      findLiveKit({
        configured: config.media.binary,
        cacheFolder: config.cacheFolder,
        mediaFolder,
        env,
        onStep,
        signal,
      }),
  });
}

function statusOf(media: LiveKitSupervisor): ServerStatus {
  const state = media.state();
  const step = state.kind === 'building' ? { step: state.step.slice(0, 200) } : {};
  return { version: packageFile.version, media: state.kind, ...step };
}

type Greeting = { origin: string; setup: SetupToken; file: string; web: string; media: string };

function greet(print: HouseOptions['print'], { origin, setup, file, web, media }: Greeting): void {
  for (const line of [
    '',
    `In Camera ${packageFile.version}`,
    `  Make a meeting  ${origin}/start#${setup.text}`,
    `  Address         ${origin}`,
    `  Database        ${file}`,
    `  Web client      ${web}`,
    `  Media server    ${media}`,
    '  Stop            Ctrl-C',
    '',
  ]) {
    print(line);
  }
}

/** What to end, newest first; each part is ended even if another fails to. */
class Ends {
  readonly #ends: (() => Promise<void> | void)[] = [];

  add(end: () => Promise<void> | void): void {
    this.#ends.unshift(end);
  }

  async run(): Promise<void> {
    const errors: unknown[] = [];
    for (const end of this.#ends.splice(0)) {
      try {
        await end();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

type Base = { config: Config; folder: DataFolder; database: Database; logger: Logger };

async function openBase(options: HouseOptions, logger: Logger, ends: Ends): Promise<Base> {
  const config = readConfig(options);
  const folder = openDataFolder(config.dataFolder);
  ends.add(() => folder.release());
  const database = openDatabase(join(config.dataFolder, 'in-camera.sqlite'));
  ends.add(() => database.close());
  const count = await migrate(database.db, MIGRATIONS, Date.now);
  logger.log('database-ready', { count });
  return { config, folder, database, logger };
}

function failedIn(logger: Logger): FeatureDeps['failed'] {
  return (feature) => (error) => logger.log('feature-failed', { feature, ...describeError(error) });
}

async function openHouse(base: Base, options: HouseOptions, ends: Ends): Promise<House> {
  const { config, folder, database, logger } = base;
  const { exposure } = config;
  const root = findRoot();
  const clock = Date.now;
  const addressOf = createAddressOf(exposure.kind === 'public' ? exposure.trustedProxies : []);
  let origin = exposure.kind === 'public' ? exposure.publicOrigin : 'http://localhost';
  const publicOrigin = (): string => origin;
  const limiter = createRateLimiter({ burst: 2_000, perSecond: 100 }, clock);
  const upgrades = createUpgrades({ publicOrigin, addressOf, limiter });
  const listeners = createListeners(config, upgrades);
  const media = createMedia(config, root, logger, options.env);
  ends.add(() => media.stop());
  const setup = createSetupToken();
  const status = (): ServerStatus => statusOf(media);
  const app = createApp({ listeners, logger, clock, addressOf, publicOrigin, status });
  const web = join(root, 'web', 'dist');
  addWebFiles(app, web);
  const features = await startFeatures({
    db: database.db,
    scrubDatabase: database.scrub,
    logger,
    clock,
    media,
    config,
    app,
    onUpgrade: upgrades.add,
    addressOf,
    installationKey: folder.installationKey,
    setupTokenHash: setup.hash,
    failed: failedIn(logger),
    publicOrigin,
  });
  ends.add(async () => {
    stopFeatures(features);
    await listeners.close();
    await app.close();
  });
  await app.ready();
  const port = await listeners.listen();
  if (exposure.kind === 'loopback') origin = `http://localhost:${port}`;
  logger.log('server-listening', { port, version: packageFile.version, exposure: exposure.kind });
  const mediaReady = media.start();
  greet(options.print, { origin, setup, file: database.file, web, media: 'being prepared' });
  return {
    origin,
    mediaReady,
    async stop(signal) {
      const startMs = performance.now();
      logger.log('server-stopping', { signal });
      await ends.run();
      logger.log('server-stopped', { durationMs: Math.round(performance.now() - startMs) });
    },
  };
}

/** The house, or a StartError after everything that was begun has been ended again. */
export async function startHouse(options: HouseOptions): Promise<House> {
  const logger = createLogger(options.log, Date.now);
  const ends = new Ends();
  try {
    return await openHouse(await openBase(options, logger, ends), options, ends);
  } catch (error) {
    await ends.run();
    throw error;
  }
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const STOP_LIMIT_MS = 15_000;

/** Ends the process with one sentence if it was the operator's to mend, else with the place of the fault. */
function giveUp(error: unknown, log: (line: string) => void): never {
  if (error instanceof StartError) process.stderr.write(`in-camera: ${error.message}\n`);
  else createLogger(log, Date.now).log('server-failed', describeError(error));
  process.exit(1);
}

async function main(): Promise<void> {
  // Whatever is written belongs to this user alone.
  process.umask(0o077);
  const log = (line: string): void => void process.stderr.write(line);
  process.on('uncaughtException', (error) => giveUp(error, log));
  process.on('unhandledRejection', (error) => giveUp(error, log));
  const wanted = new Promise<string>((resolve) => {
    for (const signal of STOP_SIGNALS) process.on(signal, () => resolve(signal));
  });
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const { env, argv } = process;
  try {
    const house = await startHouse({ args: argv.slice(2), env, cwd: process.cwd(), print, log });
    const mediaReady = house.mediaReady.then(() => print(`  Media server    ready`));
    const never = new Promise<never>(() => undefined);
    const why = await Promise.race([wanted, mediaReady.then(() => never)]).catch(
      (error: unknown) => ({ error }),
    );
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
    await house.stop(typeof why === 'string' ? why : 'failure');
    if (typeof why !== 'string') throw why.error;
  } catch (error) {
    giveUp(error, log);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

// What the plumbing offers to the features, which `main` wires. Must stay types only: outside facts arrive as functions,
// and no feature reads another's store.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { AnyDb } from './database.ts';
import type { Logger } from './logger.ts';

export type MediaStatus =
  | { readonly kind: 'absent' }
  | { readonly kind: 'building'; readonly step: string }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** The media server as the other parts may know it. Its address is on the loopback: only our proxy reaches it. */
export type MediaAccess = {
  /** `http://127.0.0.1:<port>`, without a slash at the end; undefined unless ready. */
  livekitUrl(): string | undefined;
  readonly apiKey: string;
  readonly apiSecret: string;
  state(): MediaStatus;
  /** Called on each change; the function returned ends that. */
  onState(listener: (state: MediaStatus) => void): () => void;
};

/** Host and Origin have been checked before. `address` is the client's, trusted proxies taken into account. */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  address: string,
) => void;

export type FeatureDeps = {
  /** One connection; `db.withTables<OwnTables>()` gives a feature its view of it. */
  readonly db: AnyDb;
  /** Call after rows were deleted that must be in no file any more: empties the write-ahead log. */
  readonly scrubDatabase: () => void;
  readonly logger: Logger;
  /** Now, in milliseconds. */
  readonly clock: () => number;
  readonly media: MediaAccess;
  readonly config: Config;
  /** Routes may be added until it listens. */
  readonly app: FastifyInstance;
  /** Takes every WebSocket upgrade whose path starts with the prefix, such as `/api/meetings/`. */
  readonly onUpgrade: (prefix: `/${string}/`, handler: UpgradeHandler) => void;
  /** The client's address, for rate limits only: never stored, never logged (PBD-7). */
  readonly addressOf: (request: IncomingMessage) => string;
  /** 32 bytes that stay the same across restarts, another for each label. */
  readonly installationKey: (label: string) => Uint8Array;
  /** SHA-256 of the set-up token that this start printed. */
  readonly setupTokenHash: Uint8Array;
  /** Something failed that no caller waits for: logged by the error's name only. */
  readonly failed: (feature: string) => (error: unknown) => void;
  /** `http://localhost:8080`: scheme, host and port as browsers see them. Known once listening. */
  readonly publicOrigin: () => string;
};

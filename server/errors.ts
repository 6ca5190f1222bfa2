// Errors of the server: refusals told to the operator in one sentence, and refusals told to a client as a code.
// Must not carry what a client sent, nor any secret.
import type { ErrorCode } from '@in-camera/protocol/errors.ts';

export type StartCode =
  | 'bad-config'
  | 'port-busy'
  | 'no-address'
  | 'folder-unwritable'
  | 'folder-busy'
  | 'database-broken'
  | 'database-newer'
  | 'web-missing'
  | 'media-unavailable';

export class ServerError extends Error {
  override readonly name: string = 'ServerError';
}

/** The server cannot run. The message is one sentence that ends with the way out. */
export class StartError extends ServerError {
  override readonly name = 'StartError';
  readonly code: StartCode;

  constructor(code: StartCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthorised: 401,
  'not-allowed': 403,
  'bad-origin': 403,
  removed: 403,
  'not-found': 404,
  'unknown-seat': 404,
  'unknown-knock': 404,
  exists: 409,
  ended: 410,
  'too-large': 413,
  'too-many': 429,
  internal: 500,
  'media-not-ready': 503,
  closing: 503,
};

export const statusOf = (code: ErrorCode): number => STATUS[code] ?? 400;

/** A request is refused: the client hears the code and nothing else. */
export class RequestError extends ServerError {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;
  readonly statusCode: number;

  constructor(code: ErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.statusCode = statusOf(code);
  }
}

/** Name and place of an unexpected error, for the log: its message may hold what a client sent. */
export function describeError(error: unknown): { errorName: string; place: string } {
  if (!(error instanceof Error)) return { errorName: typeof error, place: 'unknown' };
  const place = /^\s+at .*?([\w.-]+:\d+:\d+)\)?$/m.exec(error.stack ?? '')?.[1];
  return { errorName: error.name, place: place ?? 'unknown' };
}

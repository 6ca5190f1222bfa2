// The union of stable error codes. Texts belong to the web's catalogues.
import * as z from 'zod/mini';

export const ERROR_CODES = [
  'bad-message', // not the shape the schema asks for
  'too-large',
  'too-many', // rate limit, or a quota of the meeting is used up
  'unauthorised', // no or wrong set-up token, session
  'unknown-seat', // the same for unknown meetings
  'unknown-knock',
  'not-seated', // a message only a seated socket may send
  'not-allowed', // the role of this seat may not do that
  'stale-slot', // another commit holds (epoch, try); catch up and rebase
  'stale-epoch', // seal again in the present epoch
  'stale-generation',
  'stale-void', // the commit is not the last one in the sequence
  'wrong-hash',
  'unknown-member', // a seat that is not registered, or not leaving
  'reserved', // an expulsion is under way: try again
  'exists',
  'not-found',
  'media-not-ready',
  'ended',
  'replaced', // the same seat opened another socket
  'removed',
  'slow', // this socket did not read fast enough
  'bad-origin',
  'closing', // the server is going down
  'internal',
] as const;

export const ErrorCode = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** WebSocket close codes, one per reason (4000-4999 are free for applications, RFC 6455 section 7.4.2). */
export const CLOSE = {
  'bad-message': 4400,
  'unknown-seat': 4404,
  removed: 4403,
  ended: 4410,
  replaced: 4409,
  slow: 4408,
  'too-many': 4429,
  'too-large': 4413,
  closing: 4503,
  internal: 4500,
} as const satisfies Partial<Record<ErrorCode, number>>;

// The token that may create meetings until accounts exist: made at each start, printed once. Must keep its hash only, and
// in memory only: nothing at rest opens this house.
import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 16;

export type SetupToken = {
  /** To be printed now and then forgotten. */
  readonly text: string;
  readonly hash: Uint8Array;
};

export function createSetupToken(): SetupToken {
  const text = randomBytes(TOKEN_BYTES).toString('base64url');
  return { text, hash: createHash('sha256').update(text).digest() };
}

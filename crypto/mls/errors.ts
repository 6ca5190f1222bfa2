// The error codes of the MLS binding. Must not carry detail: a code says what failed, never with
// which bytes.

const CODES = [
  'already-staged',
  'bad-commit',
  'bad-key',
  'bad-key-package',
  'bad-length',
  'bad-message',
  'bad-psk',
  'bad-signature',
  'bad-suite',
  'bad-welcome',
  'decrypt-failed',
  'duplicate-key',
  'freed',
  'group-exists',
  'inactive',
  'internal',
  'missing-proposal',
  'no-group',
  'no-key-package',
  'no-pending-commit',
  'no-staged-commit',
  'no-welcome',
  'not-loaded',
  'out-of-window',
  'own-message',
  'past-epoch',
  'pending-commit',
  'psk-not-found',
  'public-message',
  'replayed',
  'self-remove',
  'standalone-proposal',
  'unknown-leaf',
  'wrong-epoch',
  'wrong-group',
] as const;

export type MlsErrorCode = (typeof CODES)[number];

export class MlsError extends Error {
  readonly code: MlsErrorCode;
  constructor(code: MlsErrorCode, options?: { cause?: unknown }) {
    super(code, options);
    this.name = 'MlsError';
    this.code = code;
  }
}

/** Whatever the wasm threw, as one of our codes; a trap or a stranger becomes `internal`. */
export function toMlsError(cause: unknown): MlsError {
  if (cause instanceof MlsError) return cause;
  const code = cause instanceof Error && CODES.find((known) => known === cause.message);
  return new MlsError(code || 'internal', { cause });
}

// Codes of everything that can go wrong with media; texts belong to the catalogue.

export type MediaErrorCode =
  | 'transform-missing'
  | 'guard-busy'
  | 'no-worker'
  | 'sendrecv-refused'
  | 'transform-refused'
  | 'data-refused'
  | 'connect-failed'
  | 'connect-refused'
  | 'not-connected'
  | 'publish-failed'
  | 'codec-refused'
  | 'fingerprint-changed'
  | 'source-busy';

export class MediaError extends Error {
  readonly code: MediaErrorCode;
  constructor(code: MediaErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.name = 'MediaError';
    this.code = code;
  }
}

// Every event the server can log, its level and the fields it may carry (SEC-25). Must not list a field that could hold
// a name, an address, an id of a meeting or person, a token, a URL or bytes.

export type LogLevel = 'error' | 'warn' | 'info';

export const LOG_EVENTS = {
  'server-listening': { level: 'info', fields: ['port', 'version', 'exposure'] },
  'server-stopping': { level: 'info', fields: ['signal'] },
  'server-stopped': { level: 'info', fields: ['durationMs'] },
  'server-failed': { level: 'error', fields: ['errorName', 'place'] },
  'database-ready': { level: 'info', fields: ['count'] },
  'request-failed': { level: 'error', fields: ['route', 'errorName', 'place'] },
  'feature-failed': { level: 'error', fields: ['feature', 'errorName', 'place'] },
  'media-building': { level: 'info', fields: ['step'] },
  'media-binary': { level: 'info', fields: ['source'] },
  'media-starting': { level: 'info', fields: ['attempt'] },
  'media-adopted': { level: 'info', fields: ['pid'] },
  'media-replaced': { level: 'info', fields: ['pid', 'reason'] },
  'media-ready': { level: 'info', fields: ['pid', 'port'] },
  'media-exited': { level: 'warn', fields: ['exitCode', 'signal', 'attempt'] },
  'media-failed': { level: 'error', fields: ['code'] },
  'media-stopped': { level: 'info', fields: ['durationMs'] },
} as const satisfies Record<string, { level: LogLevel; fields: readonly string[] }>;

export type LogEvent = keyof typeof LOG_EVENTS;
export type LogField<E extends LogEvent> = (typeof LOG_EVENTS)[E]['fields'][number];

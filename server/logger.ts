// Writes one line per event: time, level, event, fields. Must not take free text, objects or errors: only the events and
// fields of `log-events.ts`, with every character that could end or colour a line escaped.
import { LOG_EVENTS, type LogEvent, type LogField, type LogLevel } from './log-events.ts';

export type LogValue = string | number | boolean;
export type LogFields<E extends LogEvent> = { readonly [F in LogField<E>]?: LogValue | undefined };

export type Logger = {
  log<E extends LogEvent>(event: E, fields?: LogFields<E>): void;
};

const MAX_VALUE = 120;
const PLAIN = /^[\w.:/+-]+$/;
const RANK: Record<LogLevel, number> = { error: 0, warn: 1, info: 2 };

const escapeUnit = (unit: string): string =>
  `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

function writeValue(value: LogValue): string {
  if (typeof value !== 'string') return String(value);
  const cut = value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}...` : value;
  if (PLAIN.test(cut)) return cut;
  // JSON leaves C1 controls, line separators and bidi marks as they are: only printable ASCII stays.
  return JSON.stringify(cut).replaceAll(/[^\x20-\x7e]/g, escapeUnit);
}

export function createLogger(
  write: (line: string) => void,
  clock: () => number,
  least: LogLevel = 'info',
): Logger {
  return {
    log(event, fields) {
      const { level, fields: allowed }: { level: LogLevel; fields: readonly string[] } =
        LOG_EVENTS[event];
      if (RANK[level] > RANK[least]) return;
      const parts = [new Date(clock()).toISOString(), level, event];
      // Types do not hold at run time: a field that is not listed is left out.
      for (const [name, value] of Object.entries<LogValue | undefined>(fields ?? {})) {
        if (value === undefined || !allowed.includes(name)) continue;
        parts.push(`${name}=${writeValue(value)}`);
      }
      write(`${parts.join(' ')}\n`);
    },
  };
}

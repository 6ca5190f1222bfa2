import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOG_EVENTS } from './log-events.ts';
import { createLogger } from './logger.ts';

function linesOf(write: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = [];
  write(
    createLogger(
      (line) => void lines.push(line),
      () => 0,
    ),
  );
  return lines;
}

describe('logger', () => {
  it('writes time, level, event and fields on one line', () => {
    expect(linesOf((logger) => logger.log('media-ready', { pid: 7, port: 8 }))).toEqual([
      '1970-01-01T00:00:00.000Z info media-ready pid=7 port=8\n',
    ]);
  });

  it('A-71 one event is one line of printable ASCII, whatever a value holds', () => {
    const nasty = [
      'a\r\nb error server-failed',
      '\x1b[31mred\x1b[0m',
      '\u0085next\u2028line\u2029x',
      '\u202egpj.exe',
      '\x00\x7f\x9b',
      '\ud800',
      'x'.repeat(100_000),
    ];
    for (const step of nasty) {
      const [line = '', ...rest] = linesOf((logger) => logger.log('media-building', { step }));
      expect(rest).toEqual([]);
      expect(line).toMatch(/^[\x20-\x7e]+\n$/);
      expect(line.length).toBeLessThan(1_000);
    }
  });

  it('A-71 holds for any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (step) => {
        const lines = linesOf((logger) => logger.log('media-building', { step }));
        return lines.length === 1 && /^[\x20-\x7e]+\n$/.test(lines[0] ?? '');
      }),
    );
  });

  it('A-71 a value cannot pretend to be another field', () => {
    const [line] = linesOf((logger) => logger.log('media-building', { step: 'x code=1' }));
    expect(line).toContain('step="x code=1"');
  });

  it('SEC-25 leaves out fields that the event does not list', () => {
    const fields = { pid: 1, name: 'Ada', address: '192.0.2.1' } as { pid: number };
    const [line = ''] = linesOf((logger) => logger.log('media-ready', fields));
    expect(line).toContain('pid=1');
    expect(line).not.toMatch(/Ada|192/);
  });

  it('SEC-25 lists no field that could hold a person, a place or a secret', () => {
    const fields = new Set(Object.values(LOG_EVENTS).flatMap((event) => [...event.fields]));
    const forbidden =
      /name$|address|^ip|^id$|meeting|seat|token|ticket|url|path|key|secret|body|message|knock|title/i;
    const allowed = new Set(['errorName']);
    expect([...fields].filter((field) => forbidden.test(field) && !allowed.has(field))).toEqual([]);
  });

  it('leaves out what is below the wanted level', () => {
    const lines: string[] = [];
    const logger = createLogger(
      (line) => void lines.push(line),
      () => 0,
      'warn',
    );
    logger.log('media-ready', {});
    logger.log('media-exited', { attempt: 1 });
    expect(lines).toHaveLength(1);
  });

  it('SEC-25 the page on logging lists every event with its level', () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'logging.md'), 'utf8');
    for (const [event, { level, fields }] of Object.entries(LOG_EVENTS)) {
      const row = `| \`${event}\` | ${level} | ${fields.map((field) => `\`${field}\``).join(' ')} |`;
      expect(page).toContain(row);
    }
  });
});

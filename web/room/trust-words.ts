// The trust line in words: from verified keys only, in sentences a person can check (TRA-1).
import type { Alarm, Trust } from '../call/model.ts';
import { listOf, text, timeOf } from '../i18n/text.ts';

export type TrustWords = {
  readonly tone: 'good' | 'quiet' | 'warn' | 'stop';
  readonly line: string;
  readonly what: string;
  readonly explained: string;
};

export function trustWords(trust: Trust): TrustWords {
  switch (trust.kind) {
    case 'closed':
      return {
        tone: 'good',
        line: text('trust.closed', { people: trust.people }),
        what: text(trust.people === 1 ? 'trust.closed.what.alone' : 'trust.closed.what'),
        explained: text('trust.dialog.closed'),
      };
    case 'checking':
      return {
        tone: 'quiet',
        line: text('trust.checking'),
        what: text('trust.checking.what'),
        explained: text('trust.dialog.checking'),
      };
    case 'unproven':
      return {
        tone: 'warn',
        line:
          trust.why === 'host-unreachable'
            ? text('trust.unproven.host-unreachable', {
                people: trust.people,
                time: timeOf(trust.sinceMs),
              })
            : text('trust.unproven.host-not-seen', { people: trust.people }),
        what: text(`trust.unproven.${trust.why}.what`),
        explained: text(`trust.dialog.unproven.${trust.why}`),
      };
    case 'alarm':
      return {
        tone: 'stop',
        line: text(`alarm.${trust.alarm.code}.title`),
        what: text('alarm.stopped'),
        explained: text('trust.dialog.alarm'),
      };
  }
}

export type AlarmWords = {
  readonly title: string;
  readonly what: string;
  readonly did: string;
  readonly next: string;
};

/** The three parts of an alarm: what happened, what the app did, what to do. */
export function alarmWords(alarm: Alarm): AlarmWords {
  const someone = text('room.someone');
  const values = {
    time: timeOf(alarm.atMs),
    who: alarm.who.length === 0 ? someone : listOf(alarm.who),
    by: alarm.by ?? someone,
  };
  return {
    title: text(`alarm.${alarm.code}.title`),
    what: text(`alarm.${alarm.code}.what`, values),
    did: text(`alarm.${alarm.code}.did`),
    next: text(`alarm.${alarm.code}.next`, values),
  };
}

// What happened in a meeting, as a screen tells it: notices, chat, alarms. Pure reducers over values.
import type { VaultEvent, VaultPerson } from '../worker/vault-messages.ts';
import { nameOf } from './meeting-facts.ts';
import type { Alarm, AlarmCode, ChatItem, Notice } from './model.ts';

export type MeetingLog = {
  readonly notices: readonly Notice[];
  readonly chat: readonly ChatItem[];
  readonly alarms: readonly Alarm[];
  readonly firstNames: ReadonlyMap<string, string>;
  /** Last known names, also of those who have gone. */
  readonly names: ReadonlyMap<string, string>;
  readonly count: number;
};

export const EMPTY_LOG: MeetingLog = {
  notices: [],
  chat: [],
  alarms: [],
  firstNames: new Map(),
  names: new Map(),
  count: 0,
};

const KEPT_NOTICES = 4;
const KEPT_CHAT = 2000;
const KEPT_ALARMS = 20;

type NewNotice = Notice extends infer One ? (One extends Notice ? Omit<One, 'id'> : never) : never;

function notice(log: MeetingLog, made: NewNotice): MeetingLog {
  const one = { ...made, id: `n${log.count}` } as Notice;
  return { ...log, count: log.count + 1, notices: [...log.notices, one].slice(-KEPT_NOTICES) };
}

export const knownName = (log: MeetingLog, person: string): string => log.names.get(person) ?? '';

/** Names as the roster now has them; a changed one is announced with what it was. */
export function noteNames(log: MeetingLog, people: readonly VaultPerson[]): MeetingLog {
  let next = log;
  for (const person of people) {
    const name = nameOf(person);
    const before = next.names.get(person.person);
    if (name === '' || before === name) continue;
    const first = next.firstNames.has(person.person)
      ? next.firstNames
      : new Map([...next.firstNames, [person.person, name] as const]);
    next = {
      ...next,
      firstNames: first,
      names: new Map([...next.names, [person.person, name] as const]),
    };
    if (before !== undefined && !person.you)
      next = notice(next, { kind: 'renamed', from: before, to: name });
    const waiting = next.notices.find(
      (one) => one.kind === 'came-in' && one.name === '' && one.id.endsWith(person.person),
    );
    if (waiting)
      next = {
        ...next,
        notices: next.notices.map((one) => (one === waiting ? { ...waiting, name } : one)),
      };
  }
  return next;
}

/** What a new roster tells besides who is in it: names, and hands that went up since the one before. */
export function noteRoster(
  log: MeetingLog,
  before: readonly VaultPerson[],
  people: readonly VaultPerson[],
): MeetingLog {
  const raised = people.filter(
    (one) => one.hand && !one.you && before.some((old) => old.person === one.person && !old.hand),
  );
  return raised.reduce(
    (next, one) => notice(next, { kind: 'hand', name: knownName(next, one.person) }),
    noteNames(log, people),
  );
}

/** Arrivals wait for the newcomer's own name, which is the first thing it says once it may speak. */
function arrival(
  log: MeetingLog,
  event: Extract<VaultEvent, { person: string }>,
  by: string,
): MeetingLog {
  const made: Notice = {
    kind: 'came-in',
    id: `n${log.count} ${event.person}`,
    name: knownName(log, event.person),
    by,
  };
  return { ...log, count: log.count + 1, notices: [...log.notices, made].slice(-KEPT_NOTICES) };
}

/** Who has gone again needs no word that they came. */
const withoutArrival = (log: MeetingLog, person: string): MeetingLog => ({
  ...log,
  notices: log.notices.filter((one) => one.kind !== 'came-in' || !one.id.endsWith(person)),
});

function chatItem(log: MeetingLog, item: ChatItem): MeetingLog {
  return { ...log, chat: [...log.chat, item].slice(-KEPT_CHAT) };
}

const setChatState = (
  log: MeetingLog,
  id: string,
  state: 'sending' | 'sent' | 'failed',
): MeetingLog => ({
  ...log,
  chat: log.chat.map((one) => (one.kind === 'text' && one.id === id ? { ...one, state } : one)),
});

export function ownChat(
  log: MeetingLog,
  id: string,
  person: string,
  text: string,
  atMs: number,
): MeetingLog {
  const name = knownName(log, person);
  return chatItem(log, { kind: 'text', id, person, name, you: true, text, atMs, state: 'sending' });
}

export const resendChat = (log: MeetingLog, id: string): MeetingLog =>
  setChatState(log, id, 'sending');

export const dismiss = (log: MeetingLog, id: string): MeetingLog => ({
  ...log,
  notices: log.notices.filter((one) => one.id !== id),
});

/** One event of the vault. `hostName` stands for who admits, `before` for what the policy was. */
export function takeEvent(
  log: MeetingLog,
  event: VaultEvent,
  atMs: number,
  hostName: string,
  wasLocked: boolean,
): MeetingLog {
  switch (event.kind) {
    case 'came-in':
      return arrival(log, event, hostName);
    case 'came-back':
      return notice(log, { kind: 'came-back', name: knownName(log, event.person) });
    case 'left':
      return notice(withoutArrival(log, event.person), {
        kind: 'left',
        name: knownName(log, event.person),
      });
    case 'was-removed':
      return notice(withoutArrival(log, event.person), {
        kind: 'was-removed',
        name: knownName(log, event.person),
        by: knownName(log, event.by),
      });
    case 'policy':
      return event.policy.locked === wasLocked
        ? log
        : notice(log, { kind: event.policy.locked ? 'locked' : 'unlocked' });
    case 'mute-asked':
      return notice(log, { kind: 'muted-by', by: knownName(log, event.by) });
    case 'chat':
      return chatItem(log, {
        kind: 'text',
        id: `${event.person} ${event.id}`,
        person: event.person,
        name: knownName(log, event.person),
        you: false,
        text: event.text,
        atMs,
        state: 'sent',
      });
    case 'chat-missing':
      return chatItem(log, {
        kind: 'missing',
        id: `${event.person} ${event.count} missing`,
        name: knownName(log, event.person),
        atMs,
      });
    case 'chat-sent':
      return setChatState(log, event.id, 'sent');
    case 'chat-failed':
      return setChatState(log, event.id, 'failed');
    case 'entered':
      return event.rejoined && log.chat.length > 0 ? notice(log, { kind: 'chat-gone' }) : log;
    default:
      return log;
  }
}

export function takeAlarm(
  log: MeetingLog,
  alarm: {
    readonly code: AlarmCode;
    readonly atMs: number;
    readonly stopped: boolean;
    readonly who: readonly string[];
    readonly by?: string | undefined;
  },
): MeetingLog {
  const named = (person: string): string => log.names.get(person) ?? person.slice(0, 6);
  const made: Alarm = {
    code: alarm.code,
    atMs: alarm.atMs,
    stopped: alarm.stopped,
    who: alarm.who.map(named),
    ...(alarm.by === undefined ? {} : { by: named(alarm.by) }),
  };
  return { ...log, alarms: [...log.alarms, made].slice(-KEPT_ALARMS) };
}

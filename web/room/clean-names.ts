// Makes every name and text of a meeting fit to be shown, once and in one place, so that no screen
// can forget it.
import type {
  Alarm,
  ChatItem,
  KnockView,
  Mark,
  MeetingView,
  Notice,
  Person,
  Trust,
} from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { cleanName, cleanText } from '../ui/display-name.ts';

const shown = (name: string) => cleanName(name, text('room.nameless'));

function cleanMark(mark: Mark): Mark {
  return mark.kind === 'admitted' ? { ...mark, by: shown(mark.by) } : mark;
}

function cleanPerson(person: Person): Person {
  const { renamedFrom, ...rest } = person;
  // Empty: the host saw another name, and which one is not known here.
  const from =
    renamedFrom === undefined ? {} : { renamedFrom: renamedFrom === '' ? '' : shown(renamedFrom) };
  return { ...rest, ...from, name: shown(person.name), mark: cleanMark(person.mark) };
}

function cleanNotice(notice: Notice): Notice {
  switch (notice.kind) {
    case 'came-in':
    case 'was-removed':
      return { ...notice, name: shown(notice.name), by: shown(notice.by) };
    case 'came-back':
    case 'left':
    case 'hand':
      return { ...notice, name: shown(notice.name) };
    case 'renamed':
      return { ...notice, from: shown(notice.from), to: shown(notice.to) };
    case 'muted-by':
      return { ...notice, by: shown(notice.by) };
    case 'locked':
    case 'unlocked':
    case 'chat-gone':
      return notice;
  }
}

function cleanAlarm(alarm: Alarm): Alarm {
  const by = alarm.by === undefined ? {} : { by: shown(alarm.by) };
  return { ...alarm, ...by, who: alarm.who.map(shown) };
}

function cleanTrust(trust: Trust): Trust {
  return trust.kind === 'alarm' ? { ...trust, alarm: cleanAlarm(trust.alarm) } : trust;
}

function cleanKnock(knock: KnockView): KnockView {
  const same = knock.sameNameAs === undefined ? {} : { sameNameAs: shown(knock.sameNameAs) };
  return { ...knock, ...same, name: shown(knock.name) };
}

function cleanChat(item: ChatItem): ChatItem {
  const name = shown(item.name);
  return item.kind === 'text' ? { ...item, name, text: cleanText(item.text) } : { ...item, name };
}

export function cleanMeeting(meeting: MeetingView): MeetingView {
  return {
    ...meeting,
    people: meeting.people.map(cleanPerson),
    trust: cleanTrust(meeting.trust),
    alarms: meeting.alarms.map(cleanAlarm),
    notices: meeting.notices.map(cleanNotice),
    knocks: meeting.knocks.map(cleanKnock),
    chat: meeting.chat.map(cleanChat),
  };
}

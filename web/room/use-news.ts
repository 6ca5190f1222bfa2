// What has happened since the last look, for ear and screen reader: arrivals, knocks, messages.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { MeetingView } from '../call/model.ts';
import { text } from '../i18n/text.ts';
import { noticeWords } from './notice-words.ts';
import { createBell } from './sounds.ts';

export type Said = { readonly id: string; readonly words: string };

const KEPT = 12;
const MANY = 3;
const SPOKEN_LENGTH = 200;
/** A newcomer's name is the first thing it may say, after a host's beat. */
const NAME_WAIT_MS = 3_000;

function takeNew<T extends { readonly id: string }>(items: readonly T[], seen: Set<string>): T[] {
  const fresh = items.filter((item) => !seen.has(item.id));
  for (const item of fresh) seen.add(item.id);
  return fresh;
}

function knockNews(knocks: MeetingView['knocks'], seen: Set<string>): Said[] {
  const fresh = takeNew(knocks, seen);
  if (fresh.length <= MANY) {
    return fresh.map(({ id, name }) => ({
      id: `knock-${id}`,
      words: text('knock.said', { name }),
    }));
  }
  const last = fresh.at(-1)?.id ?? '';
  return [{ id: `knocks-${last}`, words: text('knock.said.many', { count: knocks.length }) }];
}

function chatNews(chat: MeetingView['chat'], seen: Set<string>): Said[] {
  return takeNew(chat, seen).flatMap((item) =>
    item.kind === 'text' && !item.you
      ? [
          {
            id: `chat-${item.id}`,
            words: text('chat.said', { name: item.name, text: item.text.slice(0, SPOKEN_LENGTH) }),
          },
        ]
      : [],
  );
}

/** An arrival is told by name; one whose name does not come is told without (PBD-4). */
function useNamed(notices: MeetingView['notices']): MeetingView['notices'] {
  const [overdue, setOverdue] = useState<ReadonlySet<string>>(new Set());
  const named = useMemo(() => {
    const nameless = text('room.nameless');
    return notices.filter(
      (one) => one.kind !== 'came-in' || one.name !== nameless || overdue.has(one.id),
    );
  }, [notices, overdue]);
  const waitsFor = notices.find((one) => !named.includes(one))?.id;
  useEffect(() => {
    if (waitsFor === undefined) return undefined;
    const timer = setTimeout(() => setOverdue((old) => new Set([...old, waitsFor])), NAME_WAIT_MS);
    return () => clearTimeout(timer);
  }, [waitsFor]);
  return named;
}

/** The latest lines for the live region; rings the bell for arrivals and knocks (PBD-4). */
export function useNews({ notices: told, knocks, chat }: MeetingView): readonly Said[] {
  const notices = useNamed(told);
  const [said, setSaid] = useState<readonly Said[]>([]);
  const seen = useRef<Set<string>>(null);
  const bell = useRef<ReturnType<typeof createBell>>(null);
  useEffect(() => {
    bell.current = createBell();
    return () => bell.current?.close();
  }, []);
  useEffect(() => {
    // Messages from before this screen are in the panel; they are not read out.
    seen.current ??= new Set(chat.map((item) => item.id));
    const fresh = takeNew(notices, seen.current);
    const knocked = knockNews(knocks, seen.current);
    if (fresh.some((notice) => notice.kind === 'came-in')) bell.current?.ring('arrival');
    if (knocked.length > 0) bell.current?.ring('knock');
    const news = [
      ...fresh.map((notice) => ({ id: `notice-${notice.id}`, words: noticeWords(notice) })),
      ...knocked,
      ...chatNews(chat, seen.current),
    ];
    if (news.length > 0) setSaid((old) => [...old, ...news].slice(-KEPT));
  }, [notices, knocks, chat]);
  return said;
}

/** How many messages of others came while the chat was closed. */
export function useUnread(chat: MeetingView['chat'], open: boolean): number {
  const [read, setRead] = useState(0);
  const count = chat.filter((item) => item.kind === 'missing' || !item.you).length;
  useEffect(() => {
    if (open) setRead(count);
  }, [open, count]);
  return open ? 0 : Math.max(0, count - read);
}

// Tables of meetings: the sealed charter behind a link, and knocks with their sealed answers. No name, no title.
import type { KnockId, MeetingId } from '@in-camera/protocol/ids.ts';
import { sql } from 'kysely';
import type { Migration } from '../database.ts';

export type MeetingRow = {
  id: MeetingId;
  charter: string;
  created_ms: number;
  /** 1 once a seat was taken. */
  used: number;
  /** When the last socket of a seat closed; null while there is one. */
  empty_ms: number | null;
};

/** Kept for any meeting id, known or not, so that a knock costs and looks the same (SEC-11). */
export type KnockRow = {
  id: KnockId;
  meeting: MeetingId;
  /** Order of arrival; a host that is shown knocks goes on from the last one it got. */
  number: number;
  box: string;
  at_ms: number;
  /** When the stranger's socket closed; null while it waits. */
  closed_ms: number | null;
  /** 1 after the last answer. */
  done: number;
};

export type AnswerRow = { knock: KnockId; number: number; box: string };

export type MeetingsTables = {
  meetings: MeetingRow;
  meeting_knocks: KnockRow;
  meeting_answers: AnswerRow;
};

const SCHEMA = [
  sql`create table meetings (
    id text primary key, charter text not null, created_ms bigint not null, used integer not null, empty_ms bigint)`,
  sql`create table meeting_knocks (
    id text primary key, meeting text not null, number bigint not null, box text not null, at_ms bigint not null,
    closed_ms bigint,
    done integer not null)`,
  sql`create index meeting_knocks_meeting on meeting_knocks (meeting, number)`,
  sql`create table meeting_answers (
    knock text not null references meeting_knocks(id) on delete cascade, number integer not null, box text not null,
    primary key (knock, number))`,
];

export const meetingsMigrations: readonly Migration[] = [
  {
    id: 'meetings-0001',
    async up(db) {
      for (const statement of SCHEMA) await statement.execute(db);
    },
  },
];

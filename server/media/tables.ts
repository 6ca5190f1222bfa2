// Tables of media: the random room of a meeting and the tickets into it. A ticket is kept as its hash only.
import type { MediaIdentity, MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import { sql } from 'kysely';
import type { Migration } from '../database.ts';

export type MediaTables = {
  media_rooms: { meeting: MeetingId; room: string };
  /** One ticket a seat, for one media identity. */
  media_tickets: { hash: string; meeting: MeetingId; seat: SeatId; identity: MediaIdentity };
};

const SCHEMA = [
  sql`create table media_rooms (
    meeting text primary key references meetings(id) on delete cascade, room text not null unique)`,
  sql`create table media_tickets (
    hash text primary key, meeting text not null references meetings(id) on delete cascade, seat text not null,
    identity text not null, unique (meeting, seat))`,
];

export const mediaMigrations: readonly Migration[] = [
  {
    id: 'media-0001',
    async up(db) {
      for (const statement of SCHEMA) await statement.execute(db);
    },
  },
];

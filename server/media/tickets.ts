// Tickets into the media room: by seat and present media identity, hashed in SQL so that they outlive a restart of the
// server. Must not decide alone who is admitted: a ticket counts only while the seat still has that identity.
import { createHash, randomBytes } from 'node:crypto';
import {
  type MediaIdentity,
  MediaTicket,
  type MeetingId,
  type SeatId,
} from '@in-camera/protocol/ids.ts';
import type { Kysely } from 'kysely';
import type { MediaTables } from './tables.ts';

export type Admission = {
  readonly meeting: MeetingId;
  readonly seat: SeatId;
  readonly identity: MediaIdentity;
  readonly room: string;
};

export type Tickets = {
  /** A new ticket; an earlier one of this seat is void from now on. */
  issue(meeting: MeetingId, seat: SeatId, identity: MediaIdentity): Promise<MediaTicket>;
  find(ticket: MediaTicket): Promise<Admission | undefined>;
  drop(meeting: MeetingId, identities: readonly MediaIdentity[]): Promise<void>;
  roomOf(meeting: MeetingId): Promise<string | undefined>;
  rooms(): Promise<readonly { readonly meeting: MeetingId; readonly room: string }[]>;
};

const hashOf = (ticket: MediaTicket): string =>
  createHash('sha256').update(ticket).digest('base64url');
const randomName = (): string => randomBytes(16).toString('base64url');

export function createTickets(db: Kysely<MediaTables>): Tickets {
  return {
    async issue(meeting, seat, identity) {
      const ticket = MediaTicket.parse(randomName());
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('media_rooms')
          .values({ meeting, room: randomName() })
          .onConflict((conflict) => conflict.column('meeting').doNothing())
          .execute();
        await trx
          .deleteFrom('media_tickets')
          .where('meeting', '=', meeting)
          .where('seat', '=', seat)
          .execute();
        await trx
          .insertInto('media_tickets')
          .values({ hash: hashOf(ticket), meeting, seat, identity })
          .execute();
      });
      return ticket;
    },
    find: (ticket) =>
      db
        .selectFrom('media_tickets as t')
        .innerJoin('media_rooms as r', 'r.meeting', 't.meeting')
        .select(['t.meeting', 't.seat', 't.identity', 'r.room'])
        .where('t.hash', '=', hashOf(ticket))
        .executeTakeFirst(),
    async drop(meeting, identities) {
      if (identities.length === 0) return;
      await db
        .deleteFrom('media_tickets')
        .where('meeting', '=', meeting)
        .where('identity', 'in', identities)
        .execute();
    },
    async roomOf(meeting) {
      const row = await db
        .selectFrom('media_rooms')
        .select('room')
        .where('meeting', '=', meeting)
        .executeTakeFirst();
      return row?.room;
    },
    rooms: () => db.selectFrom('media_rooms').selectAll().execute(),
  };
}

// Tables of delivery. Everything hangs on the meeting's row and goes with it; bytes are kept as the wire's base64url.
import type { Role } from '@in-camera/protocol/delivery.ts';
import type { GroupId, Hash, MediaIdentity, MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import { sql } from 'kysely';
import type { Migration } from '../database.ts';

/** One row a meeting: its sequence, its slot, and the last opening, commit or void. */
export type GroupRow = {
  meeting: MeetingId;
  seq: number;
  group_id: GroupId | null;
  generation: number | null;
  epoch: number | null;
  try: number | null;
  opening: string | null;
  last_kind: 'opening' | 'commit' | 'void' | null;
  last_seq: number;
  last_from: SeatId | null;
  last_role: Role | null;
  last_epoch: number | null;
  last_try: number | null;
  last_hash: Hash | null;
  reserved_seat: SeatId | null;
  reserved_until_ms: number | null;
};

/** All but the opening, which is large and seldom needed. */
export type GroupHead = Omit<GroupRow, 'opening'>;

/** `was_*` are the values before the change at `changed_seq`, for a void; `gone_seq` marks a removed seat. */
export type SeatRow = {
  meeting: MeetingId;
  seat: SeatId;
  role: Role;
  may_commit: number;
  seated: number;
  identity: MediaIdentity | null;
  /** Its signed `leaving`, once announced. */
  statement: string | null;
  acked: number;
  empty_commit_ms: number | null;
  changed_seq: number | null;
  was_seated: number | null;
  was_identity: MediaIdentity | null;
  gone_seq: number | null;
};

export type OrderRow = {
  meeting: MeetingId;
  seq: number;
  kind: 'opening' | 'commit' | 'void' | 'message';
  sender: SeatId;
  bytes: number;
  at_ms: number;
  /** The whole item as it goes out, JSON. */
  body: string;
};

export type PackageRow = {
  meeting: MeetingId;
  seat: SeatId;
  at_ms: number;
  seq: number;
  box: string;
};

/** GroupInfo of one commit, once for all its joiners. */
export type GroupInfoRow = {
  meeting: MeetingId;
  seq: number;
  sender: SeatId;
  group_id: GroupId;
  generation: number;
  epoch: number;
  try: number;
  opening: string;
  group_info: string;
};

export type WelcomeRow = { meeting: MeetingId; seat: SeatId; seq: number; secrets: string };

export type DeliveryTables = {
  delivery_groups: GroupRow;
  delivery_seats: SeatRow;
  delivery_orders: OrderRow;
  delivery_packages: PackageRow;
  delivery_group_infos: GroupInfoRow;
  delivery_welcomes: WelcomeRow;
};

const SCHEMA = [
  sql`create table delivery_groups (
    meeting text primary key references meetings(id) on delete cascade,
    seq bigint not null, group_id text, generation integer, epoch bigint, try integer, opening text,
    last_kind text, last_seq bigint not null, last_from text, last_role text, last_epoch bigint, last_try integer,
    last_hash text, reserved_seat text, reserved_until_ms bigint)`,
  sql`create table delivery_seats (
    meeting text not null references meetings(id) on delete cascade, seat text not null, role text not null,
    may_commit integer not null, seated integer not null, identity text, statement text, acked bigint not null,
    empty_commit_ms bigint, changed_seq bigint, was_seated integer, was_identity text, gone_seq bigint,
    primary key (meeting, seat))`,
  sql`create table delivery_orders (
    meeting text not null references meetings(id) on delete cascade, seq bigint not null, kind text not null,
    sender text not null, bytes integer not null, at_ms bigint not null, body text not null,
    primary key (meeting, seq))`,
  sql`create index delivery_orders_age on delivery_orders (at_ms)`,
  sql`create table delivery_packages (
    meeting text not null, seat text not null, at_ms bigint not null, seq bigint not null, box text not null,
    primary key (meeting, seat),
    foreign key (meeting, seat) references delivery_seats(meeting, seat) on delete cascade)`,
  sql`create table delivery_group_infos (
    meeting text not null references meetings(id) on delete cascade, seq bigint not null, sender text not null,
    group_id text not null, generation integer not null, epoch bigint not null, try integer not null,
    opening text not null, group_info text not null, primary key (meeting, seq))`,
  sql`create table delivery_welcomes (
    meeting text not null, seat text not null, seq bigint not null, secrets text not null,
    primary key (meeting, seat),
    foreign key (meeting, seat) references delivery_seats(meeting, seat) on delete cascade,
    foreign key (meeting, seq) references delivery_group_infos(meeting, seq) on delete cascade)`,
];

/** `meetings` must exist before. */
export const deliveryMigrations: readonly Migration[] = [
  {
    id: 'delivery-0001',
    async up(db) {
      for (const statement of SCHEMA) await statement.execute(db);
    },
  },
];

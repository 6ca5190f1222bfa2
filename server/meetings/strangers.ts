// People who wait outside: knocks, and the sealed answers to them. A stranger hears `knocked` and `answered` and nothing
// else, in the same way whether the meeting exists or not (SEC-11, SEC-13); so nothing here asks whether it does.
import { randomBytes } from 'node:crypto';
import type { ServerMessage } from '@in-camera/protocol/delivery.ts';
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import { KnockId, type MeetingId } from '@in-camera/protocol/ids.ts';
import { LIMITS, TIMES } from '@in-camera/protocol/limits.ts';
import type { Answer, Knock, Wait } from '@in-camera/protocol/signal.ts';
import type { Kysely } from 'kysely';
import type * as z from 'zod/mini';
import type { KnockRow, MeetingsTables } from './tables.ts';

type Db = Kysely<MeetingsTables>;

/** A stranger's socket, as far as it is needed here. */
export type Outside = { send(text: string): void; closeQuietly(): void };

/** Receipt, admission or refusal, and a few second thoughts. */
const ANSWERS_MOST = 8;
/** Knocks kept for all ids together; beyond it those of ids without a meeting go first. */
const KNOCKS_KEPT = 20_000;
const KNOCKS_PAGE = 20;

export type StrangersDeps = {
  readonly db: Db;
  readonly clock: () => number;
  readonly newKnock: (meeting: MeetingId) => void;
  readonly tellHosts: (meeting: MeetingId, message: ServerMessage) => void;
};

export type KnockPage = { readonly cursor: number; readonly texts: readonly string[] };

export type Strangers = {
  knock(meeting: MeetingId, message: z.infer<typeof Knock>, outside: Outside): Promise<void>;
  wait(meeting: MeetingId, message: z.infer<typeof Wait>, outside: Outside): Promise<void>;
  handleClose(outside: Outside): Promise<void>;
  answer(meeting: MeetingId, message: z.infer<typeof Answer>): Promise<ErrorCode | null>;
  /** Knocks that a host has not seen, after a cursor. */
  page(meeting: MeetingId, after: number): Promise<KnockPage | undefined>;
  /** Forgets knocks whose stranger has been away too long. */
  sweep(): Promise<void>;
  /** After a restart no socket is open. */
  recover(): Promise<void>;
  closeAll(meeting: MeetingId): void;
};

const text = (message: ServerMessage): string => JSON.stringify(message);

async function makeRoom(db: Db): Promise<void> {
  const { kept } = await db
    .selectFrom('meeting_knocks')
    .select((eb) => eb.fn.countAll<number>().as('kept'))
    .executeTakeFirstOrThrow();
  if (Number(kept) < KNOCKS_KEPT) return;
  const oldest = await db
    .selectFrom('meeting_knocks')
    .select('id')
    .where('meeting', 'not in', db.selectFrom('meetings').select('id'))
    .orderBy('at_ms')
    .limit(KNOCKS_PAGE)
    .execute();
  if (oldest.length === 0) return;
  await db
    .deleteFrom('meeting_knocks')
    .where(
      'id',
      'in',
      oldest.map((row) => row.id),
    )
    .execute();
}

function insertKnock(db: Db, knock: Omit<KnockRow, 'closed_ms' | 'done'>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await makeRoom(trx);
    const { open } = await trx
      .selectFrom('meeting_knocks')
      .select((eb) => eb.fn.countAll<number>().as('open'))
      .where('meeting', '=', knock.meeting)
      .where('done', '=', 0)
      .executeTakeFirstOrThrow();
    // Over the cap a knock is dropped without a word: any word would tell that the meeting exists.
    if (Number(open) >= LIMITS.knocks) return false;
    await trx
      .insertInto('meeting_knocks')
      .values({ ...knock, closed_ms: null, done: 0 })
      .execute();
    return true;
  });
}

function insertAnswer(
  db: Db,
  meeting: MeetingId,
  message: z.infer<typeof Answer>,
): Promise<ErrorCode | null> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('meeting_knocks')
      .select('id')
      .where('id', '=', message.knock)
      .where('meeting', '=', meeting)
      .where('done', '=', 0)
      .executeTakeFirst();
    if (row === undefined) return 'unknown-knock';
    const { given } = await trx
      .selectFrom('meeting_answers')
      .select((eb) => eb.fn.countAll<number>().as('given'))
      .where('knock', '=', message.knock)
      .executeTakeFirstOrThrow();
    if (Number(given) >= ANSWERS_MOST) return 'too-many';
    await trx
      .insertInto('meeting_answers')
      .values({ knock: message.knock, number: Number(given), box: message.box })
      .execute();
    if (message.last)
      await trx
        .updateTable('meeting_knocks')
        .set({ done: 1 })
        .where('id', '=', message.knock)
        .execute();
    return null;
  });
}

async function readPage(db: Db, meeting: MeetingId, after: number): Promise<KnockPage | undefined> {
  const rows = await db
    .selectFrom('meeting_knocks')
    .select(['id', 'box', 'number'])
    .where('meeting', '=', meeting)
    .where('done', '=', 0)
    .where('number', '>', after)
    .orderBy('number')
    .limit(KNOCKS_PAGE)
    .execute();
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const texts = rows.map(({ id, box }) => text({ kind: 'knock', knock: id, box }));
  return { cursor: last.number, texts };
}

async function sweepKnocks({ db, clock, tellHosts }: StrangersDeps): Promise<void> {
  const old = await db
    .selectFrom('meeting_knocks')
    .select(['id', 'meeting', 'done'])
    .where('closed_ms', '<', clock() - TIMES.knockKeptMs)
    .limit(500)
    .execute();
  if (old.length === 0) return;
  await db
    .deleteFrom('meeting_knocks')
    .where(
      'id',
      'in',
      old.map((row) => row.id),
    )
    .execute();
  for (const row of old)
    if (row.done === 0) tellHosts(row.meeting, { kind: 'knock-gone', knock: row.id });
}

export function createStrangers(deps: StrangersDeps): Strangers {
  const { db, clock } = deps;
  let number = 0;
  const outsides = new Map<KnockId, Outside>();
  const whereabouts = new Map<Outside, { meeting: MeetingId; knock: KnockId }>();
  function place(outside: Outside, meeting: MeetingId, knock: KnockId): void {
    outsides.set(knock, outside);
    whereabouts.set(outside, { meeting, knock });
  }
  async function leave(outside: Outside, knock: KnockId): Promise<void> {
    if (outsides.get(knock) !== outside) return;
    outsides.delete(knock);
    await db
      .updateTable('meeting_knocks')
      .set({ closed_ms: clock() })
      .where('id', '=', knock)
      .execute();
  }
  return {
    async knock(meeting, { box }, outside) {
      const knock = KnockId.parse(randomBytes(16).toString('base64url'));
      place(outside, meeting, knock);
      number += 1;
      const kept = await insertKnock(db, { id: knock, meeting, number, box, at_ms: clock() });
      outside.send(text({ kind: 'knocked', knock }));
      if (kept) deps.newKnock(meeting);
    },
    async wait(meeting, { knock }, outside) {
      whereabouts.set(outside, { meeting, knock });
      const row = await db
        .updateTable('meeting_knocks')
        .set({ closed_ms: null })
        .where('id', '=', knock)
        .where('meeting', '=', meeting)
        .returning('id')
        .executeTakeFirst();
      // An unknown knock waits in silence, as all knocks at unknown meetings do.
      if (row === undefined) return;
      outsides.get(knock)?.closeQuietly();
      outsides.set(knock, outside);
      // It closed meanwhile.
      if (!whereabouts.has(outside)) return leave(outside, knock);
      const answers = await db
        .selectFrom('meeting_answers')
        .select('box')
        .where('knock', '=', knock)
        .orderBy('number')
        .execute();
      for (const { box } of answers) outside.send(text({ kind: 'answered', box }));
    },
    async handleClose(outside) {
      const where = whereabouts.get(outside);
      whereabouts.delete(outside);
      if (where !== undefined) await leave(outside, where.knock);
    },
    async answer(meeting, message) {
      const code = await insertAnswer(db, meeting, message);
      if (code !== null) return code;
      outsides.get(message.knock)?.send(text({ kind: 'answered', box: message.box }));
      if (message.last) deps.tellHosts(meeting, { kind: 'knock-gone', knock: message.knock });
      return null;
    },
    page: (meeting, after) => readPage(db, meeting, after),
    sweep: () => sweepKnocks(deps),
    async recover() {
      const newest = await db
        .selectFrom('meeting_knocks')
        .select((eb) => eb.fn.max('number').as('number'))
        .executeTakeFirst();
      number = newest?.number ?? 0;
      await db
        .updateTable('meeting_knocks')
        .set({ closed_ms: clock() })
        .where('closed_ms', 'is', null)
        .execute();
    },
    closeAll(meeting) {
      for (const [outside, where] of whereabouts)
        if (where.meeting === meeting) outside.closeQuietly();
    },
  };
}

// HTTP of meetings: create one with the set-up token; ask at a door and get the same answer whether it exists or not.
// Must serve nothing else of a meeting: no GroupInfo, no roster, no times (A-13, SEC-11).
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import { type CreatedMeeting, CreateMeeting, type MeetingDoor } from '@in-camera/protocol/http.ts';
import { MeetingId, type SeatId } from '@in-camera/protocol/ids.ts';
import type { FastifyInstance } from 'fastify';
import type { Kysely, Transaction } from 'kysely';
import type * as z from 'zod/mini';
import { RequestError } from '../errors.ts';
import { createRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts';
import { decoyCharter } from './decoy.ts';
import type { MeetingsTables } from './tables.ts';

const BODY_BYTES = 16_384;
/** One address: many people behind one school's or clinic's gateway ask at once. */
const DOOR_RATE: RateLimiterOptions = { burst: 600, perSecond: 10 };
const CREATE_RATE: RateLimiterOptions = { burst: 60, perSecond: 1 };
const WRONG_TOKEN_RATE: RateLimiterOptions = { burst: 10, perSecond: 0.2 };

export type DoorDeps = {
  readonly db: Kysely<MeetingsTables>;
  readonly clock: () => number;
  readonly addressOf: (request: IncomingMessage) => string;
  /** SHA-256 of the set-up token. */
  readonly setupTokenHash: Uint8Array;
  /** Kept across restarts. */
  readonly doorSecret: Uint8Array;
  readonly openMeeting: (
    trx: Transaction<MeetingsTables>,
    meeting: MeetingId,
    host: SeatId,
  ) => Promise<void>;
};

const BEARER = /^Bearer ([A-Za-z0-9_-]{1,128})$/;

/** Compares hashes: neither the length nor a shared beginning shows in the time it takes. */
function isSetupToken(header: string | undefined, hash: Uint8Array): boolean {
  const token = BEARER.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(createHash('sha256').update(token).digest(), hash);
}

async function create(deps: DoorDeps, body: CreateMeeting): Promise<ErrorCode | null> {
  return deps.db.transaction().execute(async (trx) => {
    const made = await trx
      .insertInto('meetings')
      .values({
        id: body.id,
        charter: body.charter,
        created_ms: deps.clock(),
        used: 0,
        empty_ms: null,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made === undefined) return 'exists';
    await deps.openMeeting(trx, body.id, body.hostSeat);
    return null;
  });
}

export function addDoorRoutes(app: FastifyInstance, deps: DoorDeps): void {
  const asks = createRateLimiter(DOOR_RATE, deps.clock);
  const creations = createRateLimiter(CREATE_RATE, deps.clock);
  const wrongTokens = createRateLimiter(WRONG_TOKEN_RATE, deps.clock);
  app.post('/api/meetings', { bodyLimit: BODY_BYTES }, async (request, reply) => {
    const address = deps.addressOf(request.raw);
    if (!isSetupToken(request.headers.authorization, deps.setupTokenHash)) {
      throw new RequestError(wrongTokens.take(address) ? 'unauthorised' : 'too-many');
    }
    if (!creations.take(address)) throw new RequestError('too-many');
    const body = CreateMeeting.safeParse(request.body);
    if (!body.success) throw new RequestError('bad-message');
    const code = await create(deps, body.data);
    if (code !== null) throw new RequestError(code);
    const created: z.infer<typeof CreatedMeeting> = { id: body.data.id };
    return reply.code(201).send(created);
  });
  app.get<{ Params: { id: string } }>('/api/meetings/:id', async (request) => {
    if (!asks.take(deps.addressOf(request.raw))) throw new RequestError('too-many');
    const id = MeetingId.safeParse(request.params.id);
    if (!id.success) throw new RequestError('not-found');
    // Both are always made, so that neither shows by the time it takes.
    const decoy = decoyCharter(deps.doorSecret, id.data);
    const row = await deps.db
      .selectFrom('meetings')
      .select('charter')
      .where('id', '=', id.data)
      .executeTakeFirst();
    const door: MeetingDoor = { charter: row?.charter ?? decoy };
    return door;
  });
}

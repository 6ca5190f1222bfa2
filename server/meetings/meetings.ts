// Meetings: the door, the waiting room, the end. Wires this feature's parts; must not look into delivery's or media's
// tables: what it needs of them arrives as functions.
import type { MeetingId } from '@in-camera/protocol/ids.ts';
import { TIMES } from '@in-camera/protocol/limits.ts';
import type { FastifyInstance } from 'fastify';
import { addDoorRoutes, type DoorDeps } from './door.ts';
import { createFront, type Front } from './front.ts';
import type { SocketDeps } from './socket.ts';
import { createStrangers, type Strangers, type StrangersDeps } from './strangers.ts';

const SWEEP_EVERY_MS = 5_000;

export type MeetingsDeps = DoorDeps &
  StrangersDeps &
  Omit<SocketDeps, 'strangers'> & {
    /** Tells all seats and cuts them off. */
    readonly endRoom: (meeting: MeetingId) => void;
    /** Called while the meeting's rows can still be read; what it returns is called when they are gone. */
    readonly endMedia: (meeting: MeetingId) => Promise<() => void>;
    /** Leaves no trace of deleted rows in any file. */
    readonly scrubDatabase: () => void;
  };

export type Meetings = {
  readonly strangers: Strangers;
  readonly front: Front;
  addRoutes(app: FastifyInstance): void;
  presence(meeting: MeetingId, anyone: boolean): Promise<void>;
  /** Deletes everything of a meeting and sends those who wait away. */
  deleteMeeting(meeting: MeetingId): Promise<void>;
  sweep(): Promise<void>;
  /** Run once before the first request. */
  start(): Promise<void>;
  stop(): void;
};

async function deleteMeeting(
  deps: MeetingsDeps,
  strangers: Strangers,
  meeting: MeetingId,
): Promise<void> {
  const endMedia = await deps.endMedia(meeting);
  await deps.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('meeting_knocks').where('meeting', '=', meeting).execute();
    // All other features' rows hang on this one (`on delete cascade`).
    await trx.deleteFrom('meetings').where('id', '=', meeting).execute();
  });
  endMedia();
  strangers.closeAll(meeting);
  deps.scrubDatabase();
}

async function sweepMeetings(deps: MeetingsDeps, strangers: Strangers): Promise<void> {
  const nowMs = deps.clock();
  const over = await deps.db
    .selectFrom('meetings')
    .select('id')
    .where((eb) =>
      eb.or([
        eb('empty_ms', '<=', nowMs - TIMES.emptyMeetingMs),
        eb.and([eb('used', '=', 0), eb('created_ms', '<=', nowMs - TIMES.unusedMeetingMs)]),
      ]),
    )
    .execute();
  for (const { id } of over) {
    await deleteMeeting(deps, strangers, id);
    deps.endRoom(id);
  }
}

export function createMeetings(deps: MeetingsDeps): Meetings {
  const strangers = createStrangers(deps);
  const front = createFront({ ...deps, strangers });
  let timer: NodeJS.Timeout | undefined;
  async function sweep(): Promise<void> {
    await strangers.sweep();
    await sweepMeetings(deps, strangers);
  }
  return {
    strangers,
    front,
    sweep,
    addRoutes: (app) => addDoorRoutes(app, deps),
    async presence(meeting, anyone) {
      const change = anyone ? { used: 1, empty_ms: null } : { empty_ms: deps.clock() };
      await deps.db.updateTable('meetings').set(change).where('id', '=', meeting).execute();
    },
    deleteMeeting: (meeting) => deleteMeeting(deps, strangers, meeting),
    async start() {
      await strangers.recover();
      // Nobody is connected to a server that has just started; the half hour begins anew.
      await deps.db
        .updateTable('meetings')
        .set({ empty_ms: deps.clock() })
        .where('used', '=', 1)
        .execute();
      timer = setInterval(() => {
        sweep().catch(deps.failed);
      }, SWEEP_EVERY_MS).unref();
    },
    stop() {
      clearInterval(timer);
      front.stop();
    },
  };
}

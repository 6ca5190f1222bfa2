// What a seat says, dispatched: to the desk and then to everyone, to another feature, or straight on. Must answer each
// request exactly once, and tells nothing that SQL does not hold yet (F-01).
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import type { MediaIdentity, MediaTicket, MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import type { SeatedMessage } from '@in-camera/protocol/signal.ts';
import { type DeskMessage, type Outcome, takeMessage } from './desk.ts';
import { meetingFacts, readGroup, readSeat } from './facts.ts';
import type { KnockPager, Link } from './link.ts';
import type { Room, RoomDeps } from './room.ts';
import { judgeBeat, leads, type Refused } from './rules.ts';

type Of<K extends SeatedMessage['kind']> = Extract<SeatedMessage, { kind: K }>;

export type Granted = { readonly kind: 'granted'; readonly ticket: MediaTicket };

/** What other features do for delivery; `main` wires them. */
export type DeliveryDeps = RoomDeps & {
  readonly answer: (meeting: MeetingId, message: Of<'answer'>) => Promise<ErrorCode | null>;
  readonly ticket: (
    meeting: MeetingId,
    seat: SeatId,
    identity: MediaIdentity,
  ) => Promise<Granted | Refused>;
  /** Deletes every row of the meeting. */
  readonly deleteMeeting: (meeting: MeetingId) => Promise<void>;
  /** The first seat came, or the last one went. */
  readonly presence: (meeting: MeetingId, anyone: boolean) => Promise<void>;
  readonly knocks: KnockPager;
};

const refuse = (code: ErrorCode): Refused => ({ kind: 'refused', code });

async function passBeat(
  deps: DeliveryDeps,
  room: Room,
  link: Link,
  message: Of<'beat'>,
): Promise<void> {
  if (!link.beats.take(link.seat)) return link.post({ kind: 'error', code: 'too-many' });
  const group = await readGroup(deps.db, room.meeting);
  const from = await readSeat(deps.db, room.meeting, link.seat);
  if (group === undefined || from === undefined)
    return link.post({ kind: 'error', code: 'not-seated' });
  const verdict = judgeBeat(meetingFacts(group, deps.clock()), from, message);
  if (verdict.kind === 'refused') return link.post({ kind: 'error', code: verdict.code });
  const { group: id, epoch, box } = message;
  room.post(
    { kind: 'beat', from: link.seat, group: id, epoch, box },
    (other) => other !== link && other.seated,
  );
}

async function passAnswer(
  deps: DeliveryDeps,
  room: Room,
  link: Link,
  message: Of<'answer'>,
): Promise<Refused | null> {
  const code = leads(link.role) ? await deps.answer(room.meeting, message) : 'not-allowed';
  return code === null ? null : refuse(code);
}

async function passTicket(deps: DeliveryDeps, room: Room, link: Link): Promise<Granted | Refused> {
  const facts = await readSeat(deps.db, room.meeting, link.seat);
  if (facts?.seated !== true || facts.identity === null) return refuse('not-seated');
  return deps.ticket(room.meeting, link.seat, facts.identity);
}

async function passEnd(deps: DeliveryDeps, room: Room, link: Link): Promise<Refused | null> {
  if (link.role !== 'host') return refuse('not-allowed');
  await deps.deleteMeeting(room.meeting);
  return null;
}

type Passed = Of<'answer' | 'ticket' | 'end'>;

/** Requests that other features answer; null is a plain yes. */
function passRequest(
  deps: DeliveryDeps,
  room: Room,
  link: Link,
  message: Passed,
): Promise<Granted | Refused | null> {
  switch (message.kind) {
    case 'answer':
      return passAnswer(deps, room, link, message);
    case 'ticket':
      return passTicket(deps, room, link);
    case 'end':
      return passEnd(deps, room, link);
  }
}

async function handlePassed(
  deps: DeliveryDeps,
  room: Room,
  link: Link,
  message: Passed,
  ended: () => void,
): Promise<void> {
  const { ref } = message;
  const outcome = await passRequest(deps, room, link, message);
  if (outcome?.kind === 'refused') return link.post({ kind: 'refused', ref, code: outcome.code });
  const ticket = outcome === null ? {} : { ticket: outcome.ticket };
  link.post({ kind: 'reply', ref, ok: true, ...ticket });
  if (message.kind === 'end') ended();
}

/** A full disk or a broken table refuses this message and ends nobody's meeting (F-02). */
async function takeSafely(
  deps: DeliveryDeps,
  room: Room,
  link: Link,
  message: DeskMessage,
): Promise<Outcome> {
  if (message.kind === 'package' && !link.packages.take(link.seat)) return refuse('too-many');
  try {
    return await takeMessage(deps.db, room.meeting, link.seat, message, deps.clock());
  } catch (error) {
    deps.failed(error);
    return refuse('internal');
  }
}

async function handleDesk(
  deps: DeliveryDeps,
  room: Room,
  link: Link,
  message: DeskMessage,
): Promise<void> {
  const { ref } = message;
  const outcome = await takeSafely(deps, room, link, message);
  if (outcome.kind === 'refused') return link.post({ kind: 'refused', ref, code: outcome.code });
  const seq = outcome.seq === undefined ? {} : { seq: outcome.seq };
  link.post({ kind: 'reply', ref, ok: true, ...seq });
  await room.tell(outcome);
}

/** Handles one message of a seat; `ended` runs after a host has ended the meeting. */
export async function handleMessage(
  deps: DeliveryDeps,
  room: Room,
  link: Link,
  message: SeatedMessage,
  ended: () => void,
): Promise<void> {
  switch (message.kind) {
    case 'ping':
      return link.post({ kind: 'pong' });
    case 'ack':
      return room.ack(link.seat, Math.min(message.seq, link.cursor));
    case 'beat':
      return passBeat(deps, room, link, message);
    default:
      return room.lock(async () => {
        // Replaced or removed while this message waited its turn.
        if (link.closed || room.links.get(link.seat) !== link) return;
        if (message.kind === 'answer' || message.kind === 'ticket' || message.kind === 'end') {
          await handlePassed(deps, room, link, message, ended);
        } else {
          await handleDesk(deps, room, link, message);
        }
      });
  }
}

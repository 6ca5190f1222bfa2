// HTTP bodies, in and out.
import * as z from 'zod/mini';
import { ErrorCode } from './errors.ts';
import { fixedBytes, MeetingId, SeatId } from './ids.ts';
import { LIMITS } from './limits.ts';

/** POST /api/meetings, with `authorization: Bearer <set-up token>`. 201, 409 exists, 401 unauthorised. */
export const CreateMeeting = z.strictObject({
  id: MeetingId,
  charter: fixedBytes(LIMITS.charterBox),
  hostSeat: SeatId,
});
export type CreateMeeting = z.infer<typeof CreateMeeting>;
export const CreatedMeeting = z.strictObject({ id: MeetingId });

/** GET /api/meetings/:id: the same answer for known and unknown meetings (SEC-11). */
export const MeetingDoor = z.strictObject({ charter: fixedBytes(LIMITS.charterBox) });
export type MeetingDoor = z.infer<typeof MeetingDoor>;

/** GET /api/status. */
export const MediaState = z.enum(['absent', 'building', 'starting', 'ready', 'failed']);
export const ServerStatus = z.strictObject({
  version: z.string().check(z.maxLength(64)),
  media: MediaState,
  /** Step of a build, in words for an operator. */
  step: z.optional(z.string().check(z.maxLength(200))),
});
export type ServerStatus = z.infer<typeof ServerStatus>;

/** Body of every HTTP error. */
export const HttpError = z.strictObject({ code: ErrorCode });
export type HttpError = z.infer<typeof HttpError>;

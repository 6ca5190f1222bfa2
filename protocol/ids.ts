// Names of things on the wire: random ids, bytes and counters as branded schemas. No meaning, no secrets.
import * as z from 'zod/mini';

const BASE64URL = /^[A-Za-z0-9_-]*$/;

/**
 * Canonical base64url (RFC 4648 sections 3.5 and 5): no impossible length, no stray bits in the last character. Else
 * one could post "bytes" that nobody can decode, hash and so void, or spell one id in two ways.
 */
const canonicalEnd = (text: string): boolean => {
  const rest = text.length % 4;
  if (rest === 0) return true;
  return rest !== 1 && (rest === 2 ? 'AQgw' : 'AEIMQUYcgkosw048').includes(text.slice(-1));
};

/** Unpadded base64url text of exactly `length` bytes. */
export const fixedBytes = (length: number) =>
  z
    .string()
    .check(z.length(Math.ceil((length * 4) / 3)), z.regex(BASE64URL), z.refine(canonicalEnd));

/** Unpadded base64url text of 1 to `limit` bytes. */
export const opaqueBytes = (limit: number) =>
  z
    .string()
    .check(
      z.minLength(2),
      z.maxLength(Math.ceil((limit * 4) / 3)),
      z.regex(BASE64URL),
      z.refine(canonicalEnd),
    );

/** 128 random bits; the address of a meeting (SEC-11). */
export const MeetingId = fixedBytes(16).brand('MeetingId');
export type MeetingId = z.infer<typeof MeetingId>;

/** First 16 bytes of SHA-256 of the seat secret: what the server knows of an admitted person. */
export const SeatId = fixedBytes(16).brand('SeatId');
export type SeatId = z.infer<typeof SeatId>;

/** 32 random bytes; whoever shows it holds the seat. */
export const SeatSecret = fixedBytes(32).brand('SeatSecret');
export type SeatSecret = z.infer<typeof SeatSecret>;

/** 128 random bits given by the server to one knock; whoever shows it may wait for its answers. */
export const KnockId = fixedBytes(16).brand('KnockId');
export type KnockId = z.infer<typeof KnockId>;

/** 16 bytes of hash(group id, leaf key, attempt): the identity used at the media server. */
export const MediaIdentity = fixedBytes(16).brand('MediaIdentity');
export type MediaIdentity = z.infer<typeof MediaIdentity>;

/** 128 random bits that open the media proxy for one seat and one media identity. */
export const MediaTicket = fixedBytes(16).brand('MediaTicket');
export type MediaTicket = z.infer<typeof MediaTicket>;

/** MLS group id: SHA-256 of meeting, occurrence, generation and opening. */
export const GroupId = fixedBytes(32).brand('GroupId');
export type GroupId = z.infer<typeof GroupId>;

/** SHA-256 of a commit's bytes. */
export const Hash = fixedBytes(32).brand('Hash');
export type Hash = z.infer<typeof Hash>;

const count = (limit: number) => z.number().check(z.int(), z.minimum(0), z.maximum(limit));

/** Position in a meeting's sequence, from 1. */
export const Seq = count(Number.MAX_SAFE_INTEGER);
/** MLS epoch; a meeting never reaches 2^32 commits. */
export const Epoch = count(0xffff_ffff);
/** How many commits of this epoch were voided. */
export const Try = count(0xff);
/** How often the group of one occurrence was founded. */
export const Generation = count(0xffff);
/** The caller's own number for a request; its reply carries the same. */
export const Ref = count(Number.MAX_SAFE_INTEGER);

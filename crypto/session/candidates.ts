// Waiting key packages as a committer finds them: each is judged by itself before it may be part of a commit.
import { type Bytes, fromBase64url, toBase64url } from '../bytes.ts';
import { checkAdd, type Seating } from '../member-rule.ts';
import { inspectKeyPackage, MlsError } from '../mls/index.ts';
import { openBox, sha256 } from '../sealing.ts';
import {
  type Core,
  type Group,
  groundOf,
  leads,
  me,
  memberBySeat,
  personOf,
  request,
  seatOfMember,
} from './core.ts';

export type Candidate = {
  readonly seat: string;
  /** Of the sealed package. */
  readonly hash: string;
  readonly keyPackage: Bytes;
  readonly ref: Uint8Array;
  readonly seating: Seating;
};

/** Seats that one commit adds, and removes, at most. */
export const MOST_SEATS = 32;

/** Each waiting package by itself: a bad one is skipped, and the host says so to the server. */
export async function findAdds(
  core: Core,
  group: Group,
  job: NonNullable<Core['job']>,
): Promise<Candidate[]> {
  const leaderOnline = job.online.some((seat) => leads(memberBySeat(group.members, seat)));
  const most = Math.min(MOST_SEATS, core.mostAdds);
  const found: Candidate[] = [];
  const present = new Set<string>();
  for (const waiting of job.packages) {
    const hash = toBase64url(await sha256(fromBase64url(waiting.box)));
    present.add(hash);
    if (found.length >= most || core.badPackages.has(hash)) continue;
    const candidate = await readPackage(core, group, waiting.seat, waiting.box, hash);
    if (candidate === 'bad') sayBad(core, group, waiting.seat, hash);
    if (candidate === 'bad' || candidate === 'later') continue;
    const twin = found.some(
      (one) => personOf(one.seating.member) === personOf(candidate.seating.member),
    );
    // Without a host or co-host nobody new would be heard in: only those who were seated come back.
    if (!twin && (candidate.seating.kind === 'rejoin' || leaderOnline)) found.push(candidate);
  }
  for (const hash of core.badPackages) if (!present.has(hash)) core.badPackages.delete(hash);
  return found;
}

export function sayBad(core: Core, group: Group, seat: string, hash: string): void {
  core.badPackages.add(hash);
  if (leads(me(core, group)))
    request(core, (ref) => ({ kind: 'bad-package', ref, seat, box: hash }));
}

async function readPackage(
  core: Core,
  group: Group,
  seat: string,
  box: string,
  hash: string,
): Promise<Candidate | 'bad' | 'later'> {
  const { charter } = core.pass;
  const keyPackage = await openBox(
    core.keys.packageKey,
    'package',
    charter.meetingId,
    fromBase64url(box),
  );
  if (keyPackage === undefined) return 'bad';
  try {
    const view = inspectKeyPackage(charter.suite, keyPackage);
    const verdict = checkAdd(view, group.members, groundOf(core, group.context));
    if (!verdict.ok) return verdict.fault === 'old-era' ? 'later' : 'bad';
    if (seatOfMember(verdict.value.member) !== seat) return 'bad';
    // An encryption key that already stands in the tree would make the whole commit invalid.
    const twin = group.members.some(
      (other) => toBase64url(other.leaf.encryptionKey) === toBase64url(view.leaf.encryptionKey),
    );
    return twin ? 'bad' : { seat, hash, keyPackage, ref: view.ref, seating: verdict.value };
  } catch (error) {
    if (error instanceof MlsError) return 'bad';
    throw error;
  }
}

// Who commits a job, and when (protocol.md, Who commits). Pure.
import { rankOf } from './admission.ts';
import { toBase64url } from './bytes.ts';
import type { Member } from './member-rule.ts';

const STEP_MS = 1000;
const MOST_MS = 4000;

/**
 * How long after a job arrived this member waits before it commits: 0 for the first in order, k seconds for the
 * k-th, 4 at most; undefined when it is not its turn at all (it is the one who asks, or has no open socket).
 */
export function committerDelayMs(
  me: Member,
  members: readonly Member[],
  onlineSeats: readonly string[],
  requesters: readonly string[],
): number | undefined {
  const online = new Set(onlineSeats);
  const asking = new Set(requesters);
  const order = members
    .filter((member) => {
      const seat = toBase64url(member.admission.seat);
      return online.has(seat) && !asking.has(seat);
    })
    .sort(
      (a, b) => rankOf(b.admission.role) - rankOf(a.admission.role) || a.leaf.index - b.leaf.index,
    );
  const place = order.findIndex((member) => member.leaf.index === me.leaf.index);
  return place < 0 ? undefined : Math.min(place * STEP_MS, MOST_MS);
}

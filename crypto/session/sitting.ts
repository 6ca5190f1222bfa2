// Taking our seat at the server and keeping the list of seats: who is there, where the sequence stands, what was
// lost with the last connection. The server's word moves nothing that MLS does not show.
import { equalBytes, toBase64url } from '../bytes.ts';
import { dropPending } from './committing.ts';
import { alarm, type Core, changed, type Group, keepPass, request, seatOfMember } from './core.ts';
import { offerPackage, postAgain } from './entering.ts';
import { openGate } from './epoch.ts';
import { dropFounding, found, settleFounding } from './hosting.ts';
import { takeOpening } from './ordering.ts';
import type { Inbound, SeatWord } from './signals.ts';

type SeatedWord = Extract<Inbound, { kind: 'seated' }>;

export async function takeSeat(core: Core, word: SeatedWord): Promise<void> {
  core.waking = false;
  syncSeats(core, word.seats);
  const { slot } = word;
  if (core.host) core.host.slotGeneration = slot?.generation ?? 0;
  if (slot === null ? core.pass.generation > 0 : slot.generation < core.pass.generation) {
    return refound(core, word);
  }
  if (core.group) await sitAgain(core, core.group, word);
  else await sitOutside(core, word);
}

/** The socket was lost and is back: what was on its way is settled by the sequence. */
async function sitAgain(core: Core, group: Group, word: SeatedWord): Promise<void> {
  const { slot } = word;
  if (slot?.generation === group.generation && word.seq < core.seq) {
    return refound(core, word);
  }
  // A generation was opened while we were away. Over a server that was behind, its place in the sequence may be one that
  // we have read, so the opening is taken from here.
  if (slot && word.opening && slot.generation > group.generation) {
    const { group: id } = slot;
    if (await takeOpening(core, { opening: word.opening, group: id, seq: word.seq })) return;
  }
  core.headSeq = word.seq;
  // A pending commit whose reply was lost: had it been taken, the slot would have moved on.
  if (slot && slot.epoch === group.epoch && slot.try === group.slotTry) dropPending(core, group);
  if (group.bad) group.bad = { ...group.bad, voidSentMs: undefined };
}

/**
 * The server was restored from an older state: nobody sends, and the host's device opens the next generation over it.
 * Only that is sure to be without whom the older state brought back.
 */
async function refound(core: Core, word: SeatedWord): Promise<void> {
  const { group, host } = core;
  alarm(core, 'server-behind', true);
  core.headSeq = word.seq;
  if (host === undefined) return;
  // Seats that are younger than that state.
  for (const seat of (group?.members ?? []).map(seatOfMember))
    if (!core.seats.has(seat)) request(core, (ref) => ({ kind: 'register', ref, seat }));
  // What was founded here may have been lost with the socket.
  dropFounding(host);
  await found(core, host);
}

async function sitOutside(core: Core, word: SeatedWord): Promise<void> {
  const { host } = core;
  const { slot } = word;
  core.seq = word.seq;
  core.headSeq = word.seq;
  if (host?.founding) {
    // The opening itself is not sent again to who asks for nothing before.
    if (slot && (await settleFounding(core, { group: slot.group, seq: word.seq }))) return;
    dropFounding(host);
  }
  if (slot === null) {
    if (host) await found(core, host);
    return;
  }
  if (core.entering === undefined) return offerPackage(core);
  await postAgain(core, slot.group);
}

function syncSeats(core: Core, seats: readonly SeatWord[]): void {
  core.seats.clear();
  for (const view of seats) noteSeat(core, view);
  for (const seat of core.offlineSince.keys())
    if (!core.seats.has(seat)) core.offlineSince.delete(seat);
}

export function noteSeat(core: Core, view: SeatWord): void {
  core.seats.set(view.seat, view);
  if (view.online) core.offlineSince.delete(view.seat);
  else if (!core.offlineSince.has(view.seat)) core.offlineSince.set(view.seat, core.nowMs);
  changed(core);
}

export function forgetSeat(core: Core, seat: string): void {
  core.seats.delete(seat);
  core.offlineSince.delete(seat);
  changed(core);
}

const FREE_REFUSALS = 2;
const MOST_WAIT_MS = 30_000;

/** The next package has a higher attempt; after some refusals it waits, for the reason may last. */
export function takeRefusal(core: Core): void {
  if (core.group !== undefined || core.entering === undefined) return;
  core.refusals++;
  // Admitted twice: the tree may hold our leaf under the admission before.
  if (core.formerAdmission) {
    const { admission } = core.pass;
    core.pass = { ...core.pass, admission: core.formerAdmission };
    core.formerAdmission = admission;
  }
  const over = core.refusals - FREE_REFUSALS;
  core.offerAtMs = core.nowMs + (over <= 0 ? 0 : Math.min(500 * 2 ** over, MOST_WAIT_MS));
}

/** A new admission of the same seat and key: the era moved on, or the host came back and admitted us again. */
export async function readmit(core: Core, admission: Uint8Array): Promise<void> {
  if (core.group || equalBytes(admission, core.pass.admission)) return;
  const read = core.readAdmission(admission);
  const ours =
    read !== undefined &&
    toBase64url(read.leafKey) === core.leafKey &&
    toBase64url(read.seat) === core.seat &&
    equalBytes(read.meetingId, core.pass.charter.meetingId) &&
    read.occurrence === core.pass.occurrence;
  if (!ours) return;
  core.refusals = 0;
  core.formerAdmission = core.pass.admission;
  await keepPass(core, { admission: Uint8Array.from(admission) });
  if (core.online) await offerPackage(core);
  else {
    core.entering?.client.free();
    core.entering = undefined;
  }
}

const ASLEEP_MS = 10_000;

/**
 * Timers stood still: what happened meanwhile is unknown, so nothing is sent before the sequence was read (F-11).
 * Time that we slept through counts for nobody: neither as absence nor as silence of a void.
 */
export function noticeSleep(core: Core, nowMs: number): void {
  const slept = nowMs - core.nowMs;
  core.nowMs = nowMs;
  if (slept < ASLEEP_MS) return;
  core.waking = true;
  core.job = undefined;
  core.behind = undefined;
  core.surplus = { seenMs: nowMs, spans: [] };
  const { group, host, entering } = core;
  for (const [seat, sinceMs] of core.offlineSince) core.offlineSince.set(seat, sinceMs + slept);
  for (const [id, sinceMs] of core.formerIdentities) core.formerIdentities.set(id, sinceMs + slept);
  for (const [seat, one] of core.dissents)
    core.dissents.set(seat, { ...one, sinceMs: one.sinceMs + slept });
  if (group?.bad) group.bad = { ...group.bad, atMs: group.bad.atMs + slept };
  if (host?.foundAtMs !== undefined) host.foundAtMs += slept;
  if (entering) core.entering = { ...entering, sinceMs: entering.sinceMs + slept };
  if (core.online) core.effects.push({ kind: 'reconnect' });
  openGate(core);
}

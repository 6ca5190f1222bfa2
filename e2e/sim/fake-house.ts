// What a fake delivery server holds in memory, and how it tells it. Judges nothing.
import { createHash } from 'node:crypto';
import type { Inbound, OrderWord, SeatWord, SlotWord } from '@in-camera/crypto/session/signals.ts';
import { SeatId } from '@in-camera/protocol/ids.ts';
import type * as rules from '../../server/delivery/rules.ts';

export type FakeSeat = { -readonly [K in keyof SeatWord]: SeatWord[K] } & {
  statement: string | null;
  emptyCommitMs: number | null;
};
export type Welcome = Extract<Inbound, { kind: 'welcome' }>;
export type Post = (seat: string, message: Inbound) => void;

export const hashOf = (base64url: string): string =>
  createHash('sha256').update(Buffer.from(base64url, 'base64url')).digest('base64url');

export class FakeHouse {
  readonly seats = new Map<string, FakeSeat>();
  readonly log: OrderWord[] = [];
  slot: SlotWord | null = null;
  opening: string | null = null;
  readonly packages = new Map<string, string>();
  readonly welcomes = new Map<string, Welcome>();
  last: rules.LastItem | null = null;
  reservation: rules.MeetingFacts['reservation'] = null;
  undo: (() => void) | undefined;
  readonly post: Post;
  readonly now: () => number;
  #job = 0;
  jobMs = 0;

  constructor(post: Post, now: () => number) {
    this.post = post;
    this.now = now;
  }

  /** Puts an item into the sequence; a hostile test may do so by itself, and show it to some only. */
  place(item: OrderWord, to: (seat: string) => boolean = () => true): OrderWord {
    const placed = { ...item, seq: this.log.length + 1 };
    this.log.push(placed);
    for (const view of this.seats.values())
      if (view.online && to(view.seat)) this.post(view.seat, { kind: 'order', item: placed });
    return placed;
  }

  ok(view: FakeSeat, ref: number): void {
    this.post(view.seat, { kind: 'reply', ref, ok: true });
  }

  facts(): rules.MeetingFacts {
    const { slot, last, reservation } = this;
    // Brands only: every message passed the schemas of the wire on its way in.
    return { slot, last, reservation, nowMs: this.now() } as rules.MeetingFacts;
  }

  factsOf(view: FakeSeat): rules.SeatFacts {
    const { role, mayCommit, seated, leaving, identity, emptyCommitMs } = view;
    const waiting = this.packages.has(view.seat);
    const seat = SeatId.parse(view.seat);
    const facts = { seat, role, mayCommit, seated, leaving, identity, waiting, emptyCommitMs };
    return facts as rules.SeatFacts;
  }

  sendJob(): void {
    this.jobMs = this.now();
    const leavers = [...this.seats.values()].filter((one) => one.statement !== null && one.seated);
    if (this.packages.size + leavers.length === 0) return;
    const committers = [...this.seats.values()].filter(
      (one) => one.online && one.seated && one.mayCommit,
    );
    const message: Inbound = {
      kind: 'job',
      job: ++this.#job,
      packages: [...this.packages].map(([seat, box]) => ({ seat, box })),
      leaving: leavers.map((one) => ({ seat: one.seat, statement: one.statement ?? '' })),
      online: committers.map((one) => one.seat),
    };
    for (const view of committers) this.post(view.seat, message);
  }

  seatChanged(view: FakeSeat): void {
    for (const one of this.seats.values())
      if (one.online) this.post(one.seat, { kind: 'seat', view: wordOf(view) });
  }
}

export const wordOf = ({
  statement: _statement,
  emptyCommitMs: _empty,
  ...word
}: FakeSeat): SeatWord => ({ ...word });

export const newSeat = (seat: string, role: SeatWord['role']): FakeSeat => ({
  seat,
  role,
  mayCommit: true,
  online: false,
  seated: false,
  leaving: false,
  identity: null,
  statement: null,
  emptyCommitMs: null,
});

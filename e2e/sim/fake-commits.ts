// Founding, commits and voids at the fake delivery server, by the real server's rules.
import { SeatId } from '@in-camera/protocol/ids.ts';
import type { SeatedMessage } from '@in-camera/protocol/signal.ts';
import * as rules from '../../server/delivery/rules.ts';
import { type FakeHouse, type FakeSeat, hashOf, type Welcome } from './fake-house.ts';

type Message<K extends SeatedMessage['kind']> = Extract<SeatedMessage, { kind: K }>;

export function takeFound(house: FakeHouse, view: FakeSeat, message: Message<'found'>) {
  const verdict = rules.judgeFound(house.facts(), house.factsOf(view), message);
  if (verdict.kind === 'refused') return verdict.code;
  for (const one of [...house.seats.values()]) {
    if (one.statement !== null && one.role !== 'host') house.seats.delete(one.seat);
    Object.assign(one, { seated: false, identity: null, statement: null, leaving: false });
  }
  Object.assign(view, { seated: true, identity: message.identity, mayCommit: true });
  house.slot = verdict.slot;
  house.opening = message.opening;
  house.welcomes.clear();
  house.packages.delete(view.seat);
  house.last = { kind: 'opening' };
  house.undo = undefined;
  house.reservation = null;
  house.ok(view, message.ref);
  const { group, generation, opening, identity } = message;
  const from = view.seat;
  house.place({ kind: 'opening', seq: 0, from, group, generation, opening, identity });
  for (const one of house.seats.values()) house.seatChanged(one);
  house.sendJob();
  return null;
}

export function takeCommit(house: FakeHouse, view: FakeSeat, message: Message<'commit'>) {
  const all = new Map([...house.seats].map(([seat, one]) => [seat, house.factsOf(one)]));
  const verdict = rules.judgeCommit(house.facts(), house.factsOf(view), all, message);
  if (verdict.kind === 'refused') return verdict.code;
  const before = new Map([...house.seats].map(([seat, one]) => [seat, { ...one }]));
  const { added, removed } = message;
  house.undo = () => putBack(house, before, added);
  house.last = {
    kind: 'commit',
    from: SeatId.parse(view.seat),
    fromRole: view.role,
    epoch: message.epoch,
    try: message.try,
    hash: hashOf(message.commit),
    newcomers: verdict.added.filter((one) => one.replaces === null).map((one) => one.seat),
    removed,
  };
  house.slot = verdict.slot;
  house.reservation = null;
  if (verdict.empty) view.emptyCommitMs = house.now();
  house.ok(view, message.ref);
  for (const one of added) {
    house.packages.delete(one.seat);
    const seat = house.seats.get(one.seat);
    if (seat)
      Object.assign(seat, {
        seated: true,
        identity: one.identity,
        leaving: false,
        statement: null,
      });
  }
  tellCommit(house, view, message);
  return null;
}

function tellCommit(house: FakeHouse, view: FakeSeat, message: Message<'commit'>): void {
  const { group, epoch, commit, removed } = message;
  const added = message.added.map(({ seat, identity }) => ({ seat, identity }));
  const from = view.seat;
  const tried = message.try;
  house.place({
    kind: 'commit',
    seq: 0,
    from,
    group,
    epoch,
    try: tried,
    commit,
    added,
    removed,
  });
  for (const one of message.added) {
    const welcome: Welcome = {
      kind: 'welcome',
      seq: house.log.length,
      group,
      generation: house.slot?.generation ?? 0,
      epoch,
      try: tried,
      from,
      opening: house.opening ?? '',
      secrets: one.secrets,
      groupInfo: message.groupInfo ?? '',
    };
    house.welcomes.set(one.seat, welcome);
    if (house.seats.get(one.seat)?.online) house.post(one.seat, welcome);
  }
  for (const one of removed) {
    house.packages.delete(one);
    house.seats.delete(one);
    for (const other of house.seats.keys()) house.post(other, { kind: 'seat-gone', seat: one });
  }
  for (const one of message.added) {
    const seat = house.seats.get(one.seat);
    if (seat) house.seatChanged(seat);
  }
  house.sendJob();
}

function putBack(
  house: FakeHouse,
  before: ReadonlyMap<string, FakeSeat>,
  added: readonly { seat: string }[],
): void {
  for (const [seat, was] of before) {
    const now = house.seats.get(seat);
    const { seated, identity, statement, leaving } = was;
    if (now === undefined) house.seats.set(seat, { ...was, online: false });
    else Object.assign(now, { seated, identity, ...(seated ? { statement, leaving } : {}) });
  }
  for (const one of added) {
    house.welcomes.delete(one.seat);
    if (!house.packages.has(one.seat)) house.post(one.seat, { kind: 'package-refused' });
  }
}

export function takeVoid(house: FakeHouse, view: FakeSeat, message: Message<'void'>) {
  // Rule 5 of attacks.md: by a host's or co-host's signature only; members count no other.
  if (!rules.leads(view.role)) return 'not-allowed';
  const verdict = rules.judgeVoid(house.facts(), house.factsOf(view), message);
  if (verdict.kind === 'refused') return verdict.code;
  const sender = house.seats.get(verdict.loses);
  house.undo?.();
  house.undo = undefined;
  if (sender) sender.mayCommit = false;
  house.slot = verdict.slot;
  house.last = { kind: 'void' };
  house.ok(view, message.ref);
  const { group, epoch, hash, signature } = message;
  const tried = message.try;
  const from = view.seat;
  house.place({ kind: 'void', seq: 0, from, group, epoch, try: tried, hash, signature });
  for (const one of house.seats.values()) house.seatChanged(one);
  house.sendJob();
  return null;
}

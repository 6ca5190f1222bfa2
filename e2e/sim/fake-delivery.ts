// A blind delivery server as a value in memory, for simulations with virtual time. It asks the real server's rules;
// only SQL and sockets are left out. It keeps what it was told, so that a test can be hostile with it.
import type { Outbound } from '@in-camera/crypto/session/signals.ts';
import { SeatId } from '@in-camera/protocol/ids.ts';
import { FirstMessage, SeatedMessage } from '@in-camera/protocol/signal.ts';
import * as rules from '../../server/delivery/rules.ts';
import { takeCommit, takeFound, takeVoid } from './fake-commits.ts';
import { FakeHouse, type FakeSeat, hashOf, newSeat, type Post, wordOf } from './fake-house.ts';

type Message<K extends SeatedMessage['kind']> = Extract<SeatedMessage, { kind: K }>;

const REPEAT_JOB_MS = 5000;
const KEPT_ITEMS = 400;

export class FakeDelivery extends FakeHouse {
  readonly answers = new Map<string, string[]>();
  readonly knocks = new Map<string, string>();
  ended = false;
  /** Items before this position are gone: whoever is behind it gets a gap. */
  prunedTo = 0;

  constructor(post: Post, hostSeat: string, now: () => number) {
    super(post, now);
    this.seats.set(hostSeat, newSeat(hostSeat, 'host'));
  }

  knock(id: string, box: string): void {
    this.knocks.set(id, box);
    for (const [seat, view] of this.seats) {
      if (view.role === 'host') this.post(seat, { kind: 'knock', knock: id, box });
    }
  }

  disconnect(seat: string): void {
    const view = this.seats.get(seat);
    if (view === undefined || !view.online) return;
    view.online = false;
    this.seatChanged(view);
  }

  /** A job that nobody took is announced again. */
  tick(): void {
    if (this.now() - this.jobMs >= REPEAT_JOB_MS) this.sendJob();
  }

  /** One message of a seat; `sit` makes it online. False when the real socket would be refused. */
  take(seat: string, given: Outbound): boolean {
    if (given.kind === 'sit') {
      const first = FirstMessage.parse(given);
      const view = this.seats.get(seat);
      if (view === undefined || this.ended || first.kind !== 'sit') return false;
      this.#sit(view, first.since);
      return true;
    }
    const message = SeatedMessage.parse(given);
    const view = this.seats.get(seat);
    if (view === undefined || this.ended) return false;
    if (view.online) this.#handle(view, message);
    return true;
  }

  #handle(view: FakeSeat, message: SeatedMessage): void {
    const { seat } = view;
    switch (message.kind) {
      case 'ack':
      case 'ping':
        return;
      case 'beat':
        if (rules.judgeBeat(this.facts(), this.factsOf(view), message).kind === 'refused') return;
        for (const one of this.seats.values())
          if (one.seat !== seat && one.seated && one.online)
            this.post(one.seat, { ...message, from: seat });
        return;
      default: {
        const code = this.#request(view, message);
        if (code !== null) this.post(seat, { kind: 'refused', ref: message.ref, code });
      }
    }
  }

  /** Null when taken; what follows from it has been told then. */
  #request(view: FakeSeat, message: Exclude<SeatedMessage, Message<'ack' | 'ping' | 'beat'>>) {
    switch (message.kind) {
      case 'register':
        return this.#register(view, message);
      case 'answer':
        return this.#answer(view, message);
      case 'package':
        this.packages.set(view.seat, message.box);
        this.welcomes.delete(view.seat);
        Object.assign(view, { leaving: false, statement: null });
        this.ok(view, message.ref);
        this.sendJob();
        return null;
      case 'bad-package':
        return this.#badPackage(view, message);
      case 'found':
        return takeFound(this, view, message);
      case 'commit':
        return takeCommit(this, view, message);
      case 'void':
        return takeVoid(this, view, message);
      case 'send':
        return this.#send(view, message);
      case 'leaving':
        if (!view.seated) return 'not-seated';
        Object.assign(view, { leaving: true, statement: message.statement });
        this.packages.delete(view.seat);
        this.ok(view, message.ref);
        this.sendJob();
        return null;
      case 'expel':
        return this.#expel(view, message);
      case 'ticket':
        this.ok(view, message.ref);
        return null;
      case 'end':
        if (view.role !== 'host') return 'not-allowed';
        this.ended = true;
        for (const one of this.seats.keys()) this.post(one, { kind: 'ended' });
        return null;
    }
  }

  #sit(view: FakeSeat, since: number | null): void {
    view.online = true;
    const { seat, role } = view;
    this.post(seat, {
      kind: 'seated',
      seat,
      role,
      seq: this.log.length,
      slot: this.slot,
      seats: [...this.seats.values()].map(wordOf),
      opening: this.opening,
    });
    if (since !== null && since < this.prunedTo)
      this.post(seat, { kind: 'gap', seq: this.log.length });
    else if (since !== null)
      for (const item of this.log.slice(since)) this.post(seat, { kind: 'order', item });
    const welcome = this.welcomes.get(seat);
    if (welcome) this.post(seat, welcome);
    if (role === 'host')
      for (const [knock, box] of this.knocks) this.post(seat, { kind: 'knock', knock, box });
    this.seatChanged(view);
    this.sendJob();
  }

  #register(view: FakeSeat, message: Message<'register'>) {
    const taken = this.seats.has(message.seat);
    const verdict = rules.judgeRegister(this.factsOf(view), taken, this.seats.size);
    if (verdict.kind === 'refused') return verdict.code;
    this.seats.set(message.seat, newSeat(message.seat, 'guest'));
    this.ok(view, message.ref);
    return null;
  }

  #answer(view: FakeSeat, message: Message<'answer'>) {
    if (!rules.leads(view.role)) return 'not-allowed';
    if (!this.knocks.has(message.knock)) return 'unknown-knock';
    const list = this.answers.get(message.knock) ?? [];
    list.push(message.box);
    this.answers.set(message.knock, list);
    if (message.last) this.knocks.delete(message.knock);
    this.ok(view, message.ref);
    return null;
  }

  #badPackage(view: FakeSeat, message: Message<'bad-package'>) {
    const box = this.packages.get(message.seat);
    const kept = box === undefined ? null : hashOf(box);
    const verdict = rules.judgeBadPackage(this.factsOf(view), kept, message.box);
    if (verdict.kind === 'refused') return verdict.code;
    this.packages.delete(message.seat);
    this.ok(view, message.ref);
    this.post(message.seat, { kind: 'package-refused' });
    this.sendJob();
    return null;
  }

  #send(view: FakeSeat, message: Message<'send'>) {
    const held = this.log.slice(this.prunedTo).filter((item) => item.from === view.seat);
    const bytes = held.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
    const verdict = rules.judgeSend(this.facts(), this.factsOf(view), message, bytes);
    if (verdict.kind === 'refused') return verdict.code;
    this.ok(view, message.ref);
    const { group, epoch, box } = message;
    this.place({ kind: 'message', seq: 0, from: view.seat, group, epoch, box });
    if (this.log.length - this.prunedTo > KEPT_ITEMS) this.prunedTo = this.log.length - KEPT_ITEMS;
    return null;
  }

  #expel(view: FakeSeat, message: Message<'expel'>) {
    const verdict = rules.judgeExpel(this.facts(), this.factsOf(view));
    if (verdict.kind === 'refused') return verdict.code;
    this.reservation = { seat: SeatId.parse(view.seat), untilMs: verdict.untilMs };
    this.ok(view, message.ref);
    return null;
  }
}

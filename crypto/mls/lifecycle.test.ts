// Seeded random lives of a group: whoever is in it agrees on every epoch, and whoever was removed,
// though fed everything that follows, never does again.
import { beforeAll, describe, expect, it } from 'vitest';
import type { MlsClient } from './index.ts';
import {
  client,
  codeOf,
  EMPTY,
  load,
  NONE,
  PSK,
  random,
  SLOW,
  SUITES,
  secretOf,
  seed,
  text,
} from './mls.testkit.ts';

beforeAll(load);

const STEPS = 20;
const MOST = 8;

interface Member {
  readonly leafSeed: Uint8Array;
  readonly attempt: number;
  readonly mls: MlsClient;
}

/** One group and everyone who was ever in it. */
class Life {
  readonly #suite: number;
  readonly #next: () => number;
  #members: Member[];
  readonly #evicted: MlsClient[] = [];

  constructor(suite: number, next: () => number) {
    this.#suite = suite;
    this.#next = next;
    const founder = this.#make();
    founder.mls.createGroup(text('group'), NONE);
    this.#members = [founder];
  }

  #make(leafSeed = seed(), attempt = 1): Member {
    return { leafSeed, attempt, mls: client(this.#suite, 'member', { leafSeed, attempt }) };
  }

  #below(limit: number): number {
    return this.#next() % limit;
  }

  #draw(count: number, from: Member[]): Member[] {
    const rest = [...from];
    return Array.from({ length: Math.min(count, rest.length) }, () => {
      const [drawn] = rest.splice(this.#below(rest.length), 1);
      return drawn!;
    });
  }

  /** Some join, some go, some come back with a higher attempt: any of them, or nothing at all. */
  step(): void {
    const [committer] = this.#draw(1, this.#members);
    const others = this.#members.filter((member) => member !== committer);
    const leaving = this.#draw(
      [0, 0, 1, others.length >> 1, others.length][this.#below(5)]!,
      others,
    );
    const back = this.#draw(this.#below(2), leaving);
    const joiners = [
      ...back.map((member) => this.#make(member.leafSeed, member.attempt + 1)),
      ...Array.from({ length: this.#below(4) }, () => this.#make()),
    ].slice(0, MOST - others.length + leaving.length);
    const { commit, welcome } = committer!.mls.commit({
      adds: joiners.map((joiner) => joiner.mls.keyPackage()),
      removes: leaving.map((member) => member.mls.ownIndex()),
      ...(joiners.length > 0 && { pskId: PSK.id }),
      ...(this.#below(4) === 0 && { groupContext: Uint8Array.of(this.#below(256)) }),
      forcePath: this.#below(2) === 0,
      aad: NONE,
    });
    this.#deliver(commit, committer!, leaving);
    for (const joiner of joiners) {
      joiner.mls.stageWelcome(welcome!);
      joiner.mls.joinStaged();
    }
    const stayed = this.#members.filter((member) => !leaving.includes(member));
    this.#members = [...stayed, ...joiners];
  }

  #deliver(commit: Uint8Array, committer: Member, leaving: Member[]): void {
    for (const gone of this.#evicted) expect(codeOf(() => gone.process(commit))).toBe('inactive');
    for (const { mls } of this.#members.filter((member) => member !== committer)) {
      this.#perhapsLoseRace(mls);
      const snapshot = this.#below(4) === 0 ? mls.snapshot() : undefined;
      mls.process(commit);
      mls.mergeStaged();
      if (snapshot) {
        mls.restore(snapshot); // void, and the same commit ordered again
        mls.process(commit);
        mls.mergeStaged();
        snapshot.free();
      }
    }
    committer.mls.mergePending();
    this.#evicted.push(...leaving.map((member) => member.mls));
  }

  #perhapsLoseRace(mls: MlsClient): void {
    if (this.#below(4) > 0) return;
    mls.commit({ ...EMPTY, forcePath: true });
    if (this.#below(2) === 0) mls.clearPending();
  }

  check(): void {
    const clients = this.#members.map((member) => member.mls);
    expect(new Set(clients.map(secretOf)).size).toBe(1);
    expect(new Set(clients.map((mls) => mls.epoch())).size).toBe(1);
    const [first] = clients;
    const leaves = first!.leaves();
    expect(leaves.length).toBe(clients.length);
    for (const mls of clients) expect(mls.leaves()).toEqual(leaves);
    const [sender] = this.#draw(1, this.#members);
    const message = sender!.mls.encrypt(text('hello'), NONE);
    for (const mls of clients) {
      const code = codeOf(() => mls.process(message));
      expect(code).toBe(mls === sender!.mls ? 'own-message' : 'none');
    }
    for (const gone of this.#evicted) {
      expect(codeOf(() => gone.process(message))).toBe('inactive');
      expect(codeOf(() => gone.export('test', NONE, 32))).toBe('inactive');
    }
  }

  end(): void {
    for (const { mls } of this.#members) mls.free();
    for (const mls of this.#evicted) mls.free();
  }
}

describe.each(SUITES)('in the $name suite', SLOW, ({ suite }) => {
  it.each([1, 2, 3])('members agree and the evicted never follow (seed %i)', (number) => {
    const life = new Life(suite, random(number));
    for (let step = 0; step < STEPS; step++) {
      life.step();
      life.check();
    }
    life.end();
  });
});

// Who was removed keeps the state it had, refuses its own removal, and is fed everything that follows, by every order it
// could wish for: it never stands in an epoch of the group again.
import { beforeAll, describe, expect, it } from 'vitest';
import { type MlsClient, MlsError } from './index.ts';
import { client, load, NONE, PSK, random, SLOW, SUITES, secretOf, text } from './mls.testkit.ts';

beforeAll(load);

const MOST_MEMBERS = 3;
const MOST_EVICTED = 4;

const tries = (act: () => void): boolean => {
  try {
    act();
    return true;
  } catch (error) {
    if (!(error instanceof MlsError)) throw error;
    return false;
  }
};

/** Takes whatever it can, merged at once. */
const follow = (mls: MlsClient, bytes: Uint8Array): boolean =>
  tries(() => {
    mls.process(bytes);
    mls.mergeStaged();
  });

class Group {
  readonly #suite: number;
  readonly #next: () => number;
  readonly #past: Uint8Array[] = [];
  members: MlsClient[];
  evicted: MlsClient[] = [];
  removals = 0;
  lastTwo = 0;

  constructor(suite: number, next: () => number) {
    this.#suite = suite;
    this.#next = next;
    const founder = client(suite, 'member');
    founder.createGroup(text('group'), NONE);
    this.members = [founder];
  }

  /** One Add or one Remove; two become one as often as chance will have it. */
  step(): void {
    const committer = this.members[this.#next() % this.members.length];
    if (committer === undefined) throw new Error('nobody is left');
    const others = this.members.filter((one) => one !== committer);
    const removes = others.length + 1 === MOST_MEMBERS || (others.length > 0 && this.#next() % 2);
    if (!removes) return this.#add(committer, others);
    const gone = others[this.#next() % others.length];
    if (gone) this.#remove(committer, others, gone);
  }

  #add(committer: MlsClient, others: readonly MlsClient[]): void {
    const joiner = client(this.#suite, 'member');
    const { commit, welcome } = committer.commit({
      adds: [joiner.keyPackage()],
      removes: [],
      pskId: PSK.id,
      forcePath: false,
      aad: NONE,
    });
    this.#order(commit, committer, others);
    if (welcome === undefined) throw new Error('no Welcome');
    joiner.stageWelcome(welcome);
    joiner.joinStaged();
    this.members.push(joiner);
  }

  #remove(committer: MlsClient, others: readonly MlsClient[], gone: MlsClient): void {
    if (others.length === 1) this.lastTwo++;
    this.removals++;
    const { commit } = committer.commit({
      adds: [],
      removes: [gone.ownIndex()],
      forcePath: false,
      aad: NONE,
    });
    this.members = this.members.filter((one) => one !== gone);
    // It does not merge its own removal: a changed client need not.
    this.evicted.push(gone);
    while (this.evicted.length > MOST_EVICTED) this.evicted.shift()?.free();
    this.#order(
      commit,
      committer,
      others.filter((one) => one !== gone),
    );
  }

  #order(commit: Uint8Array, committer: MlsClient, others: readonly MlsClient[]): void {
    for (const mls of others) expect(follow(mls, commit)).toBe(true);
    committer.mergePending();
    this.#past.push(commit);
    if (this.#past.length > 8) this.#past.shift();
    const message = committer.encrypt(text('to those who are in'), NONE);
    for (const mls of this.evicted) {
      const at = this.#next() % this.#past.length;
      // Its own removal is the only commit it can open, and after that it is out.
      for (const bytes of [commit, this.#past[at] ?? commit]) {
        if (follow(mls, bytes)) expect(mls.isActive()).toBe(false);
      }
      expect(tries(() => mls.process(message))).toBe(false);
    }
  }

  check(): void {
    const [first] = this.members;
    const secret = first && secretOf(first);
    for (const mls of this.members) expect(secretOf(mls)).toBe(secret);
    for (const mls of this.evicted) {
      let theirs: unknown;
      tries(() => {
        theirs = secretOf(mls);
      });
      expect(theirs).not.toBe(secret);
    }
  }

  end(): void {
    for (const mls of [...this.members, ...this.evicted]) mls.free();
  }
}

/** Ten thousand together. */
const STEPS: Readonly<Record<string, number>> = { classical: 9_500, hybrid: 500 };

describe.each(SUITES)('in the $name suite', SLOW, ({ suite, name }) => {
  it('A-20 SEC-6 an evicted member never follows the group, 2 to 1 included', () => {
    const group = new Group(suite, random(20));
    const steps = STEPS[name] ?? 0;
    expect(steps).toBeGreaterThan(0);
    for (let step = 0; step < steps; step++) {
      group.step();
      group.check();
    }
    expect(group.removals).toBeGreaterThan(steps / 5);
    expect(group.lastTwo).toBeGreaterThan(steps / 20);
    group.end();
  });
});

// Hostile members and a hostile server, as far as they can be played through the binding.
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import outsiders from './fixtures/outsider.json' with { type: 'json' };
import { MlsClient } from './index.ts';
import {
  admit,
  client,
  codeOf,
  EMPTY,
  hex,
  load,
  meeting,
  NONE,
  PSK,
  SLOW,
  SUITES,
  secretOf,
  take,
  text,
  unhex,
} from './mls.testkit.ts';

beforeAll(load);

/** Where content_type stands in an MLSMessage: version, wire format, group id<V>, epoch. */
const CONTENT_TYPE = 2 + 2 + 1 + text('group').length + 8;

/** The same message with `change` made to a copy of its bytes. */
function altered(message: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = Uint8Array.from(message);
  change(copy);
  return copy;
}

describe.each(SUITES)('in the $name suite', SLOW, ({ suite }) => {
  it('refuses a standalone proposal and changes nothing', () => {
    const [host, guest] = meeting(suite, 'guest');
    const { commit } = guest!.commit({ ...EMPTY, forcePath: true });
    expect(commit[CONTENT_TYPE]).toBe(3);
    const proposal = altered(commit, (copy) => copy.fill(2, CONTENT_TYPE, CONTENT_TYPE + 1));
    expect(codeOf(() => host.process(proposal))).toBe('standalone-proposal');
    guest!.mergePending();
    take(host, commit);
    expect(secretOf(host)).toBe(secretOf(guest!));
  });

  it('refuses a PublicMessage', () => {
    const [host] = meeting(suite, 'guest');
    const group = [5, ...text('group')];
    const head = [0, 1, 0, 1, ...group, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0];
    const publicMessage = Uint8Array.from([...head, 1, 1, 7, 1, 0, 1, 0]);
    expect(codeOf(() => host.process(publicMessage))).toBe('public-message');
  });

  it('shows a path that changes the credential, and what must not change', () => {
    const leafSeed = text('the same seed of thirty-two byte');
    const [host, honest] = meeting(suite, 'honest');
    const guest = client(suite, 'guest', { leafSeed });
    take(honest!, admit(host, guest));
    const fixed = host.leaves()[2]?.fixed;

    const plain = guest.commit({ ...EMPTY, forcePath: true });
    const shown = host.process(plain.commit);
    if (shown.kind !== 'commit') throw new Error('not a commit');
    expect(shown.view.pathLeaf).toMatchObject({ index: 2, fixed, credential: text('guest') });
    expect(hex(shown.view.pathLeaf!.encryptionKey)).not.toBe(hex(host.leaves()[2]!.encryptionKey));
    host.discardStaged();
    guest.clearPending();

    // The same leaf key, but a client that calls itself host.
    const liar = client(suite, 'host', { leafSeed, attempt: 9 });
    liar.restore(guest.snapshot());
    const lie = honest!.process(liar.commit({ ...EMPTY, forcePath: true }).commit);
    if (lie.kind !== 'commit') throw new Error('not a commit');
    expect(lie.view.pathLeaf).toMatchObject({
      credential: text('host'),
      attempt: Uint8Array.of(0, 0, 0, 9),
    });
    expect(hex(lie.view.pathLeaf!.fixed)).not.toBe(hex(fixed!));
  });

  it('holds one commit at a time, and never the same one twice', () => {
    const [host, guest] = meeting(suite, 'guest');
    const { commit } = guest!.commit({ ...EMPTY, forcePath: true });
    host.process(commit);
    expect(codeOf(() => host.process(commit))).toBe('already-staged');
    expect(host.process(guest!.encrypt(text('chat'), NONE)).kind).toBe('application');
    host.discardStaged();
    expect(codeOf(() => host.process(commit))).toBe('replayed');
    host.commit({ ...EMPTY, forcePath: true });
    host.mergePending();
    expect(codeOf(() => host.process(commit))).toBe('wrong-epoch');
    expect(codeOf(() => host.mergeStaged())).toBe('no-staged-commit');
  });

  it('takes no commit of a staged epoch after another was merged', () => {
    const [host, guest] = meeting(suite, 'guest');
    host.process(guest!.commit({ ...EMPTY, forcePath: true }).commit);
    host.commit({ ...EMPTY, forcePath: true });
    host.mergePending();
    expect(codeOf(() => host.mergeStaged())).toBe('no-staged-commit');
    expect(host.epoch()).toBe(2n);
  });

  it('refuses a commit of another group and one from the future', () => {
    const [host, guest] = meeting(suite, 'guest');
    const other = client(suite, 'other');
    other.createGroup(text('other'), NONE);
    const foreign = other.commit({ ...EMPTY, forcePath: true }).commit;
    expect(codeOf(() => host.process(foreign))).toBe('wrong-group');
    guest!.commit({ ...EMPTY, forcePath: true });
    guest!.mergePending();
    const future = guest!.commit({ ...EMPTY, forcePath: true }).commit;
    expect(codeOf(() => host.process(future))).toBe('wrong-epoch');
    expect(codeOf(() => host.process(guest!.encrypt(NONE, NONE)))).toBe('wrong-epoch');
  });

  it('refuses duplicate keys, and the next Add works', () => {
    const [host, guest] = meeting(suite, 'guest');
    const leafSeed = text('the same seed of thirty-two byte');
    const a = client(suite, 'a', { leafSeed });
    const [first, second] = [a.keyPackage(), a.keyPackage()];
    const add = (...adds: Uint8Array[]) => codeOf(() => host.commit({ ...EMPTY, adds }));
    expect(add(first, first)).toBe('duplicate-key');
    expect(add(first, second)).toBe('duplicate-key');
    take(guest!, admit(host, a));
    expect(add(client(suite, 'b', { leafSeed }).keyPackage())).toBe('duplicate-key');
    const c = client(suite, 'c');
    const commit = admit(host, c);
    take(guest!, commit);
    take(a, commit);
    expect(new Set([host, guest!, a, c].map(secretOf)).size).toBe(1);
  });

  it('refuses key packages of another suite, flipped or cut', () => {
    const [host] = meeting(suite);
    const other = SUITES.find((entry) => entry.suite !== suite)!;
    const good = client(suite, 'a').keyPackage();
    const bad = [
      client(other.suite, 'a').keyPackage(),
      altered(good, (copy) => copy.set([copy.at(-1)! ^ 1], copy.length - 1)),
      good.subarray(0, -1),
      Uint8Array.from([...good, 0]),
      NONE,
    ];
    for (const adds of bad) {
      expect(codeOf(() => host.commit({ ...EMPTY, adds: [adds] }))).toBe('bad-key-package');
    }
    expect(host.hasPending()).toBe(false);
    admit(host, client(suite, 'a'));
  });

  it('removes nobody twice, not itself, and no leaf beyond the tree', () => {
    const [host] = meeting(suite, 'a', 'b');
    const remove = (...removes: number[]) => codeOf(() => host.commit({ ...EMPTY, removes }));
    expect(remove(0)).toBe('self-remove');
    expect(remove(1, 1)).toBe('unknown-leaf');
    for (const index of [3, 7, 2 ** 31, 2 ** 32 - 1, 2 ** 32 + 1, -1, 0.5, Number.NaN]) {
      expect(remove(index)).toBe('unknown-leaf');
    }
    expect(remove(1)).toBe('none');
  });

  it('refuses a PSK that was never set', () => {
    const [host] = meeting(suite);
    const adds = [client(suite, 'a').keyPackage()];
    expect(codeOf(() => host.commit({ ...EMPTY, adds, pskId: text('?') }))).toBe('psk-not-found');
    expect(codeOf(() => host.commit({ ...EMPTY, adds, pskId: PSK.id }))).toBe('none');
  });

  it('opens no Welcome for another, and none twice', () => {
    const [host] = meeting(suite);
    const [a, b] = [client(suite, 'a'), client(suite, 'b')];
    const { welcome } = host.commit({ ...EMPTY, adds: [a.keyPackage()], pskId: PSK.id });
    expect(codeOf(() => b.stageWelcome(welcome!))).toBe('no-key-package');
    a.stageWelcome(welcome!);
    expect(codeOf(() => a.stageWelcome(welcome!))).toBe('group-exists');
    a.discardWelcome();
    a.stageWelcome(welcome!);
    a.joinStaged();
    expect(codeOf(() => a.stageWelcome(welcome!))).toBe('group-exists');
  });

  it('does not know a suite or a seed of other size', () => {
    const make = (id: number, size: number) =>
      codeOf(() => new MlsClient(id, new Uint8Array(size), NONE, NONE));
    expect([make(2, 32), make(0x1_0001, 32), make(0x1_004e, 32)]).toEqual([
      'bad-suite',
      'bad-suite',
      'bad-suite',
    ]);
    expect([make(suite, 31), make(suite, 33), make(suite, 0)]).toEqual([
      'bad-key',
      'bad-key',
      'bad-key',
    ]);
  });
});

/**
 * The member that the messages of `src/outsider.rs` were made against. There the same member, played by plain OpenMLS,
 * takes each of them, a Remove only where the outsider is listed as a sender.
 */
function memberOf(entry: (typeof outsiders)[number]): MlsClient {
  // The key package was made from a generator that was seeded with sevens; so is this one.
  const sevens = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    if (array) new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(7);
    return array;
  });
  const leafSeed = unhex(entry.leafSeed);
  const member = client(entry.suite, 'member', { leafSeed, psk: false });
  expect(hex(member.keyPackage())).toBe(entry.keyPackage);
  sevens.mockRestore();
  member.setPsk(PSK.id, PSK.secret);
  const { groupContextExact } = member.stageWelcome(unhex(entry.welcome));
  expect(groupContextExact).toBe(!entry.outsiderIsListedSender);
  member.joinStaged();
  return member;
}

/** Everything about a member that a message might change. */
const stateOf = (member: MlsClient) => ({
  epoch: member.epoch(),
  secret: secretOf(member),
  authenticator: hex(member.epochAuthenticator()),
  leaves: member.leaves(),
  context: hex(member.groupContext()),
  flags: [member.ownIndex(), member.isActive(), member.hasPending()],
});

/** Sender types of RFC 9420 section 6 that stand for someone outside. */
const FROM_OUTSIDE = [
  ['externalCommit', 4], // new_member_commit
  ['joinProposal', 3], // new_member_proposal
  ['removeProposal', 2], // external
] as const;

describe.each(outsiders)(
  'suite $suite, outsider listed as a sender: $outsiderIsListedSender',
  SLOW,
  (entry) => {
    afterEach(() => {
      vi.restoreAllMocks();
    });

    it('A-13 refuses what an outsider with link and tree builds with the real library, and goes on', () => {
      const member = memberOf(entry);
      const before = stateOf(member);
      expect(before).toMatchObject({ epoch: 1n, secret: entry.secretBefore });
      expect(before.leaves.map((leaf) => leaf.credential)).toEqual([text('host'), text('member')]);
      for (const [name, senderType] of FROM_OUTSIDE) {
        const message = unhex(entry[name]);
        // A PublicMessage of this very group and epoch: nothing is wrong with it but who sent it.
        const head = [0, 1, 0, 1, member.groupId().length, ...member.groupId()];
        const epoch = [0, 0, 0, 0, 0, 0, 0, Number(member.epoch())];
        const start = Uint8Array.of(...head, ...epoch, senderType);
        expect(hex(message.subarray(0, start.length))).toBe(hex(start));
        expect(codeOf(() => member.process(message))).toBe('public-message');
        expect(codeOf(() => member.mergeStaged())).toBe('no-staged-commit');
        expect(stateOf(member)).toEqual(before);
      }
      take(member, unhex(entry.nextCommit));
      expect([member.epoch(), secretOf(member)]).toEqual([2n, entry.secretAfter]);
      expect(member.leaves().length).toBe(2);
      expect(entry.secretAfter).not.toBe(entry.secretOfOutsider);
    });

    it('A-13 refuses it also while a commit is staged or pending, and again later', () => {
      const member = memberOf(entry);
      const messages = FROM_OUTSIDE.map(([name]) => unhex(entry[name]));
      const refuse = () => {
        for (const message of messages) {
          expect(codeOf(() => member.process(message))).toBe('public-message');
        }
      };
      member.commit({ ...EMPTY, forcePath: true });
      refuse();
      member.process(unhex(entry.nextCommit));
      refuse();
      expect(member.hasPending()).toBe(true);
      member.mergeStaged();
      expect(secretOf(member)).toBe(entry.secretAfter);
      refuse(); // now of an epoch gone by
      expect(secretOf(member)).toBe(entry.secretAfter);
    });
  },
);

// The life of a group through the binding: create, add, rejoin, void, evict.
import { beforeAll, describe, expect, it } from 'vitest';
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
} from './mls.testkit.ts';

beforeAll(load);

describe.each(SUITES)('a group of the $name suite', SLOW, ({ suite }) => {
  it('adds three in one commit with the PSK and a changed group context', () => {
    const [host, guest] = meeting(suite, 'guest');
    const joiners = ['a', 'b', 'c'].map((name) => client(suite, name));
    const { commit, welcome } = host.commit({
      ...EMPTY,
      adds: joiners.map((joiner) => joiner.keyPackage()),
      pskId: PSK.id,
      groupContext: text('context 1'),
      aad: text('seats'),
    });
    const processed = guest!.process(commit);
    if (processed.kind !== 'commit') throw new Error('not a commit');
    const { view } = processed;
    expect(view).toMatchObject({
      epoch: 1n,
      senderKind: 'member',
      sender: 0,
      aad: text('seats'),
      removes: [],
      updates: 0,
      otherPsks: 0,
      groupContext: text('context 1'),
      groupContextExact: true,
      otherProposals: 0,
      byReference: 0,
      selfRemoved: false,
    });
    expect(view.pskIds).toEqual([PSK.id]);
    expect(view.adds.map((add) => add.leaf.credential)).toEqual([text('a'), text('b'), text('c')]);
    expect(view.adds[0]).toMatchObject({
      suite,
      lifetimeExact: true,
      capabilitiesExact: true,
      extensionsExact: true,
      leaf: { credentialType: 0xf0a2, attempt: Uint8Array.of(0, 0, 0, 1) },
    });
    expect(view.pathLeaf).toBeDefined(); // a group-context change forces a path
    guest!.mergeStaged();
    host.mergePending();

    const staged = joiners[0]!.stageWelcome(welcome!);
    expect(staged).toMatchObject({
      groupId: text('group'),
      epoch: 2n,
      suite,
      groupContext: text('context 1'),
      groupContextExact: true,
      ownIndex: 2,
      sender: 0,
    });
    expect(staged.leaves.map((leaf) => leaf.index)).toEqual([0, 1, 2, 3, 4]);
    expect(joiners[0]!.hasGroup()).toBe(false);
    joiners[0]!.joinStaged();
    expect(new Set([host, guest!, joiners[0]!].map(secretOf)).size).toBe(1);
    expect(joiners[0]!.leaves()).toEqual(host.leaves());
    expect(hex(joiners[0]!.epochAuthenticator())).toBe(hex(host.epochAuthenticator()));
  });

  it('refuses a joiner without the PSK, who may try again with it', () => {
    const [host] = meeting(suite);
    const joiner = client(suite, 'late', { psk: false });
    const { welcome } = host.commit({ ...EMPTY, adds: [joiner.keyPackage()], pskId: PSK.id });
    host.mergePending();
    expect(codeOf(() => joiner.stageWelcome(welcome!))).toBe('psk-not-found');
    joiner.setPsk(PSK.id, text('not the secret of the meeting...'));
    expect(codeOf(() => joiner.stageWelcome(welcome!))).toBe('bad-welcome');
    joiner.setPsk(PSK.id, PSK.secret);
    joiner.stageWelcome(welcome!);
    joiner.joinStaged();
    expect(secretOf(joiner)).toBe(secretOf(host));
  });

  it('has no path in a commit of Adds only, and refuses the wrong PSK', () => {
    const [host, guest] = meeting(suite, 'guest');
    const adds = [client(suite, 'a').keyPackage()];
    const { commit } = host.commit({ ...EMPTY, adds, pskId: PSK.id });
    guest!.setPsk(PSK.id, text('not the secret of the meeting...'));
    expect(codeOf(() => guest!.process(commit))).toBe('bad-commit');
    guest!.setPsk(PSK.id, PSK.secret);
    const processed = guest!.process(commit);
    expect(processed.kind === 'commit' && processed.view.pathLeaf).toBeUndefined();
  });

  it('rejoins: removes and adds one signature key in one commit', () => {
    const leafSeed = text('the same seed of thirty-two byte');
    const [host, guest] = meeting(suite, 'guest');
    const old = client(suite, 'c', { leafSeed });
    take(guest!, admit(host, old));
    const next = client(suite, 'c', { leafSeed, attempt: 2 });
    const { commit, welcome } = guest!.commit({
      ...EMPTY,
      removes: [old.ownIndex()],
      adds: [next.keyPackage()],
      pskId: PSK.id,
    });
    guest!.mergePending();
    take(host, commit);
    const processed = old.process(commit);
    expect(processed.kind === 'commit' && processed.view.selfRemoved).toBe(true);
    old.mergeStaged();
    expect(old.isActive()).toBe(false);
    next.stageWelcome(welcome!);
    next.joinStaged();
    expect(secretOf(next)).toBe(secretOf(host));
    expect(host.leaves()[next.ownIndex()]?.attempt).toEqual(Uint8Array.of(0, 0, 0, 2));
  });

  it('is void: back to the snapshot, then another commit for the same epoch', () => {
    const [host, b, c] = meeting(suite, 'b', 'c');
    const before = secretOf(b!);
    const bad = c!.commit({ ...EMPTY, forcePath: true });
    expect(b!.process(bad.commit).kind).toBe('commit');
    const snapshot = b!.snapshot();
    b!.mergeStaged();
    expect(secretOf(b!)).not.toBe(before);

    b!.restore(snapshot);
    expect([b!.epoch(), secretOf(b!)]).toEqual([1n, before]);
    const late = client(suite, 'late');
    const good = host.commit({ ...EMPTY, adds: [late.keyPackage()], pskId: PSK.id });
    host.mergePending();
    take(b!, good.commit); // has the PSK again
    c!.clearPending();
    take(c!, good.commit);
    late.stageWelcome(good.welcome!);
    late.joinStaged();
    expect(new Set([host, b!, c!, late].map(secretOf)).size).toBe(1);
    snapshot.free();
  });

  it('puts PSKs set after the snapshot back, and drops a pending commit', () => {
    const [host, guest] = meeting(suite, 'guest');
    const id = text('meeting 2');
    guest!.commit({ ...EMPTY, forcePath: true });
    const snapshot = guest!.snapshot();
    guest!.setPsk(id, PSK.secret);
    guest!.restore(snapshot);
    expect(guest!.hasPending()).toBe(false);
    host.setPsk(id, PSK.secret);
    const adds = [client(suite, 'a').keyPackage()];
    const { commit } = host.commit({ ...EMPTY, adds, pskId: id });
    host.mergePending();
    take(guest!, commit);
    expect(secretOf(guest!)).toBe(secretOf(host));
  });

  it('loses a race: the pending commit goes when the other one is merged', () => {
    const [host, guest] = meeting(suite, 'guest');
    guest!.commit({ ...EMPTY, forcePath: true });
    expect(codeOf(() => guest!.commit(EMPTY))).toBe('pending-commit');
    const { commit } = host.commit({ ...EMPTY, forcePath: true });
    host.mergePending();
    take(guest!, commit);
    expect(guest!.hasPending()).toBe(false);
    expect(codeOf(() => guest!.mergePending())).toBe('no-pending-commit');
    expect(secretOf(guest!)).toBe(secretOf(host));
  });

  it('chats while a commit is pending, and reads what the last epochs sent', () => {
    const [host, guest] = meeting(suite, 'guest');
    const early = [0, 1].map((n) => guest!.encrypt(text(`early ${n}`), text('aad')));
    const commits = [0, 1, 2].map(() => {
      const { commit } = host.commit({ ...EMPTY, forcePath: true });
      guest!.encrypt(text('while pending'), NONE);
      host.mergePending();
      return commit;
    });
    expect(early.map((message) => codeOf(() => host.process(message)))).toEqual([
      'past-epoch',
      'past-epoch',
    ]);
    take(guest!, commits[0]!);
    const kept = guest!.encrypt(text('kept'), text('aad'));
    expect(host.process(kept)).toEqual({
      kind: 'application',
      data: text('kept'),
      aad: text('aad'),
      epoch: 2n,
      sender: 1,
      senderCredential: text('guest'),
    });
    expect(codeOf(() => host.process(kept))).toBe('replayed');
    expect(codeOf(() => guest!.process(kept))).toBe('own-message');
  });

  it('takes 64 messages out of order', () => {
    const [host, guest] = meeting(suite, 'guest');
    const sent = Array.from({ length: 65 }, (_, n) => guest!.encrypt(Uint8Array.of(n), NONE));
    for (const [n, message] of [...sent.entries()].reverse()) {
      const wanted = n === 0 ? 'out-of-window' : 'none';
      expect(codeOf(() => host.process(message))).toBe(wanted);
    }
  });

  it('evicts 2 to 1: the other is inactive, cannot export, and never follows', () => {
    const [host, guest] = meeting(suite, 'guest');
    const { commit } = host.commit({ ...EMPTY, removes: [1] });
    host.mergePending();
    take(guest!, commit);
    expect([guest!.hasGroup(), guest!.isActive()]).toEqual([true, false]);
    const next = host.commit({ ...EMPTY, forcePath: true });
    host.mergePending();
    const uses = [
      () => guest!.export('test', NONE, 32),
      () => guest!.epochAuthenticator(),
      () => guest!.encrypt(text('hello'), NONE),
      () => guest!.commit(EMPTY),
      () => guest!.process(next.commit),
      () => guest!.process(host.encrypt(text('hello'), NONE)),
      () => guest!.ownIndex(),
      () => guest!.mergePending(),
    ];
    expect(uses.map(codeOf)).toEqual(uses.map(() => 'inactive'));
  });

  it('says so when there is no group, no Welcome, no commit, or no client', () => {
    const lone = client(suite, 'lone');
    const uses: [() => unknown, string][] = [
      [() => lone.epoch(), 'no-group'],
      [() => lone.snapshot(), 'no-group'],
      [() => lone.encrypt(NONE, NONE), 'no-group'],
      [() => lone.joinStaged(), 'no-welcome'],
      [() => lone.mergeStaged(), 'no-staged-commit'],
    ];
    for (const [use, code] of uses) expect(codeOf(use)).toBe(code);
    lone.createGroup(text('g'), NONE);
    expect(codeOf(() => lone.createGroup(text('h'), NONE))).toBe('group-exists');
    expect(codeOf(() => lone.export('test', NONE, 70_000))).toBe('bad-length');
    lone.free();
    lone.free();
    expect(codeOf(() => lone.epoch())).toBe('freed');
  });
});

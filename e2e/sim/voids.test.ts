// Voids: each counts in one place only, throws nobody out, and nothing is sealed twice under one key.
import { fromBase64url, toBase64url } from '@in-camera/crypto/bytes.ts';
import { randomBytes } from '@in-camera/crypto/sealing.ts';
import { signVoid } from '@in-camera/crypto/statements.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeVoid, type MeetingFacts, type SeatFacts } from '../../server/delivery/rules.ts';
import { hashOf } from './fake-house.ts';
import {
  alarms,
  alarmsOf,
  chatsHeard,
  eventKinds,
  expectKidsOnce,
  expectTogether,
  lastKeys,
  personOf,
  secretsOf,
  viewOf,
} from './looking.ts';
import { loadMlsHere, SimMeeting } from './meeting.ts';
import { HONEST, lastItem, withRogue, withRogues } from './rogue-scene.ts';

beforeAll(loadMlsHere);

describe('A-96 voids misused', () => {
  it('A-96 SEC-16 server and members: a void by a guest never counts, of whatever commit', async () => {
    const { sim, rogue } = await withRogue();
    await sim.disconnect('host');
    // An honest guest commits (it takes mei back in); the rogue voids it.
    await sim.reload('mei');
    await sim.run(2500);
    const commit = lastItem(sim);
    if (commit?.kind !== 'commit') throw new Error('no commit');
    const hash = hashOf(commit.commit);
    const one = {
      groupId: fromBase64url(commit.group),
      epoch: commit.epoch,
      try: commit.try,
      hash: fromBase64url(hash),
    };
    const signature = toBase64url(signVoid(rogue.pass.leafSeed, one));
    const { group, epoch } = commit;
    rogue.say({ kind: 'void', ref: rogue.ref(), group, epoch, try: commit.try, hash, signature });
    expect(lastItem(sim)).toBe(commit);
    // A server that takes it all the same: loud, and nobody goes back.
    const keys = secretsOf(sim, 'ben');
    sim.delivery.place({
      seq: 0,
      kind: 'void',
      from: rogue.seat,
      group,
      epoch,
      try: commit.try,
      hash,
      signature,
    });
    await sim.run(500);
    expect(alarmsOf(sim, 'ben').at(-1)).toMatchObject({ code: 'void-failed', stopped: true });
    expect(secretsOf(sim, 'ben')).toBe(keys);
  });

  it('A-96 late, doubled, of another hash, by the removed: each is loud and changes nothing', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben', 'mei');
    const commits = sim.delivery.log.flatMap((item) => (item.kind === 'commit' ? [item] : []));
    const [first, second] = commits;
    if (first === undefined || second === undefined) throw new Error('no commits');
    const seed = sim.actor('host').pass.leafSeed;
    const voidOf = (commit: typeof first, hash: string) => ({
      seq: 0,
      kind: 'void' as const,
      from: sim.actor('host').seat,
      group: commit.group,
      epoch: commit.epoch,
      try: commit.try,
      hash,
      signature: toBase64url(
        signVoid(seed, {
          groupId: fromBase64url(commit.group),
          epoch: commit.epoch,
          try: commit.try,
          hash: fromBase64url(hash),
        }),
      ),
    });
    const lies = [
      voidOf(first, hashOf(first.commit)),
      voidOf(second, toBase64url(randomBytes(32))),
    ];
    for (const lie of lies) {
      const keys = secretsOf(sim, 'ben');
      sim.delivery.place(lie);
      await sim.run(300);
      expect(secretsOf(sim, 'ben')).toBe(keys);
      expect(viewOf(sim, 'ben').people.length).toBe(3);
      expect(viewOf(sim, 'ben').stopped).toBe('void-failed');
      expect(eventKinds(sim, 'ben')).not.toContain('removed');
    }
  });

  it('A-96 of a good commit, by the host: everyone goes back to one epoch, and on from there', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben', 'mei');
    await sim.intent('ben', { kind: 'chat', text: 'before', id: '1' });
    await sim.run(300);
    const old = JSON.stringify(lastKeys(sim, 'ben')?.senders);
    await sim.reload('mei');
    await sim.run(600);
    await sim.intent('ben', { kind: 'chat', text: 'in the epoch to be voided', id: '2' });
    await sim.run(200);
    const commit = lastItem(sim);
    if (commit?.kind !== 'commit') throw new Error('no commit');
    // The host's device finds after the merge that it cannot go on (any reason of its own).
    const hash = hashOf(commit.commit);
    const signature = toBase64url(
      signVoid(sim.actor('host').pass.leafSeed, {
        groupId: fromBase64url(commit.group),
        epoch: commit.epoch,
        try: commit.try,
        hash: fromBase64url(hash),
      }),
    );
    const { group, epoch } = commit;
    sim.delivery.take(sim.actor('host').seat, {
      kind: 'void',
      ref: 9999,
      group,
      epoch,
      try: commit.try,
      hash,
      signature,
    });
    const had = sim.actor('ben').keys.length;
    await sim.run(100);
    expect(JSON.stringify(sim.actor('ben').keys[had]?.senders)).toBe(old);
    // Its own void took "may commit" from the host's seat; ben is next.
    await sim.run(6000);
    expectTogether(sim, HONEST);
    expect(chatsHeard(sim, 'host')).toEqual(['before', 'in the epoch to be voided']);
    expect(alarms(sim)).toEqual([]);
  });

  it('A-96 the rules of the server refuse a void by whom members would not believe', () => {
    const roles = ['guest', 'cohost', 'host'] as const;
    const seat = (role: (typeof roles)[number], name: string) =>
      ({ seat: name, role, mayCommit: true, seated: true, leaving: false }) as unknown as SeatFacts;
    for (const author of roles)
      for (const committer of roles) {
        const facts = {
          slot: { group: 'g', generation: 1, epoch: 2, try: 0 },
          last: {
            kind: 'commit',
            from: 'c',
            fromRole: committer,
            epoch: 1,
            try: 0,
            hash: 'h',
            newcomers: [],
            removed: [],
          },
          reservation: null,
          nowMs: 0,
        } as unknown as MeetingFacts;
        const message = { group: 'g', epoch: 1, try: 0, hash: 'h' } as Parameters<
          typeof judgeVoid
        >[2];
        const taken = judgeVoid(facts, seat(author, 'v'), message).kind === 'accepted';
        const believed = author !== 'guest' && roles.indexOf(author) >= roles.indexOf(committer);
        expect(taken, `${author} voids ${committer}`).toBe(believed);
      }
  });
});

describe('A-97 counters after a void', () => {
  it('A-97 SEC-7 one key identifier never names two keys of one sender, through ten voids', async () => {
    const { sim, rogues } = await withRogues('r0', 'r1', 'r2', 'r3', 'r4');
    for (const rogue of rogues) {
      await sim.intent('ben', { kind: 'chat', text: rogue.name, id: rogue.name });
      if (rogue.name < 'r3') rogue.postBytes(randomBytes(60));
      else await rogue.commit({ removes: [rogue.leafOf(personOf(sim, 'mei')).index] });
      await sim.run(700);
      await sim.reload('mei');
      await sim.run(1500);
    }
    expectTogether(sim, HONEST, 5);
    expect(chatsHeard(sim, 'host')).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expectKidsOnce(sim);
    expect(lastKeys(sim, 'host')?.epoch).toBe(lastKeys(sim, 'ben')?.epoch);
  });
});

// Who gets in: ghosts, swapped packages, keys nobody should take, links that are wrong, the past.
import { readAdmission, signAdmission } from '@in-camera/crypto/admission.ts';
import { fromBase64url, toBase64url } from '@in-camera/crypto/bytes.ts';
import { forgePackage, readParts } from '@in-camera/crypto/forge.testkit.ts';
import { ed25519PublicKey, ed25519Sign, MlsClient, MlsError } from '@in-camera/crypto/mls/index.ts';
import { attemptBytes, BAD_X25519 } from '@in-camera/crypto/people.testkit.ts';
import { openBox, randomBytes, sealBox } from '@in-camera/crypto/sealing.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  alarms,
  alarmsOf,
  expectQuiet,
  expectTogether,
  lastKeys,
  secretsOf,
  viewOf,
} from './looking.ts';
import { KNOCK_BYTES, loadMlsHere, SimMeeting } from './meeting.ts';
import { RogueMember } from './rogue-member.ts';
import { HONEST, keyOf, withRogue } from './rogue-scene.ts';

beforeAll(loadMlsHere);

/** A client that no host admitted; its credential is signed by itself as if it were the authority. */
function ghostOf(rogue: RogueMember, credential?: Uint8Array) {
  const seed = randomBytes(32);
  const leafKey = Uint8Array.from(ed25519PublicKey(seed));
  const make = async () => {
    const own = readAdmission(rogue.pass.charter.authorityKey, rogue.pass.admission);
    if (own === undefined) throw new Error('no admission');
    const forged = await signAdmission(async (m) => ed25519Sign(seed, m), { ...own, leafKey });
    const client = new MlsClient(1, seed, credential ?? forged, attemptBytes(1));
    client.setPsk(rogue.keys.pskId, rogue.keys.pskSecret);
    return { client, key: toBase64url(leafKey), keyPackage: client.keyPackage() };
  };
  return make();
}

describe('A-01 a ghost', () => {
  it('A-01 SEC-12 PBD-4 is named with its committer, voided, and followed by nobody', async () => {
    const { sim, rogue } = await withRogue();
    const [epoch, secrets] = [lastKeys(sim, 'host')?.epoch, secretsOf(sim, 'host')];
    const { client, key, keyPackage } = await ghostOf(rogue);
    const { commit, welcome } = await rogue.make({ adds: [keyPackage] });
    rogue.postBytes(fromBase64url(commit));
    await sim.run(1000);
    for (const name of HONEST) {
      const [alarm, ...more] = alarmsOf(sim, name);
      expect(alarm, name).toMatchObject({ code: 'ghost', who: [key], by: keyOf(rogue) });
      expect(more).toEqual([]);
      expect(lastKeys(sim, name)?.epoch, name).toBe(epoch);
      expect(secretsOf(sim, name)).toBe(secrets);
      expect(viewOf(sim, name).people.map((one) => one.person)).not.toContain(key);
      expect(viewOf(sim, name).gateOpen).toBe(true);
    }
    expect(sim.delivery.log.findLast((item) => item.kind !== 'message')?.kind).toBe('void');
    // The rogue hands the ghost its Welcome: they are alone in that branch.
    client.stageWelcome(welcome ?? new Uint8Array(0));
    client.joinStaged();
    await sim.bring('tom');
    expectTogether(sim, [...HONEST, 'tom'], 1);
    const heard = sim.delivery.log.slice(-6);
    for (const item of heard) {
      if (item.kind !== 'commit' && item.kind !== 'message') continue;
      const bytes = fromBase64url(item.kind === 'commit' ? item.commit : item.box);
      expect(() => client.process(bytes)).toThrow(MlsError);
    }
  });

  it('A-01 the same with an honest admission of someone else as its credential', async () => {
    const { sim, rogue } = await withRogue();
    const { key, keyPackage } = await ghostOf(rogue, rogue.pass.admission);
    await rogue.commit({ adds: [keyPackage], added: [] });
    await sim.run(1000);
    for (const name of HONEST)
      expect(alarmsOf(sim, name)).toMatchObject([{ code: 'ghost', who: [key], by: keyOf(rogue) }]);
    await sim.bring('tom');
    expectTogether(sim, [...HONEST, 'tom'], 1);
  });

  it('A-01 A-15 by reference: a standalone proposal is nothing, ordered as commit or message', async () => {
    const { sim, rogue } = await withRogue();
    const { keyPackage } = await ghostOf(rogue);
    const { commit } = await rogue.make({ adds: [keyPackage] });
    rogue.client.clearPending();
    const bytes = fromBase64url(commit);
    // version, wire format, group id<V>, epoch, content type (RFC 9420 section 6.3).
    const contentType = 2 + 2 + 1 + 32 + 8;
    expect(bytes[contentType]).toBe(3);
    bytes[contentType] = 2;
    const { slot } = sim.delivery;
    const box = toBase64url(bytes);
    const at = { seq: 0, from: rogue.seat, group: slot?.group ?? '' };
    sim.delivery.place({ ...at, kind: 'message', epoch: slot?.epoch ?? 0, box });
    await sim.run(500);
    expect(alarms(sim)).toEqual([]);
    rogue.postBytes(bytes);
    await sim.run(1000);
    for (const name of HONEST)
      expect(alarmsOf(sim, name)).toMatchObject([{ code: 'commit-garbage', by: keyOf(rogue) }]);
    await sim.bring('tom');
    expectTogether(sim, [...HONEST, 'tom'], 1);
  });

  it('A-01 when the void is withheld, everyone stops within 2 s and reads who did it', async () => {
    const { sim, rogue } = await withRogue();
    const { key, keyPackage } = await ghostOf(rogue);
    sim.tamperOut = (_seat, message) => (message.kind === 'void' ? undefined : message);
    await rogue.commit({ adds: [keyPackage], added: [] });
    await sim.run(1800);
    expect(HONEST.map((name) => viewOf(sim, name).gateOpen)).toEqual([true, true, true]);
    await sim.run(400);
    for (const name of HONEST) {
      expect(viewOf(sim, name).gateOpen, name).toBe(false);
      expect(alarmsOf(sim, name).at(-1)).toMatchObject({
        code: 'ghost',
        stopped: true,
        who: [key],
        by: keyOf(rogue),
      });
    }
  });

  it('A-01 with the help of a server that takes no void: the host founds anew without it', async () => {
    const { sim, rogue } = await withRogue();
    const { key, keyPackage } = await ghostOf(rogue);
    const { commit } = await rogue.make({ adds: [keyPackage] });
    const { slot } = sim.delivery;
    if (slot === null) throw new Error('no slot');
    const added = [{ seat: toBase64url(randomBytes(16)), identity: toBase64url(randomBytes(16)) }];
    const { group, epoch } = slot;
    const at = { seq: 0, from: rogue.seat, group, epoch, try: slot.try };
    sim.delivery.place({ ...at, kind: 'commit', commit, added, removed: [] });
    await sim.run(4000);
    for (const name of HONEST) {
      expect(alarmsOf(sim, name)).toMatchObject([{ code: 'ghost', who: [key] }]);
      expect(viewOf(sim, name).generation).toBe(2);
    }
    expectTogether(sim, HONEST);
  });
});

describe('A-02 key packages swapped', () => {
  it.each(['garbage', "another's", 'own keys under her name'])('A-02 SEC-5 by %s', async (how) => {
    const { sim, rogue } = await withRogue();
    const own = rogue.newClient().keyPackage();
    const pass = { credential: undefined as Uint8Array | undefined };
    let swaps = 0;
    const { packageKey } = rogue.keys;
    const box = async () => {
      if (how === 'garbage') return toBase64url(randomBytes(400));
      const forged = forgePackage(own, rogue.pass.leafSeed, {
        credential: pass.credential ?? readParts(own).credential,
      });
      const content = how === "another's" ? own : forged;
      const { meetingId } = rogue.pass.charter;
      return toBase64url(await sealBox(packageKey, 'package', meetingId, content));
    };
    let lie = await box();
    let waits = '';
    sim.tamper = (_seat, message) => {
      if (message.kind !== 'job' || swaps > 20) return message;
      return {
        ...message,
        packages: message.packages.map((one) => {
          waits = one.seat;
          swaps++;
          return { ...one, box: lie };
        }),
      };
    };
    await sim.bring('tom');
    pass.credential = sim.actor('tom').pass.admission;
    lie = await box();
    await sim.run(2000);
    expect(waits).toBe(sim.actor('tom').seat);
    expect(viewOf(sim, 'tom').phase).toBe('entering');
    for (const name of HONEST) expect(viewOf(sim, name).people.length).toBe(4);
    sim.tamper = (_seat, message) => message;
    await sim.run(40_000);
    expect(alarms(sim)).toEqual([]);
    expectTogether(sim, [...HONEST, 'tom'], 1);
  });

  it('A-02 before admission: a knock swapped for another brings in whom the host saw', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    const id = await sim.knock('tom');
    const other = await sim.knock('rex');
    const swapped = sim.delivery.knocks.get(other) ?? '';
    await sim.run(100);
    expect(viewOf(sim, 'host').knocks.map((one) => one.name)).toEqual(['tom', 'rex']);
    sim.delivery.knocks.set(id, swapped);
    await sim.reload('host');
    await sim.run(4000);
    expect(viewOf(sim, 'host').knocks.map((one) => one.name)).toEqual(['rex', 'rex']);
    await sim.intent('host', { kind: 'admit', knocks: [id] });
    await sim.run(1500);
    // The answer is sealed to the knock that the host saw; tom reads nothing in it.
    expect(sim.actors.has('tom')).toBe(false);
    expect(viewOf(sim, 'host').people.length).toBe(2);
  });
});

describe('A-22 packages that spoil commits', () => {
  it('A-22 SEC-16 keys of members, double keys and bad points: refused, the next 10 Adds work', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben', 'mei');
    const rogues = [
      await RogueMember.invite(sim, 'rex'),
      await RogueMember.invite(sim, 'rob'),
      await RogueMember.invite(sim, 'ria'),
    ];
    const leaf = { encryptionKey: new Uint8Array(32) };
    const spy = await RogueMember.join(sim, 'spy');
    leaf.encryptionKey = spy.leafOf(viewOf(sim, 'ben').people[0]?.person ?? '').encryptionKey;
    const evil = [
      { encryptionKey: leaf.encryptionKey },
      { initKey: leaf.encryptionKey },
      { initKey: leaf.encryptionKey },
    ];
    for (const [i, rogue] of rogues.entries()) {
      const forged = forgePackage(rogue.client.keyPackage(), rogue.pass.leafSeed, evil[i] ?? {});
      await rogue.enter(forged);
    }
    const guests = Array.from({ length: 10 }, (_, i) => `guest${i}`);
    for (const name of guests) await sim.bring(name);
    const [rex] = rogues;
    for (const key of BAD_X25519) {
      const forged = forgePackage(rex!.client.keyPackage(), rex!.pass.leafSeed, {
        encryptionKey: key,
      });
      await rex!.offer(forged);
      await sim.run(100);
    }
    await sim.run(1000);
    expectTogether(sim, ['host', 'ben', 'mei', ...guests], 1);
    expect(alarms(sim)).toEqual([]);
    for (const rogue of rogues) expect(rogue.client.hasGroup()).toBe(false);
  });
});

describe('A-25 another link', () => {
  it('A-25 KYA-12 a wrong secret opens no group, whatever the server says', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    const { onPass } = sim;
    sim.onPass = (name, pass) => onPass(name, { ...pass, linkSecret: randomBytes(16) });
    await sim.bring('tom');
    await sim.run(5000);
    expect(viewOf(sim, 'tom').phase).toBe('entering');
    expect(sim.actor('tom').keys).toEqual([]);
    expect(viewOf(sim, 'host').people.length).toBe(2);
    expectTogether(sim, ['host', 'ben']);
  });

  it('A-25 a Welcome without the PSK is of no use to who has the link', async () => {
    const { sim, rogue } = await withRogue();
    const id = await sim.knock('tom');
    await sim.run(100);
    sim.tamper = (_seat, message) => (message.kind === 'job' ? undefined : message);
    await sim.intent('host', { kind: 'admit', knocks: [id] });
    await sim.run(500);
    const box = sim.delivery.packages.get(sim.actor('tom').seat) ?? '';
    const { meetingId } = rogue.pass.charter;
    const opened = await openBox(rogue.keys.packageKey, 'package', meetingId, fromBase64url(box));
    await rogue.commit({ adds: [opened ?? new Uint8Array(0)], withPsk: false });
    await sim.run(1000);
    for (const name of HONEST) expect(alarmsOf(sim, name)[0]?.code).toBe('role-breach');
    sim.tamper = (_seat, message) => message;
    await sim.run(40_000);
    expectTogether(sim, [...HONEST, 'tom'], 1);
  });
});

describe('A-28 the past', () => {
  it('A-28 SEC-6 a joiner reads nothing that was said before, and derives no earlier key', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben', 'mei');
    const beats: string[] = [];
    sim.tamper = (_seat, message) => {
      if (message.kind === 'beat') beats.push(message.box);
      return message;
    };
    for (const text of ['one', 'two', 'three'])
      await sim.intent('ben', { kind: 'chat', text, id: text });
    await sim.run(6000);
    const before = new Set(
      [...sim.actors.values()].flatMap((actor) =>
        actor.keys.flatMap((keys) => keys.senders.map((one) => toBase64url(one.secret))),
      ),
    );
    const past = sim.delivery.log.flatMap((item) => (item.kind === 'message' ? [item.box] : []));
    expect(past.length).toBeGreaterThan(3);
    expect(beats.length).toBeGreaterThan(1);
    sim.tamper = (_seat, message) => message;
    const rogue = await RogueMember.join(sim, 'rex');
    for (const box of [...past, ...beats])
      expect(() => rogue.client.process(fromBase64url(box))).toThrow(MlsError);
    for (let leaf = 0; leaf < 4; leaf++)
      for (let tried = 0; tried < 3; tried++)
        expect(before.has(rogue.frameKey(leaf, tried) ?? '')).toBe(false);
    expect(rogue.frameKey(0)).toBeDefined();
  });
});

describe('A-29 strangers', () => {
  it('A-24 A-29 SEC-16 noise at the door changes nothing', async () => {
    const sim = await SimMeeting.make();
    await sim.bring('ben');
    for (let i = 0; i < 30; i++) {
      sim.delivery.knock(toBase64url(randomBytes(16)), toBase64url(randomBytes(KNOCK_BYTES)));
    }
    await sim.run(500);
    expect(viewOf(sim, 'host').knocks).toEqual([]);
    await sim.bring('mei');
    expectQuiet(sim, ['host', 'ben', 'mei']);
  });
});

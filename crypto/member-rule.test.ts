import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Admission } from './admission.ts';
import { concat } from './bytes.ts';
import { forgePackage, tlsExtension } from './forge.testkit.ts';
import { FIRST_CONTEXT, type GroupContext } from './group-context.ts';
import { CREDENTIAL_TYPE, checkAdd, checkLeaf, checkTree, readAttempt } from './member-rule.ts';
import { inspectKeyPackage, type KeyPackageView, type LeafView } from './mls/index.ts';
import {
  attemptBytes,
  BAD_ED25519,
  BAD_X25519,
  groundIn,
  loadHere,
  meetingOf,
  membersOf,
  newAuthority,
  person,
} from './people.testkit.ts';
import { randomBytes } from './sealing.ts';

beforeAll(loadHere);

async function scene(context: GroupContext = FIRST_CONTEXT) {
  const meeting = await meetingOf(['host', 'guest']);
  const ground = groundIn(meeting.charter, context);
  const host = meeting.people[0]!;
  const members = membersOf(host.client, groundIn(meeting.charter));
  const come = async (
    change: Partial<Admission> & { attempt?: number; seed?: Uint8Array } = {},
  ) => {
    const { seed, ...rest } = change;
    const one = await person(meeting.authority, meeting.charter, 'guest', {
      ...rest,
      ...(seed ? { seed: Uint8Array.from(seed) } : {}),
    });
    return { ...one, view: inspectKeyPackage(1, one.client.keyPackage()) };
  };
  const add = (view: KeyPackageView) => checkAdd(view, members, ground);
  return { ...meeting, ground, members, come, add };
}
const faultOf = (verdict: { ok: boolean; fault?: string }) => (verdict.ok ? 'good' : verdict.fault);

describe('any leaf', () => {
  it('is good with an admission of this authority, meeting, occurrence and key', async () => {
    const { members, ground, come } = await scene();
    for (const member of members) expect(checkLeaf(member.leaf, ground).ok).toBe(true);
    const { view, admission } = await come({ attempt: 7 });
    expect(checkLeaf(view.leaf, ground)).toEqual({
      ok: true,
      value: { leaf: view.leaf, admission, attempt: 7 },
    });
  });

  it('A-01 A-04 A-16 names the first thing that is wrong with a ghost', async () => {
    const { ground, come, charter } = await scene();
    const { view } = await come();
    const leaf = (change: Partial<LeafView>) =>
      faultOf(checkLeaf({ ...view.leaf, ...change }, ground));
    expect(leaf({})).toBe('good');
    expect(leaf({ credentialType: 1 })).toBe('credential-type');
    expect(leaf({ credential: randomBytes(200) })).toBe('no-admission');
    const stranger = await person(newAuthority(), charter, 'host');
    expect(leaf({ credential: stranger.credential })).toBe('no-admission');
    const others = [
      [{ meetingId: randomBytes(16) }, 'other-meeting'],
      [{ occurrence: 2 }, 'other-meeting'],
    ] as const;
    for (const [change, fault] of others) {
      const other = await come(change);
      expect(faultOf(checkLeaf(other.view.leaf, ground))).toBe(fault);
    }
    const another = await come();
    expect(leaf({ credential: another.credential })).toBe('other-key');
    expect(leaf({ attempt: randomBytes(3) })).toBe('bad-attempt');
    expect(leaf({ attempt: randomBytes(5) })).toBe('bad-attempt');
    expect(CREDENTIAL_TYPE).toBe(0xf0a2);
  });

  it('A-23 has no key of small order or with two spellings', async () => {
    const { ground, come, authority, charter } = await scene();
    const { view } = await come();
    for (const encryptionKey of BAD_X25519) {
      expect(faultOf(checkLeaf({ ...view.leaf, encryptionKey }, ground))).toBe('bad-key');
      const hybrid = concat(randomBytes(1184), encryptionKey);
      expect(faultOf(checkLeaf({ ...view.leaf, encryptionKey: hybrid }, ground))).toBe('bad-key');
    }
    // Even when the host signed for it.
    for (const leafKey of BAD_ED25519) {
      const { credential } = await person(authority, charter, 'guest', { leafKey });
      const leaf = { ...view.leaf, signatureKey: leafKey, credential };
      expect(faultOf(checkLeaf(leaf, ground))).toBe('bad-key');
    }
  });

  it('A-19 is not good once its serial or its key is closed', async () => {
    const meeting = await scene();
    const own = await meeting.come();
    const { issuer, serial, leafKey } = own.admission;
    for (const closed of [
      { issuer, serial, leafKey: randomBytes(32) },
      { issuer: 99n, serial: 99, leafKey },
    ]) {
      const ground = groundIn(meeting.charter, { ...FIRST_CONTEXT, closed: [closed] });
      expect(faultOf(checkLeaf(own.view.leaf, ground))).toBe('closed');
    }
  });

  it('reads attempts of exactly four bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        const attempt = readAttempt(bytes);
        expect(attempt === undefined).toBe(bytes.length !== 4);
        if (attempt !== undefined) expect(attemptBytes(attempt)).toEqual(Uint8Array.from(bytes));
      }),
    );
  });
});

describe('a whole tree', () => {
  it('is good leaf by leaf, without a serial or a key twice', async () => {
    const { members, ground, come } = await scene();
    const leaves = members.map((member) => member.leaf);
    expect(checkTree(leaves, ground)).toEqual({ ok: true, members });
    const [host, guest] = leaves;
    const bad = checkTree([host!, { ...guest!, credential: randomBytes(9) }], ground);
    expect(bad).toEqual({ ok: false, fault: 'no-admission', leaf: 1 });
    const again = { ...guest!, index: 5 };
    const twice = checkTree([...leaves, again], ground);
    expect(twice).toEqual({ ok: false, fault: 'already-seated', leaf: 5 });
    const { admission } = members[1]!;
    const sameSerial = await come({ issuer: admission.issuer, serial: admission.serial });
    const two = checkTree([...leaves, { ...sameSerial.view.leaf, index: 6 }], ground);
    expect(two).toEqual({ ok: false, fault: 'already-seated', leaf: 6 });
    expect(checkTree([], ground)).toEqual({ ok: true, members: [] });
  });
});

describe('an Add', () => {
  it('is new with an unused admission of the current era, or one carried over', async () => {
    const { come, charter, members } = await scene();
    const context = { ...FIRST_CONTEXT, era: 3, carried: [{ issuer: 7n, serial: 4000 }] };
    const add = (view: KeyPackageView) => checkAdd(view, members, groundIn(charter, context));
    const now = await come({ era: 3 });
    expect(add(now.view)).toMatchObject({ ok: true, value: { kind: 'new' } });
    for (const era of [0, 2, 4]) expect(faultOf(add((await come({ era })).view))).toBe('old-era');
    const carried = await come({ era: 0, issuer: 7n, serial: 4000 });
    expect(add(carried.view)).toMatchObject({ ok: true, value: { kind: 'new' } });
  });

  it('A-14 A-19 is a rejoin only of the same serial and key, with a higher attempt', async () => {
    const { people, members, come, add } = await scene();
    const guest = people[1]!;
    const { issuer, serial } = guest.admission;
    const back = (attempt: number) =>
      come({ ...guest.admission, seed: guest.seed, attempt }).then((one) => add(one.view));
    expect(await back(2)).toMatchObject({
      ok: true,
      value: { kind: 'rejoin', replaces: members[1] },
    });
    expect(faultOf(await back(1))).toBe('attempt-not-higher');
    expect(faultOf(await back(0))).toBe('attempt-not-higher');
    const thief = await come({ issuer, serial, attempt: 9 });
    expect(faultOf(add(thief.view))).toBe('already-seated');
    const twin = await come({ seed: guest.seed, attempt: 9 });
    expect(faultOf(add(twin.view))).toBe('already-seated');
  });

  it('A-19 A-98 is refused when closed, though its era is current or it was carried', async () => {
    const { come, charter, members } = await scene();
    const one = await come();
    const { issuer, serial, leafKey } = one.admission;
    const context = {
      ...FIRST_CONTEXT,
      closed: [{ issuer, serial, leafKey }],
      carried: [{ issuer, serial }],
    };
    expect(faultOf(checkAdd(one.view, members, groundIn(charter, context)))).toBe('closed');
  });

  it('A-29 has exactly the lifetime, capabilities and extensions of our own', async () => {
    const { come, add, charter, members, ground } = await scene();
    const { view, client, seed } = await come();
    const parts = (change: Partial<KeyPackageView>) => faultOf(add({ ...view, ...change }));
    expect(parts({})).toBe('good');
    expect(parts({ lifetimeExact: false })).toBe('bad-package');
    expect(parts({ capabilitiesExact: false })).toBe('bad-package');
    expect(parts({ extensionsExact: false })).toBe('bad-package');
    expect(parts({ suite: 0x004e })).toBe('bad-package');
    const extra = tlsExtension(0xf0a3, new Uint8Array(4));
    const forged = forgePackage(client.keyPackage(), seed, { extensions: extra });
    expect(faultOf(checkAdd(inspectKeyPackage(1, forged), members, ground))).toBe('bad-package');
    expect(charter.suite).toBe(1);
  });

  it('leaves members, ground and package alone', async () => {
    const { come, members, ground } = await scene();
    const { view } = await come();
    const before = structuredClone({ view, members, ground });
    checkAdd(view, members, ground);
    checkTree(
      members.map((member) => member.leaf),
      ground,
    );
    expect({ view, members, ground }).toEqual(before);
  });
});

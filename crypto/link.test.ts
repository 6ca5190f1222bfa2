import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeDoor, fingerprintOf, KNOCK_KEY_PLACES } from './charter.ts';
import { deriveLinkKeys, encodeFragment, openDoor, parseFragment, sealDoor } from './link.ts';
import { hpkeGenerate } from './mls/index.ts';
import { anyBytes, flipBit, loadHere, newAuthority, newCharter } from './people.testkit.ts';
import { openBox, padTo, randomBytes, sealBox } from './sealing.ts';

beforeAll(loadHere);

const SIZE = 8192;

async function made() {
  const authority = newAuthority();
  const charter = newCharter(authority);
  const linkSecret = randomBytes(16);
  const keys = Array.from({ length: KNOCK_KEY_PLACES }, () =>
    Uint8Array.from(hpkeGenerate(charter.suite).publicKey),
  );
  const door = await encodeDoor(charter, { version: 0, keys }, authority.sign);
  const { charterKey } = await deriveLinkKeys(linkSecret, charter.meetingId, 0);
  const box = await sealDoor(charterKey, charter.meetingId, door, SIZE);
  return { charter, linkSecret, charterKey, box, fingerprint: await fingerprintOf(charter) };
}

describe('fragment', () => {
  it('has one text, and comes back from no other', () => {
    fc.assert(
      fc.property(anyBytes(16), anyBytes(16), (linkSecret, fingerprint) => {
        const text = encodeFragment({ linkSecret, fingerprint });
        expect(text).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(parseFragment(text)).toEqual({ linkSecret, fingerprint });
        for (const other of [`${text}A`, text.slice(1), `${text}=`, ` ${text}`, `#${text}`])
          expect(parseFragment(other)).toBeUndefined();
      }),
    );
    for (const text of ['', 'A', '!', 'A'.repeat(42), 'A'.repeat(44), '+'.repeat(43)])
      expect(parseFragment(text)).toBeUndefined();
  });
});

describe('keys of a link', () => {
  it('A-25 differ by secret, meeting and version, and from each other', async () => {
    const [secret, meeting] = [randomBytes(16), randomBytes(16)];
    const all = [
      await deriveLinkKeys(secret, meeting, 0),
      await deriveLinkKeys(secret, meeting, 1),
      await deriveLinkKeys(secret, randomBytes(16), 0),
      await deriveLinkKeys(randomBytes(16), meeting, 0),
    ];
    const psks = all.map((keys) => Buffer.from(keys.pskSecret).toString('hex'));
    expect(new Set(psks).size).toBe(4);
    expect(new Set(all.slice(0, 3).map((keys) => keys.pskId.join())).size).toBe(3);
    const aad = new Uint8Array(0);
    const box = await sealBox(all[0]!.packageKey, 'package', aad, secret);
    for (const keys of all.slice(1))
      expect(await openBox(keys.packageKey, 'package', aad, box)).toBeUndefined();
    expect(await openBox(all[0]!.charterKey, 'package', aad, box)).toBeUndefined();
    // The door stays where it is when the link is replaced: its key does not know versions.
    const door = await sealBox(all[0]!.charterKey, 'charter', aad, secret);
    expect(await openBox(all[1]!.charterKey, 'charter', aad, door)).toEqual(secret);
  });
});

describe('door box', () => {
  it('opens with the link, always in one size', async () => {
    const { charter, charterKey, box, fingerprint } = await made();
    expect(box.length).toBe(SIZE);
    const door = await openDoor(charterKey, charter.meetingId, fingerprint, box);
    expect(door).toMatchObject({ charter });
  });

  it('A-24 A-25 a wrong secret, another meeting and noise look alike', async () => {
    const { charter, charterKey, box, fingerprint } = await made();
    const wrong = await deriveLinkKeys(randomBytes(16), charter.meetingId, 0);
    const looks = [
      await openDoor(wrong.charterKey, charter.meetingId, fingerprint, box),
      await openDoor(charterKey, randomBytes(16), fingerprint, box),
      await openDoor(charterKey, charter.meetingId, fingerprint, randomBytes(SIZE)),
      await openDoor(charterKey, charter.meetingId, fingerprint, flipBit(box, 400)),
      await openDoor(charterKey, charter.meetingId, fingerprint, new Uint8Array(0)),
    ];
    expect(new Set(looks)).toEqual(new Set(['over-or-incomplete']));
  });

  it('A-03 is altered when what opens is not what the link vouches for', async () => {
    const { charter, charterKey, box } = await made();
    expect(await openDoor(charterKey, charter.meetingId, randomBytes(16), box)).toBe(
      'link-altered',
    );
    const loose = padTo(100, randomBytes(20));
    loose[99] = 1;
    const noPadding = await sealBox(charterKey, 'charter', charter.meetingId, loose);
    const fingerprint = await fingerprintOf(charter);
    expect(await openDoor(charterKey, charter.meetingId, fingerprint, noPadding)).toBe(
      'link-altered',
    );
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { type Bytes, ByteWriter, CodecError, concat } from './bytes.ts';
import {
  type Charter,
  charterHash,
  decodeCharter,
  decodeDoor,
  encodeCharter,
  encodeDoor,
  fingerprintOf,
  KNOCK_KEY_PLACES,
} from './charter.ts';
import { hpkeGenerate } from './mls/index.ts';
import {
  BAD_ED25519,
  BAD_X25519,
  flipBit,
  loadHere,
  newAuthority,
  newCharter,
} from './people.testkit.ts';
import { randomBytes } from './sealing.ts';
import { signWith } from './signing.ts';

beforeAll(loadHere);

const knockKeys = (charter: Charter) => ({
  version: 3,
  keys: Array.from({ length: KNOCK_KEY_PLACES }, () =>
    Uint8Array.from(hpkeGenerate(charter.suite).publicKey),
  ),
});

/** A door whose list is written by hand, so that each part can be wrong. */
async function doorWith(
  charter: Charter,
  sign: (message: Bytes) => Promise<Uint8Array>,
  meetingId: Bytes,
  keys: readonly Uint8Array[],
): Promise<Bytes> {
  const list = new ByteWriter().raw(meetingId).u32(0);
  for (const key of keys) list.bytes16(key);
  const signed = list.finish();
  return new ByteWriter()
    .bytes16(encodeCharter(charter))
    .bytes16(signed)
    .raw(await signWith(sign, 'knock-keys', signed))
    .finish();
}

describe('charter', () => {
  it('comes back from its bytes, and only from exactly them', () => {
    for (const suite of [0x004e, 0x0001] as const) {
      const charter = newCharter(newAuthority(), suite);
      const bytes = encodeCharter(charter);
      expect(decodeCharter(bytes)).toEqual(charter);
      expect(() => decodeCharter(concat(bytes, Uint8Array.of(0)))).toThrow(CodecError);
      expect(() => decodeCharter(bytes.subarray(0, -1))).toThrow(CodecError);
    }
  });

  it('names a known version and suite', () => {
    const bytes = encodeCharter(newCharter(newAuthority()));
    const changed = (at: number, value: number) => {
      const copy = Uint8Array.from(bytes);
      copy[at] = value;
      return copy;
    };
    for (const version of [0, 2, 255])
      expect(() => decodeCharter(changed(0, version))).toThrow('codec-range');
    for (const suite of [0, 2, 3, 0x4d])
      expect(() => decodeCharter(changed(2, suite))).toThrow('codec-range');
  });

  it('A-23 refuses an authority key of small order or with two spellings', () => {
    const charter = newCharter(newAuthority());
    for (const authorityKey of BAD_ED25519) {
      expect(() => decodeCharter(encodeCharter({ ...charter, authorityKey }))).toThrow(CodecError);
    }
  });

  it('A-03 has another fingerprint for any other byte', async () => {
    const charter = newCharter(newAuthority());
    const own = await fingerprintOf(charter);
    expect(own).toEqual((await charterHash(charter)).slice(0, 16));
    const others: Charter[] = [
      { ...charter, suite: 0x004e },
      { ...charter, meetingId: flipBit(charter.meetingId, 5) },
      { ...charter, authorityKey: newAuthority().key },
    ];
    for (const other of others) expect(await fingerprintOf(other)).not.toEqual(own);
  });
});

describe('door', () => {
  it('shows charter and knock keys to whom the fingerprint is known', async () => {
    const authority = newAuthority();
    const charter = newCharter(authority);
    const keys = knockKeys(charter);
    const bytes = await encodeDoor(charter, keys, authority.sign);
    const door = await decodeDoor(bytes, charter.meetingId, await fingerprintOf(charter));
    expect(door).toEqual({ charter, knockKeys: keys });
  });

  it('A-03 A-17 is altered when another authority made it, for the same meeting id', async () => {
    const [mine, theirs] = [newAuthority(), newAuthority()];
    const charter = newCharter(mine);
    const fingerprint = await fingerprintOf(charter);
    const swapped = { ...charter, authorityKey: theirs.key };
    const forged = await encodeDoor(swapped, knockKeys(charter), theirs.sign);
    expect(await decodeDoor(forged, charter.meetingId, fingerprint)).toBe('link-altered');
    // The true charter with a list that the server signed.
    const list = await encodeDoor(charter, knockKeys(charter), theirs.sign);
    expect(await decodeDoor(list, charter.meetingId, fingerprint)).toBe('link-altered');
  });

  it('is altered when it is of another meeting, or its list is', async () => {
    const authority = newAuthority();
    const charter = newCharter(authority);
    const fingerprint = await fingerprintOf(charter);
    const { keys } = knockKeys(charter);
    const good = await doorWith(charter, authority.sign, charter.meetingId, keys);
    expect(typeof (await decodeDoor(good, charter.meetingId, fingerprint))).toBe('object');
    expect(await decodeDoor(good, randomBytes(16), fingerprint)).toBe('link-altered');
    const bad = [
      await doorWith(charter, authority.sign, randomBytes(16), keys),
      await doorWith(charter, authority.sign, charter.meetingId, keys.slice(1)),
      await doorWith(charter, authority.sign, charter.meetingId, [...keys, randomBytes(32)]),
      concat(good, Uint8Array.of(0)),
      good.subarray(0, -1),
      new Uint8Array(0),
    ];
    for (const bytes of bad)
      expect(await decodeDoor(bytes, charter.meetingId, fingerprint)).toBe('link-altered');
  });

  it('A-23 is altered when a knock key cannot agree on a secret', async () => {
    const authority = newAuthority();
    const charter = newCharter(authority);
    const fingerprint = await fingerprintOf(charter);
    for (const key of BAD_X25519) {
      const keys = [...knockKeys(charter).keys.slice(1), key];
      const bytes = await doorWith(charter, authority.sign, charter.meetingId, keys);
      expect(await decodeDoor(bytes, charter.meetingId, fingerprint)).toBe('link-altered');
    }
  });

  it('is altered by any flipped bit', async () => {
    const authority = newAuthority();
    const charter = newCharter(authority);
    const fingerprint = await fingerprintOf(charter);
    const bytes = await encodeDoor(charter, knockKeys(charter), authority.sign);
    for (let at = 0; at < 8 * bytes.length; at += 7) {
      expect(await decodeDoor(flipBit(bytes, at), charter.meetingId, fingerprint)).toBe(
        'link-altered',
      );
    }
  });

  it('always has the same number of places', async () => {
    const authority = newAuthority();
    const charter = newCharter(authority);
    for (const count of [0, 3, 5]) {
      const keys = Array.from({ length: count }, () => randomBytes(32));
      await expect(encodeDoor(charter, { version: 0, keys }, authority.sign)).rejects.toThrow(
        CodecError,
      );
    }
  });
});

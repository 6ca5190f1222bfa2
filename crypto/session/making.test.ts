import { beforeAll, expect, it } from 'vitest';
import { toBase64url } from '../bytes.ts';
import { ed25519PublicKey, ed25519Sign } from '../mls/index.ts';
import { load } from '../mls/mls.testkit.ts';
import { randomBytes } from '../sealing.ts';
import { makeMeeting } from './making.ts';

beforeAll(load);

const MEETINGS = 200;

it('SEC-11 PBD-3 each meeting has an id and secrets of its own, of 128 random bits and more', async () => {
  const seed = randomBytes(32);
  const sign = async (message: Uint8Array) => ed25519Sign(seed, message);
  const made = await Promise.all(
    Array.from({ length: MEETINGS }, () => makeMeeting(1, ed25519PublicKey(seed), sign, 8192)),
  );
  const values: Readonly<Record<string, readonly Uint8Array[]>> = {
    id: made.map(({ pass }) => pass.charter.meetingId),
    link: made.map(({ pass }) => pass.linkSecret),
    seat: made.map(({ pass }) => pass.seatSecret),
    leaf: made.map(({ pass }) => pass.leafSeed),
    salt: made.map(({ pass }) => pass.nameSalt),
  };
  for (const [name, all] of Object.entries(values)) {
    expect({ name, different: new Set(all.map(toBase64url)).size }).toEqual({
      name,
      different: MEETINGS,
    });
    for (const one of all) expect(one.length).toBeGreaterThanOrEqual(16);
    // No bit stands still: of 200 fair coins, none falls on one side every time.
    const length = all[0]?.length ?? 0;
    for (let bit = 0; bit < 8 * length; bit++) {
      const ones = all.filter((one) => ((one[bit >> 3] ?? 0) >> (bit & 7)) & 1).length;
      expect(ones, `${name}, bit ${bit}`).toBeGreaterThan(0);
      expect(ones, `${name}, bit ${bit}`).toBeLessThan(MEETINGS);
    }
  }
  expect(new Set(made.map(({ id }) => id)).size).toBe(MEETINGS);
  expect(new Set(made.map(({ fragment }) => fragment)).size).toBe(MEETINGS);
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CodecError, concat } from '../bytes.ts';
import { FIRST_CONTEXT } from '../group-context.ts';
import { flipBit, loadHere, newAuthority, newCharter } from '../people.testkit.ts';
import { randomBytes } from '../sealing.ts';
import { decodeHostRecord, decodePass, encodeHostRecord, encodePass, type Pass } from './pass.ts';

beforeAll(loadHere);

const aPass = (): Pass => ({
  charter: newCharter(newAuthority()),
  linkSecret: randomBytes(16),
  linkVersion: 2,
  occurrence: 1,
  admission: randomBytes(230),
  seatSecret: randomBytes(32),
  leafSeed: randomBytes(32),
  attempt: 0xffff_ffff,
  name: 'Ben \u{1F642}',
  nameSalt: randomBytes(16),
  stateVersion: 7,
  generation: 3,
});
const aRecord = () => ({
  knockPrivateKey: randomBytes(64),
  issuer: 2n ** 64n - 1n,
  reserved: 65,
  context: { ...FIRST_CONTEXT, era: 5 },
  seated: [1, 2].map((serial) => ({ issuer: 1n, serial, leafKey: randomBytes(32) })),
  closing: [{ issuer: 1n, serial: 2, leafKey: randomBytes(32) }],
});

describe.each([
  ['pass', () => encodePass(aPass()), decodePass],
  ['host record', () => encodeHostRecord(aRecord()), decodeHostRecord],
] as const)('a kept %s', (_name, made, decode) => {
  it('is whole or refused, by version too', () => {
    const bytes = made();
    expect(() => decode(bytes)).not.toThrow();
    for (let length = 0; length < bytes.length; length += 5)
      expect(() => decode(bytes.subarray(0, length))).toThrow(CodecError);
    expect(() => decode(concat(bytes, Uint8Array.of(0)))).toThrow('codec-trailing');
    for (const version of [0, 2, 255]) {
      const other = Uint8Array.from(bytes);
      other[0] = version;
      expect(() => decode(other)).toThrow('codec-range');
    }
  });

  it('noise is a CodecError, never another error', () => {
    const bytes = made();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (noise, at) => {
        for (const input of [noise, concat(Uint8Array.of(1), noise), flipBit(bytes, at)]) {
          try {
            decode(input);
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError);
          }
        }
      }),
    );
  });
});

describe('what is kept', () => {
  it('comes back as it was', () => {
    const [pass, record] = [aPass(), aRecord()];
    const before = structuredClone({ pass, record });
    expect(decodePass(encodePass(pass))).toEqual(pass);
    expect(decodeHostRecord(encodeHostRecord(record))).toEqual(record);
    expect({ pass, record }).toEqual(before);
  });
});

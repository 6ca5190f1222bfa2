// What a stranger may hand in as a key package: shown as it is, or refused.
import { beforeAll, describe, expect, it } from 'vitest';
import { concat } from '../bytes.ts';
import { forge, vector } from './forge.testkit.ts';
import { inspectKeyPackage } from './index.ts';
import {
  client,
  codeOf,
  EMPTY,
  hex,
  load,
  meeting,
  NONE,
  SLOW,
  SUITES,
  seed,
  text,
} from './mls.testkit.ts';

beforeAll(load);

const FOREVER = 2n ** 64n - 1n;
const extension = (id: number, data: Uint8Array) =>
  concat(Uint8Array.of(id >> 8, id & 0xff), vector(data));

describe.each(SUITES)('a key package of the $name suite', SLOW, ({ suite }) => {
  const made = () => {
    const leafSeed = seed();
    const owner = client(suite, 'a', { leafSeed, attempt: 7 });
    const bytes = owner.keyPackage();
    const forged = (changes: Parameters<typeof forge>[2]) => forge(leafSeed, bytes, changes);
    return { owner, bytes, forged };
  };

  it('is shown as it is', () => {
    const { owner, bytes, forged } = made();
    const view = inspectKeyPackage(suite, bytes);
    expect(view).toMatchObject({
      suite,
      lifetimeExact: true,
      capabilitiesExact: true,
      extensionsExact: true,
      leaf: { credentialType: 0xf0a2, credential: text('a'), attempt: Uint8Array.of(0, 0, 0, 7) },
    });
    expect(view.leaf.signatureKey).toEqual(owner.signatureKey());
    expect(hex(forged({}))).toBe(hex(bytes)); // the forger writes what we write
  });

  it('shows a lifetime that is not ours, and refuses one that is over', () => {
    const { forged } = made();
    const exact = (...lifetime: [bigint, bigint]) =>
      inspectKeyPackage(suite, forged({ lifetime })).lifetimeExact;
    expect(exact(0n, FOREVER)).toBe(true);
    expect(exact(0n, FOREVER - 1n)).toBe(false);
    expect(exact(1n, FOREVER)).toBe(false);
    expect(codeOf(() => exact(0n, 1n))).toBe('bad-key-package');
    expect(codeOf(() => exact(FOREVER, FOREVER))).toBe('bad-key-package');
  });

  it('shows extensions that are not ours', () => {
    const { forged } = made();
    const attempt = extension(0xf0a3, text('7'));
    const exact = (...list: Uint8Array[]) =>
      inspectKeyPackage(suite, forged({ leafExtensions: vector(concat(...list)) })).extensionsExact;
    expect(exact(attempt)).toBe(true);
    expect(exact()).toBe(false);
    expect(exact(attempt, extension(0xf0a1, text('x')))).toBe(false);
    expect(codeOf(() => exact(attempt, attempt))).toBe('bad-key-package');
    const beside = forged({ extensions: vector(extension(0xf0a1, text('x'))) });
    expect(inspectKeyPackage(suite, beside).extensionsExact).toBe(false);
    const lastResort = forged({ extensions: vector(extension(0x000a, NONE)) });
    expect(codeOf(() => inspectKeyPackage(suite, lastResort))).toBe('bad-key-package');
  });

  it('is refused if nobody could encrypt to it, alone and in a commit', () => {
    const [host] = meeting(suite, 'guest');
    const { bytes, forged } = made();
    const zero = (key: Uint8Array) => concat(key.subarray(0, -32), new Uint8Array(32));
    const short = (key: Uint8Array) => key.subarray(1);
    const bad = [
      forged({ initKey: zero }),
      forged({ initKey: short }),
      forged({ initKey: () => NONE }),
      forged({ encryptionKey: zero }),
      forged({ encryptionKey: short }),
      forged({ encryptionKey: () => NONE }),
    ];
    if (suite !== 1) bad.push(forged({ encryptionKey: (key) => key.map(() => 0xff) }));
    for (const adds of bad) {
      expect(codeOf(() => inspectKeyPackage(suite, adds))).toBe('bad-key-package');
      expect(codeOf(() => host.commit({ ...EMPTY, adds: [bytes, adds] }))).toBe('bad-key-package');
    }
    expect(codeOf(() => host.commit({ ...EMPTY, adds: [bytes] }))).toBe('none');
  });

  it('is refused under a small-order signature key or one key for both uses', () => {
    const { bytes, forged } = made();
    const identity = Uint8Array.from({ length: 32 }, (_, n) => (n === 0 ? 1 : 0));
    const twice = forged({ initKey: () => inspectKeyPackage(suite, bytes).leaf.encryptionKey });
    for (const adds of [forged({ signatureKey: identity }), twice]) {
      expect(codeOf(() => inspectKeyPackage(suite, adds))).toBe('bad-key-package');
    }
  });

  it('is refused when it is noise or of no suite', () => {
    expect(codeOf(() => inspectKeyPackage(suite, text('noise')))).toBe('bad-key-package');
    expect(codeOf(() => inspectKeyPackage(3, NONE))).toBe('bad-suite');
  });
});

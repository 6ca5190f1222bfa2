// Vectors of the MLS working group, as far as the binding lets any in: it makes its own keys and takes only leaves of
// our profile, so what is left are the wire formats and the KeyPackageRef (RFC 9420 sections 5.2, 6, 12.4.3.1).
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex as toBytes } from '../vectors/hex.ts';
import vectors from '../vectors/rfc9420.json' with { type: 'json' };
import { inspectKeyPackage } from './index.ts';
import { codeOf, hex, load } from './mls.testkit.ts';
import { buildWelcome, splitWelcome } from './welcome.ts';

beforeAll(async () => {
  await load();
  // Within the lifetime of the vectors' key packages, which ended in March 2024.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2023-06-01') });
});
afterAll(() => {
  vi.useRealTimers();
});

/** An MLSMessage is version, wire format and content; we exchange the content alone. */
const MLS10_KEY_PACKAGE = '00010005';
const contentOf = (message: string) => {
  expect(message.startsWith(MLS10_KEY_PACKAGE)).toBe(true);
  return toBytes(message.slice(MLS10_KEY_PACKAGE.length));
};

describe.each(vectors.welcomes)('SEC-7 RFC 9420', ({ keyPackage, welcome }) => {
  it('SEC-7 the Welcome of another implementation is cut and put together again, byte for byte', () => {
    const parts = splitWelcome(toBytes(welcome));
    expect(parts.suite).toBe(1);
    expect(parts.secrets).toHaveLength(1);
    const [secret] = parts.secrets;
    expect(hex(buildWelcome(parts.suite, secret?.bytes ?? toBytes(''), parts.groupInfo))).toBe(
      welcome,
    );
    expect(codeOf(() => splitWelcome(toBytes(welcome.slice(0, -2))))).toBe('bad-welcome');
  });

  it('SEC-7 its KeyPackageRef is the one that we compute from the key package', () => {
    const [secret] = splitWelcome(toBytes(welcome)).secrets;
    const { ref, suite } = inspectKeyPackage(1, contentOf(keyPackage));
    expect(suite).toBe(1);
    expect(hex(ref)).toBe(hex(secret?.ref ?? toBytes('')));
  });

  it('SEC-7 a flipped bit in the key package is refused: its signatures are checked', () => {
    const bytes = contentOf(keyPackage);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    expect(codeOf(() => inspectKeyPackage(1, bytes))).toBe('bad-key-package');
  });
});

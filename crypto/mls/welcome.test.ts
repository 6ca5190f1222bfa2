// A Welcome split into the part that is stored once and the parts of each joiner.
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectKeyPackage, MlsError } from './index.ts';
import {
  client,
  codeOf,
  EMPTY,
  hex,
  load,
  meeting,
  PSK,
  SLOW,
  SUITES,
  secretOf,
} from './mls.testkit.ts';
import { buildWelcome, splitWelcome } from './welcome.ts';

beforeAll(load);

describe.each(SUITES)('a Welcome of the $name suite', SLOW, ({ suite }) => {
  const welcome = () => {
    const [host] = meeting(suite);
    const joiners = ['a', 'b', 'c'].map((name) => client(suite, name));
    const adds = joiners.map((joiner) => joiner.keyPackage());
    const made = host.commit({ ...EMPTY, adds, pskId: PSK.id });
    host.mergePending();
    return { host, joiners, adds, welcome: made.welcome! };
  };

  it('joins each with its own part and the shared one', () => {
    const { host, joiners, adds, welcome: whole } = welcome();
    const { suite: found, secrets, groupInfo } = splitWelcome(whole);
    expect(found).toBe(suite);
    expect(secrets.map((secret) => hex(secret.ref)).toSorted()).toEqual(
      adds.map((add) => hex(inspectKeyPackage(suite, add).ref)).toSorted(),
    );
    for (const [index, joiner] of joiners.entries()) {
      const { ref } = inspectKeyPackage(suite, adds[index]!);
      const mine = secrets.find((secret) => hex(secret.ref) === hex(ref))!;
      const other = secrets.find((secret) => secret !== mine)!;
      const wrong = buildWelcome(suite, other.bytes, groupInfo);
      expect(codeOf(() => joiner.stageWelcome(wrong))).toBe('no-key-package');
      joiner.stageWelcome(buildWelcome(suite, mine.bytes, groupInfo));
      joiner.joinStaged();
      expect(secretOf(joiner)).toBe(secretOf(host));
    }
  });

  it('is put together again byte for byte', () => {
    const { welcome: whole } = welcome();
    const { secrets, groupInfo } = splitWelcome(whole);
    const bytes = Buffer.concat(secrets.map((secret) => secret.bytes));
    expect(hex(buildWelcome(suite, bytes, groupInfo))).toBe(hex(whole));
  });

  it('refuses every cut, a longer one, and other messages', () => {
    const { host, welcome: whole } = welcome();
    for (let length = 0; length < whole.length; length += length < 64 ? 1 : 97) {
      expect(() => splitWelcome(whole.subarray(0, length))).toThrow(MlsError);
    }
    expect(codeOf(() => splitWelcome(Uint8Array.of(...whole, 0)))).toBe('bad-welcome');
    const { commit } = host.commit({ ...EMPTY, forcePath: true });
    expect(codeOf(() => splitWelcome(commit))).toBe('bad-welcome');
  });

  it('refuses lengths that are not in their shortest form', () => {
    const empty = [0, 1, 0, 3, 0, 1];
    expect(splitWelcome(Uint8Array.from([...empty, 0, 0])).secrets).toEqual([]);
    for (const zero of [
      [0x40, 0],
      [0x80, 0, 0, 0],
      [0xc0, 0, 0, 0, 0, 0, 0, 0],
    ]) {
      expect(codeOf(() => splitWelcome(Uint8Array.from([...empty, ...zero, 0])))).toBe(
        'bad-welcome',
      );
    }
  });
});

// Noise and flipped bits: every one is refused with a code, nothing changes, the true message still
// counts afterwards. Seeded, so that a failure can be repeated.
import { beforeAll, describe, expect, it } from 'vitest';
import { hpkeOpen, inspectKeyPackage, type MlsClient } from './index.ts';
import {
  client,
  codeOf,
  EMPTY,
  load,
  meeting,
  NONE,
  PSK,
  random,
  SLOW,
  SUITES,
  secretOf,
  text,
} from './mls.testkit.ts';
import { splitWelcome } from './welcome.ts';

beforeAll(load);

const CASES = 2000;

/** One of: a flipped bit, a changed byte, a cut, an insertion, a changed head, plain noise. */
function damaged(true_: Uint8Array, next: () => number): Uint8Array {
  const at = next() % true_.length;
  const copy = Uint8Array.from(true_);
  switch (next() % 6) {
    case 0:
      copy[at]! ^= 1 << (next() % 8);
      return copy;
    case 1:
      copy[at]! ^= 1 + (next() % 255);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Uint8Array.of(...copy.subarray(0, at), next() & 0xff, ...copy.subarray(at));
    case 4:
      copy[next() % Math.min(32, copy.length)]! ^= 1 + (next() % 255);
      return copy;
    default:
      return Uint8Array.from({ length: next() % 200 }, () => next() & 0xff);
  }
}

const stateOf = (member: MlsClient) =>
  [member.epoch(), member.isActive(), member.hasPending(), secretOf(member)].join();

describe.each(SUITES)('the $name suite under noise', SLOW, ({ suite }) => {
  const tried = (target: Uint8Array, use: (bytes: Uint8Array) => unknown) => {
    const next = random(suite);
    const codes = new Map<string, number>();
    for (let n = 0; n < CASES; n++) {
      const bytes = damaged(target, next);
      const code = codeOf(() => use(bytes));
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    return codes;
  };

  it(`refuses ${CASES} damaged commits, then takes the true one`, () => {
    const [host, guest] = meeting(suite, 'guest', 'third');
    const adds = [client(suite, 'a').keyPackage()];
    const { commit } = guest!.commit({
      adds,
      removes: [2],
      pskId: PSK.id,
      groupContext: text('context 1'),
      forcePath: true,
      aad: text('aad'),
    });
    const before = stateOf(host);
    const codes = tried(commit, (bytes) => host.process(bytes));
    expect([...codes.keys()].filter((code) => ['none', 'internal'].includes(code))).toEqual([]);
    expect(stateOf(host)).toBe(before);
    guest!.mergePending();
    host.process(commit);
    host.mergeStaged();
    expect(secretOf(host)).toBe(secretOf(guest!));
  });

  it(`refuses ${CASES} damaged application messages, then reads the true one`, () => {
    const [host, guest] = meeting(suite, 'guest');
    const message = guest!.encrypt(text('hello'), text('aad'));
    const before = stateOf(host);
    const codes = tried(message, (bytes) => host.process(bytes));
    expect([...codes.keys()].filter((code) => ['none', 'internal'].includes(code))).toEqual([]);
    expect(stateOf(host)).toBe(before);
    expect(host.process(message)).toMatchObject({ kind: 'application', data: text('hello') });
  });

  it(`refuses ${CASES} damaged Welcomes, then joins by the true one`, () => {
    const [host] = meeting(suite, 'guest');
    const joiner = client(suite, 'joiner');
    const adds = [joiner.keyPackage()];
    const { welcome } = host.commit({ ...EMPTY, adds, pskId: PSK.id });
    host.mergePending();
    const codes = tried(welcome!, (bytes) => joiner.stageWelcome(bytes));
    expect([...codes.keys()].toSorted()).toEqual(['bad-welcome', 'no-key-package']);
    joiner.stageWelcome(welcome!);
    joiner.joinStaged();
    expect(secretOf(joiner)).toBe(secretOf(host));
  });

  it(`refuses ${CASES} damaged key packages`, () => {
    const codes = tried(client(suite, 'a').keyPackage(), (bytes) =>
      inspectKeyPackage(suite, bytes),
    );
    expect([...codes]).toEqual([['bad-key-package', CASES]]);
  });

  it(`never traps on ${CASES} pieces of noise anywhere`, () => {
    const [host] = meeting(suite, 'guest');
    const next = random(suite + 1);
    for (let n = 0; n < CASES; n++) {
      const noise = Uint8Array.from({ length: next() % 300 }, () => next() & 0xff);
      const codes = [
        () => host.process(noise),
        () => host.commit({ ...EMPTY, adds: [noise] }),
        () => splitWelcome(noise),
        () => hpkeOpen(suite, noise, noise, noise, noise, noise),
      ].map(codeOf);
      expect(codes).not.toContain('none');
      expect(codes).not.toContain('internal');
    }
    expect(codeOf(() => host.encrypt(NONE, NONE))).toBe('none');
  });
});

// What members and the server hand to a member: MLS messages, and everything that stands inside or beside them. A
// member may be hostile: what is inside a message is changed before it is sealed, a key package is signed again.
import { CodecError, type Bytes as Coded, concat } from '@in-camera/crypto/bytes.ts';
import { decodeCommitData, encodeCommitData } from '@in-camera/crypto/commit-data.ts';
import {
  decodeGroupContext,
  encodeGroupContext,
  FIRST_CONTEXT,
} from '@in-camera/crypto/group-context.ts';
import { forge, vector } from '@in-camera/crypto/mls/forge.testkit.ts';
import {
  inspectKeyPackage,
  type MlsClient,
  MlsError,
  SUITE_CLASSICAL,
  SUITE_HYBRID,
} from '@in-camera/crypto/mls/index.ts';
import {
  client,
  EMPTY,
  meeting,
  PSK,
  secretOf,
  seed,
  text,
} from '@in-camera/crypto/mls/mls.testkit.ts';
import { buildWelcome, splitWelcome } from '@in-camera/crypto/mls/welcome.ts';
import { anAdmission, newAuthority, newCharter } from '@in-camera/crypto/people.testkit.ts';
import { randomBytes } from '@in-camera/crypto/sealing.ts';
import { signWithSeed } from '@in-camera/crypto/signing.ts';
import { readState, signState } from '@in-camera/crypto/statements.ts';
import { decodeTalk, encodeTalk, type Talk } from '@in-camera/crypto/talk.ts';
import { erase, type Target, VALID } from './fuzz.ts';
import { mutateBytes } from './mutate.ts';
import { type Bytes, bodyOf, changedOf, said, signedAs } from './targets-doors.ts';

/** What a binding that must not trap may say. `internal` is a trap. */
function mlsCode(run: () => unknown): string {
  try {
    run();
    return VALID;
  } catch (error) {
    if (error instanceof MlsError && error.code !== 'internal') return error.code;
    throw error;
  }
}

const stateOf = (member: MlsClient): string =>
  [member.epoch(), member.isActive(), member.hasPending(), secretOf(member)].join();

function mustMatch(one: MlsClient, other: MlsClient): void {
  if (secretOf(one) !== secretOf(other)) throw new Error('the true message no longer counts');
}

function commitTarget(suite: number, share: number): Target<Bytes> {
  const [host, guest] = meeting(suite, 'guest', 'third');
  if (guest === undefined) throw new TypeError('no guest');
  const commit = Uint8Array.from(
    guest.commit({
      adds: [client(suite, 'a').keyPackage()],
      removes: [2],
      pskId: PSK.id,
      groupContext: text('context 1'),
      forcePath: true,
      aad: text('aad'),
    }).commit,
  );
  return {
    name: `commit, suite ${suite}`,
    share,
    make: changedOf(commit),
    read: (input) => mlsCode(() => host.process(input)),
    sealed: true,
    state: () => stateOf(host),
    after: () => {
      guest.mergePending();
      host.process(commit);
      host.mergeStaged();
      mustMatch(host, guest);
    },
  };
}

function messageTarget(suite: number, share: number): Target<Bytes> {
  const [host, guest] = meeting(suite, 'guest');
  if (guest === undefined) throw new TypeError('no guest');
  const message = Uint8Array.from(guest.encrypt(text('hello'), text('aad')));
  return {
    name: `application message, suite ${suite}`,
    share,
    make: changedOf(message),
    read: (input) => mlsCode(() => host.process(input)),
    sealed: true,
    state: () => stateOf(host),
    after: () => {
      if (host.process(message).kind !== 'application') throw new Error('no message any more');
    },
  };
}

function welcomeTargets(suite: number, share: number): Target<Bytes>[] {
  const [host] = meeting(suite, 'guest');
  const joiner = client(suite, 'joiner');
  const { welcome } = host.commit({ ...EMPTY, adds: [joiner.keyPackage()], pskId: PSK.id });
  host.mergePending();
  const bytes = Uint8Array.from(welcome ?? []);
  const { secrets, groupInfo } = splitWelcome(bytes);
  return [
    {
      name: `Welcome, suite ${suite}`,
      share,
      make: (next) => {
        if (next() % 2 === 0) return mutateBytes(bytes, groupInfo, next);
        const info = next() % 2 === 0 ? mutateBytes(groupInfo, bytes, next) : groupInfo;
        const secret = secrets[0]?.bytes ?? bytes;
        return buildWelcome(
          suite,
          info === groupInfo ? mutateBytes(secret, bytes, next) : secret,
          info,
        );
      },
      read: (input) => mlsCode(() => joiner.stageWelcome(input)),
      sealed: true,
      state: () => String(joiner.hasGroup()),
      after: () => {
        joiner.stageWelcome(bytes);
        joiner.joinStaged();
        mustMatch(joiner, host);
      },
    },
    {
      name: `Welcome as it is cut, suite ${suite}`,
      share: 20,
      make: changedOf(bytes),
      read: (input) => mlsCode(() => splitWelcome(input)),
    },
  ];
}

function packageTargets(suite: number, share: number): Target<Bytes>[] {
  const leafSeed = seed();
  const bytes = Uint8Array.from(client(suite, 'a', { leafSeed }).keyPackage());
  const [host] = meeting(suite, 'guest');
  const extension = concat(Uint8Array.of(0xf0, 0xa3), vector(Uint8Array.of(0, 0, 0, 1)));
  /** As an Add: refused with a code, or a commit that is cleared again. */
  const add = (input: Bytes) => {
    const code = mlsCode(() => host.commit({ ...EMPTY, adds: [input], pskId: PSK.id }));
    if (host.hasPending()) host.clearPending();
    return code;
  };
  return [
    {
      name: `key package, suite ${suite}`,
      share,
      make: changedOf(bytes),
      read: (input) => mlsCode(() => inspectKeyPackage(suite, input)),
      sealed: true,
    },
    {
      name: `key package, signed by its stranger, suite ${suite}`,
      share,
      make: (next) => {
        const change = (key: Uint8Array): Bytes => mutateBytes(key, bytes, next).slice(0, 5_000);
        const list = vector(mutateBytes(extension, bytes, next).slice(0, 5_000));
        return Uint8Array.from(
          forge(
            leafSeed,
            bytes,
            [
              { initKey: change },
              { encryptionKey: change },
              { leafExtensions: list },
              { extensions: list },
              { lifetime: [BigInt(next()), BigInt(next())] as const },
            ][next() % 5] ?? {},
          ),
        );
      },
      read: (input) => {
        const code = mlsCode(() => inspectKeyPackage(suite, input));
        const added = add(input);
        return code === VALID ? added : code;
      },
      state: () => stateOf(host),
      after: () => void host.encrypt(text('on'), text('')),
    },
  ];
}

function coded(run: () => unknown): string {
  try {
    run();
    return VALID;
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
}

function insideTargets(): Target<Bytes>[] {
  const charter = newCharter(newAuthority());
  const leafSeed = randomBytes(32);
  const { leafKey } = anAdmission(charter);
  const state = signState(leafSeed, charter.meetingId, {
    leafKey,
    version: 1,
    name: 'Ana',
    nameSalt: randomBytes(16),
    hand: false,
    microphone: true,
  });
  const talks: Coded[] = (
    [
      { kind: 'chat', count: 1, previous: randomBytes(32), id: randomBytes(8), text: 'hello' },
      { kind: 'states', states: [state, state] },
      { kind: 'mute', leafKey },
      { kind: 'end' },
      { kind: 'beat', transcript: randomBytes(32), frames: 7n },
    ] satisfies Talk[]
  ).map((talk) => encodeTalk(talk));
  const seats = [1, 2].map(() => ({ seat: randomBytes(16), identity: randomBytes(16) }));
  const data = encodeCommitData({
    added: seats,
    removed: [randomBytes(16)],
    leavings: [{ leaf: 3, statement: randomBytes(120) }],
  });
  const closed = [1, 2, 5].map((serial) => ({ issuer: 7n, serial, leafKey: randomBytes(32) }));
  const context = encodeGroupContext({
    ...FIRST_CONTEXT,
    closed,
    carried: [{ issuer: 7n, serial: 9 }],
  });
  return [
    {
      name: 'talk',
      share: 90,
      make: changedOf(...talks),
      read: (input) => said(decodeTalk(input)),
    },
    {
      name: 'commit data',
      share: 70,
      make: changedOf(data),
      read: (input) => said(decodeCommitData(input)),
    },
    {
      name: 'group context',
      share: 70,
      make: changedOf(context),
      read: (input) => coded(() => decodeGroupContext(input)),
    },
    {
      name: 'state, signed by its member',
      share: 20,
      make: (next) => {
        const body = mutateBytes(bodyOf(state), context, next);
        const signed = signedAs(body, signWithSeed(leafSeed, 'statement', body));
        return next() % 4 === 0 ? mutateBytes(state, context, next) : signed;
      },
      read: (input) => said(readState(charter.meetingId, input)),
    },
  ];
}

export function groupSide(): Target[] {
  const ofSuite = (suite: number) => [
    commitTarget(suite, 12),
    messageTarget(suite, 20),
    ...welcomeTargets(suite, 6),
    ...packageTargets(suite, suite === SUITE_CLASSICAL ? 12 : 6),
  ];
  const all = [...insideTargets(), ...ofSuite(SUITE_CLASSICAL), ...ofSuite(SUITE_HYBRID)];
  return all.map((one) => erase(one));
}

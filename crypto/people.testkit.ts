// An authority, its charter, admissions and real MLS members for the tests of this folder.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Admission, type Role, signAdmission } from './admission.ts';
import { type Bytes, ByteWriter } from './bytes.ts';
import type { Charter, Suite } from './charter.ts';
import { encodeGroupContext, FIRST_CONTEXT, type GroupContext } from './group-context.ts';
import { checkTree, type Ground, type Member } from './member-rule.ts';
import { ed25519PublicKey, ed25519Sign, loadMls, MlsClient } from './mls/index.ts';
import { randomBytes } from './sealing.ts';
import type { Signer } from './signing.ts';

export const loadHere = (): Promise<void> =>
  loadMls(readFileSync(new URL('./mls/dist/mls_bg.wasm', import.meta.url)));

export type Authority = { readonly seed: Bytes; readonly key: Bytes; readonly sign: Signer };

export function newAuthority(): Authority {
  const seed = randomBytes(32);
  return {
    seed,
    key: Uint8Array.from(ed25519PublicKey(seed)),
    sign: async (message) => ed25519Sign(seed, message),
  };
}

export const newCharter = (authority: Authority, suite: Suite = 0x0001): Charter => ({
  suite,
  meetingId: randomBytes(16),
  authorityKey: authority.key,
});

/** An admission for a fresh leaf key; `change` overrides any part. */
export function anAdmission(charter: Charter, change: Partial<Admission> = {}): Admission {
  return {
    issuer: 7n,
    serial: 1,
    meetingId: charter.meetingId,
    occurrence: 1,
    era: 0,
    leafKey: Uint8Array.from(ed25519PublicKey(randomBytes(32))),
    role: 'guest',
    seat: randomBytes(16),
    nameHash: randomBytes(32),
    ...change,
  };
}

export const attemptBytes = (attempt: number): Bytes => new ByteWriter().u32(attempt).finish();
export const PSK = { id: Uint8Array.of(1, 2, 3), secret: new Uint8Array(32).fill(9) };

export type Person = {
  readonly seed: Bytes;
  readonly admission: Admission;
  readonly credential: Bytes;
  readonly client: MlsClient;
};

let serials = 0;

/** Someone with a good admission and an MLS client of its own. */
export async function person(
  authority: Authority,
  charter: Charter,
  role: Role,
  change: Partial<Admission> & { readonly attempt?: number; readonly seed?: Bytes } = {},
): Promise<Person> {
  const { attempt = 1, seed = randomBytes(32), ...rest } = change;
  const leafKey = Uint8Array.from(ed25519PublicKey(seed));
  const admission = anAdmission(charter, { role, serial: ++serials, leafKey, ...rest });
  const credential = await signAdmission(authority.sign, admission);
  const client = new MlsClient(charter.suite, seed, credential, attemptBytes(attempt));
  client.setPsk(PSK.id, PSK.secret);
  return { seed, admission, credential, client };
}

export type Meeting = {
  readonly authority: Authority;
  readonly charter: Charter;
  readonly groupId: Bytes;
  readonly people: readonly Person[];
};

/** A real group of these roles, the first one its founder, all in the same epoch. */
export async function meetingOf(
  roles: readonly Role[],
  context: GroupContext = FIRST_CONTEXT,
  suite: Suite = 0x0001,
): Promise<Meeting> {
  const authority = newAuthority();
  const charter = newCharter(authority, suite);
  const people: Person[] = [];
  for (const role of roles) people.push(await person(authority, charter, role));
  const [founder, ...others] = people;
  if (founder === undefined) throw new TypeError('a meeting of nobody');
  const groupId = randomBytes(32);
  founder.client.createGroup(groupId, encodeGroupContext(context));
  if (others.length > 0) {
    const { welcome } = founder.client.commit({
      adds: others.map((one) => one.client.keyPackage()),
      removes: [],
      pskId: PSK.id,
      forcePath: false,
      aad: new Uint8Array(0),
    });
    founder.client.mergePending();
    for (const one of others) {
      one.client.stageWelcome(welcome ?? new Uint8Array(0));
      one.client.joinStaged();
    }
  }
  return { authority, charter, groupId, people };
}

export const groundIn = (charter: Charter, context: GroupContext = FIRST_CONTEXT): Ground => ({
  charter,
  occurrence: 1,
  context,
});

/** The members as the checked tree of this client shows them. */
export function membersOf(client: MlsClient, ground: Ground): readonly Member[] {
  const checked = checkTree(client.leaves(), ground);
  if (!checked.ok) throw new Error(checked.fault);
  return checked.members;
}

export const flipBit = (bytes: Uint8Array, at: number): Bytes => {
  const copy = Uint8Array.from(bytes);
  const index = Math.floor(at / 8) % copy.length;
  copy[index] = (copy[index] ?? 0) ^ (1 << (at % 8));
  return copy;
};

export const anyBytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Uint8Array.from(bytes));
export const anyU32 = fc.integer({ min: 0, max: 0xffff_ffff });
export const anyU64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });

const hex = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'hex'));
const withSign = (key: Bytes): Bytes => {
  const copy = Uint8Array.from(key);
  copy[31] = (copy[31] ?? 0) | 0x80;
  return copy;
};

const EIGHT = [
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(hex);

/** Ed25519 keys of small order or with two spellings, the sign bit both ways (RFC 8032 section 5.1.3). */
export const BAD_ED25519: readonly Bytes[] = [
  ...EIGHT,
  ...[0xed, 0xee, 0xef, 0xf3, 0xff].map((low) => hex(`${low.toString(16)}${'ff'.repeat(30)}7f`)),
].flatMap((key) => [key, withSign(key)]);

/** X25519 keys with which every secret is zero, or with two spellings (RFC 7748 section 6.1). */
export const BAD_X25519: readonly Bytes[] = [
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]
  .map(hex)
  .flatMap((key) => [key, withSign(key)]);

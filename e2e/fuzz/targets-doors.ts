// What strangers and the server hand to a person's device: links, doors, knocks, answers, admissions, openings. Where
// a signer may be hostile too (anyone may knock), the body is changed and signed again.
import { readAdmission, signAdmission } from '@in-camera/crypto/admission.ts';
import { ByteReader, ByteWriter, concat, fromBase64url, utf8 } from '@in-camera/crypto/bytes.ts';
import { type Door, encodeCharter, encodeDoor, fingerprintOf } from '@in-camera/crypto/charter.ts';
import { encodeGroupContext, FIRST_CONTEXT } from '@in-camera/crypto/group-context.ts';
import {
  newAnswerKeys,
  openAnswer,
  openKnock,
  sealAnswer,
  sealKnock,
} from '@in-camera/crypto/knock.ts';
import { deriveLinkKeys, openDoor, parseFragment, sealDoor } from '@in-camera/crypto/link.ts';
import { ed25519PublicKey, hpkeGenerate, hpkeSeal } from '@in-camera/crypto/mls/index.ts';
import { readOpening, signOpening } from '@in-camera/crypto/opening.ts';
import { anAdmission, newAuthority, newCharter } from '@in-camera/crypto/people.testkit.ts';
import { importBoxKey, padTo, randomBytes, sealBox } from '@in-camera/crypto/sealing.ts';
import { signWith, signWithSeed } from '@in-camera/crypto/signing.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { erase, type Target, VALID } from './fuzz.ts';
import { mutateBytes, type Next } from './mutate.ts';

export type Bytes = Uint8Array<ArrayBuffer>;
const REFUSED = 'refused';
export const said = (value: unknown): string => (value === undefined ? REFUSED : VALID);

/** `make` for a reader of bytes: one of these, changed, with a piece of another. */
export const changedOf =
  (...samples: readonly Bytes[]) =>
  (next: Next): Bytes => {
    const [one, other] = [samples[next() % samples.length], samples[next() % samples.length]];
    return mutateBytes(one ?? new Uint8Array(0), other ?? new Uint8Array(0), next);
  };

/** The body in `bytes16(body) || signature`. */
export const bodyOf = (signed: Uint8Array): Bytes => new ByteReader(signed).bytes16();
export const signedAs = (body: Uint8Array, signature: Uint8Array): Bytes =>
  new ByteWriter().bytes16(body).raw(signature).finish();

async function knockTargets(): Promise<Target<Bytes>[]> {
  const authority = newAuthority();
  const charter = newCharter(authority);
  const host = hpkeGenerate(charter.suite);
  const publicKey = Uint8Array.from(host.publicKey);
  const unused = Array.from({ length: 3 }, () =>
    Uint8Array.from(hpkeGenerate(charter.suite).publicKey),
  );
  const door: Door = { charter, knockKeys: { version: 1, keys: [publicKey, ...unused] } };
  const seed = randomBytes(32);
  const leafKey = Uint8Array.from(ed25519PublicKey(seed));
  const answers = newAnswerKeys(charter);
  const answerKey = Uint8Array.from(answers.publicKey);
  const knock = { name: 'Ana', nameSalt: randomBytes(16), leafKey, answerKey };
  const box = await sealKnock(door, knock, seed, LIMITS.knockBox);
  const body = new ByteWriter()
    .raw(charter.meetingId)
    .text16(knock.name)
    .raw(knock.nameSalt)
    .raw(leafKey)
    .bytes16(answerKey)
    .finish();
  const info = concat(utf8('In Camera 1 knock'), encodeCharter(charter));
  /** A box that opens, with whatever inside. */
  const sealed = async (content: Bytes): Promise<Bytes> => {
    const contentKey = randomBytes(32);
    const writer = new ByteWriter();
    const wrapped = hpkeSeal(charter.suite, publicKey, info, new Uint8Array(0), contentKey);
    for (let place = 0; place < 4; place += 1) writer.bytes16(wrapped.kem).raw(wrapped.ciphertext);
    const key = await importBoxKey(contentKey);
    writer.bytes16(await sealBox(key, 'knock', charter.meetingId, content));
    return writer.finish();
  };
  const truly = await openKnock(
    charter,
    host.privateKey,
    await sealed(padTo(2048, signedAs(body, signWithSeed(seed, 'knock', body)))),
  );
  if (truly === undefined) throw new TypeError('the knock made here is no knock');
  const read = async (input: Bytes) => said(await openKnock(charter, host.privateKey, input));
  const length = box.length - 1_800; // behind it stands filling, which may be anything
  const answer = sealAnswer(
    charter,
    answerKey,
    { kind: 'refused', why: 'locked' },
    LIMITS.answerBox,
  );
  return [
    { name: 'knock', share: 10, make: changedOf(box.slice(0, length), box), read },
    {
      name: 'knock, sealed and signed by its stranger',
      share: 12,
      make: async (next) => {
        const inner = mutateBytes(body, box, next);
        const outer = signedAs(inner, signWithSeed(seed, 'knock', inner));
        const padded = padTo(Math.max(2048, outer.length + 4), outer);
        return sealed(next() % 3 === 0 ? mutateBytes(padded, body, next) : padded);
      },
      read,
    },
    {
      name: 'answer to a knock',
      share: 10,
      make: changedOf(answer),
      read: (input) => said(openAnswer(charter, answers.privateKey, input)),
      sealed: true,
    },
  ];
}

async function doorTargets(): Promise<Target<Bytes>[]> {
  const authority = newAuthority();
  const charter = newCharter(authority);
  const keys = Array.from({ length: 4 }, () =>
    Uint8Array.from(hpkeGenerate(charter.suite).publicKey),
  );
  const fingerprint = await fingerprintOf(charter);
  const { charterKey } = await deriveLinkKeys(randomBytes(16), charter.meetingId, 0);
  const door = await encodeDoor(charter, { version: 1, keys }, authority.sign);
  const size = LIMITS.charterBox;
  const box = await sealDoor(charterKey, charter.meetingId, door, size);
  const open = async (input: Bytes) => {
    const opened = await openDoor(charterKey, charter.meetingId, fingerprint, input);
    return typeof opened === 'string' ? opened : VALID;
  };
  const reader = new ByteReader(door);
  const [head, list] = [reader.bytes16(), reader.bytes16()];
  return [
    { name: 'sealed door', share: 15, make: changedOf(box), read: open, sealed: true },
    {
      name: 'sealed door, by someone with the link',
      share: 15,
      make: async (next) =>
        sealDoor(charterKey, charter.meetingId, mutateBytes(door, box, next).slice(0, 8_000), size),
      read: open,
      sealed: true,
    },
    {
      name: 'sealed door, signed by its host',
      share: 15,
      make: async (next) => {
        const other = mutateBytes(list, head, next);
        const signature = await signWith(authority.sign, 'knock-keys', other);
        const all = new ByteWriter().bytes16(head).bytes16(other).raw(signature).finish();
        return sealDoor(charterKey, charter.meetingId, all.slice(0, 8_000), size);
      },
      read: open,
    },
  ];
}

async function signedTargets(): Promise<Target<Bytes>[]> {
  const authority = newAuthority();
  const charter = newCharter(authority);
  const admission = await signAdmission(authority.sign, anAdmission(charter));
  const closed = [1, 2, 5].map((serial) => ({ issuer: 7n, serial, leafKey: randomBytes(32) }));
  const context = { ...FIRST_CONTEXT, closed, carried: [{ issuer: 7n, serial: 9 }] };
  const opening = await signOpening(authority.sign, {
    meetingId: charter.meetingId,
    occurrence: 1,
    generation: 1,
    founder: Uint8Array.from(authority.key),
    context,
  });
  const openingBody = new ByteReader(opening).bytes32(1 << 20);
  const encoded = encodeGroupContext(context);
  const readOne = (input: Bytes) => said(readAdmission(authority.key, input));
  const readTwo = (input: Bytes) => said(readOpening(charter, input));
  return [
    {
      name: 'admission',
      share: 30,
      make: changedOf(admission, opening),
      read: readOne,
      sealed: true,
    },
    {
      name: 'admission, signed by its host',
      share: 25,
      make: async (next) => {
        const body = mutateBytes(bodyOf(admission), opening, next);
        return signedAs(body, await signWith(authority.sign, 'admission', body));
      },
      read: readOne,
    },
    {
      name: 'opening',
      share: 30,
      make: changedOf(opening, admission),
      read: readTwo,
      sealed: true,
    },
    {
      name: 'opening, signed by its host',
      share: 25,
      make: async (next) => {
        const inner = mutateBytes(encoded, admission, next);
        const fixed = openingBody.slice(0, 16 + 4 + 4 + 32);
        const body =
          next() % 2 === 0
            ? new ByteWriter().raw(fixed).bytes32(inner).finish()
            : mutateBytes(openingBody, encoded, next);
        return new ByteWriter()
          .bytes32(body)
          .raw(await signWith(authority.sign, 'opening', body))
          .finish();
      },
      read: readTwo,
    },
  ];
}

const LINK = utf8('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8');

const linkTarget: Target<string> = {
  name: 'link',
  share: 60,
  make: (next) => new TextDecoder().decode(mutateBytes(LINK, utf8('#?&=%00'), next)),
  read: (input) => said(parseFragment(input)),
};

const base64Target: Target<string> = {
  name: 'base64url',
  share: 30,
  make: (next) => new TextDecoder().decode(mutateBytes(LINK, utf8('-_+/=='), next)),
  read: (input) => {
    try {
      return said(fromBase64url(input));
    } catch (error) {
      if (error instanceof Error && error.message === 'codec-base64url') return error.message;
      throw error;
    }
  },
};

export async function doorSide(): Promise<Target[]> {
  const ofBytes = [...(await knockTargets()), ...(await doorTargets()), ...(await signedTargets())];
  return [erase(linkTarget), erase(base64Target), ...ofBytes.map((one) => erase(one))];
}

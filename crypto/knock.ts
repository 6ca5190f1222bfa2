// The knock and its answers: a name for the host alone (rule 10 of attacks.md). A link does not open a knock.
import {
  ByteReader,
  type Bytes,
  ByteWriter,
  CodecError,
  concat,
  equalBytes,
  utf8,
} from './bytes.ts';
import { type Charter, type Door, encodeCharter, KNOCK_KEY_PLACES } from './charter.ts';
import { hpkeGenerate, hpkeOpen, hpkeSeal, MlsError } from './mls/index.ts';
import { importBoxKey, openBox, padTo, randomBytes, sealBox, unpad } from './sealing.ts';
import { isGoodEd25519Key, isGoodHpkeKey, signWithSeed, verifySigned } from './signing.ts';

export type Knock = {
  readonly name: string;
  readonly nameSalt: Bytes;
  readonly leafKey: Bytes;
  readonly answerKey: Bytes;
};

const NAME_BYTES = 256;
const CONTENT_BYTES = 2048;
const WRAPPED_KEY_BYTES = 48;

const infoFor = (kind: 'knock' | 'answer', charter: Charter): Bytes =>
  concat(utf8(`In Camera 1 ${kind}`), encodeCharter(charter));

function encodeKnock(charter: Charter, knock: Knock, leafSeed: Uint8Array): Bytes {
  const body = new ByteWriter()
    .raw(charter.meetingId)
    .text16(knock.name)
    .raw(knock.nameSalt)
    .raw(knock.leafKey)
    .bytes16(knock.answerKey)
    .finish();
  return new ByteWriter()
    .bytes16(body)
    .raw(signWithSeed(leafSeed, 'knock', body))
    .finish();
}

/** Of this meeting's suite and fit for use: a stranger's key must not fail later, inside the host's session. */
function canSealTo(charter: Charter, key: Bytes): boolean {
  if (!isGoodHpkeKey(key)) return false;
  const nothing = new Uint8Array(0);
  try {
    hpkeSeal(charter.suite, key, nothing, nothing, nothing);
    return true;
  } catch (error) {
    if (error instanceof MlsError) return false;
    throw error;
  }
}

function decodeKnock(charter: Charter, bytes: Uint8Array): Knock | undefined {
  const outer = new ByteReader(bytes);
  const body = outer.bytes16();
  const signature = outer.raw(64);
  outer.end();
  const reader = new ByteReader(body);
  const meetingId = reader.raw(16);
  const name = reader.text16(NAME_BYTES);
  const nameSalt = reader.raw(16);
  const leafKey = reader.raw(32);
  const answerKey = reader.bytes16(2048);
  reader.end();
  const good =
    equalBytes(meetingId, charter.meetingId) &&
    isGoodEd25519Key(leafKey) &&
    canSealTo(charter, answerKey) &&
    verifySigned(leafKey, 'knock', body, signature);
  return good ? { name, nameSalt, leafKey, answerKey } : undefined;
}

/** The knock for the server to pass on, exactly `size` bytes: one wrapped key per place, then the sealed content. */
export async function sealKnock(
  door: Door,
  knock: Knock,
  leafSeed: Uint8Array,
  size: number,
): Promise<Bytes> {
  const contentKey = randomBytes(32);
  const info = infoFor('knock', door.charter);
  const writer = new ByteWriter();
  for (const key of door.knockKeys.keys) {
    const sealed = hpkeSeal(door.charter.suite, key, info, new Uint8Array(0), contentKey);
    writer.bytes16(sealed.kem).raw(sealed.ciphertext);
  }
  const content = padTo(CONTENT_BYTES, encodeKnock(door.charter, knock, leafSeed));
  writer.bytes16(
    await sealBox(await importBoxKey(contentKey), 'knock', door.charter.meetingId, content),
  );
  const bytes = writer.finish();
  return concat(bytes, randomBytes(size - bytes.length));
}

/** The knock, or undefined when it is not for this key or not what its own signature says. */
export async function openKnock(
  charter: Charter,
  knockPrivateKey: Uint8Array,
  box: Uint8Array,
): Promise<Knock | undefined> {
  try {
    const reader = new ByteReader(box);
    const info = infoFor('knock', charter);
    let contentKey: Uint8Array | undefined;
    for (let place = 0; place < KNOCK_KEY_PLACES; place++) {
      const kem = reader.bytes16(2048);
      const wrapped = reader.raw(WRAPPED_KEY_BYTES);
      contentKey ??= tryOpen(charter, knockPrivateKey, kem, wrapped, info);
    }
    if (contentKey === undefined) return undefined;
    const content = await openBox(
      await importBoxKey(contentKey),
      'knock',
      charter.meetingId,
      reader.bytes16(),
    );
    return content === undefined ? undefined : decodeKnock(charter, unpad(content));
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function tryOpen(
  charter: Charter,
  privateKey: Uint8Array,
  kem: Uint8Array,
  ciphertext: Uint8Array,
  info: Uint8Array,
): Uint8Array | undefined {
  try {
    return hpkeOpen(charter.suite, privateKey, kem, ciphertext, info, new Uint8Array(0));
  } catch (error) {
    if (error instanceof MlsError) return undefined;
    throw error;
  }
}

export type KnockAnswer =
  | { readonly kind: 'receipt' }
  | { readonly kind: 'admitted'; readonly admission: Bytes; readonly seatSecret: Bytes }
  | { readonly kind: 'refused'; readonly why: 'not-now' | 'locked' };

const ANSWER_KINDS = ['receipt', 'admitted', 'refused'] as const;
const REFUSALS = ['not-now', 'locked'] as const;

function encodeAnswer(answer: KnockAnswer): Bytes {
  const writer = new ByteWriter().u8(ANSWER_KINDS.indexOf(answer.kind));
  if (answer.kind === 'admitted') writer.bytes16(answer.admission).raw(answer.seatSecret);
  if (answer.kind === 'refused') writer.u8(REFUSALS.indexOf(answer.why));
  return writer.finish();
}

function decodeAnswer(bytes: Uint8Array): KnockAnswer | undefined {
  const reader = new ByteReader(bytes);
  const kind = ANSWER_KINDS[reader.u8()];
  let answer: KnockAnswer | undefined;
  if (kind === 'receipt') answer = { kind };
  if (kind === 'admitted')
    answer = { kind, admission: reader.bytes16(600), seatSecret: reader.raw(32) };
  if (kind === 'refused') {
    const why = REFUSALS[reader.u8()];
    answer = why === undefined ? undefined : { kind, why };
  }
  reader.end();
  return answer;
}

const kemBytes = (charter: Charter): number => (charter.suite === 0x004e ? 1120 : 32);

/** Exactly `size` bytes. Only who opened the knock knows the answer key, so nobody else can answer. */
export function sealAnswer(
  charter: Charter,
  answerKey: Uint8Array,
  answer: KnockAnswer,
  size: number,
): Bytes {
  const content = padTo(size - kemBytes(charter) - 16, encodeAnswer(answer));
  const sealed = hpkeSeal(
    charter.suite,
    answerKey,
    infoFor('answer', charter),
    new Uint8Array(0),
    content,
  );
  return concat(sealed.kem, sealed.ciphertext);
}

export function openAnswer(
  charter: Charter,
  answerPrivateKey: Uint8Array,
  box: Uint8Array,
): KnockAnswer | undefined {
  const kem = box.subarray(0, kemBytes(charter));
  const content = tryOpen(
    charter,
    answerPrivateKey,
    kem,
    box.subarray(kem.length),
    infoFor('answer', charter),
  );
  try {
    return content === undefined ? undefined : decodeAnswer(unpad(content));
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

export const newAnswerKeys = (
  charter: Charter,
): { publicKey: Uint8Array; privateKey: Uint8Array } => hpkeGenerate(charter.suite);

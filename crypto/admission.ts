// The admission: a host's signature that lets one leaf key in. It is the MLS credential (protocol.md, Names).
import { ByteReader, type Bytes, ByteWriter, CodecError, toBase64url, utf8 } from './bytes.ts';
import { sha256 } from './sealing.ts';
import { type Signer, signWith, verifySigned } from './signing.ts';

export const ROLES = ['guest', 'cohost', 'host'] as const;
export type Role = (typeof ROLES)[number];
export const rankOf = (role: Role): number => ROLES.indexOf(role);

export type Serial = { readonly issuer: bigint; readonly serial: number };
export const serialKey = (s: Serial): string => `${s.issuer}/${s.serial}`;

export type Admission = Serial & {
  readonly meetingId: Bytes;
  readonly occurrence: number;
  readonly era: number;
  /** Ed25519 signing key of the leaf. */
  readonly leafKey: Bytes;
  readonly role: Role;
  /** First 16 bytes of SHA-256 of the seat secret. */
  readonly seat: Bytes;
  /** Salted hash of the name the host saw. */
  readonly nameHash: Bytes;
};

const VERSION = 1;

function encodeBody(a: Admission): Bytes {
  return new ByteWriter()
    .u8(VERSION)
    .raw(a.meetingId)
    .u32(a.occurrence)
    .u64(a.issuer)
    .u32(a.serial)
    .u32(a.era)
    .raw(a.leafKey)
    .u8(rankOf(a.role))
    .raw(a.seat)
    .raw(a.nameHash)
    .finish();
}

/** Bytes of the credential: body and the authority's signature. */
export async function signAdmission(authority: Signer, admission: Admission): Promise<Bytes> {
  const body = encodeBody(admission);
  return new ByteWriter()
    .bytes16(body)
    .raw(await signWith(authority, 'admission', body))
    .finish();
}

function decodeBody(body: Uint8Array): Admission {
  const reader = new ByteReader(body);
  if (reader.u8() !== VERSION) throw new CodecError('codec-range');
  const meetingId = reader.raw(16);
  const occurrence = reader.u32();
  const issuer = reader.u64();
  const serial = reader.u32();
  const era = reader.u32();
  const leafKey = reader.raw(32);
  const role = ROLES[reader.u8()];
  const seat = reader.raw(16);
  const nameHash = reader.raw(32);
  reader.end();
  if (role === undefined) throw new CodecError('codec-range');
  return { meetingId, occurrence, issuer, serial, era, leafKey, role, seat, nameHash };
}

/** The admission in a credential if the authority signed it, else undefined. */
export function readAdmission(
  authorityKey: Uint8Array,
  credential: Uint8Array,
): Admission | undefined {
  try {
    const reader = new ByteReader(credential);
    const body = reader.bytes16();
    const signature = reader.raw(64);
    reader.end();
    return verifySigned(authorityKey, 'admission', body, signature) ? decodeBody(body) : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

export type AdmissionReader = (credential: Uint8Array) => Admission | undefined;

const KEPT_ADMISSIONS = 4096;

/** `readAdmission` for one authority that remembers: every leaf is checked again at every epoch. */
export function admissionReader(authorityKey: Uint8Array): AdmissionReader {
  const known = new Map<string, Admission | undefined>();
  return (credential) => {
    const key = toBase64url(credential);
    if (known.has(key)) return known.get(key);
    const admission = readAdmission(authorityKey, credential);
    if (known.size >= KEPT_ADMISSIONS) known.clear();
    known.set(key, admission);
    return admission;
  };
}

export const hashName = (salt: Uint8Array, name: string): Promise<Bytes> =>
  sha256(utf8('In Camera 1 name'), salt, utf8(name));

/** What the server may know of a seat secret. */
export const seatOf = async (seatSecret: Uint8Array): Promise<Bytes> =>
  (await sha256(seatSecret)).slice(0, 16);

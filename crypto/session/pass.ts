// What a device keeps until the meeting ends, so that a reload is a rejoin and not a new knock. MLS state and
// counters are never in it (attacks.md rule 7). The keeper wraps these bytes under a non-extractable key.
import type { Serial } from '../admission.ts';
import { ByteReader, type Bytes, ByteWriter, CodecError } from '../bytes.ts';
import { type Charter, decodeCharter, encodeCharter } from '../charter.ts';
import {
  type Closed,
  decodeGroupContext,
  encodeGroupContext,
  type GroupContext,
} from '../group-context.ts';

export type Pass = {
  readonly charter: Charter;
  readonly linkSecret: Bytes;
  readonly linkVersion: number;
  readonly occurrence: number;
  /** Credential bytes. */
  readonly admission: Bytes;
  readonly seatSecret: Bytes;
  readonly leafSeed: Bytes;
  /** The highest attempt that was ever used; raised and stored before each use. */
  readonly attempt: number;
  readonly name: string;
  readonly nameSalt: Bytes;
  /** Version of the last state statement. */
  readonly stateVersion: number;
  /** Never join a generation below this one. */
  readonly generation: number;
};

/** What the host's device keeps beside its pass. The authority's seed is kept by whoever gives the signer. */
export type HostRecord = {
  readonly knockPrivateKey: Bytes;
  /** This device as an issuer: 64 random bits. */
  readonly issuer: bigint;
  /** Serials below are used or given up; stored before any of them is signed. */
  readonly reserved: number;
  readonly context: GroupContext;
  readonly seated: readonly Closed[];
  /** Who is to be expelled, written before the commit: a host that dies on the way goes on with it. */
  readonly closing: readonly Closed[];
};

const MAX = 1 << 20;
const VERSION = 1;

/** What an older or newer app kept is not guessed at. */
function readVersion(reader: ByteReader): void {
  if (reader.u8() !== VERSION) throw new CodecError('codec-range');
}

export function encodePass(pass: Pass): Bytes {
  return new ByteWriter()
    .u8(VERSION)
    .bytes16(encodeCharter(pass.charter))
    .raw(pass.linkSecret)
    .u32(pass.linkVersion)
    .u32(pass.occurrence)
    .bytes16(pass.admission)
    .raw(pass.seatSecret)
    .raw(pass.leafSeed)
    .u32(pass.attempt)
    .text16(pass.name)
    .raw(pass.nameSalt)
    .u32(pass.stateVersion)
    .u32(pass.generation)
    .finish();
}

/** Throws CodecError on anything else than one whole pass. */
export function decodePass(bytes: Uint8Array): Pass {
  const reader = new ByteReader(bytes);
  readVersion(reader);
  const pass: Pass = {
    charter: decodeCharter(reader.bytes16()),
    linkSecret: reader.raw(16),
    linkVersion: reader.u32(),
    occurrence: reader.u32(),
    admission: reader.bytes16(),
    seatSecret: reader.raw(32),
    leafSeed: reader.raw(32),
    attempt: reader.u32(),
    name: reader.text16(),
    nameSalt: reader.raw(16),
    stateVersion: reader.u32(),
    generation: reader.u32(),
  };
  reader.end();
  return pass;
}

const writeSerial = (writer: ByteWriter, one: Serial): ByteWriter =>
  writer.u64(one.issuer).u32(one.serial);

export function encodeHostRecord(record: HostRecord): Bytes {
  const writer = new ByteWriter()
    .u8(VERSION)
    .bytes16(record.knockPrivateKey)
    .u64(record.issuer)
    .u32(record.reserved)
    .bytes32(encodeGroupContext(record.context));
  for (const list of [record.seated, record.closing]) {
    writer.u32(list.length);
    for (const one of list) writeSerial(writer, one).raw(one.leafKey);
  }
  return writer.finish();
}

const MOST_SERIALS = 20_000;

function readList(reader: ByteReader): Closed[] {
  const length = reader.u32();
  if (length > MOST_SERIALS) throw new CodecError('codec-too-long');
  return Array.from({ length }, () => ({
    issuer: reader.u64(),
    serial: reader.u32(),
    leafKey: reader.raw(32),
  }));
}

export function decodeHostRecord(bytes: Uint8Array): HostRecord {
  const reader = new ByteReader(bytes);
  readVersion(reader);
  const knockPrivateKey = reader.bytes16();
  const issuer = reader.u64();
  const reserved = reader.u32();
  const context = decodeGroupContext(reader.bytes32(MAX));
  const seated = readList(reader);
  const closing = readList(reader);
  reader.end();
  return { knockPrivateKey, issuer, reserved, context, seated, closing };
}

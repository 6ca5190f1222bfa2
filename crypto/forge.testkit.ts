// Key packages as no honest client writes them: taken apart on their TLS bytes (RFC 9420 sections 7.2 and 10),
// changed, and signed again by the leaf's own key. For tests of what members refuse.
import { type Bytes, concat, utf8 } from './bytes.ts';
import { ed25519Sign } from './mls/index.ts';

export type PackageParts = {
  readonly version: Uint8Array;
  readonly suite: Uint8Array;
  readonly initKey: Uint8Array;
  readonly encryptionKey: Uint8Array;
  readonly signatureKey: Uint8Array;
  readonly credentialType: Uint8Array;
  readonly credential: Uint8Array;
  /** Versions, suites, extensions, proposals, credentials: five vectors as they stand. */
  readonly capabilities: Uint8Array;
  /** Source 1 and lifetime. */
  readonly source: Uint8Array;
  readonly leafExtensions: Uint8Array;
  readonly extensions: Uint8Array;
};

class TlsReader {
  readonly #bytes: Uint8Array;
  at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  take(length: number): Bytes {
    const part = Uint8Array.from(this.#bytes.subarray(this.at, this.at + length));
    if (part.length !== length) throw new Error('short');
    this.at += length;
    return part;
  }
  vector(): Bytes {
    const first = this.#bytes[this.at] ?? 0;
    const size = 2 ** (first >> 6);
    const head = this.take(size);
    let length = (head[0] ?? 0) & 0x3f;
    for (const byte of head.subarray(1)) length = length * 256 + byte;
    return this.take(length);
  }
}

export function tlsVector(content: Uint8Array): Bytes {
  const { length } = content;
  if (length < 64) return concat(Uint8Array.of(length), content);
  if (length < 2 ** 14) return concat(Uint8Array.of(0x40 | (length >> 8), length & 255), content);
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, length + 2 ** 31);
  return concat(head, content);
}

export function readParts(keyPackage: Uint8Array): PackageParts {
  const reader = new TlsReader(keyPackage);
  const version = reader.take(2);
  const suite = reader.take(2);
  const initKey = reader.vector();
  const encryptionKey = reader.vector();
  const signatureKey = reader.vector();
  const credentialType = reader.take(2);
  const credential = reader.vector();
  const start = reader.at;
  for (let i = 0; i < 5; i++) reader.vector();
  const capabilities = Uint8Array.from(keyPackage.subarray(start, reader.at));
  const source = reader.take(17);
  const leafExtensions = reader.vector();
  reader.vector();
  const extensions = reader.vector();
  return {
    version,
    suite,
    initKey,
    encryptionKey,
    signatureKey,
    credentialType,
    credential,
    capabilities,
    source,
    leafExtensions,
    extensions,
  };
}

/** RFC 9420 section 5.1.2. */
const signed = (seed: Uint8Array, label: string, content: Uint8Array): Bytes =>
  Uint8Array.from(
    ed25519Sign(seed, concat(tlsVector(utf8(`MLS 1.0 ${label}`)), tlsVector(content))),
  );

/** The package with some parts changed, its two signatures made anew. */
export function forgePackage(
  keyPackage: Uint8Array,
  seed: Uint8Array,
  change: Partial<PackageParts>,
): Bytes {
  const parts = { ...readParts(keyPackage), ...change };
  const leaf = concat(
    tlsVector(parts.encryptionKey),
    tlsVector(parts.signatureKey),
    parts.credentialType,
    tlsVector(parts.credential),
    parts.capabilities,
    parts.source,
    tlsVector(parts.leafExtensions),
  );
  const body = concat(
    parts.version,
    parts.suite,
    tlsVector(parts.initKey),
    leaf,
    tlsVector(signed(seed, 'LeafNodeTBS', leaf)),
    tlsVector(parts.extensions),
  );
  return concat(body, tlsVector(signed(seed, 'KeyPackageTBS', body)));
}

export const tlsExtension = (type: number, data: Uint8Array): Bytes =>
  concat(Uint8Array.of(type >> 8, type & 255), tlsVector(data));

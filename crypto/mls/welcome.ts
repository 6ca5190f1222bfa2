// A Welcome cut on its TLS bytes (RFC 9420 section 12.4.3.1) into what is stored once and what each
// joiner gets alone: OpenMLS has no call for it. Must not open anything.
import { type Bytes, concat } from '../bytes.ts';
import { MlsError } from './errors.ts';

const MLS10 = 1;
const MLS_WELCOME = 3;

export interface WelcomeSecret {
  /** KeyPackageRef of the joiner. */
  readonly ref: Bytes;
  /** Its EncryptedGroupSecrets, ready for `buildWelcome`. */
  readonly bytes: Bytes;
}

export interface WelcomeParts {
  readonly suite: number;
  readonly secrets: WelcomeSecret[];
  readonly groupInfo: Bytes;
}

/** Reads TLS numbers and vectors; anything short or not in its shortest form is refused. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new MlsError('bad-welcome');
    const out = Uint8Array.from(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return out;
  }

  number(length: number): number {
    return this.take(length).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  /** RFC 9420 section 2.1.2: the top two bits of the first byte tell the size of the length. */
  vector(): Bytes {
    const first = this.number(1);
    const size = first >> 6;
    if (size === 3) throw new MlsError('bad-welcome');
    const more = 2 ** size - 1;
    const length = (first & 0x3f) * 256 ** more + this.number(more);
    if (lengthBytes(length) !== more + 1) throw new MlsError('bad-welcome');
    return this.take(length);
  }

  since(start: number): Bytes {
    return Uint8Array.from(this.#bytes.subarray(start, this.#at));
  }
}

function lengthBytes(length: number): number {
  if (length < 2 ** 6) return 1;
  return length < 2 ** 14 ? 2 : 4;
}

function vector(content: Uint8Array): Bytes {
  const size = lengthBytes(content.length);
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, content.length);
  const prefix = head.subarray(4 - size);
  prefix[0] = (prefix[0] ?? 0) | ({ 1: 0, 2: 0x40, 4: 0x80 }[size] ?? 0);
  return concat(prefix, content);
}

function readSecrets(bytes: Uint8Array): WelcomeSecret[] {
  const reader = new Reader(bytes);
  const secrets: WelcomeSecret[] = [];
  while (!reader.done) {
    const start = reader.at;
    const ref = reader.vector();
    reader.vector(); // kem_output
    reader.vector(); // ciphertext
    secrets.push({ ref, bytes: reader.since(start) });
  }
  return secrets;
}

export function splitWelcome(welcome: Uint8Array): WelcomeParts {
  const reader = new Reader(welcome);
  if (reader.number(2) !== MLS10 || reader.number(2) !== MLS_WELCOME) {
    throw new MlsError('bad-welcome');
  }
  const suite = reader.number(2);
  const secrets = readSecrets(reader.vector());
  const groupInfo = reader.vector();
  if (!reader.done) throw new MlsError('bad-welcome');
  return { suite, secrets, groupInfo };
}

/** A Welcome for one joiner, from one of the split `secrets` and the shared group info. */
export function buildWelcome(suite: number, secret: Uint8Array, groupInfo: Uint8Array): Bytes {
  const head = Uint8Array.of(0, MLS10, 0, MLS_WELCOME, suite >> 8, suite & 0xff);
  return concat(head, vector(secret), vector(groupInfo));
}

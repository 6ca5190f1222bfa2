// Key packages that no honest client writes: changed, then signed again with the leaf's own key.
import { concat } from '../bytes.ts';
import { ed25519Sign } from './index.ts';
import { text } from './mls.testkit.ts';

interface Changes {
  readonly initKey?: (key: Uint8Array) => Uint8Array;
  readonly encryptionKey?: (key: Uint8Array) => Uint8Array;
  readonly signatureKey?: Uint8Array;
  readonly lifetime?: readonly [bigint, bigint];
  /** Whole extension list of the leaf, in TLS bytes. */
  readonly leafExtensions?: Uint8Array;
  /** Whole extension list of the package, in TLS bytes. */
  readonly extensions?: Uint8Array;
}

/** RFC 9420 section 2.1.2, shortest form. */
export function vector(content: Uint8Array): Uint8Array {
  const size = content.length;
  if (size < 64) return concat(Uint8Array.of(size), content);
  return concat(Uint8Array.of(0x40 | (size >> 8), size & 0xff), content);
}

/** RFC 9420 section 5.1.2. */
function signWithLabel(seed: Uint8Array, label: string, content: Uint8Array): Uint8Array {
  return vector(ed25519Sign(seed, concat(vector(text(`MLS 1.0 ${label}`)), vector(content))));
}

function lifetimeBytes([from, to]: readonly [bigint, bigint]): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, from);
  view.setBigUint64(8, to);
  return bytes;
}

/** The fields of RFC 9420 sections 7.2 and 10 one after the other. */
function fields(bytes: Uint8Array) {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const content = () => {
    const long = (bytes[at] ?? 0) >= 0x40;
    const length = long ? (((bytes[at] ?? 0) & 0x3f) << 8) | (bytes[at + 1] ?? 0) : bytes[at];
    at += long ? 2 : 1;
    return take(length ?? 0);
  };
  const head = take(4);
  const [initKey, encryptionKey, signatureKey] = [content(), content(), content()];
  const start = at;
  take(2); // credential type
  for (let n = 0; n < 6; n++) content(); // credential, then five lists of capabilities
  take(1); // leaf_node_source: key_package
  const middle = bytes.subarray(start, at);
  const lifetime = take(16);
  const leafExtensions = vector(content());
  content(); // leaf signature
  const extensions = vector(content());
  return {
    head,
    initKey,
    encryptionKey,
    signatureKey,
    middle,
    lifetime,
    leafExtensions,
    extensions,
  };
}

export function forge(seed: Uint8Array, keyPackage: Uint8Array, changes: Changes): Uint8Array {
  const true_ = fields(keyPackage);
  const same = (key: Uint8Array) => key;
  const { initKey = same, encryptionKey = same, signatureKey = true_.signatureKey } = changes;
  const leaf = concat(
    vector(encryptionKey(true_.encryptionKey)),
    vector(signatureKey),
    true_.middle,
    changes.lifetime ? lifetimeBytes(changes.lifetime) : true_.lifetime,
    changes.leafExtensions ?? true_.leafExtensions,
  );
  const body = concat(
    true_.head,
    vector(initKey(true_.initKey)),
    leaf,
    signWithLabel(seed, 'LeafNodeTBS', leaf),
    changes.extensions ?? true_.extensions,
  );
  return concat(body, signWithLabel(seed, 'KeyPackageTBS', body));
}

// What the binding shows of leaves, key packages, Welcomes and commits. Types only: nothing here
// judges; whether a leaf or a commit is good is decided by its readers.
import type { Bytes } from '../bytes.ts';

export interface LeafView {
  /** Leaf index; 0 in a key package, which has no place yet. */
  readonly index: number;
  readonly signatureKey: Bytes;
  readonly encryptionKey: Bytes;
  readonly credentialType: number;
  readonly credential: Bytes;
  /** Data of leaf extension 0xF0A3, empty if absent. */
  readonly attempt: Bytes;
  /** TLS bytes of signature_key || credential || capabilities || extensions. */
  readonly fixed: Bytes;
}

export interface KeyPackageView {
  readonly leaf: LeafView;
  readonly suite: number;
  /** Lifetime is exactly 0 to 2^64 - 1. */
  readonly lifetimeExact: boolean;
  /** Capabilities are the ones this binding writes. */
  readonly capabilitiesExact: boolean;
  /** The leaf has the attempt extension and no other, the package none. */
  readonly extensionsExact: boolean;
  /** KeyPackageRef (RFC 9420 section 5.2). */
  readonly ref: Bytes;
}

export interface WelcomeView {
  readonly groupId: Bytes;
  readonly epoch: bigint;
  readonly suite: number;
  /** Data of group-context extension 0xF0A1, empty if absent. */
  readonly groupContext: Bytes;
  /** The extension list is exactly our two, in our order. */
  readonly groupContextExact: boolean;
  readonly leaves: LeafView[];
  readonly ownIndex: number;
  /** Leaf that signed the GroupInfo. */
  readonly sender: number;
}

export interface CommitView {
  /** The epoch the commit was sent in, one below the epoch it makes. */
  readonly epoch: bigint;
  readonly senderKind: 'member' | 'external' | 'new-member' | 'new-member-proposal';
  readonly sender: number;
  readonly aad: Bytes;
  readonly adds: KeyPackageView[];
  readonly removes: number[];
  readonly updates: number;
  /** Ids of external PSKs. */
  readonly pskIds: Bytes[];
  /** PSKs of other kinds: resumption and the like. */
  readonly otherPsks: number;
  /** New data of 0xF0A1; the three are present together or not at all. */
  readonly groupContext?: Bytes;
  /** The whole new extension list in TLS bytes. */
  readonly groupContextRaw?: Bytes;
  readonly groupContextExact?: boolean;
  /** Proposals of any kind not counted above. */
  readonly otherProposals: number;
  readonly byReference: number;
  readonly pathLeaf?: LeafView;
  readonly selfRemoved: boolean;
}

export type Processed =
  | { readonly kind: 'commit'; readonly view: CommitView }
  | {
      readonly kind: 'application';
      readonly data: Bytes;
      readonly aad: Bytes;
      readonly epoch: bigint;
      readonly sender: number;
      readonly senderCredential: Bytes;
    };

export interface CommitRequest {
  /** Key packages, one leaf each. */
  readonly adds: readonly Uint8Array[];
  readonly removes: readonly number[];
  readonly pskId?: Uint8Array;
  /** Replaces the data of 0xF0A1; the required capabilities stay. */
  readonly groupContext?: Uint8Array;
  readonly forcePath: boolean;
  readonly aad: Uint8Array;
}

export interface CommitBytes {
  readonly commit: Bytes;
  readonly welcome?: Bytes;
}

export interface HpkeKeys {
  readonly publicKey: Bytes;
  readonly privateKey: Bytes;
}

export interface HpkeSealed {
  readonly kem: Bytes;
  readonly ciphertext: Bytes;
}

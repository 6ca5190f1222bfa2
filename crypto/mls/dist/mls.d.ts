// Types of the generated glue, written by hand so that they are exact: the build copies this file
// beside it as dist/mls.d.ts.
import type { Bytes } from '../../bytes.ts';
import type {
  CommitBytes,
  HpkeKeys,
  HpkeSealed,
  KeyPackageView,
  LeafView,
  Processed,
  WelcomeView,
} from '../views.ts';

export class Snapshot {
  private constructor();
  free(): void;
}

export class Session {
  constructor(suite: number, seed: Uint8Array, credential: Uint8Array, attempt: Uint8Array);
  free(): void;
  signatureKey(): Bytes;
  keyPackage(): Bytes;
  setPsk(id: Uint8Array, secret: Uint8Array): void;
  createGroup(groupId: Uint8Array, context: Uint8Array): void;
  stageWelcome(welcome: Uint8Array): WelcomeView;
  joinStaged(): void;
  discardWelcome(): void;
  hasGroup(): boolean;
  isActive(): boolean;
  epoch(): bigint;
  groupId(): Bytes;
  suite(): number;
  ownIndex(): number;
  leaves(): LeafView[];
  groupContext(): Bytes;
  export(label: string, context: Uint8Array, length: number): Bytes;
  epochAuthenticator(): Bytes;
  commit(
    adds: readonly Uint8Array[],
    removes: Uint32Array,
    pskId: Uint8Array | undefined,
    context: Uint8Array | undefined,
    forcePath: boolean,
    aad: Uint8Array,
  ): CommitBytes;
  hasPending(): boolean;
  mergePending(): void;
  clearPending(): void;
  process(message: Uint8Array): Processed;
  mergeStaged(): void;
  discardStaged(): void;
  encrypt(data: Uint8Array, aad: Uint8Array): Bytes;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

export function ed25519PublicKey(seed: Uint8Array): Bytes;
export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Bytes;
export function ed25519Verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
export function hpkeGenerate(suite: number): HpkeKeys;
export function hpkeSeal(
  suite: number,
  key: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): HpkeSealed;
export function hpkeOpen(
  suite: number,
  privateKey: Uint8Array,
  kem: Uint8Array,
  ciphertext: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
): Bytes;
export function inspectKeyPackage(suite: number, bytes: Uint8Array): KeyPackageView;

/** A fetch Response, as far as it is needed: this folder knows no network. */
export interface WasmResponse {
  readonly headers: { get(name: string): string | null };
  readonly ok: boolean;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export type WasmSource =
  | WebAssembly.Module
  | ArrayBuffer
  | ArrayBufferView<ArrayBuffer>
  | WasmResponse
  | Promise<WasmResponse>;

declare function init(options: { module_or_path: WasmSource }): Promise<unknown>;

// biome-ignore lint/style/noDefaultExport: what wasm-bindgen generates
export { init as default };

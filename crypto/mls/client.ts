// One leaf identity and its memory: one meeting, one attempt, at most one group.
import type { Bytes } from '../bytes.ts';
import { Session, type Snapshot } from './dist/mls.js';
import { MlsError } from './errors.ts';
import type { CommitBytes, CommitRequest, LeafView, Processed, WelcomeView } from './views.ts';
import { checkSuite, guarded } from './wasm.ts';

/** The storage of a client at one moment. Free it when the next commit has been merged. */
export type MlsSnapshot = Snapshot;

export class MlsClient {
  #session: Session | undefined;

  constructor(suite: number, leafSeed: Uint8Array, credential: Uint8Array, attempt: Uint8Array) {
    this.#session = guarded(() => new Session(checkSuite(suite), leafSeed, credential, attempt));
  }

  #call<T>(use: (session: Session) => T): T {
    const session = this.#session;
    if (session === undefined) throw new MlsError('freed');
    return guarded(() => use(session));
  }

  signatureKey(): Bytes {
    return this.#call((session) => session.signatureKey());
  }

  /** A bare KeyPackage; its private keys stay here until a Welcome uses them. */
  keyPackage(): Bytes {
    return this.#call((session) => session.keyPackage());
  }

  /** Stores an external PSK; it survives `restore`. */
  setPsk(id: Uint8Array, secret: Uint8Array): void {
    this.#call((session) => session.setPsk(id, secret));
  }

  createGroup(groupId: Uint8Array, groupContext: Uint8Array): void {
    this.#call((session) => session.createGroup(groupId, groupContext));
  }

  /** Opens a Welcome without joining. One that cannot be opened changes nothing. */
  stageWelcome(welcome: Uint8Array): WelcomeView {
    return this.#call((session) => session.stageWelcome(welcome));
  }

  joinStaged(): void {
    this.#call((session) => session.joinStaged());
  }

  discardWelcome(): void {
    this.#call((session) => session.discardWelcome());
  }

  hasGroup(): boolean {
    return this.#call((session) => session.hasGroup());
  }

  /** In a group and not removed from it. */
  isActive(): boolean {
    return this.#call((session) => session.isActive());
  }

  epoch(): bigint {
    return this.#call((session) => session.epoch());
  }

  groupId(): Bytes {
    return this.#call((session) => session.groupId());
  }

  suite(): number {
    return this.#call((session) => session.suite());
  }

  ownIndex(): number {
    return this.#call((session) => session.ownIndex());
  }

  leaves(): LeafView[] {
    return this.#call((session) => session.leaves());
  }

  groupContext(): Bytes {
    return this.#call((session) => session.groupContext());
  }

  /** MLS-Exporter (RFC 9420 section 8.5) of the current epoch. */
  export(label: string, context: Uint8Array, length: number): Bytes {
    return this.#call((session) => session.export(label, context, length));
  }

  epochAuthenticator(): Bytes {
    return this.#call((session) => session.epochAuthenticator());
  }

  /** Builds a commit by value. It stays pending: nothing is merged. */
  commit(request: CommitRequest): CommitBytes {
    const { adds, removes, pskId, groupContext, forcePath, aad } = request;
    const indices = Uint32Array.from(removes);
    if (removes.some((index, at) => index !== indices[at])) throw new MlsError('unknown-leaf');
    return this.#call((session) =>
      session.commit([...adds], indices, pskId, groupContext, forcePath, aad),
    );
  }

  mergePending(): void {
    this.#call((session) => session.mergePending());
  }

  clearPending(): void {
    this.#call((session) => session.clearPending());
  }

  hasPending(): boolean {
    return this.#call((session) => session.hasPending());
  }

  /** A commit is held until `mergeStaged` or `discardStaged`; it cannot be processed twice. */
  process(message: Uint8Array): Processed {
    return this.#call((session) => session.process(message));
  }

  mergeStaged(): void {
    this.#call((session) => session.mergeStaged());
  }

  discardStaged(): void {
    this.#call((session) => session.discardStaged());
  }

  encrypt(data: Uint8Array, aad: Uint8Array): Bytes {
    return this.#call((session) => session.encrypt(data, aad));
  }

  snapshot(): MlsSnapshot {
    return this.#call((session) => session.snapshot());
  }

  /** Loads the group again as it was; a pending commit is cleared, PSKs are put back. */
  restore(snapshot: MlsSnapshot): void {
    this.#call((session) => session.restore(snapshot));
  }

  /** Wipes all keys. Every later call throws `freed`. */
  free(): void {
    this.#session?.free();
    this.#session = undefined;
  }
}

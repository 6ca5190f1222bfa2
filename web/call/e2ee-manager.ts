// What livekit-client calls an encryption manager (media.md section 4). Ours encrypts nothing: the
// peer guard's transforms do. It makes LiveKit turn RED and backup codecs off, and hands over the
// trailer of the server's own frames. No security rests on it.
import type { BaseE2EEManager, Room } from 'livekit-client';
import { MediaError } from './media-errors.ts';

type Listener = (...args: never[]) => void;

export class E2eeManager implements BaseE2EEManager {
  isEnabled = true;
  isDataChannelEncryptionEnabled = true;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #onTrailer: (trailer: Uint8Array) => void;
  #room: Room | null = null;

  constructor(onTrailer: (trailer: Uint8Array) => void) {
    this.#onTrailer = onTrailer;
  }

  setup(room: Room): void {
    this.#room = room;
  }

  setupEngine(): void {}

  setParticipantCryptorEnabled(): void {}

  /** A new one comes with each join and each full reconnect. */
  setSifTrailer(trailer: Uint8Array): void {
    this.#onTrailer(trailer);
  }

  on(event: string, listener: Listener): this {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return this;
  }

  /** To be called once after `setE2EEEnabled(true)`; else LiveKit believes that it is off. */
  announce(): void {
    const participant = this.#room?.localParticipant;
    for (const listener of this.#listeners.get('participantEncryptionStatusChanged') ?? []) {
      Reflect.apply(listener, undefined, [true, participant]);
    }
  }

  encryptData(): Promise<never> {
    return Promise.reject(new MediaError('data-refused'));
  }

  handleEncryptedData(): Promise<never> {
    return Promise.reject(new MediaError('data-refused'));
  }

  dispose(): void {
    this.#listeners.clear();
    this.#room = null;
  }
}

// Drives one MeetingSession in the browser: socket and timer in, frames worker and page out. One input at a time.
import { hashName } from '@in-camera/crypto/admission.ts';
import { fromBase64url, toBase64url } from '@in-camera/crypto/bytes.ts';
import { MeetingSession } from '@in-camera/crypto/session/meeting-session.ts';
import type { HostRecord, Pass } from '@in-camera/crypto/session/pass.ts';
import type { Effect, Input } from '@in-camera/crypto/session/signals.ts';
import type { SessionView } from '@in-camera/crypto/session/view.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { MeetingSocket } from './meeting-socket.ts';
import { toEpochMessage } from './vault-keys.ts';
import type { VaultReport, VaultView } from './vault-messages.ts';
import type { VaultStore } from './vault-store.ts';

const TICK_MS = 100;

export type VaultMeetingStart = {
  readonly meetingId: string;
  readonly pass: Pass;
  readonly host: { readonly record: HostRecord; readonly authority: CryptoKey } | undefined;
  readonly store: VaultStore;
  readonly frames: MessagePort;
  readonly report: (report: VaultReport) => void;
  /** Nothing more comes: over, gone, replaced. */
  readonly ended: (forget: boolean) => void;
};

export class VaultMeeting {
  readonly #start: VaultMeetingStart;
  readonly #session: MeetingSession;
  #socket: MeetingSocket | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #queue: Promise<void> = Promise.resolve();
  #viewDue = false;
  #closed = false;

  private constructor(start: VaultMeetingStart, session: MeetingSession) {
    this.#start = start;
    this.#session = session;
  }

  static async open(start: VaultMeetingStart): Promise<VaultMeeting> {
    const { host, store } = start;
    const session = await MeetingSession.start({
      pass: start.pass,
      ...(host ? { host: { record: host.record, authority: signerOf(host.authority) } } : {}),
      keep: async (pass, record) => {
        await store.keep({
          pass,
          ...(host && record ? { host: { record, authority: host.authority } } : {}),
        });
      },
      answerBytes: LIMITS.answerBox,
      nowMs: Date.now(),
    });
    const meeting = new VaultMeeting(start, session);
    meeting.#connect();
    return meeting;
  }

  input(input: Input): void {
    this.#queue = this.#queue.then(() => this.#take(input));
  }

  async safetyWords(): Promise<readonly string[]> {
    return this.#session.safetyWords();
  }

  /** Ends the session on this device; what is kept stays kept. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#start.frames.postMessage({ kind: 'stop', reason: 'closed' });
    this.#start.frames.postMessage({ kind: 'wipe' });
    this.#queue = this.#queue.then(() => {
      this.#socket?.close();
      this.#session.close();
    });
  }

  #connect(): void {
    this.#socket = new MeetingSocket(this.#start.meetingId, {
      up: () => this.input({ kind: 'connected' }),
      down: () => this.input({ kind: 'disconnected' }),
      message: (message) => {
        if (message.kind === 'knocked' || message.kind === 'answered' || message.kind === 'pong')
          return;
        if (message.kind !== 'error') this.input({ kind: 'server', message });
      },
      refused: (code) => this.#refused(code),
    });
    this.#timer = setInterval(() => this.input({ kind: 'tick' }), TICK_MS);
  }

  #refused(code: string): void {
    const event = code === 'replaced' ? 'elsewhere' : code === 'removed' ? 'removed' : 'ended';
    this.#start.report({ kind: 'event', event: { kind: event }, atMs: Date.now() });
    this.close();
    this.#start.ended(event !== 'elsewhere');
  }

  async #take(input: Input): Promise<void> {
    if (this.#closed) return;
    try {
      for (const effect of await this.#session.handle(input, Date.now())) await this.#apply(effect);
      if (this.#viewDue) {
        this.#viewDue = false;
        this.#start.report({ kind: 'view', view: await toVaultView(this.#session.view()) });
      }
    } catch {
      // A session that threw has unknown state: nothing more is sent under its keys.
      this.#start.report({
        kind: 'alarm',
        code: 'worker-died',
        stopped: true,
        who: [],
        atMs: Date.now(),
      });
      this.close();
    }
  }

  async #apply(effect: Effect): Promise<void> {
    const { frames, report } = this.#start;
    switch (effect.kind) {
      case 'send':
        this.#socket?.send(effect.message);
        return;
      case 'keys':
        frames.postMessage(await toEpochMessage(effect.keys));
        return;
      case 'gate':
        frames.postMessage(effect.open ? { kind: 'go' } : { kind: 'stop', reason: 'gate' });
        this.#viewDue = true;
        return;
      case 'wipe':
        // A wiped worker takes no keys ever again; this one may come back as a new leaf.
        frames.postMessage({ kind: 'stop', reason: 'group' });
        return;
      case 'reconnect':
        this.#socket?.reconnect();
        return;
      case 'changed':
        this.#viewDue = true;
        return;
      case 'alarm':
        report({ ...effect, who: [...effect.who], atMs: Date.now() });
        this.#viewDue = true;
        return;
      case 'event':
        report({ kind: 'event', event: effect.event, atMs: Date.now() });
        if (effect.event.kind === 'ended' || effect.event.kind === 'removed')
          this.#start.ended(true);
        return;
    }
  }
}

const signerOf = (authority: CryptoKey) => async (message: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.sign('Ed25519', authority, message));

/** As the page may know it; a name other than the one at the door is marked. */
export async function toVaultView(view: SessionView): Promise<VaultView> {
  const people = await Promise.all(
    view.people.map(async ({ nameHash, nameSalt, name, ...rest }) => {
      const seen = name !== undefined && nameSalt !== undefined && rest.role !== 'host';
      const renamed =
        seen && toBase64url(await hashName(fromBase64url(nameSalt), name)) !== nameHash;
      return { ...rest, name, renamed };
    }),
  );
  const hostSilentSinceMs = Date.now() - view.hostSilentMs;
  return {
    ...view,
    hostSilentSinceMs,
    people,
    policy: view.policy && { ...view.policy },
    knocks: [...view.knocks],
  };
}

// A stranger's part of the vault: reads the link against the sealed door, knocks, waits for the host's answers.

import type { Pass } from '@in-camera/crypto/session/pass.ts';
import {
  type DoorView,
  type Knocking,
  makeKnock,
  readAnswer,
  readLink,
} from '@in-camera/crypto/session/stranger.ts';
import type { ServerMessage } from '@in-camera/protocol/delivery.ts';
import { MeetingDoor } from '@in-camera/protocol/http.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { MeetingSocket } from './meeting-socket.ts';
import type { VaultReport } from './vault-messages.ts';

export type DoorEvents = {
  readonly report: (report: VaultReport) => void;
  readonly admitted: (pass: Pass) => Promise<void>;
};

const NO_ANSWER_MS = 10_000;

/** The sealed door as the server keeps it; undefined when the server cannot be reached. */
export async function fetchDoor(meetingId: string): Promise<string | 'full' | undefined> {
  try {
    const response = await fetch(`/api/meetings/${meetingId}`, { cache: 'no-store' });
    if (response.status === 429) return 'full';
    const parsed = MeetingDoor.safeParse(await response.json());
    return parsed.success ? parsed.data.charter : undefined;
  } catch {
    return undefined;
  }
}

export async function readDoor(
  meetingId: string,
  fragment: string,
): Promise<DoorView | 'server-unreachable' | 'server-full'> {
  const box = await fetchDoor(meetingId);
  if (box === undefined) return 'server-unreachable';
  return box === 'full' ? 'server-full' : readLink(meetingId, fragment, box);
}

export class VaultDoor {
  readonly #events: DoorEvents;
  readonly #meetingId: string;
  readonly #view: Extract<DoorView, { kind: 'door' }>;
  #knocking: Knocking | undefined;
  #knockId: string | undefined;
  #socket: MeetingSocket | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #told = false;
  /** From here on only another admission counts: the host may have to admit us anew before we are in. */
  #admitted = false;

  constructor(meetingId: string, view: Extract<DoorView, { kind: 'door' }>, events: DoorEvents) {
    this.#meetingId = meetingId;
    this.#view = view;
    this.#events = events;
  }

  /** A fresh leaf key for each knock, so that two knocks of one person cannot be joined by the server. */
  async knock(name: string): Promise<void> {
    this.stop();
    this.#told = false;
    this.#admitted = false;
    this.#knocking = await makeKnock(this.#view.door, this.#view.linkSecret, name, LIMITS.knockBox);
    this.#events.report({ kind: 'waiting', told: 'sending' });
    this.#socket = new MeetingSocket(this.#meetingId, {
      up: () => this.#sayWhoWeAre(),
      down: () => undefined,
      message: (message) => void this.#hear(message),
      refused: () => {
        if (!this.#admitted) this.#events.report({ kind: 'cannot', why: 'over-or-incomplete' });
      },
    });
    this.#silence = setTimeout(() => {
      if (!this.#told) this.#events.report({ kind: 'waiting', told: 'no-answer' });
    }, NO_ANSWER_MS);
  }

  stop(): void {
    clearTimeout(this.#silence);
    this.#socket?.close();
    this.#socket = undefined;
    this.#knocking = undefined;
    this.#knockId = undefined;
  }

  /** After a cut the same knock goes on waiting; the first time it knocks. */
  #sayWhoWeAre(): void {
    if (this.#knockId) this.#socket?.send({ kind: 'wait', knock: this.#knockId });
    else if (this.#knocking) this.#socket?.send({ kind: 'knock', box: this.#knocking.box });
  }

  async #hear(message: ServerMessage): Promise<void> {
    if (message.kind === 'knocked') this.#knockId = message.knock;
    if (message.kind === 'error' && message.code === 'unknown-knock') {
      if (this.#admitted) return this.stop();
      this.#knockId = undefined;
      this.#sayWhoWeAre();
    }
    if (message.kind !== 'answered' || this.#knocking === undefined) return;
    const answered = await readAnswer(this.#knocking, message.box);
    if (answered.kind === 'nonsense') return;
    this.#told = true;
    this.#admitted ||= answered.kind === 'pass';
    if (answered.kind === 'pass') return this.#events.admitted(answered.pass);
    // The server says all it holds again after a cut.
    if (this.#admitted) return undefined;
    if (answered.kind === 'receipt') this.#events.report({ kind: 'waiting', told: 'told' });
    if (answered.kind === 'refused') {
      this.stop();
      this.#events.report({ kind: 'refused', why: answered.why });
    }
    return undefined;
  }
}

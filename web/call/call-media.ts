// A call's media as a screen may know it: joins own devices, the media room, the watchdog and who speaks.
import type { VaultPerson } from '../worker/vault-messages.ts';
import type { FramesClient } from './media-frames.ts';
import type { MediaEvent, MediaRoom } from './media-room.ts';
import type { MediaWatch, WatchNotice } from './media-watch.ts';
import type { RemoteTile } from './meeting-facts.ts';
import type { Own, TileState } from './model.ts';
import { OwnDevices } from './own-devices.ts';
import { Speakers } from './speakers.ts';

export type CallMediaEvents = {
  readonly changed: () => void;
  readonly participants: (identities: readonly string[]) => void;
  readonly plaintext: () => void;
  readonly broken: () => void;
  /** The connection is gone for good: a new ticket is due. */
  readonly lost: () => void;
  readonly microphone: (on: boolean) => void;
};

type Shown = {
  readonly track?: MediaStreamTrack;
  readonly state: TileState;
  readonly slot: string;
  /** One function a track, so that a screen binds its element once. */
  readonly attach?: (element: HTMLVideoElement) => () => void;
  readonly stillSinceMs?: number;
};

const AGAIN_MS = 1000;

/** All that is of use in a meeting only; a lobby does without. */
const loadMedia = () => import('./media.ts');

export class CallMedia {
  readonly #events: CallMediaEvents;
  readonly #devices: OwnDevices;
  readonly #speakers: Speakers;
  #frames: FramesClient | undefined;
  #room: MediaRoom | undefined;
  #watch: MediaWatch | undefined;
  #people: readonly VaultPerson[] = [];
  /** By identity and source. */
  readonly #shown = new Map<string, Shown>();
  #turn = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  link: 'ok' | 'reconnecting' | 'not-ready' = 'ok';
  soundBlocked = false;

  constructor(events: CallMediaEvents) {
    this.#events = events;
    this.#devices = new OwnDevices({ changed: events.changed, microphone: events.microphone });
    this.#speakers = new Speakers(events.changed);
  }

  get own(): Own {
    return this.#devices.own;
  }
  get preview(): MediaStreamTrack | undefined {
    return this.#devices.track('camera');
  }
  get level(): number | undefined {
    return this.#devices.level;
  }
  get ownCamera(): MediaStreamTrack | undefined {
    return this.#devices.track('camera');
  }
  get ownScreen(): MediaStreamTrack | undefined {
    return this.#devices.track('screen');
  }
  get speaking(): ReadonlySet<string> {
    return new Set(
      this.#people.filter((one) => this.#speakers.has(one.identity)).map((one) => one.person),
    );
  }

  get remote(): readonly RemoteTile[] {
    return this.#people.flatMap((person) =>
      (['camera', 'screen'] as const).flatMap((source) => {
        const shown = this.#shown.get(keyOf(person.identity, source));
        if (shown === undefined || person.you) return [];
        const { slot: _, ...rest } = shown;
        return [{ person: person.person, source, ...rest }];
      }),
    );
  }

  /** The vault's checked roster: whose frames may be shown where, and whether ours may go out. */
  roster(people: readonly VaultPerson[], gateOpen: boolean): void {
    this.#people = people;
    this.#room?.handleRoster();
    this.#devices.gate(gateOpen);
  }

  /** Loads what a connection needs while the person waits at the door; connects to nothing. */
  prepare(frames: FramesClient): void {
    this.#frames = frames;
    loadMedia()
      .then(({ loadLiveKit }) => loadLiveKit())
      .catch(() => undefined);
  }

  async connect(ticket: string): Promise<void> {
    const frames = this.#frames;
    const turn = ++this.#turn;
    if (frames === undefined || this.#closed) return;
    await this.#drop();
    try {
      const { MediaRoom: Room, MediaWatch: Watch } = await loadMedia();
      const room = await Room.open({ frames, leafOf: (identity) => this.#leafOf(identity) });
      if (turn !== this.#turn || this.#closed) return void room.close();
      this.#room = room;
      room.listen((event) => this.#hear(room, event));
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
      await room.connect(`${scheme}://${location.host}/media/${ticket}`);
      if (turn !== this.#turn) return undefined;
      this.link = 'ok';
      this.#watch = new Watch(room, frames, (notice) => this.#judge(notice));
      this.#devices.useRoom(room);
    } catch {
      if (turn === this.#turn) this.#loseSoon();
    }
    this.#events.changed();
    return undefined;
  }

  disconnect(): void {
    this.#turn++;
    void this.#drop();
  }

  notReady(): void {
    this.link = 'not-ready';
    this.#events.changed();
  }

  turnMicrophone(on: boolean): void {
    this.#devices.turn('microphone', on);
  }
  turnCamera(on: boolean): void {
    this.#devices.turn('camera', on);
  }
  shareScreen(on: boolean): void {
    this.#devices.turn('screen', on);
  }
  chooseDevice(kind: 'microphone' | 'camera' | 'speaker', id: string): void {
    this.#devices.choose(kind, id);
  }
  saveData(on: boolean): void {
    this.#devices.chooseSaveData(on);
  }
  stopAll(): void {
    this.#devices.stopAll();
  }
  turnSoundOn(): void {
    this.#speakers.wake();
    void this.#room?.turnSoundOn().catch(() => undefined);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.disconnect();
    this.#devices.close();
    this.#speakers.close();
  }

  async #drop(): Promise<void> {
    const room = this.#room;
    this.#room = undefined;
    this.#watch?.close();
    this.#watch = undefined;
    this.#devices.useRoom(undefined);
    this.#shown.clear();
    this.#speakers.clear();
    await room?.close();
  }

  #leafOf(identity: string): number | null {
    return this.#people.find((person) => person.identity === identity)?.leaf ?? null;
  }

  #loseSoon(): void {
    this.link = 'reconnecting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#events.lost(), AGAIN_MS);
  }

  #hear(room: MediaRoom, event: MediaEvent): void {
    if (room !== this.#room) return;
    switch (event.kind) {
      case 'present':
        return this.#events.participants([event.own, ...event.others]);
      case 'connection':
        this.link = event.state === 'connected' ? 'ok' : 'reconnecting';
        break;
      case 'sound-blocked':
        this.soundBlocked = event.blocked;
        break;
      case 'own-ended':
      case 'own-silenced':
        this.#devices.handleEnded(event.source);
        break;
      case 'tile':
      case 'track-shown':
      case 'track-hidden':
        this.#seeTile(event);
        break;
      case 'disconnected':
        if (event.reason === 'lost') this.#loseSoon();
        break;
      case 'own-refused':
        this.#devices.handleRefused(event.source);
        break;
      case 'fault':
        // The frames worker met what the protocol does not allow, and seals nothing any more.
        return this.#events.broken();
      case 'died': // told by the workers themselves
      case 'guard': // refused already; nothing of it reached a connection
      case 'track-refused':
        return undefined;
    }
    this.#events.changed();
  }

  #seeTile(event: Extract<MediaEvent, { kind: 'tile' | 'track-shown' | 'track-hidden' }>): void {
    const { identity, source, slot, muted } = event.tile;
    if (source === 'microphone' || source === 'screen-audio') {
      if (event.kind === 'track-shown' && source === 'microphone')
        this.#speakers.hear(identity, slot, event.track);
      if (event.kind === 'track-hidden') this.#speakers.forget(identity, slot);
      return;
    }
    const key = keyOf(identity, source);
    const before = this.#shown.get(key);
    if (event.kind === 'track-hidden') {
      // Of a connection before this one, perhaps: its end must not take away the picture that came since.
      if (before?.slot === slot) this.#shown.delete(key);
    } else if (event.kind === 'track-shown')
      this.#shown.set(key, {
        slot,
        state: muted ? 'muted' : 'ok',
        track: event.track,
        attach: (element) => this.#room?.attach(slot, element) ?? (() => undefined),
      });
    else
      this.#shown.set(key, {
        ...before,
        slot,
        state: muted ? 'muted' : before?.track ? 'ok' : 'connecting',
      });
  }

  #judge(notice: WatchNotice): void {
    if (notice.kind === 'leak') return this.#events.plaintext();
    if (notice.kind === 'rejoin') return this.#events.lost();
    const { identity, source, muted } = notice.tile;
    if (source === 'microphone' || source === 'screen-audio') return undefined;
    const before = this.#shown.get(keyOf(identity, source));
    if (before === undefined) return undefined;
    const { state } = notice.verdict;
    const still = state === 'ok' || muted ? undefined : (before.stillSinceMs ?? Date.now());
    const { stillSinceMs: _, ...rest } = before;
    this.#shown.set(keyOf(identity, source), {
      ...rest,
      state: before.track === undefined && state === 'ok' ? 'connecting' : state,
      ...(still === undefined ? {} : { stillSinceMs: still }),
    });
    return this.#events.changed();
  }
}

const keyOf = (identity: string, source: 'camera' | 'screen'): string => `${identity} ${source}`;

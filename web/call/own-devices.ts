// This person's microphone, camera and screen from the first click on: captured only when asked for, published only
// when the vault's gate is open, ended for real when turned off (PBD-2, PBD-5, END-7).
import type { Source } from '../worker/frames-messages.ts';
import { type Choices, keepChoices, readChoices } from './choices.ts';
import {
  CaptureError,
  captureCamera,
  captureMicrophone,
  captureScreen,
  type LevelMeter,
  listDevices,
  meterLevel,
  onDevicesChanged,
} from './devices.ts';
import { MediaError } from './media-errors.ts';
import type { MediaRoom } from './media-room.ts';
import { MEDIA_DEFAULTS } from './media-settings.ts';
import type { DeviceFailure, Devices, Own, OwnDevice } from './model.ts';

export type OwnEvents = {
  readonly changed: () => void;
  /** The microphone is on and may be heard, or not. */
  readonly microphone: (on: boolean) => void;
};

type Switched = 'microphone' | 'camera' | 'screen';
const OFF: OwnDevice = { kind: 'off' };
const SMALL = { width: 320, height: 180, frameRate: 15 };
const LEVEL_MS = 100;

export class OwnDevices {
  readonly #events: OwnEvents;
  readonly #captures = new Map<Source, MediaStreamTrack>();
  readonly #turns = new Map<Switched, number>();
  readonly #states: Record<Switched, OwnDevice> = { microphone: OFF, camera: OFF, screen: OFF };
  #list: Omit<Devices, 'chosen'> = { microphones: [], cameras: [], speakers: [] };
  #choices: Choices = readChoices();
  #room: MediaRoom | undefined;
  #gateOpen = false;
  #stopped = false;
  #meter: LevelMeter | undefined;
  #levelTimer: ReturnType<typeof setInterval> | undefined;
  readonly #unlisten: () => void;
  level: number | undefined;

  constructor(events: OwnEvents) {
    this.#events = events;
    this.#unlisten = onDevicesChanged(() => void this.#refreshList());
  }

  get own(): Own {
    const { microphone, camera, speaker } = this.#choices;
    const chosen = {
      ...(microphone ? { microphone } : {}),
      ...(camera ? { camera } : {}),
      ...(speaker ? { speaker } : {}),
    };
    return { ...this.#states, saveData: this.saveData, devices: { ...this.#list, chosen } };
  }

  get saveData(): boolean {
    return this.#choices.saveData === true;
  }

  track(source: Source): MediaStreamTrack | undefined {
    return this.#captures.get(source);
  }

  /** The room tracks are published to, or none while there is no connection. */
  useRoom(room: MediaRoom | undefined): void {
    this.#room = room;
    this.#publishAll();
    this.#settle();
  }

  gate(open: boolean): void {
    if (open === this.#gateOpen) return;
    this.#gateOpen = open;
    if (open) this.#stopped = false;
    this.#publishAll();
    this.#settle();
  }

  turn(which: Switched, on: boolean): void {
    const turn = (this.#turns.get(which) ?? 0) + 1;
    this.#turns.set(which, turn);
    if (on) void this.#start(which, turn);
    else this.#end(which, OFF);
  }

  choose(kind: 'microphone' | 'camera' | 'speaker', id: string): void {
    this.#keep({ [kind]: id });
    if (kind === 'speaker') void this.#room?.chooseSpeaker(id).catch(() => undefined);
    else if (this.#states[kind].kind !== 'off') this.turn(kind, true);
    this.#events.changed();
  }

  chooseSaveData(on: boolean): void {
    this.#keep({ saveData: on });
    if (this.#states.camera.kind !== 'off') this.turn('camera', true);
    this.#events.changed();
  }

  /** Lights out: an alarm, leaving, the end. Nothing starts again by itself. */
  stopAll(): void {
    this.#stopped = true;
    for (const which of ['microphone', 'camera', 'screen'] as const) {
      this.#turns.set(which, (this.#turns.get(which) ?? 0) + 1);
      this.#end(which, OFF);
    }
  }

  close(): void {
    this.stopAll();
    this.#unlisten();
  }

  /** The browser or the device ended it, or the media server asked for silence. */
  handleEnded(source: Source): void {
    if (source === 'screen-audio') return;
    this.#end(source, source === 'screen' ? OFF : { kind: 'failed', why: 'unplugged' });
  }

  /** The media server would have carried it in a codec without a frame layout. */
  handleRefused(source: Source): void {
    this.#end(source === 'screen-audio' ? 'screen' : source, { kind: 'failed', why: 'refused' });
  }

  #keep(change: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...change };
    keepChoices(this.#choices);
  }

  async #start(which: Switched, turn: number): Promise<void> {
    this.#set(which, { kind: 'starting' });
    const isLate = (): boolean => this.#turns.get(which) !== turn;
    try {
      const tracks = await this.#capture(which);
      if (isLate()) {
        for (const track of tracks.values()) track.stop();
        return;
      }
      for (const [source, track] of tracks) this.#hold(which, source, track);
      this.#set(
        which,
        this.#gateOpen && this.#room ? { kind: 'on' } : { kind: 'held', why: 'not-yet' },
      );
      this.#publishAll();
      this.#settle();
      await this.#refreshList();
    } catch (cause) {
      if (isLate()) return;
      const why: DeviceFailure =
        cause instanceof CaptureError && cause.code !== 'no-gesture' ? cause.code : 'failed';
      // Changing one's mind in the browser's own dialog is no failure.
      this.#end(which, which === 'screen' && why === 'denied' ? OFF : { kind: 'failed', why });
    }
  }

  async #capture(which: Switched): Promise<Map<Source, MediaStreamTrack>> {
    if (which === 'microphone')
      return new Map([['microphone', await captureMicrophone(this.#choices.microphone)]]);
    if (which === 'camera') {
      const shape = this.saveData ? SMALL : MEDIA_DEFAULTS.camera[0];
      return new Map([['camera', await captureCamera(shape, this.#choices.camera)]]);
    }
    const { picture, sound } = await captureScreen(true);
    const tracks = new Map<Source, MediaStreamTrack>([['screen', picture]]);
    if (sound) tracks.set('screen-audio', sound);
    return tracks;
  }

  #hold(which: Switched, source: Source, track: MediaStreamTrack): void {
    const before = this.#captures.get(source);
    this.#captures.set(source, track);
    before?.stop();
    track.addEventListener('ended', () => {
      if (this.#captures.get(source) === track) this.handleEnded(source);
    });
    if (which === 'microphone') this.#measure(track);
  }

  #measure(track: MediaStreamTrack): void {
    this.#stopMeter();
    // Only before the meeting: inside it nobody needs to watch a bar.
    if (this.#room) return;
    const meter = meterLevel(track);
    this.#meter = meter;
    this.#levelTimer = setInterval(() => {
      this.level = meter.read();
      this.#events.changed();
    }, LEVEL_MS);
  }

  #stopMeter(): void {
    clearInterval(this.#levelTimer);
    this.#meter?.close();
    this.#meter = undefined;
    this.level = undefined;
  }

  #end(which: Switched, state: OwnDevice): void {
    const sources: readonly Source[] = which === 'screen' ? ['screen', 'screen-audio'] : [which];
    for (const source of sources) {
      this.#captures.get(source)?.stop();
      this.#captures.delete(source);
      this.#published.delete(source);
      void this.#room?.own.turnOff(source).catch(() => undefined);
    }
    if (which === 'microphone') this.#stopMeter();
    this.#set(which, state);
    this.#settle();
  }

  readonly #published = new Map<
    Source,
    { readonly room: MediaRoom; readonly track: MediaStreamTrack }
  >();

  #publishAll(): void {
    const room = this.#room;
    if (room) this.#stopMeter();
    if (room === undefined || !this.#gateOpen) return;
    for (const [source, track] of this.#captures) {
      const known = this.#published.get(source);
      if (known?.room === room && known.track === track) continue;
      this.#published.set(source, { room, track });
      room.own.turnOn(source, track).catch((cause: unknown) => {
        if (
          this.#room === room &&
          this.#captures.get(source) === track &&
          source !== 'screen-audio'
        ) {
          const isRefused = cause instanceof MediaError && cause.code === 'codec-refused';
          this.#end(source, { kind: 'failed', why: isRefused ? 'refused' : 'failed' });
        }
      });
    }
  }

  /** Held or on follows from capture, gate and room; told to the others when it changes. */
  #settle(): void {
    for (const which of ['microphone', 'camera', 'screen'] as const) {
      if (!this.#captures.has(which)) continue;
      const live = this.#gateOpen && this.#room !== undefined;
      this.#states[which] = live
        ? { kind: 'on' }
        : { kind: 'held', why: this.#stopped ? 'stopped' : 'not-yet' };
    }
    this.#tellMicrophone();
    this.#events.changed();
  }

  #told = false;

  #tellMicrophone(): void {
    const on = this.#states.microphone.kind === 'on';
    if (on === this.#told) return;
    this.#told = on;
    this.#events.microphone(on);
  }

  #set(which: Switched, state: OwnDevice): void {
    this.#states[which] = state;
    this.#events.changed();
  }

  async #refreshList(): Promise<void> {
    try {
      this.#list = await listDevices();
    } catch {
      // A browser that lists nothing still has its default devices.
    }
    this.#events.changed();
  }
}

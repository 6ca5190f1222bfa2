// What a screen may know of a call: plain values, no keys, no sockets. Screens render this and nothing else.
import type { MediaState } from '../api/status.ts';

/** What this browser lacks; each has a sentence in the catalogue. */
export type Lack =
  | 'secure-origin'
  | 'web-crypto'
  | 'ed25519'
  | 'wasm'
  | 'workers'
  | 'encoded-transform'
  | 'web-rtc'
  | 'media-devices';

/** Why one cannot join, each a screen of its own. */
export type CannotReason =
  | { readonly kind: 'browser'; readonly lacks: readonly Lack[] }
  | { readonly kind: 'link-incomplete' } // no or too short fragment
  | { readonly kind: 'over-or-incomplete' } // the charter does not open
  | { readonly kind: 'link-altered' } // the charter opens and its fingerprint differs
  | { readonly kind: 'refused' } // host said not now
  | { readonly kind: 'locked' }
  | { readonly kind: 'server-unreachable' }
  | { readonly kind: 'server-full' }
  | { readonly kind: 'server-behind' } // the server is older than what this device has seen
  | { readonly kind: 'crashed' };

export type DeviceFailure = 'denied' | 'missing' | 'busy' | 'unplugged' | 'failed' | 'refused'; // the media server would have carried it in a form that cannot be sealed
export type OwnDevice =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'on' }
  | { readonly kind: 'held'; readonly why: 'not-yet' | 'stopped' } // chosen on, and nothing leaves: gate closed, or an alarm
  | { readonly kind: 'failed'; readonly why: DeviceFailure };

export type DeviceChoice = { readonly id: string; readonly label: string };
export type Devices = {
  readonly microphones: readonly DeviceChoice[];
  readonly cameras: readonly DeviceChoice[];
  readonly speakers: readonly DeviceChoice[];
  readonly chosen: {
    readonly microphone?: string;
    readonly camera?: string;
    readonly speaker?: string;
  };
};

export type Own = {
  readonly microphone: OwnDevice;
  readonly camera: OwnDevice;
  readonly screen: OwnDevice;
  /** Small pictures, for slow networks and old machines; remembered on the device. */
  readonly saveData: boolean;
  readonly devices: Devices;
};

/** How a person came in and what is known of them. */
export type Mark =
  | { readonly kind: 'you' }
  | { readonly kind: 'host' } // founded or holds the authority
  | { readonly kind: 'admitted'; readonly by: string }
  | { readonly kind: 'verified' }; // safety words compared on this device

/** State of one tile, in the watchdog's terms (media.md section 10). */
export type TileState =
  | 'no-track'
  | 'muted'
  | 'connecting'
  | 'no-key'
  | 'no-frame'
  | 'bad-frames'
  | 'wrong-source'
  | 'ok';

export type Tile = {
  /** Stable while the tile lives. */
  readonly id: string;
  readonly person: string;
  readonly source: 'camera' | 'screen';
  readonly state: TileState;
  /** Shown only when state is ok; own tiles carry the local track. */
  readonly track?: MediaStreamTrack;
  /** Others' pictures: binds the element, so that what is out of sight is not sent; returns the way to undo it. */
  readonly attach?: (element: HTMLVideoElement) => () => void;
  /** Good frames stopped at this time (milliseconds since 1970): "no picture since". */
  readonly stillSinceMs?: number;
};

export type Person = {
  /** Stable across a rejoin: leaf signing key, base64url. */
  readonly id: string;
  readonly leaf: number;
  readonly name: string;
  readonly you: boolean;
  readonly role: 'host' | 'cohost' | 'guest';
  readonly mark: Mark;
  readonly hand: boolean;
  readonly microphone: 'on' | 'off';
  readonly speaking: boolean;
  /** Differs from the name the host saw when admitting. */
  readonly renamedFrom?: string;
  /** Another member has a name that looks the same. */
  readonly sameName: boolean;
  readonly presence: 'here' | 'connecting' | 'away';
};

/** The line at the top left; computed from verified keys only. */
export type Trust =
  | { readonly kind: 'closed'; readonly people: number } // "5 people. Nobody else."
  | { readonly kind: 'checking'; readonly people: number } // no host's beat over this epoch yet: nothing is sent
  | {
      readonly kind: 'unproven';
      readonly people: number;
      readonly why: 'host-unreachable' | 'host-not-seen';
      readonly sinceMs: number;
    }
  | { readonly kind: 'alarm'; readonly alarm: Alarm };

export type AlarmCode =
  | 'ghost' // a commit would seat someone nobody admitted
  | 'bad-member' // such a leaf is in our tree
  | 'role-breach' // a commit did what its sender may not do
  | 'commit-garbage' // something unreadable took the slot
  | 'fork' // others hold another state of the meeting
  | 'behind' // others are in a later epoch: we were cut off
  | 'server-behind' // the server went back in time
  | 'media-surplus' // someone at the media server who is not a member
  | 'plaintext' // bytes left that no key had sealed, or a transform did not engage
  | 'foreign-frames' // frames of another person or source on a tile
  | 'worker-died'
  | 'void-failed'; // a void came and the state before could not be restored
export type Alarm = {
  readonly code: AlarmCode;
  readonly atMs: number;
  /** True: sending was stopped. False: the bad thing was refused and the meeting goes on. */
  readonly stopped: boolean;
  /** Names or short leaf names of those concerned; text, never markup. */
  readonly who: readonly string[];
  /** Who caused it (the committer), if known. */
  readonly by?: string;
};

export type KnockView = {
  readonly id: string;
  readonly name: string;
  readonly atMs: number;
  readonly sameNameAs?: string;
};

export type ChatItem =
  | {
      readonly kind: 'text';
      readonly id: string;
      readonly person: string;
      readonly name: string;
      readonly you: boolean;
      readonly text: string;
      readonly atMs: number;
      readonly state: 'sending' | 'sent' | 'failed';
    }
  | { readonly kind: 'missing'; readonly id: string; readonly name: string; readonly atMs: number }; // a gap in someone's chain

/** A short line beside the trust line, read out by screen readers. */
export type Notice =
  | { readonly kind: 'came-in'; readonly id: string; readonly name: string; readonly by: string }
  | { readonly kind: 'came-back'; readonly id: string; readonly name: string }
  | { readonly kind: 'left'; readonly id: string; readonly name: string }
  | {
      readonly kind: 'was-removed';
      readonly id: string;
      readonly name: string;
      readonly by: string;
    }
  | { readonly kind: 'renamed'; readonly id: string; readonly from: string; readonly to: string }
  | { readonly kind: 'locked' | 'unlocked'; readonly id: string }
  | { readonly kind: 'muted-by'; readonly id: string; readonly by: string }
  | { readonly kind: 'hand'; readonly id: string; readonly name: string }
  | { readonly kind: 'chat-gone'; readonly id: string }; // after a rejoin earlier chat is gone on this device

export type MeetingView = {
  readonly you: string;
  readonly people: readonly Person[];
  readonly tiles: readonly Tile[];
  readonly trust: Trust;
  readonly alarms: readonly Alarm[];
  readonly notices: readonly Notice[];
  readonly knocks: readonly KnockView[];
  readonly chat: readonly ChatItem[];
  readonly locked: boolean;
  readonly mayShareScreen: boolean;
  readonly own: Own;
  readonly connection: 'ok' | 'reconnecting' | 'media-reconnecting' | 'media-not-ready';
  /** The browser blocks sound until a press. */
  readonly soundBlocked: boolean;
  /** Whole link with fragment; only for the host. */
  readonly link?: string;
};

export type LobbyView = {
  readonly name: string;
  readonly own: Own;
  readonly preview?: MediaStreamTrack;
  /** 0 to 1; present while the microphone is tried. */
  readonly level?: number;
};

/** One person's way through one meeting. */
export type CallState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'cannot'; readonly reason: CannotReason }
  | { readonly kind: 'lobby'; readonly lobby: LobbyView; readonly host: boolean }
  | {
      readonly kind: 'waiting';
      readonly lobby: LobbyView;
      readonly sinceMs: number;
      readonly told: 'sending' | 'told' | 'no-answer';
    }
  | { readonly kind: 'entering'; readonly rejoining: boolean; readonly hostAway: boolean }
  | { readonly kind: 'meeting'; readonly meeting: MeetingView }
  | { readonly kind: 'elsewhere' } // the same person continued in another tab
  | { readonly kind: 'host-must-come-back' }
  | { readonly kind: 'left' }
  | { readonly kind: 'removed' }
  | { readonly kind: 'ended' };

export type CallActions = {
  setName(name: string): void;
  turnMicrophone(on: boolean): void;
  turnCamera(on: boolean): void;
  shareScreen(on: boolean): void;
  saveData(on: boolean): void;
  chooseDevice(kind: 'microphone' | 'camera' | 'speaker', id: string): void;
  knock(): void;
  stopWaiting(): void;
  /** Host, from the lobby: opens the meeting. */
  enter(): void;
  leave(): void;
  endForAll(): void;
  admit(knocks: readonly string[]): void;
  refuse(knocks: readonly string[]): void;
  remove(person: string): void;
  askToMute(person: string): void;
  lock(locked: boolean): void;
  raiseHand(up: boolean): void;
  rename(name: string): void;
  sendChat(text: string): void;
  retryChat(id: string): void;
  markVerified(person: string, verified: boolean): void;
  /** Six words computed on demand: about half a second of work. */
  safetyWords(): Promise<readonly string[]>;
  dismissNotice(id: string): void;
  turnSoundOn(): void;
  /** After "elsewhere", an alarm, or a lost connection. */
  rejoin(): void;
  /** Plain text of the alarms for the person to keep; no keys in it. */
  report(): string;
};

/** A call as a screen holds it: current state, a way to be told of the next one, actions. */
export type Call = {
  state(): CallState;
  subscribe(listener: () => void): () => void;
  readonly actions: CallActions;
  /** Ends everything the call started. */
  close(): void;
};

/** Start screen: making a meeting. */
export type Creation =
  | { readonly kind: 'idle' }
  | { readonly kind: 'making' }
  | { readonly kind: 'made'; readonly link: string; readonly id: string }
  | {
      readonly kind: 'failed';
      readonly code:
        | 'no-token'
        | 'wrong-token'
        | 'browser'
        | 'unreachable'
        | 'too-many'
        | 'internal';
      readonly lacks: readonly Lack[];
    };
export type { MediaState };
